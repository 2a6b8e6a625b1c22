"""The doctor: does what the node claims hold? Store, ledger, keys and lake, mended where safe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doumen.gate.evidence import may_audit
from doumen.gate.means import Means
from doumen.model.actor import Actor
from doumen.model.fact import Facts, snapshot_of
from doumen.model.message import Message, msg
from doumen.model.ref import Ref

GRACE = 24 * 3600.0
"""Seconds for which a file without an owner may belong to a job that still runs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold.

    Attributes:
        where: `ledger`, `lake`, `keys` or `store`, with the place.
        what: What is wrong with it.
        tampered: Whether evidence is touched.
        mended: Whether it was put right.
    """

    where: str
    what: Message
    tampered: bool = False
    mended: bool = False


def inspect(means: Means, actor: Actor, *, mend: bool) -> tuple[Fault, ...]:
    """Check everything; only the owner and auditors may."""
    may_audit(actor)
    facts = means.catalog.current()
    return (*_ledger(means), *_keys(means, facts), *_lake(means, facts, mend=mend))


def _ledger(means: Means) -> Iterator[Fault]:
    publics = means.keys().publics
    with means.database.read() as connection:
        for flaw in means.ledger.audit(connection, publics):
            yield Fault(f"ledger {flaw.where}", flaw.what, tampered=True)


def _keys(means: Means, facts: Facts) -> Iterator[Fault]:
    known = {key for key, _ in facts.all("key")}
    for certificate in means.keys().key_file()["certificates"]:
        if certificate["kid"] not in known:
            yield Fault(
                "keys", msg("Key {kid} has no event in the ledger.", kid=certificate["kid"]), True
            )


def _lake(means: Means, facts: Facts, *, mend: bool) -> Iterator[Fault]:
    live = set()
    for key, body in facts.all("dataset"):
        ref = Ref.parse(key)
        for missing in means.lake.missing(snapshot_of(ref, body)):
            yield Fault(
                f"lake {key}",
                msg("File {missing} is missing or has another size.", missing=missing),
            )
        versions = [row.fact.body for row in means.catalog.history("dataset", key)]
        live |= {f.path for v in versions if v is not None for f in snapshot_of(ref, v).files}
    orphans = means.lake.sweep(live, older_than=GRACE, dry=not mend)
    for path in orphans:
        yield Fault("lake", msg("{path} belongs to no dataset.", path=path), mended=mend)
