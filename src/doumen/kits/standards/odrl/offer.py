"""Terms as an Offer or an Agreement of ODRL 2.2, and back: what was written is read as it was.

The documents are those that messages of the Dataspace Protocol carry. What others wrote is read
where our terms can say the same, and else refused with everything that is not understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from doumen.kits.policy.offers import terms_as_json, terms_from_json
from doumen.kits.standards.odrl.carried import carried
from doumen.kits.standards.odrl.document import check, raise_faults, refused
from doumen.kits.standards.odrl.granted import Piece, read_permission, write_permission
from doumen.kits.standards.odrl.nodes import Fields, Reading, at, items, under
from doumen.kits.standards.odrl.policy import check_profile
from doumen.kits.standards.odrl.terms import PROFILE
from doumen.model.errors import Invalid
from doumen.model.message import clauses, msg
from doumen.model.terms import Terms

_OFFER = frozenset({"@id", "odrl:profile", "odrl:target", "odrl:assigner", "odrl:permission"})
_AGREEMENT = _OFFER | {"odrl:assignee", "timestamp"}


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer.

    Attributes:
        uid: Its IRI.
        target: IRI of what is offered as a whole.
        assigner: DID of who offers.
    """

    uid: str
    target: str
    assigner: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement.

    Attributes:
        uid: Its IRI.
        target: IRI of what is agreed on as a whole.
        assigner: DID of the provider.
        assignee: DID of the consumer.
        timestamp: When it was agreed, in UTC, to the microsecond.
    """

    uid: str
    target: str
    assigner: str
    assignee: str
    timestamp: datetime
    terms: Terms


def write_offer(terms: Terms, uid: str, target: str, assigner: str) -> dict[str, Any]:
    """The terms as an Offer, without a context: that of the message holds.

    Args:
        terms: The terms.
        uid: IRI of the offer.
        target: IRI of what is offered.
        assigner: DID of who offers.
    """
    return _policy("Offer", terms, {"@id": uid, "target": target, "assigner": assigner})


def write_agreement(
    terms: Terms, uid: str, target: str, *, assigner: str, assignee: str, timestamp: datetime
) -> dict[str, Any]:
    """The terms as an Agreement, without a context: that of the message holds.

    Args:
        terms: The terms.
        uid: IRI of the agreement.
        target: IRI of what is agreed on.
        assigner: DID of the provider.
        assignee: DID of the consumer.
        timestamp: When it was agreed, with its zone.
    """
    moment = timestamp.astimezone(UTC).isoformat().replace("+00:00", "Z")
    parties = {"assigner": assigner, "assignee": assignee, "timestamp": moment}
    return _policy("Agreement", terms, {"@id": uid, "target": target, **parties})


def _policy(type: str, terms: Terms, head: Mapping[str, str]) -> dict[str, Any]:
    body = terms_as_json(terms)
    permissions = [write_permission(name, grant, body) for name, grant in body["datasets"].items()]
    policy = {**head, "@type": type, "profile": PROFILE, "permission": permissions}
    written: dict[str, Any] = carried(policy)
    return written


def read_offer(document: Mapping[str, Any]) -> Offered:
    """The offer that a document is.

    An offer of a catalogue names no target: give it that of its dataset first.

    Raises:
        Invalid: it says what our terms cannot say; all faults at once, with places.
    """
    reading, fields = _fields(document, "Offer", _OFFER)
    return Offered(
        uid=_uid(reading, fields),
        target=_name(reading, fields, "odrl:target"),
        assigner=_name(reading, fields, "odrl:assigner"),
        terms=_terms(reading, fields),  # last: it raises all faults
    )


def read_agreement(document: Mapping[str, Any]) -> Agreed:
    """The agreement that a document is.

    Raises:
        Invalid: it says what our terms cannot say; all faults at once, with places.
    """
    reading, fields = _fields(document, "Agreement", _AGREEMENT)
    return Agreed(
        uid=_uid(reading, fields),
        target=_name(reading, fields, "odrl:target"),
        assigner=_name(reading, fields, "odrl:assigner"),
        assignee=_name(reading, fields, "odrl:assignee"),
        timestamp=_timestamp(reading, fields),
        terms=_terms(reading, fields),  # last: it raises all faults
    )


def _fields(document: Mapping[str, Any], type: str, keys: frozenset[str]) -> tuple[Reading, Fields]:
    """The fields of a policy, under its own context or that of a message."""
    check(document)
    reading = Reading()
    reading.official()
    if "@context" in document:
        reading.declare(document["@context"])
    rest = {key: value for key, value in document.items() if key != "@context"}
    fields = reading.node(rest, "", keys, (type,))
    if not any(
        list(items(value, word))
        for word, value in rest.items()
        if reading.spell(word, vocabulary=True) == "@type"
    ):
        reading.fault("", msg("`{word}` is missing", word="@type"))
    return reading, fields


def _uid(reading: Reading, fields: Fields) -> str:
    """The name of the policy: as it stands, for who has the document alone names it by that."""
    name = _name(reading, fields, "@id")
    if name and name != fields["@id"]:
        reading.fault(under("", "@id"), msg("an IRI is expected here"))
    return name


def _name(reading: Reading, fields: Fields, key: str) -> str:
    name = reading.identity(reading.only(fields, key, ""))
    if name == "":
        reading.fault(under("", key), msg("an IRI is expected here"))
    return name or ""


def _timestamp(reading: Reading, fields: Fields) -> datetime:
    item = reading.only(fields, "timestamp", "")
    never = datetime.min.replace(tzinfo=UTC)
    if item is None:
        return never
    place, text = item
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        reading.fault(place, msg("`{text}` is not a moment with its zone", text=text))
        return never


def _terms(reading: Reading, fields: Fields) -> Terms:
    """The terms of all permissions together.

    Raises:
        Invalid: anything of the document is not understood.
    """
    pieces = [
        read_permission(reading, one) for one in items(fields.get("odrl:permission"), "permission")
    ]
    if not pieces:
        reading.fault("", msg("`{word}` is missing", word="permission"))
    check_profile(reading, fields, "")
    raise_faults(reading.faults)
    body = _joined(reading, pieces)
    raise_faults(reading.faults)
    try:
        return terms_from_json(body)
    except Invalid as error:
        raise refused([at("", clauses(error.why or error.what))]) from None


def _joined(reading: Reading, pieces: list[Piece]) -> dict[str, Any]:
    """The written form of the terms; faults where permissions do not go together."""
    first, *_ = pieces
    body = first.common()
    datasets: dict[str, Any] = {}
    for piece in pieces:
        if piece.common() != body:
            words = msg(
                "purposes, days, places, parties, quotas and what is owed are not those of "
                "`{first}`: an offer has them once; write an offer for each",
                first=first.place,
            )
            reading.fault(piece.place, words)
        name = piece.own.pop("dataset")
        if name in datasets:
            words = msg("dataset `{ref}` has two permissions: write one", ref=name)
            reading.fault(piece.place, words)
        datasets[name] = piece.own
    return {**body, "datasets": datasets}
