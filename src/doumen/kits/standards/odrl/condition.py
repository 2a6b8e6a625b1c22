"""Constraints of any shape as the evaluation takes them: compared operands, joined by words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from doumen.kits.policy.odrl import Condition, Connective, Constraint, Logical, Operator
from doumen.kits.policy.odrl.vocabulary import LISTED
from doumen.kits.standards.odrl.constraint import read_constraint
from doumen.kits.standards.odrl.nodes import Fields, Item, Reading, items, under, word_of
from doumen.kits.standards.odrl.operand import plain
from doumen.kits.standards.odrl.profile import SETS
from doumen.model.message import enumerated, msg

_JOINED = frozenset(Connective)
_LOGICAL = frozenset({"@id", *_JOINED})


def read_conditions(
    reading: Reading, fields: Fields, key: str, place: str
) -> tuple[Condition, ...]:
    """The constraints, or refinements, under a key; faults are noted."""
    found = [_read(reading, one) for one in items(fields.get(key), under(place, key))]
    return tuple(one for one in found if one is not None)


def _read(reading: Reading, item: Item) -> Condition | None:
    place, raw = item
    if isinstance(raw, Mapping) and any(
        reading.spell(word, vocabulary=True) in _JOINED for word in raw
    ):
        return _logical(reading, place, raw)
    one = read_constraint(reading, item)
    if one is None:
        return None
    found = [plain(reading, value, one.left) for value in one.right]
    values = tuple(value for value in found if value is not None)
    constraint = Constraint(one.left, one.operator, values, one.unit, one.uid)
    if one.left in SETS and one.operator == Operator.EQ:
        return replace(constraint, operator=Operator.IS_ANY_OF)
    if len(found) > 1 and one.operator not in LISTED:
        words = msg("`{operator}` takes one value", operator=word_of(one.operator))
        reading.fault(under(place, "odrl:rightOperand"), words)
    return constraint


def _logical(reading: Reading, place: str, raw: Mapping[str, Any]) -> Logical | None:
    fields = reading.node(raw, place, _LOGICAL, ("LogicalConstraint", "Constraint"))
    uid = reading.identity(reading.only(fields, "@id", place)) if "@id" in fields else None
    joined = [key for key in fields if key in _JOINED]
    if len(joined) != 1:
        ways = enumerated(word_of(one) for one in Connective)
        reading.fault(place, msg("one of {ways} is expected here", ways=ways))
        return None
    (connective,) = joined
    where = under(place, connective)
    parts = [_read(reading, one) for one in items(fields[connective], where)]
    if not parts:
        reading.fault(where, msg("a constraint is empty"))
    return Logical(connective, tuple(one for one in parts if one is not None), uid)
