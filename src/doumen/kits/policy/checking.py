"""Whether a rule or a grant of an offer can hold on this node: names are there, duties fit. Pure.

Exact datasets, their columns, actors and purposes must exist; patterns, labels and roles need
not: they speak of what may come. A duty must fit every dataset that the rule is on today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doumen.kits.policy.purposes import purposes
from doumen.kits.policy.target import covered
from doumen.kits.policy.words import duty_faults
from doumen.model.fact import Facts, snapshot_of
from doumen.model.message import Message, joined, msg
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Rule, Target, TargetKind
from doumen.model.schema import Schema
from doumen.model.terms import Grant


def rule_faults(rule: Rule, facts: Facts) -> list[Message]:
    """All faults of one rule, each with the rule's id."""
    found = [*_of_names(rule, facts), *_of_target(rule, facts)]
    if not found:
        found = list(_of_duties(rule, facts))
    return [msg("rule `{rule}`: {fault}", rule=rule.id, fault=fault) for fault in found]


def grant_faults(grant: Grant, facts: Facts) -> list[Message]:
    """All faults of one grant; its dataset is one of the node."""
    snapshot = facts.snapshot(grant.ref)
    if snapshot is None:
        return [_no_dataset(grant.ref)]
    schema, on = snapshot.schema, Target(TargetKind.DATASET, str(grant.ref))
    missing = [name for name in grant.columns if schema.find(name) is None]
    if missing:
        return [_no_column(grant.ref, name, schema) for name in missing]
    return [
        msg("on `{ref}`: {fault}", ref=grant.ref, fault=fault)
        for duty in grant.duties
        for fault in duty_faults(duty, on, schema)
    ]


def purpose_faults(stated: Iterable[str], facts: Facts) -> list[Message]:
    """A fault for each purpose that is not on the list of the node."""
    known = purposes(facts)
    return [unlisted(purpose) for purpose in stated if purpose not in known]


def _of_names(rule: Rule, facts: Facts) -> Iterator[Message]:
    name = rule.who.actor
    if name is not None and facts.actor(name) is None:
        yield msg("there is no actor `{name}` (`doumen actor add {name}` adds one)", name=name)
    yield from purpose_faults(rule.purposes, facts)


def unlisted(purpose: str) -> Message:
    """A purpose that the node does not know."""
    return msg(
        "purpose `{purpose}` is not on the list (`doumen purpose add {purpose}` puts it there)",
        purpose=purpose,
    )


def _of_target(rule: Rule, facts: Facts) -> Iterator[Message]:
    kind, value = rule.on.kind, rule.on.value
    if kind is TargetKind.AGREEMENT:
        if facts.body("agreement", value) is None:
            yield msg("there is no agreement `{key}`", key=value)
        return
    if kind is TargetKind.LABEL or "*" in value:
        return
    column = ColumnRef.parse(value) if kind is TargetKind.COLUMN else None
    ref = column.ref if column else Ref.parse(value)
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        yield _no_dataset(ref)
    elif column and snapshot.schema.find(column.column) is None:
        yield _no_column(ref, column.column, snapshot.schema)


def _no_dataset(ref: Ref) -> Message:
    return msg("there is no dataset `{ref}`", ref=ref)


def _no_column(ref: Ref, column: str, schema: Schema) -> Message:
    names = joined(msg(", "), schema.names)
    return msg(
        "`{ref}` has no column `{column}`; it has {names}", ref=ref, column=column, names=names
    )


def _of_duties(rule: Rule, facts: Facts) -> Iterator[Message]:
    for ref, schema in _datasets(facts):
        if covered(rule.on, ref, schema, facts):
            for duty in rule.duties:
                for fault in duty_faults(duty, rule.on, schema):
                    yield msg("on `{ref}`: {fault}", ref=ref, fault=fault)


def _datasets(facts: Facts) -> Iterator[tuple[Ref, Schema]]:
    """Datasets that rules are about: quarantines are not."""
    for key, body in facts.all("dataset"):
        if body.get("kind") != "quarantine":
            ref = Ref.parse(key)
            yield ref, snapshot_of(ref, body).schema
