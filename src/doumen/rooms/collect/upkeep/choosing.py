"""Which columns the files of a dataset are best ordered by: those that decided most answers. Pure.

The ledger tells for each answer the columns that shaped it, never the statement: conditions,
joins, groups and order count alike.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from doumen.kits.sql import ordered
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

MOST = 2
"""Columns that are chosen at most: behind them, few values are left to put in order."""
OFTEN = 2
"""A further column is chosen if it came up at least one in so many times as the first."""

_ANSWERS = frozenset({"query", "query.ended", "derive"})


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the columns of a dataset decided answers.

    Attributes:
        answers: Answers over the dataset.
        columns: Name and how many of these it shaped, most first.
    """

    answers: int
    columns: tuple[tuple[str, int], ...]

    @property
    def chosen(self) -> tuple[tuple[str, int], ...]:
        """The columns to order by, with their numbers."""
        return tuple(
            (name, count)
            for name, count in self.columns[:MOST]
            if count * OFTEN >= self.columns[0][1]
        )


def asked(entries: Iterable[bytes], ref: Ref, schema: Schema) -> Asked:
    """Count over the ledger.

    Args:
        entries: As stored, each an event.
        ref: The dataset.
        schema: Its columns; those of types that files cannot be left out by are not counted.
    """
    named = f'"{ref}"'.encode()
    counts: Counter[str] = Counter()
    answers = 0
    for entry in entries:
        if named not in entry:
            continue
        event = json.loads(entry)
        if event["type"] in _ANSWERS and any(u["dataset"] == str(ref) for u in event["used"]):
            answers += 1
            counts.update(_shaping(event["data"]["lineage"], ref))
    fitting = [c.name for c in schema if ordered(c.type) and counts[c.name]]
    return Asked(answers, tuple((n, counts[n]) for n in sorted(fitting, key=lambda n: -counts[n])))


def _shaping(lineage: Iterable[dict[str, list[str]]], ref: Ref) -> set[str]:
    """The columns of the dataset that decided which rows there were, and in which order."""
    places = {ColumnRef.parse(name) for output in lineage for name in output["influence"]}
    return {place.column for place in places if place.ref == ref}
