"""Does the evidence of a node hold? Its ledger, and the keys that sign it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doumen.gate.evidence import may_audit
from doumen.gate.means import Means
from doumen.model.actor import Actor
from doumen.model.message import Message, msg


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: where in `ledger` or `keys`, and what is wrong with it."""

    where: Message
    what: Message


def inspect(means: Means, actor: Actor) -> tuple[Fault, ...]:
    """Recompute and verify all of it; only the owner and auditors may."""
    may_audit(actor)
    return (*_ledger(means), *_keys(means))


def _ledger(means: Means) -> Iterator[Fault]:
    publics = means.keys().publics
    with means.database.read() as connection:
        for flaw in means.ledger.audit(connection, publics):
            yield Fault(msg("ledger {where}", where=flaw.where), flaw.what)


def _keys(means: Means) -> Iterator[Fault]:
    known = {key for key, _ in means.catalog.current().all("key")}
    for certificate in means.keys().key_file()["certificates"]:
        if certificate["kid"] not in known:
            yield Fault(
                msg("keys"), msg("Key {kid} has no event in the ledger.", kid=certificate["kid"])
            )
