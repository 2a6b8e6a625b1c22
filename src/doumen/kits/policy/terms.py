"""The terms of a derived dataset: what was in force when it was written, kept in its fact.

Field `terms` of a dataset fact; what is empty is left out:

groups   [{dataset, k, unit, rule}]: the min_group duties on all that it was made from
expires  [{day, rule}]: the last days (UTC) on which it may be read
masks    {column: {domain.name.column: [method:digest]}}: under which masks the values of an
         origin were shown that went into the column; no option of a mask is kept
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from doumen.kits.policy.flow import PROJECTION, ancestors, origins, shapers
from doumen.kits.policy.masks import BY_NAME
from doumen.kits.policy.ruling import DatasetRuling
from doumen.kits.policy.standing import Standing
from doumen.kits.policy.target import folded
from doumen.model.actor import Actor
from doumen.model.fact import Facts
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Mask, MinGroup, Rule


def terms(
    actor: Actor,
    facts: Facts,
    *,
    purpose: str | None,
    now: datetime,
    rulings: Collection[DatasetRuling],
    projections: Mapping[str, Collection[ColumnRef]],
) -> dict[str, Any]:
    """The terms of a dataset that this actor derives.

    Args:
        actor: Who derives it.
        facts: All facts of the node, as the job reads them.
        purpose: The purpose stated, if one is.
        now: The job's time.
        rulings: On each dataset, and each version of one, that it is made from directly.
        projections: Column → columns of these whose values go into it.
    """
    standing = Standing(actor, purpose, facts, now)
    masks = {
        column: dict(_applied(facts, rulings, places)) for column, places in projections.items()
    }
    day = now.astimezone(UTC).date()
    ends = {r.expires for r in rulings if r.expires is not None}
    found = {
        "groups": [] if actor.is_owner else list(_groups(standing, [r.ref for r in rulings])),
        "expires": [
            {"day": (day + timedelta(days=days)).isoformat(), "rule": rule}
            for days, rule in sorted(ends)
        ],
        "masks": {column: origins for column, origins in masks.items() if origins},
    }
    return {name: value for name, value in found.items() if value}


def _groups(standing: Standing, refs: Collection[Ref]) -> Iterator[dict[str, Any]]:
    sources = {each for ref in refs for each in (ref, *ancestors(standing.facts, ref))}
    for ref in sorted(sources):
        for duty, rule in asked_groups(standing.permitting(ref)):
            yield {"dataset": str(ref), "k": duty.k, "unit": duty.unit, "rule": rule}


def asked_groups(rules: Iterable[Rule]) -> list[tuple[MinGroup, str]]:
    """The min_group duties of these rules, each with the rule that asks for it."""
    return [(duty, rule.id) for rule in rules for duty in rule.duties if isinstance(duty, MinGroup)]


def grouped(facts: Facts, ref: Ref, source: Ref, asked: MinGroup) -> bool:
    """Whether a derived dataset was made under groups of a source as large as these."""
    return any(
        group["dataset"] == str(source)
        and group["k"] >= asked.k
        and folded(group["unit"] or "") == folded(asked.unit or "")
        for group in _terms(facts, ref).get("groups", ())
    )


def last_days(facts: Facts, ref: Ref) -> list[tuple[date, str]]:
    """The days up to which a dataset may be read by the terms it was made under, with the rules."""
    ends = _terms(facts, ref).get("expires", ())
    return [(date.fromisoformat(end["day"]), end["rule"]) for end in ends]


def masked(facts: Facts, ref: Ref, column: str, origin: ColumnRef, mask: Mask) -> bool:
    """Whether the values of an origin went into a column under this mask or a stronger one."""
    applied = _masks(facts, ref, column).get(folded(str(origin)), frozenset())
    return any(
        digest == _digest(mask)
        or BY_NAME[digest.partition(":")[0]].strength > BY_NAME[mask.method].strength
        for digest in applied
    )


def masked_throughout(facts: Facts, ref: Ref, column: str, mask: Mask) -> bool:
    """Whether all values that went into a column were under this mask or a stronger one."""
    places = shapers(facts, ref, column, PROJECTION)
    return bool(places) and all(masked(facts, ref, column, place, mask) for place in places)


def _applied(
    facts: Facts, rulings: Collection[DatasetRuling], places: Collection[ColumnRef]
) -> Iterator[tuple[str, list[str]]]:
    """Origin → masks that its values passed on every way into one column."""
    found: dict[str, frozenset[str]] = {}
    for place in places:
        own = _shown_under(rulings, place)
        before = _masks(facts, place.ref, place.column)
        ways = {folded(str(place)): own}
        for origin in origins(facts, place.ref, place.column, PROJECTION):
            key = folded(str(origin))
            passed = own | before.get(key, frozenset())
            ways[key] = ways.get(key, passed) & passed
        for key, digests in ways.items():
            found[key] = found.get(key, digests) & digests
    yield from ((key, sorted(digests)) for key, digests in sorted(found.items()) if digests)


def _shown_under(rulings: Collection[DatasetRuling], place: ColumnRef) -> frozenset[str]:
    """The mask under which every version of a column is shown; none where one is shown as it is."""
    masks = [
        column.mask
        for ruling in rulings
        if ruling.ref == place.ref
        for column in ruling.columns
        if folded(column.column.name) == folded(place.column)
    ]
    digests = {None if mask is None else _digest(mask) for mask in masks}
    return frozenset(each for each in digests if each is not None and len(digests) == 1)


def _masks(facts: Facts, ref: Ref, column: str) -> dict[str, frozenset[str]]:
    masks = _terms(facts, ref).get("masks", {})
    entry: Mapping[str, list[str]] = next(
        (each for name, each in masks.items() if folded(name) == folded(column)), {}
    )
    return {origin: frozenset(digests) for origin, digests in entry.items()}


def _terms(facts: Facts, ref: Ref) -> Mapping[str, Any]:
    body = facts.dataset(ref) or {}
    found: Mapping[str, Any] = body.get("terms", {}) if body.get("derived") else {}
    return found


def _digest(mask: Mask) -> str:
    """A mask without its column and without telling its options."""
    options = json.dumps(mask.options, sort_keys=True).encode()
    return f"{mask.method}:{hashlib.sha256(options).hexdigest()[:32]}"
