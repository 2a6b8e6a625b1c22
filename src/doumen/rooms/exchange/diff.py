"""Before signing: who sees what more if an offer, or what a negotiation has come to, is signed.

The provider counts on its own data, of which the other side is told nothing. A consumer has the
words of the offer, of its agreements and of catalogues to go by, and counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.policy import exposure
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp import Role
from doumen.model.agreement import Side
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused
from doumen.model.exposure import Exposure, Sight
from doumen.model.fact import Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome
from doumen.model.participant import Participant
from doumen.model.ref import Ref
from doumen.model.terms import Terms
from doumen.rooms.exchange import asking, exposed, participants
from doumen.rooms.exchange.negotiation.state import KIND, Negotiation
from doumen.rooms.exchange.offers import LONGEST
from doumen.rooms.exchange.packages import read_name
from doumen.rooms.exchange.process import kept

Told = Mapping[Ref, tuple[tuple[str, str], ...]]
"""Names and types of the columns of each dataset, as a catalogue tells them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Terms that may be signed, and with whom.

    Attributes:
        name: As it was given: of an offer or a negotiation.
        product: The last part of its IRI.
    """

    name: str
    terms: Terms
    other: Participant
    product: str = ""


def diff(
    desk: Desk, *, offer: str, participant: str | None = None, at: str | None = None
) -> Outcome:
    """Say who sees what more if this is signed.

    Args:
        desk: The open gate.
        offer: Id of an offer, or a negotiation (`N-…`).
        participant: Who would sign an offer of this node; None: the one that it is made to.
        at: Who makes the offer, where it is not this node.

    Raises:
        NotFound: there is no such offer, negotiation or participant that the asker may know.
        Refused: only owner and steward may.
        Invalid: the terms cannot be enforced here, or it is not said with whom.
        Conflict: the negotiation is over.
        Unavailable, Tampered, Faulty: the other node gives no catalogue.
    """
    facts = desk.facts()
    if at is not None:
        if participant is not None:
            raise Invalid(
                msg("Give `--with` or `--at`, not both."),
                why=msg("An offer of another participant is made to this node."),
                detail="participant",
            )
        _check(desk)
        return _theirs(desk, facts, _foreign(desk, facts, offer, at))
    if facts.body(KIND, offer) is not None:
        found = kept.found(facts, Negotiation, offer)
        asked = _negotiated(facts, found)
        if found.role is Role.CONSUMER:
            _check(desk)
            return _theirs(desk, facts, asked)
        return _ours(desk, asked, f"negotiation {offer}")
    asked = _offered(facts, offer, participant)
    return _ours(desk, asked, f"offer {asked.name}")


def _ours(desk: Desk, asked: _Asked, subject: str) -> Outcome:
    """At the provider: counted."""
    found = desk.exchange().diff(asked.terms, asked.other.id, subject)
    unknown = [
        msg(
            "What `{name}` has from elsewhere, or kept of agreements that are over, is not known.",
            name=asked.other.alias,
        )
    ]
    uncounted = sum(link.values is None for link in found.links)
    if uncounted:
        unknown.append(
            msg("The keys of {count} further pairs that share one are not counted.",
                count=uncounted)
        )  # fmt: skip
    places = asked.terms.places
    if places and asked.other.place not in places:
        unknown.append(
            msg("Nothing can be asked for from where `{name}` is known to be: `{place}`.",
                name=asked.other.alias, place=asked.other.place or "-")
        )  # fmt: skip
    return exposed.told(found, asked.name, Side.PROVIDER, asked.other, unknown)


def _theirs(desk: Desk, facts: Facts, asked: _Asked) -> Outcome:
    """At the consumer: by the words of catalogues and agreements."""
    now = datetime.now(UTC)
    signed = [
        one for one in policy.agreements_in_force(facts, now.date()) if one.side is Side.CONSUMER
    ]
    unknown: list[Message] = [
        msg("Rows are not counted: only `{name}` could, and is not asked.", name=asked.other.alias)
    ]
    told = _columns(desk, facts, {asked.other.id, *(one.counterparty for one in signed)}, unknown)
    held = [
        sight
        for one in signed
        for sight in exposure.granted(
            one.terms, one.counterparty, told.get((one.counterparty, one.product), {}), one.key
        )
    ]
    new = exposure.granted(
        asked.terms, asked.other.id, told.get((asked.other.id, asked.product), {})
    )
    gains = tuple(exposure.compare(sight, held) for sight in new)
    unknown += _unknown(facts, [*new, *held])
    found = Exposure(
        consumer=desk.own().id,
        terms=asked.terms,
        gains=gains,
        links=exposure.links(gains, held, {}),
        compared=tuple(signed),
        version=facts.version,
    )
    return exposed.told(found, asked.name, Side.CONSUMER, asked.other, unknown)


def _offered(facts: Facts, id: str, participant: str | None) -> _Asked:
    own = read_name(id, LONGEST)
    body = facts.body("offer", own)
    if body is None:
        raise NotFound(
            msg("There is no offer or negotiation `{id}`.", id=id),
            why=msg("It does not exist, or it is not for you to know."),
            next=msg(
                "`doumen offer list` and `doumen negotiation list` show those that you may know."
            ),
            detail="offer",
        )
    terms = policy.terms_from_json(body["terms"])
    if participant is None and len(terms.to) != 1:
        raise Invalid(
            msg("Say who would sign offer `{id}`: `--with PARTICIPANT`.", id=own),
            why=msg("What is more depends on what they see already."),
            next=msg("`doumen participant list` shows those that there are."),
            detail="participant",
        )
    other = participants.find(facts, participant or terms.to[0])
    if terms.to and other.id not in terms.to:
        raise Invalid(
            msg("Offer `{id}` is not made to `{name}`.", id=own, name=other.alias),
            next=msg("`doumen offer show {id}` says to whom it is made.", id=own),
            detail="participant",
        )
    return _Asked(own, terms, other)


def _negotiated(facts: Facts, found: Negotiation) -> _Asked:
    if found.over:
        raise Conflict(
            msg("Negotiation `{key}` is over.", key=found.key),
            why=msg("It is in state `{state}`.", state=found.state or "-"),
            next=msg("`doumen negotiation list` shows those that go on."),
            detail="dsp-state",
        )
    read = odrl.read_offer(found.offer)
    other = participants.find(facts, found.counterparty)
    return _Asked(found.key, read.terms, other, read.target.rpartition(":")[2])


def _foreign(desk: Desk, facts: Facts, id: str, at: str) -> _Asked:
    other = participants.find(facts, at)
    found = asking.offer(desk, other, id)
    if found.terms is None:
        raise Invalid(
            msg("The terms of `{id}` say what this node does not understand.", id=found.uid),
            next=msg("See them as they are: `doumen offer show {id} --format odrl --at {name}`.",
                     id=id, name=other.alias),
            detail="terms",
        )  # fmt: skip
    return _Asked(found.uid, found.terms, other, found.dataset.id.rpartition(":")[2])


def _check(desk: Desk) -> None:
    if not desk.actor.governs:
        raise Refused(
            msg("Only owner and steward may see what an agreement would add."),
            why=msg("It is held against all agreements of this node."),
            next=msg("Ask a steward."),
            detail="role",
        )


def _columns(
    desk: Desk, facts: Facts, providers: set[str], unknown: list[Message]
) -> dict[tuple[str, str], Told]:
    """By DID and product the columns that catalogues tell; who cannot be asked is told of."""
    told: dict[tuple[str, str], Told] = {}
    for did in sorted(providers):
        try:
            other = participants.find(facts, did)
            for offer in asking.offers(desk, other):
                columns: dict[Ref, tuple[tuple[str, str], ...]] = {}
                for dataset, name, type, _ in asking.columns(offer.dataset):
                    ref = Ref.parse(dataset)
                    columns[ref] = (*columns.get(ref, ()), (name, type))
                told[did, offer.dataset.id.rpartition(":")[2]] = columns
        except DoumenError as error:
            unknown.append(
                msg("The catalogue of `{did}` is not to be had: {what}", did=did, what=error.what)
            )
    return told


def _unknown(facts: Facts, sights: list[Sight]) -> Iterator[Message]:
    for sight in sights:
        if not sight.whole:
            yield (
                msg("The columns of `{ref}` in the offer are not told.", ref=sight.ref)
                if sight.agreement is None
                else msg(
                    "The columns of `{ref}` under agreement `{key}` are not told any more.",
                    ref=sight.ref,
                    key=sight.agreement,
                )
            )
