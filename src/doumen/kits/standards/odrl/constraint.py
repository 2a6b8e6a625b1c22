"""Constraints: their form, and those that every rule may have: purposes and the last day.

`purpose isAnyOf [IRI…]` is `for`, `dateTime lteq DATE` is `until`. Constraints of one list all
hold; what they say otherwise (other operands, operators, logical constraints) is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from doumen.kits.standards.odrl.nodes import Item, Reading, items, under, word_of
from doumen.kits.standards.odrl.terms import DPV, compact, decoded, named, purpose_iri
from doumen.kits.standards.odrl.values import IRI, Value, read_value, write_value
from doumen.model.message import msg

_KEYS = frozenset(
    {"@id", "odrl:leftOperand", "odrl:operator", "odrl:rightOperand", "odrl:unit"}
)  # fmt: skip
_PURPOSES = {term: name for name, term in DPV.items()}
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]00:00)?")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(\.0+)?(Z|[+-]00:00)")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint as it stands; left operand, operator and unit are spelled terms."""

    place: str
    left: str
    operator: str
    right: tuple[Value, ...]
    unit: str | None = None
    uid: str | None = None


def constraint(left: str, operator: str, right: Any, **more: Any) -> dict[str, Any]:
    """A constraint as JSON-LD."""
    return {**more, "leftOperand": left, "operator": operator, "rightOperand": right}


def read_constraint(reading: Reading, item: Item) -> Constraint | None:
    """A constraint of any operands; None, with faults, where it is none."""
    place, raw = item
    before = len(reading.faults)
    fields = reading.node(raw, place, _KEYS, ("Constraint",))
    if not fields:
        if len(reading.faults) == before:
            reading.fault(place, msg("a constraint is empty"))
        return None
    left = reading.reference(reading.only(fields, "odrl:leftOperand", place), vocabulary=True)
    operator = reading.reference(reading.only(fields, "odrl:operator", place), vocabulary=True)
    where = under(place, "odrl:rightOperand")
    right = [read_value(reading, one) for one in items(fields.get("odrl:rightOperand"), where)]
    if not right:
        reading.fault(place, msg("`rightOperand` is missing"))
    unit, uid = (
        reading.reference(reading.only(fields, key, place)) if key in fields else None
        for key in ("odrl:unit", "@id")
    )
    values = tuple(value for value in right if value is not None)
    if left is None or operator is None or len(reading.faults) > before:
        return None
    return Constraint(place, left, operator, values, unit, uid)


def write_terms(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The constraints for `for` and `until` of a rule."""
    if "for" in body:
        purposes = [{"@id": purpose_iri(name)} for name in body["for"]]
        yield constraint("purpose", "isAnyOf", purposes)
    if "until" in body:
        yield constraint("dateTime", "lteq", day(body["until"]))


def day(text: str) -> dict[str, Any]:
    """A day in UTC as a right operand."""
    return {"@type": "xsd:date", "@value": f"{text}Z"}


def read_terms(reading: Reading, found: list[Constraint]) -> dict[str, Any]:
    """`for` and `until` from the constraints of a rule; each may be there once."""
    body: dict[str, Any] = {}
    for one in found:
        before = len(reading.faults)
        key, value = read_term(reading, one)
        if len(reading.faults) > before:
            continue
        if key in body:
            reading.fault(one.place, msg("a second constraint on the same thing is not understood"))
        body[key] = value
    return body


def read_term(reading: Reading, one: Constraint) -> tuple[str, Any]:
    """The key and the value of the term that a constraint is; faults where it is none."""
    if one.unit is not None or one.uid is not None:
        word = "unit" if one.unit is not None else "uid"
        reading.fault(one.place, msg("`{word}` is not understood here", word=word))
    if one.left == "odrl:purpose":
        several = one.operator == "odrl:isAnyOf" or (
            one.operator == "odrl:eq" and len(one.right) == 1
        )
        if not several:
            reading.fault(one.place, msg("operator of `purpose`: `isAnyOf`, or `eq` for one"))
        return "for", [_purpose(reading, value) for value in one.right]
    if one.left == "odrl:dateTime":
        return "until", _until(reading, one)
    reading.fault(
        one.place, msg("left operand `{word_of}` is not understood here", word_of=word_of(one.left))
    )
    return "", None


def _purpose(reading: Reading, value: Value) -> str | None:
    if value.type not in (None, IRI, "xsd:string", "xsd:anyURI") or not isinstance(
        value.value, str
    ):
        reading.fault(value.place, msg("`{value}` is not a purpose", value=value.value))
        return None
    term = compact(value.value)
    name = _PURPOSES.get(term) or named("purpose", term)
    if name is None and ":" not in term:
        name = decoded(term) if value.type == IRI else term
    if name is None:
        expected = msg("`urn:doumen:purpose:NAME` or a term of DPV that is listed")
        reading.fault(
            value.place,
            msg("`{value}` is not a purpose; {expected}", value=value.value, expected=expected),
        )
    return name


def _until(reading: Reading, one: Constraint) -> str | None:
    found = read_day(reading, one, {"odrl:lteq": (0, None), "odrl:lt": (-1, -1)})
    if found is None:
        reading.fault(
            one.place,
            msg(
                "`dateTime` is read as `lteq` a day such as 2027-12-31 or `lt` its midnight, in UTC"
            ),
        )
    return found or None


def read_day(
    reading: Reading, one: Constraint, moved: Mapping[str, tuple[int, int | None]]
) -> str | None:
    """The day that a constraint on `dateTime` names; empty, with a fault, where there is none.

    Args:
        reading: The document.
        one: The constraint.
        moved: Operator → by how many days a day is moved, and the midnight that it begins with;
            None: that midnight says nothing about whole days.

    Returns:
        None where the constraint has another form.
    """
    (value, *more) = one.right
    text = value.value if isinstance(value.value, str) and value.type != IRI else ""
    whole, midnight = _DAY.fullmatch(text), _MIDNIGHT.fullmatch(text)
    by_day, by_midnight = moved.get(one.operator, (None, None))
    is_day = whole is not None and value.type != "xsd:dateTime"
    match, days = (whole, by_day) if is_day else (midnight, by_midnight)
    if match is midnight and value.type == "xsd:date":
        return None
    if match is None or days is None or more:
        return None
    try:
        return (date.fromisoformat(match[1]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        reading.fault(value.place, msg("`{text}` is not a day", text=text))
        return ""


def write_options(stem: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Names and plain values as refinements, all of which hold."""
    return [
        constraint(f"{stem}.{name}", "eq", write_value(value)) for name, value in options.items()
    ]
