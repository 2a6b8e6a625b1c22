"""Values compared: what is known of an operand against the right operand of a constraint.

Numbers compare exactly, moments across zones; a moment compares with a day as the UTC day that it
lies in, so that `lteq 2027-12-31` holds until that day ends. Texts are equal or not, and have no
order. What does not compare is unknown, never false.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from doumen.kits.policy.odrl.policy import Value
from doumen.kits.policy.odrl.truth import Truth, every, negated, some
from doumen.kits.policy.odrl.vocabulary import Operator
from doumen.kits.policy.odrl.world import World, reached

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    Operator.LT: operator.lt,
    Operator.LTEQ: operator.le,
    Operator.GT: operator.gt,
    Operator.GTEQ: operator.ge,
}


def compared(name: str, left: tuple[Value, ...], right: tuple[Value, ...], world: World) -> Truth:
    """Whether a comparison holds.

    Args:
        name: The operator.
        left: All that is known of the left operand: several values where it has several at once,
            such as two purposes; then a comparison with one value is known where all agree.
        right: The right operand; one value unless the operator takes a set.
        world: Its relations are what `isA`, `isPartOf` and `hasPart` ask.
    """
    if not left:
        return None
    match name:
        case Operator.IS_ANY_OF:
            return some(_same(a, b) for a in left for b in right)
        case Operator.IS_NONE_OF:
            return negated(some(_same(a, b) for a in left for b in right))
        case Operator.IS_ALL_OF:
            return every(some(_same(a, b) for a in left) for b in right)
    answers = {_one(name, value, right[0], world) for value in left}
    return answers.pop() if len(answers) == 1 else None


def _one(name: str, left: Value, right: Value, world: World) -> Truth:
    match name:
        case Operator.EQ:
            return _same(left, right)
        case Operator.NEQ:
            return negated(_same(left, right))
        case Operator.IS_A:
            return _related(world.kinds, left, right)
        case Operator.IS_PART_OF:
            return _related(world.part_of, left, right)
        case Operator.HAS_PART:
            return _related(world.part_of, right, left)
    pair = _pair(left, right)
    return None if pair is None or isinstance(left, str | bool) else _ORDERS[name](*pair)


def _same(left: Value, right: Value) -> Truth:
    pair = _pair(left, right)
    return None if pair is None else bool(pair[0] == pair[1])


def _related(relation: Mapping[str, frozenset[str]], start: Value, end: Value) -> Truth:
    """Whether one thing leads to another; every thing is part and kind of itself."""
    if not (isinstance(start, str) and isinstance(end, str)):
        return None
    return end in reached(relation, start)


def _pair(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Both in a form that compares; None where they are of different sorts."""
    sort = _sort(left)
    if sort is None or _sort(right) != sort:
        return None
    if sort == "time" and not (isinstance(left, datetime) and isinstance(right, datetime)):
        return _day(left), _day(right)
    return left, right


def _sort(value: Value) -> str | None:
    """What a value is compared as; None where it compares with nothing."""
    match value:
        case bool():
            return "truth"
        case str():
            return "text"
        case int() | float() | Decimal():
            return "number" if math.isfinite(value) else None
        case datetime():
            return "time" if value.tzinfo is not None else None
        case date():
            return "time"
        case timedelta():
            return "span"


def sound(value: Value) -> bool:
    """Whether a value compares with anything: finite, and a moment with its zone."""
    return _sort(value) is not None


def _day(value: Any) -> date:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value
