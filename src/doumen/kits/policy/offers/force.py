"""Whether an agreement is in force for a request: who asks, when, where and for which purpose.

The rules that are made of its terms hold purposes and the last day too; here they are judged
first, so that a refusal names what was agreed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from doumen.model.errors import Refused
from doumen.model.message import Message, either, msg, sentence
from doumen.model.terms import Terms


def not_in_force(
    terms: Terms, *, participant: str, place: str | None, purpose: str | None, now: datetime
) -> Refused | None:
    """Why the terms do not permit a request, whatever it asks for; None where they may.

    Args:
        terms: What was agreed.
        participant: DID of the consumer.
        place: Where the consumer is known to be (ISO 3166-1 alpha-2); None: not known, which
            no terms that ask for a place permit.
        purpose: As stated; None: none was.
        now: The moment of the request, with its zone.
    """
    reasons = list(_reasons(terms, participant, place, purpose, now))
    if not reasons:
        return None
    return Refused(
        msg("The agreement does not permit this."),
        why=sentence(reasons),
        next=msg("Ask for what the agreement permits, or negotiate another one."),
        detail="agreement",
    )


def _reasons(
    terms: Terms, participant: str, place: str | None, purpose: str | None, now: datetime
) -> Iterator[Message]:
    day = now.astimezone(UTC).date()
    if terms.to and participant not in terms.to:
        yield msg("it is not for participant `{participant}`", participant=participant)
    if terms.since is not None and day < terms.since:
        yield msg("it holds from {since} on (UTC)", since=terms.since)
    if terms.until is not None and day > terms.until:
        yield msg("it ended with {until} (UTC)", until=terms.until)
    if terms.places and place not in terms.places:
        asked = either(f"`{one}`" for one in terms.places)
        yield (
            msg("it is for use in {places}, and where you are is not known", places=asked)
            if place is None
            else msg("it is for use in {places}, not in `{place}`", places=asked, place=place)
        )
    if terms.purposes and purpose not in terms.purposes:
        asked = either(f"`{one}`" for one in terms.purposes)
        yield (
            msg("it is for purpose {purposes}: state it", purposes=asked)
            if purpose is None
            else msg(
                "it is for purpose {purposes}, not `{purpose}`", purposes=asked, purpose=purpose
            )
        )
