"""The verbs of negotiations: begin one, look at it, decide, let the node decide."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp import NegotiationMove, Role
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.kits.standards.dsp.states import NegotiationMessage
from doumen.model.agreement import key_of
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome
from doumen.rooms.exchange import asking, fitting, participants
from doumen.rooms.exchange.negotiation import book, courier, deciding, shown, steps
from doumen.rooms.exchange.negotiation.deciding import Decision
from doumen.rooms.exchange.negotiation.state import KIND, Negotiation
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.steps import Other, again, say
from doumen.rooms.exchange.reading import text_of

_WAITS = msg("Every request waits for a person.")
_LOOK = 0.2
"""Seconds between looks at a negotiation that is waited for."""


def start(
    desk: Desk,
    *,
    offer: str,
    at: str,
    terms: str | None = None,
    once: str | None = None,
    wait: int = 20,
) -> Outcome:
    """Ask a provider for an offer, as it stands or on other terms.

    Args:
        desk: The open gate.
        offer: Id of the offer.
        at: DID or alias of who makes it.
        terms: Path of other terms; None: as it is offered.
        once: A text of the asker's own, under which at most one negotiation is begun: given
            again, that one is told.
        wait: Seconds to wait for the other side.

    Raises:
        NotFound: no such participant or offer. Refused: only owner and steward may.
        Invalid: this node has no address that could be answered to, or does not understand what
            the offer says.
    """
    facts, own = desk.facts(), desk.own()
    if not own.address:
        raise participants.no_address()
    other = participants.find(facts, at)
    pid = kept.new_pid() if once is None else kept.pid_for(own.id, desk.actor.name, once)
    before = Negotiation.kind.name_of(pid)
    if once is not None and facts.body(KIND, before) is not None:
        return _told(desk, _waited(desk, before, wait), None)
    told = asking.offer(desk, other, offer)
    if told.terms is None:
        raise Invalid(
            msg("The terms of `{id}` say what this node does not understand.", id=offer),
            why=msg("What is not understood cannot be agreed to."),
            next=msg("See them as they are: doumen offer show {id} --at {at} --format odrl",
                     id=offer, at=other.alias),
            detail="terms",
        )  # fmt: skip
    asked = {"@type": "Offer", **told.policy, "target": told.dataset.id}
    if terms is not None:
        asked = _changed(asked, terms)
    now = kept.stamp(datetime.now(UTC))
    begun = steps.requested(pid, Other(other.id, ""), asked, callback=own.address, now=now)
    receipt = kept.keep(desk, facts, begun)
    return _told(desk, _waited(desk, begun.key, wait), receipt)


def show_all(desk: Desk) -> Outcome:
    """The negotiations of the node, those that go on first."""
    facts = desk.facts()
    found = [Negotiation.from_json(body) for _, body in facts.all(KIND)]
    found.sort(key=shown.begun, reverse=True)
    return shown.listed(facts, sorted(found, key=lambda one: one.over))


def show(desk: Desk, *, negotiation: str) -> Outcome:
    """One negotiation: where it stands, what it is about, what was said."""
    facts = desk.facts()
    return shown.shown(facts, kept.found(facts, Negotiation, negotiation), desk.own())


def accept(desk: Desk, *, negotiation: str, seen: int | None = None, wait: int = 20) -> Outcome:
    """Accept: a provider agrees to a request, a consumer accepts an offer.

    Args:
        desk: The open gate.
        negotiation: Its name.
        seen: Messages of it that the asker saw; None: whatever was said.
        wait: Seconds to wait for the other side.

    Raises:
        NotFound: there is no such negotiation. Conflict: nothing is to be accepted, or more was
            said than the asker saw.
        Invalid, Refused: what is asked for cannot be granted; or only owner and steward may.
    """

    def message(found: Negotiation, now: datetime) -> NegotiationMessage:
        if found.role is Role.CONSUMER:
            return steps.accepted(found)
        book.check_grantable(found, found.offer, desk.facts(), now.date())
        return steps.agreed(found, book.agreement_for(found, desk.own(), kept.new_pid(), now))

    return _decided(desk, negotiation, message, wait, turn=shown.TURN, seen=seen)


def counter(
    desk: Desk, *, negotiation: str, terms: str, seen: int | None = None, wait: int = 20
) -> Outcome:
    """Answer with other terms.

    Raises:
        NotFound: there is no such negotiation, or file. Conflict: its state takes none, or more
            was said than the asker saw.
        Invalid, Refused: the terms cannot be granted; or only owner and steward may.
    """

    def message(found: Negotiation, now: datetime) -> NegotiationMessage:
        offer = _changed(found.offer, terms)
        if found.role is Role.PROVIDER:
            book.check_grantable(found, offer, desk.facts(), now.date())
        return steps.countered(found, offer)

    return _decided(desk, negotiation, message, wait, seen=seen)


def reject(desk: Desk, *, negotiation: str, reason: str = "", seen: int | None = None) -> Outcome:
    """End a negotiation.

    Raises:
        NotFound: there is no such negotiation. Refused: only owner and steward may.
        Conflict: its agreement is in force, or it is over, or more was said than the asker saw.
    """

    def message(found: Negotiation, now: datetime) -> NegotiationMessage:
        if found.outgoing is not None and found.outgoing.move is NegotiationMove.FINALIZE:
            raise Conflict(
                msg("What was negotiated is in force."),
                next=msg(
                    "End the agreement: doumen agreement end {key}",
                    key=key_of(str((found.agreement or {})["@id"])),
                ),
                detail="dsp-state",
            )
        return steps.terminated(found, "rejected", reason)

    return _decided(desk, negotiation, message, 0, seen=seen)


def resume(desk: Desk, *, negotiation: str, wait: int = 20) -> Outcome:
    """Send again what did not arrive, and go on.

    Raises:
        NotFound: there is no such negotiation. Refused: only owner and steward may.
    """
    facts = desk.facts()
    found = kept.found(facts, Negotiation, negotiation)
    if found.outgoing is not None:
        led = again(found)
        if led != found:
            kept.keep(desk, facts, led)
    return _told(desk, _waited(desk, negotiation, wait), None)


def decisions(desk: Desk, *, file: str | None = None) -> Outcome:
    """Set the document by which the node decides alone, or show it.

    Raises:
        Invalid: it is none, or names what there is not; all faults are told at once.
        NotFound: there is no such file. Refused: only owner and steward may.
    """
    if file is None:
        body = desk.facts().body(deciding.KIND, deciding.KEY) or {"decisions": []}
        return Outcome(
            json=dict(body),
            drawn=shown.decided(body["decisions"]),
            said=() if body["decisions"] else (_WAITS,),
        )
    rows = deciding.read_decisions(text_of(Path(file)))
    _known(rows, desk.facts())
    body = deciding.decisions_as_json(rows)
    receipt = desk.amend([Fact(deciding.KIND, deciding.KEY, body)], subject="decisions")
    return Outcome(
        json={**body, "receipt": receipt},
        drawn=shown.decided(body["decisions"]),
        said=(
            msg("The first row that fits a request decides it; what fits none waits for a person.")
            if rows
            else _WAITS,
            msg("Receipt {receipt}.", receipt=receipt),
        ),
    )


def _known(rows: Sequence[Decision], facts: Facts) -> None:
    """Hold the names in decisions to what there is: one that is misspelt would never fit.

    Raises:
        Invalid: with all faults at once.
    """
    participants = {name for did, body in facts.all("participant") for name in (did, body["alias"])}
    products = {key for key, _ in facts.all("product")}
    faults: list[Message] = []
    for row in rows:
        faults += [
            msg("there is no participant `{name}`", name=name)
            for name in row.participants
            if name not in participants
        ]
        faults += policy.purpose_faults(row.purposes, facts)
        if row.product is not None and row.product not in products:
            faults.append(msg("there is no product `{name}`", name=row.product))
    if faults:
        raise deciding.no_decisions(faults)


def _decided(
    desk: Desk,
    key: str,
    message: Callable[[Negotiation, datetime], NegotiationMessage],
    wait: int,
    *,
    turn: Mapping[Role, NegotiationState] | None = None,
    seen: int | None = None,
) -> Outcome:
    """Say something in a negotiation, send it and wait for what comes of it."""
    facts, now = desk.facts(), datetime.now(UTC)
    found = kept.found(facts, Negotiation, key)
    if seen is not None and len(found.said) != seen:
        raise Conflict(
            msg("Negotiation `{key}` went on since you saw it.", key=key),
            why=msg("You saw {seen} messages; there are {said}.", seen=seen, said=len(found.said)),
            next=msg("Look at it again: doumen negotiation show {key}", key=key),
            detail="seen",
        )
    if found.over:
        raise Conflict(
            msg("Negotiation `{key}` is over.", key=key),
            why=msg("It is in state `{state}`.", state=found.state),
            next=msg("Begin another one: `doumen negotiation start`."),
            detail="dsp-state",
        )
    if turn is not None and found.state is not turn[found.role]:
        raise Conflict(
            msg("Nothing is to be accepted in negotiation `{key}`.", key=key),
            why=msg("It is in state `{state}`.", state=found.state or "-"),
            next=msg("`doumen negotiation show {key}` tells what is next.", key=key),
            detail="dsp-state",
        )
    led = say(found, message(found, now), kept.stamp(now))
    receipt = kept.keep(desk, facts, led, courier.settled(led, facts))
    return _told(desk, _waited(desk, key, wait), receipt)


def _waited(desk: Desk, key: str, seconds: int) -> Negotiation:
    """Lead it on; then wait while it is the other side's turn and nobody has to decide there."""
    until = time.monotonic() + seconds
    found = courier.attend(desk, key)
    name = participants.alias_of(desk.facts(), found.counterparty)
    while not found.over and found.outgoing is None and not shown.ours(found):
        left = until - time.monotonic()
        if left <= 0:
            break
        desk.progress(None, msg("waiting for `{name}`, {left} s more", name=name, left=ceil(left)))
        time.sleep(_LOOK)
        found = courier.attend(desk, key)
    return found


def _changed(offer: Any, terms: str) -> dict[str, Any]:
    """The same offer on the terms of a file, YAML or an Offer of ODRL; to whom is left out."""
    read, text = odrl.read_offer(offer), text_of(Path(terms))
    if odrl.looks_like_policy(text):
        fixed = {"@id": read.uid, "target": read.target, "assigner": read.assigner}
        given = fitting.offer_of(text)
        left = {k: v for k, v in given.items() if k.removeprefix("odrl:") not in {*fixed, "uid"}}
        wanted = odrl.read_offer({**left, **fixed}).terms
    else:
        wanted = policy.read_terms(text)
    written: dict[str, Any] = odrl.write_offer(
        replace(wanted, to=()), uid=read.uid, target=read.target, assigner=read.assigner
    )
    return written


def _told(desk: Desk, found: Negotiation, receipt: str | None) -> Outcome:
    told = shown.shown(desk.facts(), found, desk.own())
    return Outcome(json={**told.json, "receipt": receipt}, drawn=told.drawn, said=told.said)
