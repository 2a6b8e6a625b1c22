"""Receipts: written and sealed, read, and checked without trusting whoever handed them over.

A receipt is a JWS (`jws`). Its payload holds the event and the parameters as texts, byte for
byte what the ledger hashed and what the commitment covers, so that a verifier hashes what
stands there and never has to write JSON again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence import jws, keys, merkle, note
from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.disclosure import committed
from doumen.model.errors import Tampered
from doumen.model.message import Message, msg
from doumen.model.receipt import Inclusion, Receipt

FORMAT = "doumen-receipt-1"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that does not hold.

    Attributes:
        kind: Stable name: `form`, `certificate`, `wrong-key`, `signature`, `retired-key`,
            `statement`, `checkpoint`, `inclusion`, `fork`, `consistency`, `key-file`.
        what: One sentence for people.
    """

    kind: str
    what: Message


def seal(receipt: Receipt, key: Ed25519PrivateKey) -> str:
    """The signed text of a receipt.

    Args:
        receipt: What it proves; `certificate` is that of `key`.
        key: The node's working key.
    """
    disclosed = dict(receipt.disclosed)
    if disclosed:
        disclosed["parameters"] = canonical(disclosed["parameters"]).decode()
    payload = {
        "format": FORMAT,
        "id": receipt.id,
        "event": canonical(receipt.event).decode(),
        "disclosed": disclosed,
        "rules": [dict(rule) for rule in receipt.rules],
        "inclusion": asdict(receipt.inclusion),
        "certificate": dict(receipt.certificate),
    }
    return jws.sign(canonical(payload), key, str(receipt.certificate["kid"]))


def read_receipt(text: str) -> Receipt:
    """Read a receipt without verifying it; a newline at its end is allowed.

    Raises:
        Tampered: it is no receipt.
    """
    try:
        body = parsed(jws.read(text.removesuffix("\n")).payload, msg("The payload"))
        if body.pop("format") != FORMAT:
            raise _malformed()
        event = parsed(body["event"].encode(), msg("The event in the receipt"))
        disclosed = body["disclosed"]
        if disclosed:
            parameters = disclosed["parameters"].encode()
            disclosed["parameters"] = parsed(parameters, msg("The list of parameters"))
        place = body["inclusion"]
        receipt = Receipt(
            id=body["id"],
            event=event,
            disclosed=disclosed,
            rules=tuple(body["rules"]),
            inclusion=Inclusion(
                place["index"], place["size"], tuple(place["proof"]), place["checkpoint"]
            ),
            certificate=body["certificate"],
        )
        proper = len(body) == 6 and event["id"] == receipt.id and _typed(receipt)
    except (AttributeError, KeyError, TypeError, UnicodeError) as error:
        raise _malformed() from error
    if not proper:
        raise _malformed()
    return receipt


def check_receipt(
    text: str,
    root_public: str,
    certificates: Sequence[Mapping[str, Any]],
    *,
    checkpoint: str | None = None,
    consistency: Sequence[str] | None = None,
) -> list[Flaw]:
    """Everything about a receipt that does not hold; empty: it is what the node signed.

    Args:
        text: The receipt.
        root_public: Public half of the node's root key (hex), from its key file.
        certificates: The certificates in the key file; one may carry `retired`.
        checkpoint: Another head of the same ledger, got elsewhere, to find a fork.
        consistency: Hashes (hex) that lead from the smaller of the two heads to the larger.
    """
    try:
        receipt = read_receipt(text)
    except Tampered as error:
        return [Flaw("form", error.what)]
    flaws = _key_flaws(text.removesuffix("\n"), receipt, root_public, certificates)
    flaws += _statement_flaws(receipt)
    publics = [
        str(cert["public"])
        for cert in (receipt.certificate, *certificates)
        if _holds(cert, root_public) and cert["origin"] == receipt.certificate["origin"]
    ]
    origin = str(receipt.certificate.get("origin"))
    head = _opened(receipt.inclusion.checkpoint, origin, publics)
    if head is None:
        return [
            *flaws,
            Flaw("checkpoint", msg("The receipt's checkpoint is not signed by the node.")),
        ]
    flaws += _inclusion_flaws(receipt, head)
    if checkpoint is not None:
        other = _opened(checkpoint, origin, publics)
        if other is None:
            flaws.append(Flaw("checkpoint", msg("The other checkpoint is not signed by the node.")))
        else:
            flaws += _fork_flaws(head, other, consistency)
    return flaws


def _key_flaws(
    text: str, receipt: Receipt, root_public: str, certificates: Sequence[Mapping[str, Any]]
) -> list[Flaw]:
    flaws = [
        Flaw(
            "key-file",
            msg("Certificate `{kid}` in the key file does not hold.", kid=cert.get("kid")),
        )
        for cert in certificates
        if not _holds(cert, root_public)
    ]
    cert = receipt.certificate
    try:
        keys.check_certificate(cert, root_public)
    except Tampered as error:
        flaws.append(Flaw("certificate", msg("{what} {why}", what=error.what, why=error.why)))
    try:
        jws.verify(text, {str(cert.get("kid")): str(cert.get("public"))})
    except Tampered as error:
        kind = "wrong-key" if error.code == "tampered.unknown-key" else "signature"
        flaws.append(Flaw(kind, error.what))
    for known in certificates:
        retired = known.get("retired")
        if known.get("kid") == cert.get("kid") and retired is not None:
            flaws += _retired_flaws(str(receipt.event.get("time")), str(retired))
    return flaws


def _retired_flaws(time: str, retired: str) -> list[Flaw]:
    try:
        late = datetime.fromisoformat(time) > datetime.fromisoformat(retired)
    except (ValueError, TypeError):  # no time, or one without a zone
        return [Flaw("retired-key", msg("It cannot be told whether the key was retired in time."))]
    said = msg(
        "The key was retired at {retired}, before the event of {time}.", retired=retired, time=time
    )
    return [Flaw("retired-key", said)] if late else []


def _statement_flaws(receipt: Receipt) -> list[Flaw]:
    if not receipt.disclosed:
        return []
    try:
        same = committed(receipt.disclosed) == receipt.event["data"].get("statement")
    except Tampered as error:
        return [Flaw("statement", error.what)]
    said = msg("The statement shown is not the one that the ledger has a commitment to.")
    return [] if same else [Flaw("statement", said)]


def _inclusion_flaws(receipt: Receipt, head: note.Checkpoint) -> list[Flaw]:
    place = receipt.inclusion
    proof, leaf = _hashes(place.proof), merkle.leaf_hash(canonical(receipt.event))
    included = proof is not None and merkle.verify_inclusion(
        place.index, place.size, leaf, proof, head.root
    )
    if included and place.size == head.size:
        return []
    return [
        Flaw("inclusion", msg("The event is not in the ledger that the checkpoint stands for."))
    ]


def _fork_flaws(
    one: note.Checkpoint, two: note.Checkpoint, consistency: Sequence[str] | None
) -> list[Flaw]:
    old, new = sorted((one, two), key=lambda head: head.size)
    if old.size == new.size:
        said = msg(
            "Two signed checkpoints of size {size} differ: the ledger was forked.", size=old.size
        )
        return [] if old.root == new.root else [Flaw("fork", said)]
    if consistency is None:
        said = msg(
            "Sizes {old} and {new} differ: a consistency proof between them is needed: "
            "`doumen ledger prove`.",
            old=old.size,
            new=new.size,
        )
        return [Flaw("consistency", said)]
    proof = _hashes(consistency)
    if proof is not None and merkle.verify_consistency(
        old.size, new.size, old.root, new.root, proof
    ):
        return []
    said = msg(
        "The ledger of size {new} does not begin with the one of size {old}: it was forked, or an "
        "entry was changed or removed.",
        new=new.size,
        old=old.size,
    )
    return [Flaw("fork", said)]


def _opened(text: str, origin: str, publics: Sequence[str]) -> note.Checkpoint | None:
    try:
        head = note.open_by_any(text, origin, publics)
    except Tampered:
        return None
    return head if head.origin == origin else None


def _holds(cert: Mapping[str, Any], root_public: str) -> bool:
    try:
        keys.check_certificate(cert, root_public)
    except Tampered:
        return False
    return True


def _hashes(texts: Sequence[str]) -> list[bytes] | None:
    try:
        return [bytes.fromhex(text) for text in texts]
    except (TypeError, ValueError):
        return None


def _typed(receipt: Receipt) -> bool:
    place = receipt.inclusion
    objects = (receipt.event["data"], receipt.disclosed, receipt.certificate, *receipt.rules)
    return (
        all(isinstance(value, dict) for value in objects)
        and all(isinstance(text, str) for text in (receipt.id, place.checkpoint))
        and all(type(number) is int for number in (place.index, place.size))
    )


def _malformed() -> Tampered:
    return Tampered(
        msg("This is not a receipt of Doumen."),
        why=msg("It was changed, cut, or written by another program."),
        next=msg("Ask the holder for the original: `doumen receipt show ID`."),
        detail="form",
    )
