"""What a dataset was derived from, and which of its columns a rule on that reaches.

A denial flows along every column that shaped another (projection and influence); a mask flows
along projection, where the value itself went (`masking`). Rules on labels do not flow: labels
do, and a steward may release them. Where lineage is not recorded, every column of every source
counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.policy.target import folded, means, names
from doumen.model.fact import Facts
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Target, TargetKind

PROJECTION = ("projection",)
SHAPING = ("projection", "influence")


def sources(facts: Facts, ref: Ref) -> tuple[Ref, ...]:
    """The datasets that a dataset was derived from directly; none if it was collected."""
    body = facts.dataset(ref) or {}
    if not body.get("derived"):
        return ()
    return tuple(Ref.parse(source) for source in body.get("sources", ()))


def derived_by(facts: Facts, ref: Ref, actor: str) -> bool:
    """Whether an actor of this name derived a dataset."""
    body = facts.dataset(ref) or {}
    return bool(body.get("derived")) and body.get("creator") == actor


def ancestors(facts: Facts, ref: Ref) -> tuple[Ref, ...]:
    """All datasets that a dataset was derived from, over any number of steps, sorted."""
    found: set[Ref] = set()
    ahead = list(sources(facts, ref))
    while ahead:
        source = ahead.pop()
        if source not in found:
            found.add(source)
            ahead.extend(sources(facts, source))
    return tuple(sorted(found))


def shapers(facts: Facts, ref: Ref, column: str, kinds: tuple[str, ...]) -> frozenset[ColumnRef]:
    """The columns of the sources that shaped a column directly, of these kinds of lineage."""
    if not sources(facts, ref):
        return frozenset()
    lineage: Mapping[str, Any] = (facts.body("lineage", str(ref)) or {}).get("columns", {})
    entry = next((e for name, e in lineage.items() if folded(name) == folded(column)), None)
    if entry is not None:
        return frozenset(ColumnRef.parse(text) for kind in kinds for text in entry[kind])
    return frozenset(
        ColumnRef(source, name)
        for source in sources(facts, ref)
        for name in _column_names(facts, source)
    )


def origins(
    facts: Facts, ref: Ref, column: str, kinds: tuple[str, ...] = SHAPING
) -> frozenset[ColumnRef]:
    """All columns, over any number of steps, that shaped a column by these kinds of lineage."""
    found: set[ColumnRef] = set()
    ahead = list(shapers(facts, ref, column, kinds))
    while ahead:
        origin = ahead.pop()
        if origin not in found:
            found.add(origin)
            ahead.extend(shapers(facts, origin.ref, origin.column, kinds))
    return frozenset(found)


def reaches(target: Target, ref: Ref, columns: tuple[str, ...], facts: Facts) -> frozenset[str]:
    """Columns of a derived dataset that a rule on its sources reaches.

    A rule on a dataset reaches all of what was made from it; a rule on a column what it shaped.
    """
    if target.kind is TargetKind.DATASET:
        hit = any(means(target, source) for source in ancestors(facts, ref))
        return frozenset(columns) if hit else frozenset()
    if target.kind is TargetKind.LABEL or not sources(facts, ref):
        return frozenset()
    return frozenset(
        column
        for column in columns
        if any(names(target, o.ref, o.column) for o in origins(facts, ref, column))
    )


def _column_names(facts: Facts, ref: Ref) -> tuple[str, ...]:
    return tuple(column["name"] for column in (facts.dataset(ref) or {}).get("columns", ()))
