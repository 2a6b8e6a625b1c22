"""Duties of a permission: standard terms where ODRL has them, else actions of our profile.

`expire` is the standard duty to delete within a period, `count` the standard constraint on the
number of executions. Every other kind of the shelf is an action of our profile, its options the
refinements of that action: a new kind needs nothing here. A set has no order; that of the duties
is in their IRIs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from doumen.kits.policy.duties import KINDS
from doumen.kits.standards.odrl.constraint import (
    Constraint,
    constraint,
    read_constraint,
    write_options,
)
from doumen.kits.standards.odrl.nodes import Item, Reading, items, under, word_of
from doumen.kits.standards.odrl.terms import iri, named
from doumen.kits.standards.odrl.values import IRI, Value, days, write_days, write_value
from doumen.model.message import joined, msg, plain
from doumen.model.validation import fault

COUNT, EXPIRE = "count", "expire"
PER_DAY = "doumen:perDay"
"""Unit of `count`: executed queries of one actor under one rule on one UTC day."""
_VALUE = "value"
_KEYS = frozenset({"@id", "odrl:action"})
_ACTION = frozenset({"@id", "rdf:value", "odrl:refinement"})
_DUTY_IRI = re.compile(r"(.+):duty:([0-9]{1,6})")

Placed = tuple[int | None, dict[str, Any]]
"""A duty in its written form, with its number in the rule, if the document tells one."""


def write_duties(
    id: str, duties: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The nodes under `duty`, and the constraints, for the duties of a rule."""
    nodes: list[dict[str, Any]] = []
    constraints: list[dict[str, Any]] = []
    for number, duty in enumerate(duties, start=1):
        ((name, form),) = duty.items()
        uid = {"uid": f"{iri('rule', id)}:duty:{number}"}
        if name == COUNT:
            unit = {"unit": {"@id": PER_DAY}}
            constraints.append({**uid, **constraint("count", "lteq", write_value(form)), **unit})
            continue
        nodes.append({**uid, "action": write_action(name, form)})
    return nodes, constraints


def write_action(name: str, form: Any) -> dict[str, Any]:
    """The action of a duty in its written form."""
    if name == EXPIRE:
        return refined("odrl:delete", constraint("delayPeriod", "lteq", write_days(form)))
    options = form if isinstance(form, Mapping) and _VALUE not in form else {_VALUE: form}
    return refined(f"doumen:{name}", *write_options(f"doumen:{name}", options))


def refined(action: str, *refinements: dict[str, Any]) -> dict[str, Any]:
    """An action with its refinements."""
    return {"rdf:value": {"@id": action}, "refinement": list(refinements)}


def ordered(reading: Reading, place: str, found: Sequence[Placed]) -> list[dict[str, Any]]:
    """The duties of a rule by their numbers; those without one come last, as they stand."""
    numbers = [number for number, _ in found if number is not None]
    if len(set(numbers)) < len(numbers):
        reading.fault(place, msg("two duties have the same `uid`"))
    last = max(numbers, default=0) + 1
    return [duty for _, duty in sorted(found, key=lambda one: one[0] or last)]


def read_duty(reading: Reading, item: Item, id: str | None) -> Placed | None:
    """A duty of the rule of this id; None, with faults, where it is none of ours."""
    place, raw = item
    before = len(reading.faults)
    fields = reading.node(raw, place, _KEYS, ("Duty",))
    if not fields and len(reading.faults) > before:
        return None
    found = reading.only(fields, "odrl:action", place)
    number = None
    if "@id" in fields:
        uid = reading.reference(reading.only(fields, "@id", place))
        number = _number(reading, place, uid, id)
    if found is None:
        return None
    action = read_action(reading, found)
    form = None if action is None else read_form(reading, found[0], *action)
    return None if form is None else (number, form)


def read_action(reading: Reading, item: Item) -> tuple[str, list[Constraint]] | None:
    """The term of an action and its refinements; None, with faults, where it is none."""
    where, action = item
    if not isinstance(action, Mapping):
        term = reading.reference(item, vocabulary=True)
        return None if term is None else (term, [])
    named, found = _refined(reading, action, where)
    return None if named is None or found is None else (named, found)


def read_count(reading: Reading, one: Constraint, id: str | None) -> Placed | None:
    """The duty that a constraint on `count` is; None, with a fault, where it says more."""
    (value, *more) = one.right
    whole = isinstance(value.value, int) and value.type != IRI and not more
    if one.operator != "odrl:lteq" or one.unit != PER_DAY or not whole:
        reading.fault(
            one.place,
            msg(
                "`count` is read as `lteq` a whole number with `unit` `{per_day}`: queries "
                "of an actor under the rule on a UTC day",
                per_day=PER_DAY,
            ),
        )
        return None
    number = None if one.uid is None else _number(reading, one.place, one.uid, id)
    form = _valid(reading, one.place, COUNT, value.value)
    return None if form is None else (number, form)


def _number(reading: Reading, place: str, uid: str | None, id: str | None) -> int | None:
    match = _DUTY_IRI.fullmatch(uid or "")
    if match and int(match[2]) and (id is None or named("rule", match[1]) == id):
        return int(match[2])
    reading.fault(
        place, msg("`uid` of a duty is `{iri}:duty:NUMBER`, from 1", iri=iri("rule", id or "ID"))
    )
    return None


def _refined(
    reading: Reading, raw: Mapping[str, Any], place: str
) -> tuple[str | None, list[Constraint] | None]:
    """The term of an action and its refinements, None where one of these is faulty."""
    fields = reading.node(raw, place, _ACTION, ("Action",))
    key = "@id" if "@id" in fields and "rdf:value" not in fields else "rdf:value"
    term = reading.reference(reading.only(fields, key, place), vocabulary=True)
    if len(fields) > 1 and "@id" in fields:
        reading.fault(place, msg("a refined action is named by `rdf:value` and has no `uid`"))
        return term, None
    listed = items(fields.get("odrl:refinement"), under(place, "odrl:refinement"))
    found = [read_constraint(reading, one) for one in listed]
    sound = [one for one in found if one is not None]
    return term, sound if len(sound) == len(found) else None


def read_form(
    reading: Reading, place: str, term: str, refined: list[Constraint]
) -> dict[str, Any] | None:
    """The duty in its written form; None, with faults, where the action is none of a duty."""
    if term == "odrl:delete":
        return _expire(reading, place, refined)
    own = [kind.name for kind in KINDS if kind.name not in (COUNT, EXPIRE)]
    name = term.removeprefix("doumen:")
    if term == name or name not in own:
        known = joined(msg(", "), ["`delete`", *(f"`doumen:{one}`" for one in own)])
        reading.fault(
            place,
            msg(
                "duty `{word_of}` is not understood; {known} are",
                word_of=word_of(term),
                known=known,
            ),
        )
        return None
    stem = f"{term}."
    before = len(reading.faults)
    options: dict[str, Any] = {}
    for one in refined:
        (value, *more) = one.right
        option = one.left.removeprefix(stem)
        plain = one.operator == "odrl:eq" and not more and value.type != IRI
        if option == one.left or not plain or one.unit or one.uid:
            reading.fault(
                one.place, msg("a refinement is `{stem}OPTION eq VALUE` and no more", stem=stem)
            )
        elif option in options:
            reading.fault(one.place, msg("`{left}` is given twice", left=one.left))
        else:
            options[option] = value.value
    if len(reading.faults) > before:
        return None
    if not options:
        reading.fault(place, msg("`refinement` is missing: `{stem}OPTION eq VALUE`", stem=stem))
        return None
    return _valid(reading, place, name, options[_VALUE] if set(options) == {_VALUE} else options)


def _expire(reading: Reading, place: str, refined: list[Constraint]) -> dict[str, Any] | None:
    one = refined[0] if len(refined) == 1 else None
    first: Value | None = one.right[0] if one is not None and len(one.right) == 1 else None
    period = None if first is None else days(first)
    if one is None or period is None or one.unit or one.uid or (
        (one.left, one.operator) != ("odrl:delayPeriod", "odrl:lteq")
    ):  # fmt: skip
        reading.fault(
            place, msg("`delete` is read with `delayPeriod lteq` whole days, such as P30D")
        )
        return None
    return _valid(reading, place, EXPIRE, period)


def _valid(reading: Reading, place: str, name: str, form: Any) -> dict[str, Any] | None:
    """The duty, once its kind takes the form; the faults that the kind finds otherwise."""
    try:
        _adapter(name).validate_python(form)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            where = ".".join(str(step) for step in one["loc"])
            at = msg("`{name}` {where}", name=name, where=where) if where else plain(f"`{name}`")
            reading.fault(place, msg("{place}: {words}", place=at, words=fault(one)))
        return None
    return {name: form}


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(next(kind.form for kind in KINDS if kind.name == name))
