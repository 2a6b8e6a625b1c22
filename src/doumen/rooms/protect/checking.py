"""Whether a rule can hold on this node: what it names exists, its duties fit. Pure.

Exact datasets, their columns, actors and purposes must exist; patterns, labels and roles need
not: they speak of what may come. A duty must fit every dataset that the rule is on today.
"""

from __future__ import annotations

from collections.abc import Iterator

from doumen.kits import policy
from doumen.model.fact import Facts, snapshot_of
from doumen.model.message import Message, joined, msg
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Rule, TargetKind
from doumen.model.schema import Schema


def faults(rule: Rule, facts: Facts) -> list[Message]:
    """All faults of one rule, each with the rule's id."""
    found = [*_of_names(rule, facts), *_of_target(rule, facts)]
    if not found:
        found = list(_of_duties(rule, facts))
    return [msg("rule `{rule}`: {fault}", rule=rule.id, fault=fault) for fault in found]


def _of_names(rule: Rule, facts: Facts) -> Iterator[Message]:
    name = rule.who.actor
    if name is not None and facts.actor(name) is None:
        yield msg("there is no actor `{name}` (`doumen actor add {name}` adds one)", name=name)
    known = policy.purposes(facts)
    for purpose in rule.purposes:
        if purpose not in known:
            yield unlisted(purpose)


def unlisted(purpose: str) -> Message:
    """A purpose that the node does not know."""
    return msg(
        "purpose `{purpose}` is not on the list (`doumen purpose add {purpose}` puts it there)",
        purpose=purpose,
    )


def _of_target(rule: Rule, facts: Facts) -> Iterator[Message]:
    kind, value = rule.on.kind, rule.on.value
    if kind is TargetKind.LABEL or "*" in value:
        return
    column = ColumnRef.parse(value) if kind is TargetKind.COLUMN else None
    ref = column.ref if column else Ref.parse(value)
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        yield msg("there is no dataset `{ref}`", ref=ref)
    elif column and snapshot.schema.find(column.column) is None:
        names = joined(msg(", "), snapshot.schema.names)
        yield msg(
            "`{ref}` has no column `{column}`; it has {names}",
            ref=ref,
            column=column.column,
            names=names,
        )


def _of_duties(rule: Rule, facts: Facts) -> Iterator[Message]:
    for ref, schema in _datasets(facts):
        if policy.covered(rule.on, ref, schema, facts):
            for duty in rule.duties:
                for fault in policy.duty_faults(duty, rule.on, schema):
                    yield msg("on `{ref}`: {fault}", ref=ref, fault=fault)


def _datasets(facts: Facts) -> Iterator[tuple[Ref, Schema]]:
    """Datasets that rules are about: quarantines are not."""
    for key, body in facts.all("dataset"):
        if body.get("kind") != "quarantine":
            ref = Ref.parse(key)
            yield ref, snapshot_of(ref, body).schema
