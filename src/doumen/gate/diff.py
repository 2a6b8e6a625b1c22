"""Before signing, at the provider: who would see what more, counted on the data as it is now.

What terms show is what the gate would show under them: they are ruled on as those of an agreement
are, for an actor of the other participant. Nobody of theirs is told: the count is a job of the
owner or steward who asks, and an event of theirs, charged to no agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from doumen.gate import counting
from doumen.gate.means import Means
from doumen.gate.resolve import listed
from doumen.kits import policy
from doumen.kits.policy import exposure
from doumen.kits.policy.target import folded
from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards import odcs
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.exposure import Exposure, Gain, Keys, Link, Sight
from doumen.model.fact import Facts
from doumen.model.message import msg, sentence
from doumen.model.participant import member
from doumen.model.ref import Ref
from doumen.model.rule import Action
from doumen.model.terms import Grant, Terms

ACTOR = "diff"
"""Name of the actor of the other participant for whom terms are ruled on."""
MOST = 100
"""Most links whose keys are counted; those by contracts go first."""


def diff(
    means: Means,
    actor: Actor,
    terms: Terms,
    consumer: str,
    *,
    purpose: str | None,
    subject: str,
) -> Exposure:
    """What a participant would see more under terms than it sees under agreements in force.

    Args:
        means: Of the node.
        actor: Who asks.
        terms: Not signed yet.
        consumer: DID of the participant.
        purpose: As stated by who asks.
        subject: What the terms are of, for the event: `offer weather-1`.

    Raises:
        Refused: only owner and steward may; or what the data came under does not permit it.
        Invalid: the terms cannot be enforced on this node; with all faults at once.
    """
    if not actor.governs:
        raise Refused(
            msg("Only owner and steward may see what terms would show."),
            why=msg("It is counted over rows that rules may hide."),
            next=msg("Ask a steward."),
            detail="role",
        )
    facts, now = means.catalog.current(), means.clock()
    listed(purpose, facts)
    policy.check_purpose(actor, purpose)
    _check(terms, facts, now)
    signed = [
        one
        for one in policy.agreements_in_force(facts, now.astimezone(UTC).date())
        if one.side is Side.PROVIDER and one.counterparty == consumer
    ]
    own = means.own().id
    held = [sight for one in signed for sight in _held(facts, one, own, now)]
    gains = [
        exposure.compare(_sight(facts, _unsigned(terms, consumer), grant, own, now), held)
        for grant in terms.grants
    ]
    refs = {sight.ref for sight in (*(gain.sight for gain in gains), *held)}
    keys = {(own, ref): _keys(facts, ref) for ref in refs}
    links = exposure.links(gains, held, keys)[:MOST]
    count = counting.Count(gains, links, _seer(consumer, terms))
    done = counting.run(means, count, actor, facts, purpose=purpose, subject=subject)
    return Exposure(
        consumer=consumer,
        terms=terms,
        gains=done.gains,
        links=_kept(done.gains, done.links, held, keys),
        compared=tuple(signed),
        version=facts.version,
        receipt=done.receipt,
    )


def _kept(
    gains: Sequence[Gain],
    counted: Sequence[Link],
    held: Sequence[Sight],
    keys: Mapping[tuple[str, Ref], Keys],
) -> tuple[Link, ...]:
    """The links that are new now that rows are counted, with what was counted of the keys."""
    numbers = {(id(one.here), id(one.there), one.columns): one for one in counted}
    return tuple(
        replace(link, values=found.values, rows=found.rows) if found else link
        for link in exposure.links(gains, held, keys)
        for found in (numbers.get((id(link.here), id(link.there), link.columns)),)
    )


def _check(terms: Terms, facts: Facts, now: datetime) -> None:
    wrong = policy.purpose_faults(terms.purposes, facts)
    wrong += [fault for grant in terms.grants for fault in policy.grant_faults(grant, facts)]
    if terms.until is not None and terms.until < now.astimezone(UTC).date():
        wrong.append(msg("its last day, {until}, is over", until=terms.until))
    if wrong:
        raise Invalid(
            msg("These terms cannot be enforced here."),
            why=sentence(wrong),
            next=msg("Answer with others: `doumen negotiation counter`, or make another offer."),
            detail="terms",
        )


def _unsigned(terms: Terms, consumer: str) -> Agreement:
    return Agreement("terms", "", Side.PROVIDER, consumer, "", terms, "")


def _held(facts: Facts, signed: Agreement, own: str, now: datetime) -> Iterator[Sight]:
    """What is seen under an agreement; a dataset that it cannot show any more is not."""
    for grant in signed.terms.grants:
        try:
            sight = _sight(facts, signed, grant, own, now)
        except (Refused, NotFound):
            continue
        yield replace(sight, agreement=signed.key)


def _sight(facts: Facts, under: Agreement, grant: Grant, own: str, now: datetime) -> Sight:
    """What an actor of the other participant would see, as the gate rules it.

    Raises:
        NotFound, Refused: nothing.
    """
    snapshot = facts.snapshot(grant.ref)
    if snapshot is None:
        raise policy.absent(grant.ref)
    terms = under.terms
    who = _seer(under.counterparty, terms)
    ruling = policy.rule_dataset(
        policy.Asked(
            actor=who,
            purpose=next(iter(terms.purposes), None),
            action=Action.QUERY,
            ref=grant.ref,
            schema=snapshot.schema,
            facts=policy.governed(facts, under, who.name),
            now=now,
        )
    )
    return exposure.ruled(ruling, terms, own, facts)


def _seer(consumer: str, terms: Terms) -> Actor:
    """An actor of the other participant, who may state what was agreed."""
    return Actor(member(consumer, ACTOR), participant=consumer, purposes=frozenset(terms.purposes))


def _keys(facts: Facts, ref: Ref) -> Keys:
    body = facts.body("contract", str(ref))
    return Keys() if body is None else _declared(body["text"], ref)


@lru_cache(maxsize=64)
def _declared(contract: str, ref: Ref) -> Keys:
    reports = odcs.read_contract(contract).reports
    return Keys(
        frozenset(
            _folded(report.columns)
            for report in reports
            if report.kind == "unique" and report.columns and report.expects == Expectation()
        ),
        tuple(
            (_folded(report.columns), target, _folded(report.target_columns))
            for report in reports
            if report.kind == "reference" and (target := _target(report.target, ref)) is not None
        ),
    )


def _folded(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(folded, columns))


def _target(text: str, ref: Ref) -> Ref | None:
    """The dataset that a reference names, in the same domain where it says none; None: none."""
    try:
        return Ref.parse(text if "." in text else f"{ref.domain}.{text}")
    except Invalid:
        return None
