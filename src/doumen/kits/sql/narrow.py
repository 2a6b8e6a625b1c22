"""Conditions as tests of files: whether a row that is let through may lie between known bounds.

Read are comparisons of a column with constants, BETWEEN, IN, IS NULL, and these under AND and OR.
Of all else nothing is known, which is no answer that it may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from doumen.kits.sql.constants import constant, meaning
from doumen.kits.sql.keys import key
from doumen.kits.sql.names import fold
from doumen.model.plan import Scalar
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import Bound

May = Callable[[Sequence[Bound]], bool]
"""Whether a file may hold a row that a condition lets through, by the bounds of its columns."""

_TURNED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
}


@dataclass(frozen=True, slots=True)
class Narrow:
    """Reads a condition.

    Attributes:
        own: Finds the column of the files that is meant; None for any other.
        values: Of the parameters.
    """

    own: Callable[[exp.Column], Column | None]
    values: Sequence[Scalar]

    def of(self, node: exp.Expr) -> May | None:
        """What a condition needs; None: nothing is known."""
        node = node.unnest()
        if isinstance(node, exp.And):
            known = [may for part in (node.left, node.right) if (may := self.of(part)) is not None]
            return (lambda bounds: all(may(bounds) for may in known)) if known else None
        if isinstance(node, exp.Or):
            one, other = self.of(node.left), self.of(node.right)
            if one is None or other is None:
                return None
            return lambda bounds: one(bounds) or other(bounds)
        return self._compared(node)

    def _compared(self, node: exp.Expr) -> May | None:
        """What a comparison of a column with constants needs."""
        if type(node) in _TURNED:
            left, right = node.this, node.expression
            kind = type(node)
            if self._column(left) is None:
                left, right, kind = right, left, _TURNED[kind]
            return self._held(left, [(kind, right)])
        if type(node) is exp.Between and not node.args.get("symmetric"):
            return self._held(
                node.this, [(exp.GTE, node.args["low"]), (exp.LTE, node.args["high"])]
            )
        if type(node) is exp.In and not any(node.args.get(a) for a in ("query", "unnest", "field")):
            return self._held(node.this, [(exp.EQ, one) for one in node.expressions], any)
        if type(node) is exp.Is and type(node.expression) is exp.Null:
            column = self._column(node.this)
            return None if column is None else _nulls(column.name)
        return None

    def _held(
        self,
        node: exp.Expr,
        wanted: Sequence[tuple[type[exp.Expr], exp.Expr]],
        joined: Callable[[Iterator[bool]], bool] = all,
    ) -> May | None:
        """What a column needs that is held against several constants at once."""
        column = self._column(node)
        constants = [constant(each, self.values) for _, each in wanted]
        known = [one for one in constants if one is not None]
        if column is None or len(known) < len(constants):
            return None
        keys = meaning(known, column.type)
        if keys is None:
            return None
        held = [(kind, value) for (kind, _), value in zip(wanted, keys, strict=True)]
        name, type = column.name, column.type

        def may(bounds: Sequence[Bound]) -> bool:
            bound = _of(bounds, name)
            if bound is None:
                return True
            if bound.low is None or bound.high is None:
                return bound.low is not None  # NULL alone compares with nothing
            low, high = key(bound.low, type), key(bound.high, type)
            if low is None or high is None:
                return True
            return joined(_fits(kind, low, high, value) for kind, value in held)

        return may

    def _column(self, node: exp.Expr) -> Column | None:
        node = node.unnest()
        return self.own(node) if type(node) is exp.Column else None


def _nulls(name: str) -> May:
    """What `IS NULL` of a column needs."""
    return lambda bounds: (bound := _of(bounds, name)) is None or bound.nulls > 0


def _of(bounds: Sequence[Bound], name: str) -> Bound | None:
    return next((bound for bound in bounds if bound.column == name), None)


def found(folded: str, schema: Schema) -> Column | None:
    """The column of this name, which is folded."""
    return next((column for column in schema if fold(column.name) == folded), None)


def _fits(kind: type[exp.Expr], low: Any, high: Any, value: Any) -> bool:
    """Whether a value between two others may compare so with a constant; keys of one type."""
    if kind is exp.EQ:
        return bool(low <= value <= high)
    if kind in {exp.LT, exp.LTE}:
        return bool(low < value or (kind is exp.LTE and low == value))
    return bool(high > value or (kind is exp.GTE and high == value))
