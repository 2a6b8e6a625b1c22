"""The door for facts: a rule, a contract, a label, an actor changes by a recorded job.

Relabelling is a way round masking, so it passes the same stations as data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from doumen.gate import record
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.model.actor import OWNER
from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.event import Event
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg
from doumen.model.receipt import Receipt


def amend(
    means: Means, actor: str, facts: Sequence[Fact], subject: str, seen: Facts | None = None
) -> Receipt:
    """Change what is true.

    Args:
        means: Of the node.
        actor: Who changes it.
        facts: The new ones.
        subject: What the event is about.
        seen: The state from which the new ones were made; None: they hold whatever was before.

    Raises:
        Refused: one of the facts is not this actor's to change; then none is changed.
        Conflict: another job changed one of them since, and what it did would be lost; or what
            two participants agreed on would become something else.
    """
    if not facts:
        raise Invalid(msg("There is nothing to change."), detail="empty")
    who = actor_of(actor, means.catalog.current())
    for fact in facts:
        policy.may_amend(who, fact)
    now = means.clock()
    draft = record.amended(who.name, record.new_id(now, means.entropy), now, subject, facts)

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        if seen is not None:
            _unmoved(now, seen, facts)
        for fact in facts:
            policy.check_exchanged(fact, now.body(fact.kind, fact.key))
        return draft

    return means.commits.submit(prepare)


def _unmoved(now: Facts, seen: Facts, facts: Sequence[Fact]) -> None:
    for fact in facts:
        if now.body(fact.kind, fact.key) != seen.body(fact.kind, fact.key):
            raise Conflict(
                msg("Another job changed `{key}` while this one was at it.", key=fact.key),
                next=msg("Run the same command again."),
                detail="changed",
            )


def found(means: Means, name: str, certificate: Mapping[str, Any]) -> Receipt:
    """The first event of a node, with the certificate of its first key."""
    now = means.clock()
    event = Event(
        id=record.new_id(now, means.entropy),
        time=record.stamp(now),
        type="node.created",
        actor=OWNER,
        subject=name,
        data={"root": means.keys().root_public, "kid": certificate["kid"]},
    )
    facts = [_key_fact(certificate)]
    return means.commits.submit(lambda _: Draft(event, facts))


def rotate(means: Means, actor: str) -> Receipt:
    """Put a new working key in force; the old one is retired from this moment.

    A rotation that was cut off between the files and the ledger is finished, not repeated.
    """
    facts = means.catalog.current()
    who = actor_of(actor, facts)
    if not who.is_owner:
        raise Refused(
            msg("Actor `{who}` may not rotate the keys of the node.", who=who.name),
            next=msg("Ask the owner."),
            detail="role",
        )
    now = means.clock()

    def prepare(connection: Connection) -> Draft:
        known = means.catalog.current(connection)
        keyring = means.keys()
        if known.body("key", keyring.certificate["kid"]) is not None:
            keyring = keyring.rotate(record.stamp(now), means.entropy)
        certificates = keyring.key_file()["certificates"]
        changed = [c for c in certificates if known.body("key", c["kid"]) != c]
        event = Event(
            id=record.new_id(now, means.entropy),
            time=record.stamp(now),
            type="key.rotated",
            actor=who.name,
            data={
                "kid": keyring.certificate["kid"],
                "retired": [c["kid"] for c in changed if "retired" in c],
            },
        )
        return Draft(event, [_key_fact(c) for c in changed])

    return means.commits.submit(prepare)


def _key_fact(certificate: Mapping[str, Any]) -> Fact:
    return Fact("key", certificate["kid"], dict(certificate))
