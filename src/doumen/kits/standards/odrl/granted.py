"""One grant with the terms around it as a permission to read, and back.

The target of an offer is the product as a whole; of which dataset and which columns a permission
speaks is told by constraints, so that no permission reaches further than its own dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.kits.standards.odrl.constraint import (
    Constraint,
    constraint,
    day,
    read_constraint,
    read_day,
    read_term,
    write_terms,
)
from doumen.kits.standards.odrl.due import DUES, PRICE, read_due, write_dues
from doumen.kits.standards.odrl.duty import read_action, read_form, write_action
from doumen.kits.standards.odrl.nodes import Item, Reading, items, under, word_of
from doumen.kits.standards.odrl.terms import full
from doumen.kits.standards.odrl.values import IRI
from doumen.model.message import msg

UNITS: Mapping[str, str] = {
    "agreement": "doumen:perAgreement",
    "day": "doumen:perAgreementDay",
}
"""What a quota is for → unit of `count`: executed queries of all actors of the consumer."""
_PER = {unit: per for per, unit in UNITS.items()}
_KEYS = frozenset({"odrl:action", "odrl:constraint", "odrl:duty"})
_DUTY_KEYS = frozenset({"odrl:action"})
_SETS: Mapping[str, str] = {
    "doumen:column": "columns",
    "odrl:recipient": "to",
    "odrl:spatial": "places",
}
"""Left operand → the key of a set of texts."""
_OF_DATASET = frozenset({"dataset", "columns", "duties"})


@dataclass(slots=True)
class Piece:
    """What one permission says.

    Attributes:
        own: `dataset`, `columns` and `duties` of the grant.
        shared: All other terms, in their written form; those of one offer are the same in each.
        quotas: What it is for → number of queries.
        due: What is owed.
    """

    place: str
    own: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    quotas: dict[str, int] = field(default_factory=dict)
    due: dict[str, Any] = field(default_factory=dict)

    def common(self) -> dict[str, Any]:
        """The terms but for the grant, in one order."""
        quotas = [{"queries": n, "per": per} for per, n in sorted(self.quotas.items())]
        body = {**self.shared, "quota": quotas, "due": dict(sorted(self.due.items()))}
        listed = {k: sorted(set(v)) if k in ("to", "for", "places") else v for k, v in body.items()}
        return {key: value for key, value in listed.items() if value}


def write_permission(
    name: str, grant: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """The permission for one dataset of terms.

    Args:
        name: The dataset.
        grant: What may be read of it, in its written form.
        body: The terms in their written form.
    """
    constraints = [constraint("doumen:dataset", "eq", name)]
    named = {**body, **grant}
    for operand, key in _SETS.items():
        if key in named:
            constraints.append(constraint(operand, "isAnyOf", named[key]))
    if "from" in body:
        constraints.append(constraint("dateTime", "gteq", day(body["from"])))
    quotas = body.get("quota", [])
    for quota in quotas if isinstance(quotas, list) else [quotas]:
        number = {"@type": "xsd:integer", "@value": str(quota["queries"])}
        unit = {"unit": {"@id": UNITS[quota.get("per", "agreement")]}}
        constraints.append({**constraint("count", "lteq", number), **unit})
    duties = [
        {"action": write_action(kind, form)}
        for duty in grant.get("duties", ())
        for kind, form in duty.items()
    ]
    duties += write_dues(body)
    return {
        "action": "read",
        "constraint": [*constraints, *write_terms(body)],
        **({"duty": duties} if duties else {}),
    }


def read_permission(reading: Reading, item: Item) -> Piece:
    """What a permission says; faults are noted."""
    place, raw = item
    piece = Piece(place)
    before = len(reading.faults)
    fields = reading.node(raw, place, _KEYS, ("Permission",))
    if not fields and len(reading.faults) > before:
        return piece
    action = reading.reference(reading.only(fields, "odrl:action", place), vocabulary=True)
    if action not in (None, "odrl:read"):
        words = msg("action `{action}` is not understood; `read` is", action=word_of(action or ""))
        reading.fault(under(place, "odrl:action"), words)
    for one in items(fields.get("odrl:constraint"), under(place, "odrl:constraint")):
        found = read_constraint(reading, one)
        if found is not None:
            _constrain(reading, found, piece)
    duties = [
        duty
        for one in items(fields.get("odrl:duty"), under(place, "odrl:duty"))
        for duty in _duty(reading, one, piece)
    ]
    if duties:
        piece.own["duties"] = duties
    if "dataset" not in piece.own and len(reading.faults) == before:
        reading.fault(place, msg("a permission names its dataset: `doumen:dataset eq NAME`"))
    return piece


def _constrain(reading: Reading, one: Constraint, piece: Piece) -> None:
    before = len(reading.faults)
    part: dict[str, Any] = piece.shared
    if one.left == "odrl:count":
        part, key, value = piece.quotas, *_quota(reading, one)
    else:
        key, value = _term(reading, one)
        part = piece.own if key in _OF_DATASET else piece.shared
    if len(reading.faults) > before:
        return
    if key in part:
        reading.fault(one.place, msg("a second constraint on the same thing is not understood"))
    part[key] = value


def _term(reading: Reading, one: Constraint) -> tuple[str, Any]:
    """Key and value of a constraint on anything but `count`."""
    if one.left == "odrl:dateTime" and one.operator in ("odrl:gt", "odrl:gteq"):
        since = read_day(reading, one, {"odrl:gteq": (0, 0), "odrl:gt": (1, None)})
        if since is None or one.unit or one.uid:
            words = msg("the first day is read as `gteq` a day such as 2026-12-01, in UTC")
            reading.fault(one.place, words)
        return "from", since
    if one.left == "doumen:dataset":
        texts = _texts(reading, one)
        if len(texts) > 1 or one.operator != "odrl:eq":
            words = msg("a permission speaks of one dataset: write one for each, with `eq`")
            reading.fault(one.place, words)
        return "dataset", "".join(texts)
    if one.left in _SETS:
        return _SETS[one.left], _texts(reading, one)
    return read_term(reading, one)


def _texts(reading: Reading, one: Constraint) -> list[str]:
    """The texts of a set; IRIs where parties are named."""
    parties = ("@id", "xsd:anyURI") if one.left == "odrl:recipient" else ()
    plain = all(
        isinstance(value.value, str) and value.type in (None, "xsd:string", *parties)
        for value in one.right
    )
    several = one.operator == "odrl:isAnyOf" or (one.operator == "odrl:eq" and len(one.right) == 1)
    if not plain or not several or one.unit or one.uid:
        operand = word_of(one.left)
        words = msg("`{operand}` is read with `isAnyOf`, or `eq`, and texts", operand=operand)
        reading.fault(one.place, words)
    return [full(value.value) if value.type == IRI else str(value.value) for value in one.right]


def _quota(reading: Reading, one: Constraint) -> tuple[str, int]:
    (value, *more) = one.right
    number = value.value
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 20:
        number = int(number)
    whole = isinstance(number, int) and not isinstance(number, bool) and value.type != IRI
    if one.operator != "odrl:lteq" or one.unit not in _PER or not whole or more or one.uid:
        reading.fault(
            one.place,
            msg(
                "`count` is read as `lteq` a whole number with `unit` `{agreement}` or `{day}`: "
                "queries of all actors of the consumer",
                agreement=UNITS["agreement"],
                day=UNITS["day"],
            ),
        )
        return "", 0
    return _PER[one.unit or ""], int(number)


def _duty(reading: Reading, item: Item, piece: Piece) -> Iterator[dict[str, Any]]:
    """A duty of the grant; what the consumer owes is noted in the piece."""
    place, raw = item
    before = len(reading.faults)
    fields = reading.node(raw, place, _DUTY_KEYS, ("Duty",))
    if not fields and len(reading.faults) > before:
        return
    named = reading.only(fields, "odrl:action", place)
    action = None if named is None else read_action(reading, named)
    if named is None or action is None:
        return
    term, refinements = action
    if term not in DUES:
        form = read_form(reading, named[0], term, refinements)
        if form is not None:
            yield form
        return
    due = read_due(reading, named[0], term, refinements)
    if due is not None:
        name, value = due
        part = piece.shared if name == PRICE else piece.due
        if name in part:
            reading.fault(place, msg("`{action}` is asked twice", action=word_of(term)))
        part[name] = value
