"""Agreements: those that there are, what one says, what was used of it, its end, its settling."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, DoumenError
from doumen.model.fact import Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.terms import Per
from doumen.rooms.exchange.negotiation.shown import SIDES
from doumen.rooms.exchange.participants import alias_of
from doumen.rooms.exchange.process.kept import stamp
from doumen.rooms.exchange.transfer import book, courier

KIND = "agreement"


def show_all(desk: Desk) -> Outcome:
    """The agreements that the asker may know."""
    facts, today = desk.facts(), datetime.now(UTC)
    found = [policy.agreement_from_json(key, body) for key, body in facts.all(KIND)]
    heads = (msg("agreement"), msg("with"), msg("our side"), msg("product"), msg("until"),
             msg("state"))  # fmt: skip
    rows = tuple(
        (one.key, alias_of(facts, one.counterparty), SIDES[one.side], one.product,
         one.terms.until or "", _state(one, today))
        for one in found
    )  # fmt: skip
    none = (
        msg("There is no agreement that you may know of."),
        msg("`doumen offer list --at PARTICIPANT` and `doumen negotiation start` lead to one."),
    )
    return Outcome(
        json={"agreements": [_described(one, facts, today) for one in found]},
        drawn=(Table(heads, rows),),
        said=() if found else none if desk.actor.governs else none[:1],
    )


def show(desk: Desk, *, agreement: str) -> Outcome:
    """What an agreement says.

    Raises:
        NotFound: there is none of this name that the asker may know.
    """
    facts, today = desk.facts(), datetime.now(UTC)
    found = policy.agreement_of(facts, agreement)
    body = facts.body(KIND, agreement) or {}
    fields: list[tuple[Message, object]] = [
        (msg("agreement"), found.key),
        (msg("with"), alias_of(facts, found.counterparty)),
        (msg("our side"), SIDES[found.side]),
        (msg("product"), found.product),
        (msg("signed"), _signed(found)),
        (msg("state"), _state(found, today)),
    ]
    if found.ended is not None:
        fields += [(msg("ended"), found.ended), (msg("reason"), body.get("reason", ""))]
    words = tuple(policy.terms_words(found.terms, literals=True))
    return Outcome(
        json={
            **_described(found, facts, today),
            "policy": body.get("policy"),
            "words": [[heading, text] for heading, text in words],
        },
        drawn=(Fields(tuple(fields)), Fields(words, title=msg("Terms"))),
        said=_hints(found, today),
    )


def end(desk: Desk, *, agreement: str, reason: str) -> Outcome:
    """End an agreement before its time: it binds at the next read.

    Raises:
        NotFound: there is none of this name that the asker may know.
        Conflict: it was ended before. Refused: only owner and steward may.
    """
    facts = desk.facts()
    found = policy.agreement_of(facts, agreement)
    if found.ended is not None:
        raise Conflict(
            msg("Agreement `{key}` was ended before.", key=agreement),
            why=msg("It has not been in force since {time}.", time=found.ended),
            next=msg("See it: doumen agreement show {key}", key=agreement),
            detail="agreement",
        )
    ended = stamp(datetime.now(UTC))
    fact = book.ended(facts, agreement, by=desk.own().id, reason=reason, now=ended)
    receipt = desk.amend([fact], subject=f"agreement {agreement}", seen=facts)
    for transfer in book.of_agreement(facts, agreement):
        with suppress(DoumenError):  # it is ended already; the courier tells the other side later
            courier.attend(desk, transfer.key)
    return Outcome(
        json={"agreement": agreement, "ended": ended, "reason": reason, "receipt": receipt},
        said=(
            msg("Agreement `{key}` is ended.", key=agreement),
            msg("Receipt {receipt}.", receipt=receipt),
            msg("The next read under it is refused; what was given before stays given.")
            if found.side is Side.PROVIDER
            else msg("No query under it leaves this node, and what was kept of it is not read."),
            msg("The other side learns of it with the end of the transfer, if one is open."),
        ),
    )


def usage(desk: Desk, *, agreement: str) -> Outcome:
    """What was used under an agreement, as this side counts it.

    Raises:
        NotFound: there is none of this name that the asker may know.
    """
    found = policy.agreement_of(desk.facts(), agreement)
    used = desk.exchange().usage(agreement)
    most = {quota.per: quota.queries for quota in found.terms.quotas}
    total = most.get(Per.AGREEMENT)
    left = None if total is None else max(0, total - used.queries)
    fields: list[tuple[Message, object]] = [
        (msg("agreement"), found.key),
        (msg("queries"), used.queries),
        (msg("rows"), used.rows),
    ]
    if left is not None:
        fields.append((msg("queries left"), left))
    if used.open:
        fields.append((msg("not settled"), used.open))
    said: tuple[Message, ...] = ()
    if used.open:
        said = (
            msg("An answer did not arrive. Settle what it cost: doumen agreement reconcile {key}",
                key=found.key),
        )  # fmt: skip
    return Outcome(
        json={"agreement": found.key, "side": found.side.value, "queries": used.queries,
              "rows": used.rows, "left": left, "open": used.open, "today": used.today},
        drawn=(Fields(tuple(fields)),),
        said=said,
    )  # fmt: skip


def reconcile(desk: Desk, *, agreement: str) -> Outcome:
    """Settle with the provider what broke in between, so that both count the same.

    Raises:
        Unavailable: it cannot be reached. Tampered: what it says does not hold.
    """
    done = desk.exchange().reconcile(agreement)
    return Outcome(
        json={"agreement": agreement, "reads": done.reads, "receipts": done.receipts},
        said=(
            msg("{reads} questions are settled, {receipts} receipts signed by both.",
                reads=done.reads, receipts=done.receipts),
        ),
    )  # fmt: skip


def _described(found: Agreement, facts: Facts, now: datetime) -> dict[str, Any]:
    """The JSON shape of an agreement."""
    body = facts.body(KIND, found.key) or {}
    return {
        "agreement": found.key,
        "id": found.id,
        "side": found.side.value,
        "with": found.counterparty,
        "product": found.product,
        "terms": policy.terms_as_json(found.terms),
        "signed": _signed(found),
        "ended": found.ended,
        "ended_by": found.ended_by,
        "reason": body.get("reason"),
        "use": None if found.use is None else {**asdict(found.use), "by": found.use.by.value},
        "in_force": _out_of_force(found, now) is None,
        "state": _state(found, now),
    }


def _signed(found: Agreement) -> str:
    """When the provider signed it, written as all other times are."""
    return stamp(datetime.fromisoformat(found.signed))


def _state(found: Agreement, now: datetime) -> Message:
    over = _out_of_force(found, now)
    if over is not None:
        return over
    if found.use is None or found.use.runs:
        return msg("in force")
    return msg("rests") if found.use.state == "SUSPENDED" else msg("transfer ended")


def _out_of_force(found: Agreement, now: datetime) -> Message | None:
    day, terms = now.date(), found.terms
    if found.ended is not None:
        return msg("ended")
    if terms.since is not None and day < terms.since:
        return msg("not begun")
    if terms.until is not None and day > terms.until:
        return msg("over")
    return None


def _hints(found: Agreement, now: datetime) -> tuple[Message, ...]:
    if found.side is Side.CONSUMER and _out_of_force(found, now) is None:
        return (
            msg("Ask: {command}", command=_command(found)),
            msg("Let others ask: a rule on `{{agreement: {key}}}`.", key=found.key),
        )
    return ()


def _command(found: Agreement) -> str:
    """What the owner of the consumer types to ask."""
    purposes = found.terms.purposes
    stated = f" --for {purposes[0]}" if purposes else ""
    return f"doumen query SQL --agreement {found.key}{stated}"
