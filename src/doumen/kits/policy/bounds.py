"""How much, of how many, how often, how long: the limits, groups, counts and ends of a reading.

Those of permits on the dataset hold for every reader. Those on what it was derived from hold
for whoever made it, as far as rules speak of them now; ends also by the terms under which it
was made, whoever reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from doumen.kits.policy.flow import ancestors
from doumen.kits.policy.knowledge import made
from doumen.kits.policy.refusals import misfitting, over, ungrouped
from doumen.kits.policy.standing import Standing
from doumen.kits.policy.target import folded
from doumen.kits.policy.terms import asked_groups, grouped, last_days
from doumen.model.ref import Ref
from doumen.model.rule import Count, Expire, Limit, Rule
from doumen.model.schema import Schema


@dataclass(frozen=True)
class Bounds:
    """The bounds of one reader on one dataset.

    Not slotted: the rules on the sources are found once, when first needed.

    Attributes:
        schema: Raw columns of the dataset.
        permits: The permits to query it that match the reader.
    """

    standing: Standing
    ref: Ref
    schema: Schema
    permits: frozenset[Rule]

    @cached_property
    def _sources(self) -> tuple[Ref, ...]:
        """Everything that the dataset was made from, if the reader made it."""
        if not made(self.standing, self.ref):
            return ()
        return ancestors(self.standing.facts, self.ref)

    @cached_property
    def _inherited(self) -> frozenset[Rule]:
        return frozenset(r for source in self._sources for r in self.standing.permitting(source))

    def limit(self) -> tuple[int, str] | None:
        """The fewest rows, and the rule that says so."""
        rules = self.permits | self._inherited
        limits = [(d.rows, r.id) for r in rules for d in r.duties if isinstance(d, Limit)]
        return min(limits, default=None)

    def counts(self) -> tuple[tuple[int, str], ...]:
        """For each rule that counts queries, how many it allows a day."""
        fewest: dict[str, int] = {}
        for rule in self.permits | self._inherited:
            for duty in rule.duties:
                if isinstance(duty, Count):
                    fewest[rule.id] = min(duty.queries, fewest.get(rule.id, duty.queries))
        return tuple(sorted((queries, rule) for rule, queries in fewest.items()))

    def groups(self) -> tuple[tuple[int, str | None, str], ...]:
        """For each unit the largest k, and the rule that says so.

        Raises:
            Refused: the unit of a rule is no column here; or a rule asks for groups of a source
                that were not asked for when the dataset was made.
        """
        for source in self._sources:
            for duty, rule in asked_groups(self.standing.permitting(source)):
                if not grouped(self.standing.facts, self.ref, source, duty):
                    raise ungrouped(rule, duty.k, self.ref)
        largest: dict[str | None, tuple[int, str]] = {}
        for duty, rule in asked_groups(self.permits):
            column = None if duty.unit is None else self.schema.find(duty.unit)
            if duty.unit is not None and column is None:
                raise misfitting(rule, self.ref, "min_group")
            unit = None if column is None else column.name
            k, first = largest.get(unit, (0, rule))
            if (-duty.k, rule) < (-k, first):
                largest[unit] = (duty.k, rule)
        return tuple(sorted(((k, unit, rule) for unit, (k, rule) in largest.items()), key=_by_unit))

    def expires(self) -> tuple[int, str] | None:
        """The fewest days that what is read may be kept, and the rule that says so.

        Raises:
            Refused: the last day of the dataset itself is over.
        """
        today = self.standing.now.astimezone(UTC).date()
        kept = [(d.days, r.id) for r in self.permits for d in r.duties if isinstance(d, Expire)]
        ends = [((day - today).days, rule) for day, rule in self._last_days()]
        first = min(ends, default=None)
        if first is not None and first[0] < 0:
            told = any(rule.id == first[1] for rule in self.standing.rules)
            day = today + timedelta(days=first[0])
            raise over(first[1] if told else None, self.ref, day)
        return min([*kept, *ends], default=None)

    def _last_days(self) -> Iterator[tuple[date, str]]:
        facts = self.standing.facts
        yield from last_days(facts, self.ref)
        for rule in self._inherited:
            for duty in rule.duties:
                if isinstance(duty, Expire):
                    written = datetime.fromisoformat((facts.dataset(self.ref) or {})["updated"])
                    yield written.astimezone(UTC).date() + timedelta(days=duty.days), rule.id


def _by_unit(group: tuple[int, str | None, str]) -> tuple[str, int]:
    return folded(group[1] or ""), group[0]
