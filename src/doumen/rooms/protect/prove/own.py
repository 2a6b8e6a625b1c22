"""The rules of a node, or of a file, over made-up rows of the node's own datasets.

Which rows a condition hides is asked of the owner, who sees all: the condition becomes the WHERE
of a statement. So a fault in how the gate applies the conditions of rules cannot hide itself.
"""

# ruff: noqa: S608 - conditions that the gate checked when their rules were written

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from doumen.kits import policy, sql
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg, plain
from doumen.model.ref import Ref
from doumen.model.rule import Filter
from doumen.model.schema import Schema
from doumen.model.trial import Laboratory, World
from doumen.rooms.protect.prove.cases import Case, folded, ruled
from doumen.rooms.protect.prove.changes import Judge
from doumen.rooms.protect.prove.shown import Asker, Shown
from doumen.rooms.protect.prove.values import groupable, named, nth
from doumen.rooms.protect.prove.worlds import Database, Kind, Row, Setting, of_node, table

PLACE = "prove_place_"
"""Column that numbers the rows which the owner is asked about."""

CROWD = 60
"""Most rows that a group is given to be large; under greater minimums all groups are small."""

_ATTRIBUTE = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|\bactor\s*\.\s*(\w+)""", re.IGNORECASE)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")


def own(
    laboratory: Laboratory,
    facts: Facts,
    rules: Sequence[Fact],
    asker: Asker,
    *,
    refs: Sequence[Ref],
    given: str | None = None,
) -> Case:
    """The case of a node: these of its datasets, these rules, this asker.

    Raises:
        Invalid: the actor made one of the datasets, which needs another reading of the rules.
    """
    actor = asker.actor
    for ref in derived_by(actor, facts, refs):
        raise Invalid(
            msg(
                "`{ref}` was derived by actor `{actor}`, whose right to it follows from its "
                "sources.",
                ref=ref,
                actor=actor.name,
            ),
            next=msg("Try the datasets that it was made from, or another actor."),
            detail="dataset",
        )
    setting = of_node(facts, refs, literals(rules, asker.actor))
    if facts.actor(actor.name) is None:
        setting = replace(setting, facts=(*setting.facts, _fact(actor)))
    known = policy.attributes(actor)
    case = ruled(setting, rules, asker, asked_of_owner(laboratory, setting, known), given)
    kinds = tuple(_focused(kind, case.shown[kind.ref]) for kind in setting.kinds)
    fill = _crowded(setting.fill, kinds, case.shown)
    return replace(case, setting=replace(setting, kinds=kinds, fill=fill))


def derived_by(actor: Actor, facts: Facts, refs: Sequence[Ref]) -> list[Ref]:
    """Those of the datasets that the actor derived, whose right to them is of another kind."""
    bodies = {ref: facts.dataset(ref) or {} for ref in refs}
    return [
        ref for ref, body in bodies.items() if body.get("derived") and body["creator"] == actor.name
    ]


def _crowded(
    fill: Callable[[random.Random], Database],
    kinds: Sequence[Kind],
    shown: Mapping[Ref, Shown],
) -> Callable[[random.Random], Database]:
    """Rows with two groups of their focus that are large, where small ones are left out."""

    def filled(rng: random.Random) -> Database:
        database = dict(fill(rng))
        for kind in kinds:
            rows, groups = database[kind.ref], shown[kind.ref].groups
            large = _values(rows, kind.focus)[:2] if groups else []
            if not large or kind.focus is None:
                continue
            units = [c for c in kind.schema if c.name in {u for _, u in groups} - {kind.focus}]
            least = min(max(k for k, _ in groups), CROWD)
            more = []
            for place in range(least * 2):
                fresh = {c.name: nth(place // 2, c.type) for c in units}
                row = {**rng.choice(rows), kind.focus: large[place % len(large)]}
                more.append({**row, **{n: v for n, v in fresh.items() if v is not None}})
            database[kind.ref] = (*rows, *more)
        return database

    return filled


def _values(rows: Sequence[Row], name: str | None) -> list[Any]:
    """The values of a column, once each and without NULL."""
    found = () if name is None else (row[name] for row in rows)
    return list(dict.fromkeys(value for value in found if value is not None))


def _focused(kind: Kind, one: Shown) -> Kind:
    """With the column to group by: one that shows as it is, no unit and a text if there is one."""
    units = {unit for _, unit in one.groups}
    plain = [c for c in kind.schema if c.name in one.columns and one.columns[c.name] is None]
    fitting = [c for c in plain if groupable(c.type)]
    if not fitting:
        return kind
    found = min(fitting, key=lambda c: (c.name in units, c.type != "VARCHAR"))
    return replace(kind, focus=found.name, values=named(found.type))


def asked_of_owner(
    laboratory: Laboratory, setting: Setting, attributes: Mapping[str, str | None]
) -> Judge:
    """A judge that asks the owner, in a world of one dataset without rules."""

    def verdicts(ref: Ref, filters: Sequence[str], rows: Sequence[Row]) -> list[bool]:
        if not filters or not rows:
            return [True] * len(rows)
        where = " AND ".join(f"({with_attributes(text, attributes)})" for text in filters)
        schema = setting.kind(ref).schema
        made = table(schema, rows).append_column(PLACE, pa.array(range(len(rows)), pa.int64()))
        columns = [*({"name": c.name, "type": c.type} for c in schema),
                   {"name": PLACE, "type": "BIGINT"}]  # fmt: skip
        body = {"kind": "table", "columns": columns}
        stand = laboratory.stand(World((Fact("dataset", str(ref), body),), {ref: made}))
        seen = stand.ask(OWNER, f'SELECT "{PLACE}" FROM {sql.table(ref)} WHERE {where}')
        if seen.error is not None:
            raise Invalid(
                msg("A condition on `{ref}` cannot be tried.", ref=ref),
                why=plain(seen.error["what"]),
                next=msg("Try other rules, or report the condition."),
                detail="filter",
            )
        shown = {row[0] for row in seen.rows or ()}
        return [place in shown for place in range(len(rows))]

    return verdicts


def with_attributes(condition: str, attributes: Mapping[str, str | None]) -> str:
    """The condition with the values of the actor in the place of `actor.NAME`."""

    def value(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1]
        known = attributes.get(found[2])
        return "NULL" if known is None else "'" + known.replace("'", "''") + "'"

    return _ATTRIBUTE.sub(value, condition)


def literals(rules: Sequence[Fact], actor: Actor) -> list[str]:
    """Texts and numbers that conditions compare with, those of the actor too."""
    found = {value for _, value in actor.claims}
    for fact in rules:
        for duty in policy.rule_from_json(fact.body or {}).duties:
            if isinstance(duty, Filter):
                found.update(t.replace("''", "'") for t in _TEXT.findall(duty.expression))
                found.update(_NUMBER.findall(_TEXT.sub("", duty.expression)))
    return sorted(found)


def _fact(actor: Actor) -> Fact:
    body = {
        "participant": actor.participant,
        "roles": sorted(actor.roles),
        "purposes": sorted(actor.purposes),
        "claims": dict(actor.claims),
    }
    return Fact("actor", actor.name, body)


def schemas(facts: Facts) -> dict[Ref, Schema]:
    """The datasets of a node that rules are about: quarantines are not."""
    found = {}
    for key, body in facts.all("dataset"):
        ref = Ref.parse(key)
        snapshot = facts.snapshot(ref)
        if body.get("kind") != "quarantine" and snapshot is not None:
            found[ref] = snapshot.schema
    return found


__all__ = [
    "asked_of_owner", "derived_by", "folded", "literals", "own", "schemas", "with_attributes",
]  # fmt: skip
