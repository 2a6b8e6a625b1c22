"""Heads of ledgers between participants: each cosigns those of others, and keeps what it saw.

Whoever shows a head proves that it continues the last one that was cosigned here (the exchange
of c2sp.org/tlog-witness, in our signed requests). A head that does not is kept beside the one
before it, both signed by the one who showed them: that is the evidence of a fork. Events of this
module are no news of a ledger, or two nodes would answer each other's cosignatures for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from doumen.gate import evidence, peers, record
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.kits.evidence import cosignature, keys, merkle, note, token
from doumen.kits.evidence.canonical import canonical, parsed
from doumen.model.errors import Conflict, DoumenError, Invalid, Tampered, Unavailable, told_by
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.message import Message, msg, plain
from doumen.model.participant import Participant
from doumen.model.peer import Heard

PATH = "/exchange/checkpoint"
HELD, OURS = "head", "cosigned"
"""Kinds of facts, by DID: the head of another as we cosigned it, ours as they did."""
PAUSE = timedelta(minutes=10)
"""How long a head of ours lasts before a later one is shown to the same witness."""
LONGEST = 63
"""Hashes of a proof, as c2sp.org/tlog-witness has it."""
MOST = 1 << 14
EARLIER = 5
"""Seconds by which two processes of one node may show their heads in the wrong order."""
REFUSED = 20
"""Heads that are kept of one participant though they were refused."""
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A head as a participant shows it.

    Attributes:
        text: Its checkpoint, a signed note.
        certificate: Of its working key, by its pinned root key.
        issued: When it was signed for us: `iat` of the token.
        old: Size at which the proof begins: that of the last head that we cosigned.
        proof: Hashes (hex) of the proof that the head continues that one.
    """

    text: str
    certificate: Mapping[str, Any]
    issued: int
    old: int
    proof: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        time = record.stamp(datetime.fromtimestamp(self.issued, UTC))
        return {
            "checkpoint": self.text,
            "certificate": dict(self.certificate),
            "issued": self.issued,
            "time": time,
        }


class Behind(Conflict):
    """The proof begins at another size than that of the last head which was cosigned here."""

    def __init__(self, size: int) -> None:
        super().__init__(
            msg("The last head that was cosigned here has size {size}.", size=size),
            next=msg("Send the proof that the head continues that one."),
            detail="head",
        )
        self.size = size

    def as_json(self) -> dict[str, str | None]:
        """The shape of a failure, with the size."""
        return super().as_json() | {"size": str(self.size)}


def cosign(means: Means, participant: Participant, actor: str, shown: Shown) -> dict[str, Any]:
    """Our cosignature under the head of another, which is kept.

    Args:
        means: Of the node.
        participant: Whose head it is.
        actor: Who shows it.
        shown: The head.

    Returns:
        `size` and `cosignature`: a line of the note.

    Raises:
        Behind: the proof does not begin at what we hold.
        Tampered: the head is not theirs, is shorter than what we hold, or does not continue it;
            then both are kept.
    """
    head = _opened(participant, shown)
    found = means.catalog.current().body(HELD, participant.id)
    if found is not None and (found["size"], found["root"]) == (head.size, head.root.hex()):
        return {"size": head.size, "cosignature": found["cosignature"]}
    known = [one for one in (found or {}).get("refused", ()) if one["checkpoint"] == shown.text]
    if known:
        raise _forked(plain(known[0]["why"]))
    taken = {"participant": participant.id, "size": head.size, "root": head.root.hex()}
    keyring, now = means.keys(), int(means.clock().timestamp())
    line = cosignature.cosign(shown.text, keyring.origin, keyring.working, now)
    wrong: list[Message] = []

    def prepare(connection: Connection) -> Draft:
        held = means.catalog.current(connection).body(HELD, participant.id)
        fault = _misfit(held, head, shown)
        before = held["refused"] if held else []
        if fault is None:
            body = {**taken, **shown.as_json(), "cosignature": line, "refused": before}
            return _draft(means, actor, "head.cosigned", taken, Fact(HELD, participant.id, body))
        wrong.append(fault)
        refused = [*before, {**taken, **shown.as_json(), "why": str(fault)}][:REFUSED]
        fact = Fact(HELD, participant.id, {**(held or {}), "refused": refused})
        return _draft(means, actor, "head.refused", taken, fact)

    means.commits.submit(prepare)
    if wrong:
        raise _forked(wrong[0])
    return {"size": head.size, "cosignature": line}


def ask(means: Means, actor: str, participant: Participant) -> Mapping[str, Any]:
    """Show our head to a participant and keep it with their cosignature: the body of its fact.

    Raises:
        Unavailable: they cannot be reached, or do not cosign.
        Tampered: they hold a head that ours does not continue, or their cosignature is none.
    """
    held = means.catalog.current().body(OURS, participant.id)
    old = held["size"] if held else 0
    for _ in range(_TRIES):
        ours = _ours(means, old)
        body = canonical({"checkpoint": ours.text, "old": old, "proof": ours.proof})
        heard = peers.call(means, participant, "POST", PATH, body, most=MOST)
        if heard.status == 200:
            return _keep(means, actor, participant, ours, heard)
        error = _refusal(heard.status, heard.body)
        if not isinstance(error, Conflict):
            raise error
        old = _size(heard.body)
        if old > _ours(means, 0).size:
            raise Tampered(
                msg("`{name}` holds a longer head of this ledger than this node has.",
                    name=participant.alias),
                why=msg("It has size {theirs}, ours {ours}: entries were cut off, or the node was "
                        "put back from a backup.", theirs=old, ours=ours.size),
                next=msg("Put back the latest backup, and explain it to `{name}`.",
                         name=participant.alias),
                detail="fork",
            )  # fmt: skip
    raise _refusal(heard.status, b"")


def due(means: Means, participant: str) -> bool:
    """Whether a participant should see our head: it has news that they did not see for a while."""
    held = means.catalog.current().body(OURS, participant)
    if held is None:
        return True
    if means.clock() - datetime.fromisoformat(held["time"]) < PAUSE:
        return False
    with means.database.read() as connection:
        entries = means.ledger.entries(connection, held["size"])
        return any(not json.loads(entry)["type"].startswith("head.") for entry in entries)


def _opened(participant: Participant, shown: Shown) -> note.Checkpoint:
    """The head, once it is known to be of the ledger of the participant.

    Raises:
        Tampered: it is not. Invalid: the proof is none.
    """
    public = keys.check_certificate(shown.certificate, participant.root)
    if shown.certificate["origin"] != participant.origin:
        raise _another()
    head = note.open_checkpoint(shown.text, participant.origin, public)
    if head.origin != participant.origin:
        raise _another()
    if not shown.old >= 0 or len(shown.proof) > LONGEST:
        raise Invalid(
            msg("This is no proof that a head continues another."),
            why=msg("It has at most {most} hashes, and begins at a size from 0.", most=LONGEST),
            detail="head",
        )
    return head


def _misfit(held: Mapping[str, Any] | None, head: note.Checkpoint, shown: Shown) -> Message | None:
    """Why a head does not continue the one that we hold; None: it does.

    Raises:
        Behind: that cannot be judged by this proof.
    """
    size = held["size"] if held else 0
    if held is not None and head.size < size and shown.issued > held["issued"] + EARLIER:
        return msg("A head of size {old} was shown before, and now one of size {new}.",
                   old=size, new=head.size)  # fmt: skip
    if held is not None and head.size == size:
        return None if head.root.hex() == held["root"] else msg(
            "Two heads of size {size} differ: the ledger was forked.", size=size
        )  # fmt: skip
    if shown.old != size or head.size < size:
        raise Behind(size)
    if held is None:
        return None
    proof = _hashes(shown.proof)
    root = bytes.fromhex(held["root"])
    if proof is not None and merkle.verify_consistency(size, head.size, root, head.root, proof):
        return None
    return msg("The ledger of size {new} is not shown to begin with the one of size {old}.",
               new=head.size, old=size)  # fmt: skip


def _draft(means: Means, actor: str, kind: str, data: Mapping[str, Any], fact: Fact) -> Draft:
    now = means.clock()
    id = record.new_id(now, means.entropy)
    event = Event(id=id, time=record.stamp(now), type=kind, actor=actor, data=data)
    return Draft(event, [fact])


@dataclass(frozen=True, slots=True)
class _Ours:
    """Our latest head, and the proof (hex) that it continues another size."""

    text: str
    size: int
    root: str
    proof: list[str]


def _ours(means: Means, old: int) -> _Ours:
    with means.database.read() as connection:
        text = evidence.head(means, connection)
        size = int(text.split("\n")[1])
        proof = means.ledger.consistency(connection, old, size) if 0 < old <= size else []
        root = means.ledger.root(connection, size)
    return _Ours(text, size, root.hex(), [one.hex() for one in proof])


def _keep(
    means: Means, actor: str, participant: Participant, ours: _Ours, heard: Heard
) -> Mapping[str, Any]:
    """Keep our head with their cosignature, once it is known to hold."""
    try:
        line = parsed(heard.body, msg("The answer"))["cosignature"]
        whole = cosignature.add_cosignature(ours.text, str(line))
        certificate = token.claimed(heard.reply or "").certificate
        at = cosignature.cosigned_at(whole, participant.origin, str(certificate["public"]))
    except (KeyError, TypeError, Tampered) as error:
        raise Tampered(
            msg("The cosignature of `{name}` does not hold.", name=participant.alias),
            why=error.what if isinstance(error, Tampered) else None,
            next=msg("Ask them; our head is not kept as cosigned."),
            detail="cosignature",
        ) from None
    known = means.catalog.current().body(OURS, participant.id)
    if known is not None and known["checkpoint"] == whole:
        return known
    about = {"participant": participant.id, "size": ours.size, "root": ours.root}
    fact = {**about, "checkpoint": whole, "certificate": dict(certificate), "cosigned": at,
            "time": record.stamp(means.clock())}  # fmt: skip
    draft = _draft(means, actor, "head.witnessed", about, Fact(OURS, participant.id, fact))
    means.commits.submit(lambda _: draft)
    return fact


def _size(body: bytes) -> int:
    """The size that a witness names in a conflict.

    Raises:
        Unavailable: it names none.
    """
    try:
        return int(parsed(body, msg("The answer"))["size"])
    except (KeyError, TypeError, ValueError, Tampered):
        raise _refusal(409, b"") from None


def _refusal(status: int, body: bytes) -> DoumenError:
    try:
        return told_by(parsed(body, msg("The answer")))
    except (AttributeError, KeyError, TypeError, Tampered):
        return Unavailable(
            msg("The witness answered with status {status}.", status=status),
            next=msg("Ask again later: doumen witness ask"),
            detail="peer",
        )


def _hashes(texts: Sequence[str]) -> list[bytes] | None:
    try:
        return [bytes.fromhex(text) for text in texts]
    except ValueError:
        return None


def _forked(why: Message) -> Tampered:
    return Tampered(
        msg("The head is not cosigned, and is kept as evidence."),
        why=why,
        next=msg("Show that it continues the head that was cosigned before, or explain it."),
        detail="fork",
    )


def _another() -> Tampered:
    return Tampered(
        msg("The head is that of another ledger."),
        next=msg("Send the head of the ledger whose root key is pinned here."),
        detail="head",
    )
