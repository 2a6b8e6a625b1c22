"""Rules: who may do what with which data, for which purposes, until when, on which duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Effect(StrEnum):
    """What a rule does. A deny beats every permit."""

    PERMIT = "permit"
    DENY = "deny"


class Action(StrEnum):
    """What a rule is about.

    Rows (`query`); names, descriptions and labels (`discover`); the files that hold the rows, to
    be read with tools that know of no rules (`files`).
    """

    QUERY = "query"
    DISCOVER = "discover"
    FILES = "files"


class TargetKind(StrEnum):
    """What the target of a rule names."""

    DATASET = "dataset"
    COLUMN = "column"
    LABEL = "label"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a rule speaks of: exactly one of a role and an actor, perhaps with certain claims.

    Attributes:
        claims: Sorted pairs of an attribute (`actor.NAME`) and its allowed values, sorted; the
            rule speaks only of actors who have one of the values of each.
    """

    role: str | None = None
    actor: str | None = None
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule is on.

    Attributes:
        kind: dataset, column, label or agreement.
        value: A folded dataset name or pattern (`transport.*`), `domain.name.column`, a label, or
            the key of an agreement, under which data of another participant are used.
    """

    kind: TargetKind
    value: str


Option = str | int | float | tuple["Option", ...]
"""The value of an option of a mask; lists and pairs are tuples, so that a mask can be compared."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows for which `expression`, over the dataset's own columns, is true."""

    expression: str


@dataclass(frozen=True, slots=True)
class Mask:
    """A column is shown changed.

    Attributes:
        method: `null`, `hash`, `partial`, `generalise` or `bucket`.
        column: Name of the column; absent where the rule's target is a column or a label.
        options: Sorted pairs. `partial`: keep_start, keep_end (characters), with (filler);
            `generalise`: levels (a unit of time, a step, or pairs of value and general value);
            `bucket`: edges (ascending).
    """

    method: str
    column: str | None = None
    options: tuple[tuple[str, Option], ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `rows` rows of the final result."""

    rows: int


@dataclass(frozen=True, slots=True)
class MinGroup:
    """Only groups of at least `k` units, in statements that group.

    Attributes:
        unit: The raw column whose distinct values are counted; None: rows.
    """

    k: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """At most `queries` queries executed, failed ones too, per actor, rule and UTC day."""

    queries: int


@dataclass(frozen=True, slots=True)
class Expire:
    """What is obtained may be kept `days` days, that of the job not counted.

    Derived datasets can be read on their last day (UTC) and not after; an answer says the day.
    """

    days: int


Duty = Filter | Mask | Limit | MinGroup | Count | Expire


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the node.

    Attributes:
        purposes: The rule matches only these purposes, stated and assigned; empty: any.
        until: Last day (UTC) on which the rule matches; None: no end.
        duties: What a permit asks for; empty on a deny.
    """

    id: str
    effect: Effect
    action: Action
    who: Who
    on: Target
    purposes: tuple[str, ...] = ()
    until: date | None = None
    duties: tuple[Duty, ...] = ()
