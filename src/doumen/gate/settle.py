"""What both sides of an agreement count and hold, at the consumer: reads settled, receipts signed.

A read that broke in between is settled by asking the provider what came of the request. The
provider closes it, tells it to nobody but the one who signed it, and shows the receipt for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection

from doumen.gate import counterpart, once, peers, record
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.evidence import jws
from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Settled, Side, Usage
from doumen.model.errors import Conflict, Refused, Tampered, Unavailable
from doumen.model.event import Charge, Event, Used
from doumen.model.message import msg
from doumen.model.participant import Participant, member
from doumen.model.receipt import Receipt
from doumen.model.terms import Per

SETTLE, RECEIPTS = "/exchange/settle", "/exchange/receipts"
PAGE = 200
"""Requests or receipts in one message."""
FULL = 1 << 20
"""Bytes of receipts from which on no more are put into one message."""
MOST = 16 << 20
ENDS = frozenset({"query", "query.ended", "query.failed", "query.settled"})
"""Events of a question by which it is over, at the consumer."""


@dataclass(frozen=True, slots=True)
class Open:
    """A question without an end.

    Attributes:
        event: By which it was asked.
        doubted: Whether an answer came that did not hold.
    """

    event: Mapping[str, Any]
    doubted: bool = False


def usage(means: Means, connection: Connection, key: str) -> Usage:
    """The balance of the account of an agreement, and what is open."""
    agreement = policy.agreement_of(means.catalog.current(), key)
    queries, rows = (
        means.ledger.balance(connection, agreement.account, unit) for unit in ("queries", "rows")
    )
    if agreement.side is Side.CONSUMER:
        return Usage(queries, rows, len(_open(means, connection, agreement)))
    if all(quota.per is not Per.DAY for quota in agreement.terms.quotas):
        return Usage(queries, rows)
    account = agreement.account_on(means.clock().astimezone(UTC).date())
    return Usage(queries, rows, today=means.ledger.balance(connection, account, "queries"))


def reconcile(means: Means, actor: str, key: str) -> Settled:
    """Settle with the provider what broke in between.

    Raises:
        Refused: only owner and steward may; or it is we who are the provider.
        NotFound: there is no such agreement. Unavailable: the provider cannot be reached.
        Tampered: what it says does not hold.
    """
    facts = means.catalog.current()
    policy.may_speak(actor_of(actor, facts))
    agreement = policy.agreement_of(facts, key)
    if agreement.side is not Side.CONSUMER:
        raise Refused(
            msg("What was used is settled by the consumer."),
            next=msg("Wait for it, or ask the other side."),
            detail="agreement",
        )
    provider = peers.of(facts, agreement.counterparty)
    with means.database.read() as connection:
        asked = _open(means, connection, agreement)
    ahead, settled = sorted(asked), 0
    while ahead:
        told = _told(means, provider, agreement, ahead[:PAGE])
        for name, found in told.items():
            settled += _settle(means, agreement, provider, asked[name], found)
        ahead = [name for name in ahead if name not in told]
    return Settled(settled, _sign_rest(means, agreement, provider))


def deliver(means: Means, provider: Participant, texts: Sequence[str]) -> None:
    """Send receipts that we signed too to the provider.

    Raises:
        Unavailable: it did not take them.
    """
    for some in paged(texts):
        body = canonical({"receipts": some})
        heard = peers.call(means, provider, "POST", RECEIPTS, body, most=MOST)
        if heard.status != 200:
            raise _unsettled(heard.status)


def paged(texts: Iterable[str]) -> Iterator[list[str]]:
    """Receipts in messages that are neither too many nor too large."""
    some: list[str] = []
    for text in texts:
        if some and (len(some) == PAGE or sum(map(len, some)) + len(text) > FULL):
            yield some
            some = []
        some.append(text)
    if some:
        yield some


def events(
    means: Means, connection: Connection, agreement: Agreement
) -> Iterator[Mapping[str, Any]]:
    """Events under an agreement, in their order."""
    for entry in means.ledger.entries(connection):
        if agreement.key.encode() in entry:
            event = json.loads(entry)
            if event["agreement"] == agreement.key:
                yield event


def _told(
    means: Means, provider: Participant, agreement: Agreement, names: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """What came of some of these requests, at least of one, as the provider says."""
    told = _asked(means, provider, {"agreement": agreement.key, "requests": list(names)})
    found: dict[str, Mapping[str, Any]] = {}
    for one in told["outcomes"]:
        if isinstance(one, dict) and one.get("request") in list(names):
            found[one["request"]] = one
    if not found:
        raise _unsettled(200)
    return found


def _settle(
    means: Means,
    agreement: Agreement,
    provider: Participant,
    asked: Open,
    found: Mapping[str, Any],
) -> bool:
    """End a question as the provider says; False: it has ended meanwhile."""
    draft = _settled(means, agreement, provider, asked, found)
    request = asked.event["data"]["request"]
    draft = once.ending(draft, once.account_of(request), request)
    try:
        means.commits.submit(lambda _: draft)
    except Conflict:
        return False
    return True


def _settled(
    means: Means,
    agreement: Agreement,
    provider: Participant,
    asked: Open,
    found: Mapping[str, Any],
) -> Draft:
    """The draft by which a question is over: what the provider's receipt for it says.

    A receipt of an answer that did not hold is counted, since it is the provider that counts; it
    is not signed.
    """
    event = asked.event
    data: dict[str, Any] = {
        "statement": event["data"]["statement"],
        "request": event["data"]["request"],
    }
    charges: tuple[Charge, ...] = ()
    disclosed: dict[str, Any] = {}
    used: tuple[Used, ...] = ()
    text = found.get("receipt")
    if text is not None:
        question = counterpart.Asked(
            data["request"],
            data["statement"],
            member(means.own().id, event["actor"]),
            event["purpose"],
        )
        receipt = counterpart.true_receipt(provider, agreement, question, str(text))
        result = receipt.event["data"]["result"]
        charges = counterpart.charged(agreement, event["actor"], result["rows"])
        data |= {
            "result": result,
            "remote": counterpart.remote(provider, receipt),
            **({"doubted": True} if asked.doubted else {}),
        }
        used = counterpart.used(provider, receipt)
        disclosed = _disclosed(means, asked, str(text))
    elif found.get("charged") is True:
        charges = counterpart.charged(agreement, event["actor"], 0)
    now = means.clock()
    return Draft(
        event=Event(
            id=record.new_id(now, means.entropy),
            time=record.stamp(now),
            type="query.settled",
            actor=event["actor"],
            purpose=event["purpose"],
            agreement=agreement.key,
            used=used,
            charges=charges,
            data=data,
        ),
        disclosed=disclosed,
    )


def _disclosed(means: Means, asked: Open, text: str) -> dict[str, Any]:
    """What our receipt of a settled question shows, as far as that of its asking is still there."""
    with means.database.read() as connection:
        own = means.ledger.receipt(connection, asked.event["id"])
    if own is None:
        return {}
    signed = text if asked.doubted else counterpart.sign(means, text)
    return {**read_receipt(own).disclosed, "counterpart": signed}


def _sign_rest(means: Means, agreement: Agreement, provider: Participant) -> int:
    """Give the provider what it has without our signature, where we hold the same signed.

    What it answers just now is signed by whoever asked, once it is read to its end.

    Raises:
        Tampered: it shows a receipt of something else than what we hold.
    """
    seen: set[str] = set()
    count = 0
    while True:
        told = _asked(means, provider, {"agreement": agreement.key, "unsigned": True})
        shown = ((read_receipt(text), text) for text in map(str, told["receipts"]))
        fresh = {receipt.id: (receipt, text) for receipt, text in shown if receipt.id not in seen}
        seen.update(fresh)
        with means.database.read() as connection:
            held = _held(means, connection, agreement) if fresh else {}
            going_on = _open(means, connection, agreement) if fresh else {}
        signed = [
            counterpart.sign(means, text)
            for receipt, text in fresh.values()
            if str(receipt.event["data"].get("request")) not in going_on
            and _same(receipt, text, held)
        ]
        deliver(means, provider, signed)
        count += len(signed)
        if not signed:
            return count


def _asked(means: Means, provider: Participant, document: Mapping[str, Any]) -> Mapping[str, Any]:
    heard = peers.call(means, provider, "POST", SETTLE, canonical(document), most=MOST)
    if heard.status != 200:
        raise _unsettled(heard.status)
    try:
        told = parsed(heard.body, msg("The answer"))
        if not isinstance(told["outcomes"], list) or not isinstance(told["receipts"], list):
            raise _unsettled(heard.status)
    except (KeyError, TypeError, Tampered) as error:
        raise _unsettled(heard.status) from error
    return told  # type: ignore[no-any-return]


def _open(means: Means, connection: Connection, agreement: Agreement) -> dict[str, Open]:
    """Questions without an end: request → what is known of it."""
    found: dict[str, Open] = {}
    for event in events(means, connection, agreement):
        request, kind = event["data"].get("request"), event["type"]
        if kind == "query.asked":
            found[request] = Open(event)
        elif kind in ENDS:
            found.pop(request, None)
        elif request in found and str(event["data"].get("code")).startswith(Tampered.kind):
            found[request] = Open(found[request].event, doubted=True)
    return found


def _held(means: Means, connection: Connection, agreement: Agreement) -> dict[str, str | None]:
    """Receipts of the provider that we hold: their id → their text with our signature, if any."""
    found: dict[str, str | None] = {}
    for event in events(means, connection, agreement):
        remote = event["data"].get("remote")
        if event["type"] in ENDS and remote is not None:
            own = means.ledger.receipt(connection, event["id"])
            text = read_receipt(own).disclosed.get("counterpart") if own else None
            found[remote["receipt"]] = None if event["data"].get("doubted") else text
    return found


def _same(receipt: Receipt, text: str, held: Mapping[str, str | None]) -> bool:
    """Whether we hold this receipt, signed by us; False: it is one that we do not sign.

    Raises:
        Tampered: we hold another one, or none.
    """
    if receipt.id not in held:
        raise counterpart.untrue(msg("It shows a receipt for a question that was never asked."))
    ours = held[receipt.id]
    if ours is not None and jws.read(ours).payload != jws.read(text).payload:
        raise counterpart.untrue(msg("It shows another receipt than the one that it gave."))
    return ours is not None


def _unsettled(status: int) -> Unavailable:
    return Unavailable(
        msg("The provider did not settle: it answered with status {status}.", status=status),
        next=msg("Try again later: doumen agreement reconcile"),
        detail="peer",
    )
