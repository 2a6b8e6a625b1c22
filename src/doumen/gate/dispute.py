"""All that one side can show of an agreement, from the first offer to the last read: a bundle.

Its files are in docs/exchange.md, and `tools/verify_bundle.py` verifies them without Doumen. It
is made of one snapshot of the store and proven against one signed head; the manifest, signed,
says that this is all. Receipts open what was asked to whoever gets the bundle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from doumen.gate import evidence, record, settle, witness
from doumen.gate.drawers import Files
from doumen.gate.means import Means
from doumen.kits import policy
from doumen.kits.evidence import jws, keys, token
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Invalid, Refused, Tampered
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.plan import Progress

FORMAT = "doumen-bundle-1"
STEP = 100
"""Entries between two words about how far it is."""
Pieces = Iterator[bytes]


def bundle(means: Means, actor: Actor, key: str, sizes: Sequence[int], progress: Progress) -> Files:
    """The files of a bundle: names, and contents to be read before the next is asked for.

    Args:
        means: Of the node.
        actor: Who asks: owner, steward or auditor.
        key: Of the agreement.
        sizes: Further sizes of our ledger from which a proof leads to the head: those of heads
            that somebody else holds.
        progress: Told how far it is.

    Raises:
        Refused: the actor may not. NotFound: there is no such agreement.
        Invalid: the ledger was never of one of the sizes.
    """
    if not actor.oversees:
        raise Refused(
            msg("Actor `{actor}` may not take out all evidence of an agreement.", actor=actor.name),
            why=msg("It opens what every actor asked under it."),
            next=msg("Ask the owner, a steward or an auditor."),
            detail="role",
        )
    facts = means.catalog.current()
    agreement = policy.agreement_of(facts, key)
    return _files(means, facts, agreement, sizes, progress)


@dataclass(slots=True)
class _Case:
    """What is gathered while the files are written.

    Attributes:
        head: The checkpoint that everything is proven against, of `size` entries.
        other: The other side; None: it is no participant any more.
        found: Ids of the entries written.
        sizes: Of heads of ours from which a proof is to lead to `head`.
        certificates: Those of the other side, by key id.
    """

    means: Means
    connection: Connection
    agreement: Agreement
    head: str
    size: int
    other: Participant | None
    progress: Progress
    found: list[str] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)
    certificates: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def saw(self, certificate: Mapping[str, Any]) -> None:
        """Keep a certificate if it is of the other side."""
        try:
            if self.other is not None:
                keys.check_certificate(certificate, self.other.root)
                self.certificates[str(certificate["kid"])] = certificate
        except Tampered:
            pass  # ours, or of a third

    def saw_token(self, text: str) -> None:
        """Keep the certificate in a token."""
        if text:
            self.saw(token.claimed(text).certificate)


def _files(
    means: Means, facts: Facts, agreement: Agreement, sizes: Sequence[int], progress: Progress
) -> Files:
    known = facts.body("participant", agreement.counterparty)
    other = None if known is None else Participant.from_json(known)
    negotiation = str((facts.body("agreement", agreement.key) or {}).get("negotiation", ""))
    with means.database.read() as connection:
        head = evidence.head(means, connection)
        size = int(head.split("\n")[1])
        _within(sizes, size)
        case = _Case(means, connection, agreement, head, size, other, progress, sizes=set(sizes))
        side, theirs = agreement.side.value, _other_side(agreement).value
        files: Sequence[tuple[str, Iterable[bytes]]] = (
            ("negotiation.json", _negotiation(case, negotiation)),
            ("agreement.json", _history(case, "agreement", agreement.key)),
            ("entries.jsonl", _entries(case)),
            ("receipts.jsonl", _receipts(case)),
            ("heads.jsonl", _heads(case, facts)),
            ("checkpoint.txt", iter([head.encode()])),
            ("proofs.json", _proofs(case)),
            (f"keys-{side}.json", iter([canonical(means.keys().key_file())])),
            (f"keys-{theirs}.json", _their_keys(case)),
        )
        digests: dict[str, str] = {}
        for name, pieces in files:
            state = hashlib.sha256()
            yield name, _hashed(pieces, state)
            digests[name] = state.hexdigest()
        manifest = canonical(_manifest(case, negotiation, digests))
    keyring = means.keys()
    yield "manifest.json", iter([manifest])
    signed = jws.sign(manifest, keyring.working, str(keyring.certificate["kid"]))
    yield "manifest.jws", iter([signed.encode()])


def _hashed(pieces: Iterable[bytes], state: Any) -> Pieces:
    for piece in pieces:
        state.update(piece)
        yield piece


def _manifest(case: _Case, negotiation: str, digests: Mapping[str, str]) -> dict[str, Any]:
    means, agreement = case.means, case.agreement
    own, used = means.own(), settle.usage(means, case.connection, agreement.key)
    other = {
        "id": agreement.counterparty,
        "origin": "" if case.other is None else case.other.origin,
    }
    return {
        "format": FORMAT,
        "agreement": agreement.key,
        "iri": agreement.id,
        "negotiation": negotiation,
        "side": agreement.side.value,
        agreement.side.value: {"id": own.id, "origin": own.origin},
        _other_side(agreement).value: other,
        "created": record.stamp(means.clock()),
        "size": case.size,
        "usage": {"queries": used.queries, "rows": used.rows, "open": used.open},
        "files": dict(digests),
    }


def _negotiation(case: _Case, key: str) -> Pieces:
    """The negotiation as it is now: every message with its tokens."""
    history = case.means.catalog.history("negotiation", key, case.connection)
    body = history[-1].fact.body if history else None
    case.found += [row.event for row in history]
    for said in (body or {}).get("said", ()):
        case.saw_token(said["token"])
        case.saw_token(said["reply"] or "")
    yield canonical(body)


def _history(case: _Case, kind: str, key: str) -> Pieces:
    """All versions of a fact."""
    history = case.means.catalog.history(kind, key, case.connection)
    case.found += [row.event for row in history]
    yield canonical(
        [{"event": row.event, "time": row.time, "body": row.fact.body} for row in history]
    )


def _entries(case: _Case) -> Pieces:
    """The entries of the agreement in their order, each with its proof."""
    changes, key = set(case.found), case.agreement.key.encode()
    case.found.clear()
    ledger, connection = case.means.ledger, case.connection
    for index, entry in enumerate(ledger.entries(connection, 0, case.size)):
        if index % STEP == 0:
            case.progress(index / case.size / 2, msg("Looking through the ledger"))
        event = json.loads(entry)
        if event["id"] not in changes and not (key in entry and event["agreement"] == key.decode()):
            continue
        case.found.append(event["id"])
        proof = ledger.inclusion(connection, index, case.size)
        yield _line({"index": index, "entry": entry.decode(), "proof": [h.hex() for h in proof]})


def _receipts(case: _Case) -> Pieces:
    """The receipts of the entries that were written."""
    for number, id in enumerate(case.found):
        if number % STEP == 0:
            case.progress(0.5 + number / len(case.found) / 2, msg("Writing the receipts"))
        text = case.means.ledger.receipt(case.connection, id)
        if text is None:
            continue
        receipt = read_receipt(text)
        case.sizes.add(receipt.inclusion.size)
        case.saw_token(receipt.disclosed.get("request", {}).get("token", ""))
        if "counterpart" in receipt.disclosed:
            case.saw(read_receipt(receipt.disclosed["counterpart"]).certificate)
        yield _line({"id": id, "receipt": text})


def _heads(case: _Case, facts: Facts) -> Pieces:
    """Our head as each witness cosigned it last, and that of the other side as we did.

    One that is larger than the ledger is now, which was set back or rewritten since, has no proof:
    whoever verifies the bundle misses it, and says so.
    """
    for _, body in facts.all(witness.OURS):
        if body["size"] <= case.size:
            case.sizes.add(body["size"])
        case.saw(body["certificate"])
        yield _line({"of": case.agreement.side.value, **body})
    held = facts.body(witness.HELD, case.agreement.counterparty)
    if held is not None:
        case.saw(held["certificate"])
        yield _line({"of": _other_side(case.agreement).value, **held})


def _proofs(case: _Case) -> Pieces:
    """The proof that the head continues each other size."""
    consistency = case.means.ledger.consistency
    yield canonical(
        {
            str(size): [h.hex() for h in consistency(case.connection, size, case.size)]
            for size in sorted(case.sizes)
        }
    )


def _their_keys(case: _Case) -> Pieces:
    """The key file of the other side as far as it is known: its pinned root, what was seen."""
    seen = [dict(case.certificates[kid]) for kid in sorted(case.certificates)]
    origin, root = ("", "") if case.other is None else (case.other.origin, case.other.root)
    yield canonical({"origin": origin, "root": root, "certificates": seen})


def _line(value: Mapping[str, Any]) -> bytes:
    return canonical(value) + b"\n"


def _other_side(agreement: Agreement) -> Side:
    return Side.CONSUMER if agreement.side is Side.PROVIDER else Side.PROVIDER


def _within(sizes: Sequence[int], most: int) -> None:
    beyond = [size for size in sizes if not 0 < size <= most]
    if beyond:
        raise Invalid(
            msg("The ledger was never of size {size}.", size=beyond[0]),
            why=msg("It has {most} entries.", most=most),
            next=msg("Give the size of a head that somebody holds of this node."),
            detail="size",
        )
