"""What the rules show of a dataset, read a second time and more plainly than the gate reads them.

A search that asked the gate itself what is hidden would believe its faults. This reading knows
rules, labels and purposes, not derivation: of derived datasets it may hold for shown what the
gate hides, which loses cases and makes no false ones; their makers are not tried.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from doumen.kits.policy import rule_from_json
from doumen.model.actor import Actor
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.rule import (
    Action,
    Effect,
    Filter,
    Limit,
    Mask,
    MinGroup,
    Rule,
    Target,
    TargetKind,
)
from doumen.model.schema import Schema

_STRENGTH = {"null": 3, "hash": 1}
_NULL = Mask("null")


@dataclass(frozen=True, slots=True)
class Shown:
    """What an actor sees of one dataset.

    Attributes:
        columns: Those that show, each with its mask; none: nothing of the dataset shows.
        filters: A row shows where all are true.
        groups: Groups with fewer than so many units are left out: number and column (None: rows).
        limited: Whether the answer is cut.
        rules: The permits that say so.
    """

    columns: Mapping[str, Mask | None]
    filters: tuple[str, ...] = ()
    groups: tuple[tuple[int, str | None], ...] = ()
    limited: bool = False
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, why and when."""

    actor: Actor
    purpose: str | None
    day: date


def shown(facts: Facts, asker: Asker, ref: Ref, schema: Schema) -> Shown:
    """Read the rules."""
    if asker.actor.is_owner:
        return Shown(dict.fromkeys(schema.names))
    rules = [rule_from_json(body) for _, body in facts.all("rule")]
    rules = [rule for rule in rules if _speaks(rule, asker)]
    covers = {rule.id: _covered(rule.on, ref, schema, facts) for rule in rules}
    denied: set[str] = set()
    for rule in rules:
        if rule.effect is Effect.DENY:
            denied |= covers[rule.id]
    permits = tuple(
        r for r in rules if r.effect is Effect.PERMIT and r.action is Action.QUERY and covers[r.id]
    )
    visible = {name for rule in permits for name in covers[rule.id]} - denied
    duties = [(rule, duty) for rule in permits for duty in rule.duties]
    columns = {
        name: _strongest(
            {
                Mask(duty.method, None, duty.options)
                for rule, duty in duties
                if isinstance(duty, Mask) and _on(duty, name, covers[rule.id])
            }
        )
        for name in schema.names
        if name in visible
    }
    return Shown(
        columns=columns,
        filters=tuple(sorted({d.expression for _, d in duties if isinstance(d, Filter)})),
        groups=tuple((d.k, _spelled(schema, d.unit)) for _, d in duties if isinstance(d, MinGroup)),
        limited=any(isinstance(d, Limit) for _, d in duties),
        rules=permits,
    )


def _speaks(rule: Rule, asker: Asker) -> bool:
    actor = asker.actor
    if rule.who.actor != actor.name and rule.who.role not in actor.roles:
        return False
    if rule.until is not None and asker.day > rule.until:
        return False
    known = {**dict(actor.claims), "name": actor.name, "participant": actor.participant}
    if not all(known.get(name) in allowed for name, allowed in rule.who.claims):
        return False
    stated = asker.purpose in rule.purposes and asker.purpose in actor.purposes
    return not rule.purposes or stated


def _covered(target: Target, ref: Ref, schema: Schema, facts: Facts) -> frozenset[str]:
    if target.kind is TargetKind.DATASET:
        pattern = re.escape(_fold(target.value)).replace(r"\*", r"[^.]*")
        return frozenset(schema.names) if re.fullmatch(pattern, str(ref)) else frozenset()
    if target.kind is TargetKind.COLUMN:
        return frozenset(n for n in schema.names if _fold(f"{ref}.{n}") == _fold(target.value))
    if target.kind is TargetKind.AGREEMENT:
        return frozenset()
    return frozenset(
        n for n in schema.names if _fold(target.value) in map(_fold, facts.labels(ref, n))
    )


def _on(mask: Mask, name: str, covered: frozenset[str]) -> bool:
    return name in covered if mask.column is None else _fold(mask.column) == _fold(name)


def _spelled(schema: Schema, name: str | None) -> str | None:
    """The name of a column as its dataset writes it."""
    column = None if name is None else schema.find(name)
    return name if column is None else column.name


def _strongest(masks: set[Mask]) -> Mask | None:
    """The strongest; two different ones of equal strength show nothing."""
    if not masks:
        return None
    strengths = [_STRENGTH.get(mask.method, 2) for mask in masks]
    if len(set(strengths)) < len(strengths):
        return _NULL
    return max(masks, key=lambda mask: _STRENGTH.get(mask.method, 2))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
