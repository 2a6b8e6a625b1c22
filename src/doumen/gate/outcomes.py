"""What came of the requests of a participant, at the provider; and receipts that both signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection

from doumen.gate import once, record, settle
from doumen.gate.agreed import REQUESTS
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.kits import policy
from doumen.kits.evidence import jws, keys
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, Tampered
from doumen.model.event import Event
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant

READS = frozenset({"query", "query.ended"})
"""Events of an answer given whole."""


def charged(means: Means, participant: str, request: str) -> bool:
    """Whether a request of a participant was charged for."""
    with means.database.read() as connection:
        return _balance(means, connection, participant, request, REQUESTS)


def outcomes(
    means: Means, participant: Participant, key: str, requests: Sequence[str]
) -> list[dict[str, Any]]:
    """What came of requests of a participant; one that goes on is closed: nothing comes of it.

    Returns:
        One object per request: `request`, `charged`, and `receipt` where it was answered. Where
        the receipts are large, of some of them only.

    Raises:
        NotFound: there is no such agreement in which we provide for them.
    """
    agreement = _provided(means.catalog.current(), key, participant)
    for request in requests:
        _close(means, agreement, request)
    receipts: dict[str, str | None] = {}
    with means.database.read() as connection:
        for event in settle.events(means, connection, agreement):
            request = event["data"].get("request")
            if event["type"] in READS and request in requests:
                receipts[request] = means.ledger.receipt(connection, event["id"])
        told: list[dict[str, Any]] = []
        size = 0
        for request in requests:
            receipt = receipts.get(request)
            size += len(receipt or "")
            if told and size > settle.FULL:
                break
            paid = _balance(means, connection, participant.id, request, REQUESTS)
            told.append({"request": request, "charged": paid, "receipt": receipt})
    return told


def unsigned(means: Means, participant: Participant, key: str) -> list[str]:
    """Receipts of reads under an agreement that the consumer has not signed: the first of them."""
    agreement = _provided(means.catalog.current(), key, participant)
    with means.database.read() as connection:
        receipts = (
            means.ledger.receipt(connection, event["id"])
            for event in settle.events(means, connection, agreement)
            if event["type"] in READS
        )
        lacking = (text for text in receipts if text is not None and len(jws.signers(text)) == 1)
        return next(settle.paged(lacking), [])


def countersigned(
    means: Means,
    participant: Participant,
    certificate: Mapping[str, Any],
    texts: Sequence[str],
) -> int:
    """Keep receipts that the consumer signed too.

    Args:
        means: Of the node.
        participant: The consumer.
        certificate: Of its working key, by its pinned root key.
        texts: The receipts.

    Returns:
        How many were kept.

    Raises:
        Tampered: one is not a receipt of ours with their signature, and no more.
        NotFound: it is of no agreement in which we provide for them.
    """
    kid, public = str(certificate["kid"]), keys.check_certificate(certificate, participant.root)
    kept = 0
    for text in texts:
        jws.verify(text, {kid: public})
        receipt, envelope = read_receipt(text), jws.read(text)
        with means.database.write() as connection:
            facts = means.catalog.current(connection)
            _provided(facts, str(receipt.event["agreement"]), participant)
            held = means.ledger.receipt(connection, receipt.id)
            own = None if held is None else jws.read(held)
            if (
                own is None
                or own.payload != envelope.payload
                or envelope.signatures[:-1] != own.signatures[:1]
                or envelope.signatures[-1].kid != kid
            ):
                raise Tampered(
                    msg("Receipt `{id}` is not one of this node.", id=receipt.id),
                    next=msg("Send the receipt that came with the answer."),
                    detail="receipt",
                )
            if len(own.signatures) == 1:
                means.ledger.keep_countersigned(connection, receipt.id, text)
                kept += 1
    return kept


def _provided(facts: Facts, key: str, participant: Participant) -> Agreement:
    """The agreement in which we provide for a participant; any other is as good as absent."""
    agreement = policy.agreement_of(facts, key, participant.id)
    if agreement.side is not Side.PROVIDER:
        raise policy.agreement_absent(key)
    return agreement


def _close(means: Means, agreement: Agreement, request: str) -> None:
    """Let nothing more come of a request."""
    account = once.account_of(request, agreement.counterparty)
    with means.database.read() as connection:
        if _balance(means, connection, agreement.counterparty, request, once.ENDED):
            return
    now = means.clock()
    event = Event(
        id=record.new_id(now, means.entropy),
        time=record.stamp(now),
        type="query.closed",
        actor=agreement.counterparty,
        agreement=agreement.key,
        data={"request": request},
    )
    draft = once.ending(Draft(event), account, request)
    with suppress(Conflict):  # it ended meanwhile
        means.commits.submit(lambda _: draft)


def _balance(
    means: Means, connection: Connection, participant: str, request: str, unit: str
) -> bool:
    return means.ledger.balance(connection, once.account_of(request, participant), unit) > 0
