"""Constants that a column is compared with: what they mean to a column of one type, if certain.

Only where the engine compares exactly and without a cast of the column that could round or fail
does a constant have a meaning here. Everything else has none, and whoever asks leaves it be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlglot import exp

from doumen.kits.sql.keys import Key, key
from doumen.kits.sql.literal import ZONED, Family, comparable, family, number_type
from doumen.model.plan import Scalar

_TYPED = {"DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "TIMESTAMPNTZ": "TIMESTAMP",
          "TIMESTAMPTZ": ZONED}  # fmt: skip
_MEETS = {("DATE", "DATE"), ("TIMESTAMP", "TIMESTAMP"), ("TIMESTAMP", "DATE"), (ZONED, ZONED)}
"""Types of dates and times, of the column and of the constant, that compare exactly."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of a statement.

    Attributes:
        type: As the engine takes it; None: a text that takes the type of what it meets.
    """

    text: str
    type: str | None


def constant(node: exp.Expr, values: Sequence[Scalar]) -> Constant | None:
    """The constant that an expression is; None for any other expression.

    Args:
        node: The expression; parameters are numbered.
        values: Of the parameters.
    """
    node = node.unnest()
    if isinstance(node, exp.Placeholder):
        return _of_value(values[int(node.text("this")) - 1])
    if isinstance(node, exp.Boolean):
        return Constant(str(node.this).lower(), "BOOLEAN")
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return None if node.this.is_string else _number(f"-{node.this.name}")
    if isinstance(node, exp.Literal):
        return Constant(node.name, None) if node.is_string else _number(node.name)
    if type(node) is exp.Cast and isinstance(node.this, exp.Literal) and node.this.is_string:
        typed = None if node.to.expressions else _TYPED.get(str(node.to.this.value))
        return None if typed is None else Constant(node.this.name, typed)
    return None


def meaning(constants: Sequence[Constant], type: str) -> tuple[Key, ...] | None:
    """The keys of constants that a column is compared with at once; None where one has none.

    Args:
        constants: All of one comparison: the engine takes them to one type.
        type: Of the column.
    """
    if not all(_meets(one, type) for one in constants) or not _fit(constants, type):
        return None
    keys = [_key(one, type) for one in constants]
    return None if None in keys else tuple(one for one in keys if one is not None)


def _number(text: str) -> Constant | None:
    type = number_type(text)
    return None if type is None or type == "DOUBLE" else Constant(text.replace("_", ""), type)


def _of_value(value: Scalar) -> Constant | None:
    match value:
        case bool():
            return Constant(str(value).lower(), "BOOLEAN")
        case int():
            return _number(str(value))
        case str():
            return Constant(value, None)
        case datetime():
            typed = "TIMESTAMP" if value.tzinfo is None else ZONED
            return Constant(value.isoformat(sep=" "), typed)
        case _:
            return None


def _meets(one: Constant, type: str) -> bool:
    """Whether a constant meets a column of this type without a cast that rounds or fails."""
    if one.type is None:
        return family(type) in {Family.TEXT, Family.TIME}
    if family(type) is Family.TIME:
        return (type, one.type) in _MEETS
    return family(type) is not Family.OTHER and comparable(type, one.type)


def _fit(constants: Sequence[Constant], type: str) -> bool:
    """Whether there is one exact type for all numbers."""
    if family(type) is not Family.NUMBER:
        return True
    types = [one.type for one in constants if one.type is not None]
    return all(comparable(a, b) for a in types for b in types)


def _key(one: Constant, type: str) -> Key | None:
    if family(type) is Family.NUMBER:
        return Decimal(one.text)
    return key(one.text, one.type or type)
