"""What the ledger can show: receipts, checkpoints, proofs. Reads only.

An actor may see the receipts of their own events; an auditor and the owner those of all.
A receipt that one may not see answers as one that does not exist.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection

from doumen.gate.means import Means
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.message import msg
from doumen.model.receipt import Inclusion


def receipt(means: Means, connection: Connection, actor: Actor, id: str) -> str:
    """The receipt of an event, as JWS text."""
    _find(means, connection, actor, id)
    text = means.ledger.receipt(connection, id)
    if text is None:
        raise NotFound(
            msg("The receipt of event `{id}` was shredded.", id=id),
            why=msg("Its text and salt are gone from this node; the event stays in the ledger."),
            next=msg("Ask its holder for their copy."),
            detail="receipt",
        )
    return text


def head(means: Means, connection: Connection) -> str:
    """The latest checkpoint."""
    note = means.ledger.head(connection)
    if note is None:
        raise NotFound(msg("The ledger is empty."), detail="ledger")
    return note


def inclusion(means: Means, connection: Connection, actor: Actor, id: str) -> Inclusion:
    """Inclusion of an event in the latest checkpoint."""
    index, _ = _find(means, connection, actor, id)
    size = means.ledger.size(connection)
    proof = means.ledger.inclusion(connection, index, size)
    return Inclusion(index, size, tuple(h.hex() for h in proof), head(means, connection))


def consistency(means: Means, connection: Connection, old: int, new: int | None) -> tuple[str, ...]:
    """Proof that the ledger of size `old` is a prefix of that of size `new` (default: now)."""
    size = means.ledger.size(connection)
    new = size if new is None else new
    if not 0 < old <= new <= size:
        raise Invalid(
            msg("There is no proof from size {old} to size {new}.", old=old, new=new),
            why=msg("The ledger has {size} entries.", size=size),
            next=msg("Give sizes with 1 <= old <= new <= {size}.", size=size),
            detail="size",
        )
    return tuple(h.hex() for h in means.ledger.consistency(connection, old, new))


def may_audit(actor: Actor) -> None:
    """Refuse whoever may not read all events of the node."""
    if not actor.audits:
        raise Refused(
            msg("Actor `{actor}` may not read the whole ledger.", actor=actor.name),
            why=msg("The owner and auditors read all events; others read their own."),
            next=msg('Your own events: `doumen query "select * from sys.events"`.'),
            detail="role",
        )


def event(means: Means, connection: Connection, actor: Actor, id: str) -> bytes:
    """An event as the ledger holds it."""
    return _find(means, connection, actor, id)[1]


def _find(means: Means, connection: Connection, actor: Actor, id: str) -> tuple[int, bytes]:
    found = means.ledger.find(connection, id)
    if found is None or not (actor.audits or json.loads(found[1])["actor"] == actor.name):
        raise NotFound(
            msg("There is no receipt `{id}`.", id=id),
            next=msg('`doumen query "select id, time, type from sys.events"` lists yours.'),
            detail="receipt",
        )
    return found
