"""What a score is made of: the dataset, its contract, what its checks found, what columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doumen.kits.standards import odcs
from doumen.model.schema import Column

BROKEN = frozenset({"broken", "advice"})
"""Verdicts of rules that do not hold."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the last run that could check a rule found.

    Attributes:
        rule: Its key.
        kind: Its kind; `primary` where it is that of the primary key.
        columns: Those that it is about; none: the table.
        count: Rows at fault, where the rule counts rows.
        verdict: `holds`, `broken` or `advice`.
        gone: It was broken when it was last checked, and is no rule of the contract any more.
    """

    rule: str
    kind: str
    columns: tuple[str, ...]
    count: int | None
    verdict: str
    gone: bool = False

    @property
    def breaks(self) -> bool:
        """Whether it does not hold."""
        return self.verdict in BROKEN


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it.

    Attributes:
        landed: Rows that were checked.
        aside: Rows in quarantine, as far as the asker may know: they satisfy no rule.
        discarded: Rows of the quarantine that were given up since the dataset was last replaced:
            they came, and satisfied none.
        columns: Of the dataset, as the asker sees them.
        results: Of all rules.
        elements: Column → key of the data element that it is linked to.
        codelists: Column → key of the code list whose codes it holds.
        terms: Columns that are linked to a term.
        labelled: Columns that carry a label, their own or of their dataset.
        rules: Rules of the node that say who may read it.
        answered: Questions about it that were answered in the last 30 days, as the asker knows.
        failed: Questions about it that failed.
        state: Where it stands in its life; None: nobody said.
    """

    landed: int
    aside: int
    discarded: int
    columns: tuple[Column, ...]
    contract: odcs.Contract
    results: tuple[Result, ...]
    elements: Mapping[str, str]
    codelists: Mapping[str, str]
    terms: frozenset[str]
    labelled: frozenset[str]
    rules: int
    answered: int
    failed: int
    state: str | None

    @property
    def rows(self) -> int:
        """All rows that came: those that landed, and those that did not."""
        return self.landed + self.aside + self.discarded

    def of(self, *kinds: str) -> tuple[Result, ...]:
        """The results of rules of these kinds."""
        return tuple(one for one in self.results if one.kind in kinds)

    def dated(self, result: Result) -> bool:
        """Whether a rule is about columns of dates and times alone."""
        types = {column.name: column.type for column in self.columns}
        told = [types.get(name, "") for name in result.columns]
        return bool(told) and all(type.startswith(("DATE", "TIME")) for type in told)
