"""A rule that a profile suggests, before all rows have been counted for it, and its proposal.

The confidence of a proposal is the share of like proposals that should turn out right: how often
a rule of the kind, where it holds in all rows, is also meant (a judgement of ours, to be replaced
by what is accepted and refused), times Laplace's rule of succession, (rows that hold + 1) /
(rows + 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.kits.sql import quoted
from doumen.model.plan import Scalar
from doumen.model.proposal import RULE, Proposal

LEAST = 500
"""Rows with a value that a rule needs at least: of fewer, it may hold by chance."""
MEANT: Mapping[str, float] = {
    "required": 0.8,
    "unique": 0.95,
    "composite": 0.9,
    "set": 0.8,
    "pattern": 0.8,
    "minimum": 0.7,
    "maximum": 0.6,
    "min_length": 0.7,
    "max_length": 0.5,
    "identifier": 0.98,
    "compare": 0.85,
    "reference": 0.85,
    "row_count": 0.5,
}
"""Kind → how often a rule of it that holds in all rows is meant: judged, not measured."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One rule to count.

    Attributes:
        kind: One of `MEANT`.
        column: The column that it stands at; None: the table.
        change: As `Proposal.change`.
        columns: Rows in which all of these have a value are those that it speaks of.
        broken: Condition of a row that breaks it, counted in a scan that all drafts share.
        parameters: Values of the `?` of that condition.
        statement: In place of a condition, a statement that gives how many rows break it.
        more: Further evidence, counts and shares only.
    """

    kind: str
    column: str | None
    change: Mapping[str, Any]
    columns: tuple[str, ...] = ()
    broken: str = "false"
    parameters: tuple[Scalar, ...] = ()
    statement: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def filled(self) -> str:
        """Condition of the rows that it speaks of; `required` speaks of all."""
        named = (f"{quoted(column)} IS NOT NULL" for column in self.columns)
        return " AND ".join(named) or "true"


@dataclass(frozen=True, slots=True)
class Counted:
    """What all rows say of a draft.

    Attributes:
        rows: Those that it speaks of.
        broken: Those of them that break it.
        receipt: Of the question.
    """

    rows: int
    broken: int
    receipt: str


def proposal(draft: Draft, counted: Counted, dataset: str, by: str, made: str) -> Proposal | None:
    """The proposal; None where a row breaks it, or too few speak for it.

    Args:
        draft: The rule.
        counted: What all rows say of it.
        dataset: `domain.name`.
        by: Who has it made.
        made: When (RFC 3339).
    """
    if counted.broken or counted.rows < LEAST:
        return None
    holding = counted.rows - counted.broken
    evidence = {
        "rule": draft.kind,
        "rows": counted.rows,
        "holding": holding,
        "share": holding / counted.rows,
        "receipt": counted.receipt,
        **draft.more,
    }
    confidence = MEANT[draft.kind] * (holding + 1) / (counted.rows + 2)
    return Proposal(
        RULE,
        dataset,
        draft.column,
        draft.change,
        evidence,
        round(confidence, 4),
        by,
        made,
    )
