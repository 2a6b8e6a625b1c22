"""What is shown of negotiations: their JSON, their tables, and what is to be done next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp import NegotiationMove, Role
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.model.agreement import key_of
from doumen.model.errors import DoumenError, Invalid
from doumen.model.fact import Facts
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.participant import Participant
from doumen.model.terms import Terms
from doumen.rooms.exchange.negotiation import book
from doumen.rooms.exchange.negotiation.course import course
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.packages import short
from doumen.rooms.exchange.participants import alias_of

SIDES: Mapping[str, Message] = {"provider": msg("provider"), "consumer": msg("consumer")}
"""The sides of a negotiation and of an agreement, in words."""
_SAYS = {
    NegotiationMove.REQUEST: msg("asks for an offer"),
    NegotiationMove.COUNTER_REQUEST: msg("asks on other terms"),
    NegotiationMove.OFFER: msg("makes an offer"),
    NegotiationMove.COUNTER_OFFER: msg("offers on other terms"),
    NegotiationMove.ACCEPT: msg("accepts"),
    NegotiationMove.AGREE: msg("signs the agreement"),
    NegotiationMove.VERIFY: msg("confirms it"),
    NegotiationMove.FINALIZE: msg("puts it in force"),
    NegotiationMove.TERMINATE: msg("ends it"),
}
TURN: Mapping[Role, NegotiationState] = {
    Role.PROVIDER: NegotiationState.REQUESTED,
    Role.CONSUMER: NegotiationState.OFFERED,
}
"""The state in which each side has to decide."""


def ours(found: Negotiation) -> bool:
    """Whether a person here has to decide."""
    return found.state is TURN[found.role] and found.outgoing is None


def begun(found: Negotiation) -> str:
    """When it began (RFC 3339), as this side saw it."""
    outgoing = found.outgoing
    return found.said[0].time if found.said else outgoing.since if outgoing else ""


def listed(facts: Facts, found: Sequence[Negotiation]) -> Outcome:
    """All of these in one table."""
    rows = tuple(
        (one.key, alias_of(facts, one.counterparty), SIDES[one.role], _offer(one),
         plain(one.state or "-"), _next(one))
        for one in found
    )  # fmt: skip
    heads = (msg("negotiation"), msg("with"), msg("our side"), msg("offer"), msg("state"),
             msg("next"))  # fmt: skip
    return Outcome(
        json={"negotiations": [described(one) for one in found]},
        drawn=(Table(heads, rows),),
        said=()
        if found
        else (
            msg("There is no negotiation that you may know of."),
            msg("Owner and steward begin one: doumen negotiation start OFFER --at PARTICIPANT"),
        ),
    )


def shown(facts: Facts, found: Negotiation, own: Participant) -> Outcome:
    """One of them: where it stands, its terms, what was said, and what comes next."""
    other = alias_of(facts, found.counterparty)
    fields: list[tuple[Message, object]] = [
        (msg("negotiation"), found.key),
        (msg("with"), other),
        (msg("our side"), SIDES[found.role]),
        (msg("offer"), _offer(found)),
        *_asked(facts, found, own),
        (msg("state"), plain(found.state or "-")),
    ]
    if found.agreement is not None:
        fields.append((msg("agreement"), key_of(str(found.agreement["@id"]))))
    if not found.over:
        fields.append((msg("next"), _next(found)))
    if found.outgoing is not None and found.outgoing.trouble:
        fields.append((msg("trouble"), found.outgoing.trouble))
    names = {found.role: msg("this node"), found.role.other: plain(other)}
    ended = _ended(found)
    if ended is not None:
        fields.append((msg("ended by"), names[Role(ended["by"])]))
        fields.append((msg("reason"), ended["reason"] or ended["code"]))
    said = tuple((one.time, names[one.sender], _SAYS[one.move]) for one in found.said)
    drawn: list[Fields | Table] = [Fields(tuple(fields))]
    terms = _terms(found)
    words = () if terms is None else tuple(policy.terms_words(terms, literals=True))
    if words:
        drawn.append(Fields(words, title=msg("Terms")))
    if said:
        drawn.append(Table((msg("time"), msg("from"), msg("says")), said, msg("Messages")))
    told = {
        **described(found),
        "said": list(course(found, facts)),
        "words": [[heading, text] for heading, text in words],
    }
    return Outcome(json=told, drawn=tuple(drawn), said=_hints(found, other, own))


def _asked(facts: Facts, found: Negotiation, own: Participant) -> list[tuple[Message, object]]:
    """Whether a request that waits for us asks for the offer as it stands."""
    body = facts.body("participant", found.counterparty)
    if found.role is not Role.PROVIDER or not ours(found) or body is None:
        return []
    try:
        today = datetime.now(UTC).date()
        wish = book.wish(facts, found.offer, Participant.from_json(body), own, today)
    except DoumenError as error:
        return [(msg("asked for"), error.what)]
    said = msg("as it is offered") if wish.unchanged else msg("on other terms than offered")
    return [(msg("asked for"), said)]


def described(found: Negotiation) -> dict[str, Any]:
    """The JSON shape of a negotiation; messages without their tokens, which are evidence."""
    outgoing, terms = found.outgoing, _terms(found)
    return {
        "negotiation": found.key,
        "side": found.role.value,
        "with": found.counterparty,
        "state": None if found.state is None else found.state.value,
        "over": found.over,
        "decide": ours(found),
        "offer": str(found.offer.get("@id", "")),
        "terms": None if terms is None else policy.terms_as_json(terms),
        "policy": dict(found.offer),
        "agreement": None if found.agreement is None else key_of(str(found.agreement["@id"])),
        "outgoing": None
        if outgoing is None
        else {
            "says": outgoing.move.value,
            "since": outgoing.since,
            "trouble": outgoing.trouble or None,
            "refused": outgoing.refused,
        },
        "said": [
            {"from": one.sender.value, "says": one.move.value, "time": one.time}
            for one in found.said
        ],
        "ended": _ended(found),
    }


def decided(rows: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    """The rows of the document of decisions; nothing where there is none."""
    if not rows:
        return ()
    heads = (msg("decision"), msg("product"), msg("from"), msg("for"), msg("days"))
    cells = tuple(
        (
            msg("accept") if "accept" in row else msg("reject"),
            row.get("product", msg("any")),
            tuple(row.get("from", ())) or msg("any participant"),
            tuple(row.get("for", ())) or msg("any purpose"),
            row.get("days", ""),
        )
        for row in rows
    )
    return (Table(heads, cells),)


def _ended(found: Negotiation) -> dict[str, Any] | None:
    """Who ended it without an agreement, and why; None: nobody did."""
    if found.state is not NegotiationState.TERMINATED:
        return None
    code, *told = json.loads(found.reason) if found.reason else [""]
    texts = [str(one.get("@value", "")) if isinstance(one, dict) else str(one) for one in told]
    by = next(one.sender for one in reversed(found.said) if one.move is NegotiationMove.TERMINATE)
    return {"by": by.value, "code": code or "", "reason": "; ".join(text for text in texts if text)}


def _hints(found: Negotiation, other: str, own: Participant) -> tuple[Message, ...]:
    if found.over:
        return _after(found)
    key = found.key
    if found.outgoing is not None and found.outgoing.refused:
        return (
            msg("`{name}` refused what we said, so it is not sent again by itself.", name=other),
            msg("Send it again: doumen negotiation resume {key}", key=key),
            msg("   or end: doumen negotiation reject {key}", key=key),
        )
    if found.outgoing is not None:
        return (
            msg("It is kept, and sent again by itself while `doumen serve` runs here."),
            msg("Send it now: doumen negotiation resume {key}", key=key),
        )
    if ours(found):
        return (
            msg("Decide: doumen negotiation accept {key}", key=key),
            msg("    or: doumen negotiation counter {key} --terms FILE", key=key),
            msg("    or: doumen negotiation reject {key}", key=key),
        )
    return (
        msg("`{name}` has to answer, to {address}: `doumen serve` must run here.",
            name=other, address=own.address),
        msg("See how it stands: doumen negotiation show {key}", key=key),
    )  # fmt: skip


def _after(found: Negotiation) -> tuple[Message, ...]:
    """What is to be done once there is an agreement."""
    if found.agreement is None or found.state is NegotiationState.TERMINATED:
        return ()
    key = key_of(str(found.agreement["@id"]))
    if found.role is Role.PROVIDER:
        return (msg("Agreed. See it: doumen agreement show {key}", key=key),)
    terms = _terms(found)
    stated = f" --for {terms.purposes[0]}" if terms and terms.purposes else ""
    command = f"doumen query SQL --agreement {key}{stated}"
    return (msg("Agreed. Ask: {command}", command=command),)


def _next(found: Negotiation) -> Message:
    if found.state is NegotiationState.FINALIZED and found.agreement is not None and found.over:
        return plain(key_of(str(found.agreement["@id"])))
    if found.over:
        return msg("ended")
    if found.outgoing is not None:
        return msg("was refused") if found.outgoing.refused else msg("is to be sent")
    return msg("we decide") if ours(found) else msg("the other side")


def _offer(found: Negotiation) -> str:
    """The id of the offer, without what stands before it in an IRI of Doumen."""
    return short(str(found.offer.get("@id", "")))


def _terms(found: Negotiation) -> Terms | None:
    """Its terms; None: they say what ours cannot say."""
    try:
        return odrl.read_offer(found.offer).terms
    except Invalid:
        return None
