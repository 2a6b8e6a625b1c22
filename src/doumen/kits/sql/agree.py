"""What the two readings of a statement must say alike of names, functions, lambdas and stars.

The first reading alone decides the flow of columns; so nothing may be a column, a method or a
lambda in the second that is something else in the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlglot import exp

from doumen.kits.sql.allow import admit_function, refused
from doumen.kits.sql.dotted import LAMBDAS, receiver, spoken
from doumen.kits.sql.functions import CLOCK
from doumen.kits.sql.names import fold
from doumen.kits.sql.nodes import COLLATIONS
from doumen.model.errors import DoumenError
from doumen.model.message import msg

_UNITS = frozenset({"date_diff", "date_sub", "date_trunc", "datediff", "datesub", "datetrunc"})
"""Functions of which the parser reads a first argument that is a column as the name of a unit."""


def differs() -> DoumenError:
    """The refusal of a statement that its two readings see differently."""
    return refused(
        msg("something that its two readings see differently"),
        next=msg("Write it in a plainer way."),
    )


class Spoken:
    """The names of the first reading, to hold the second against."""

    def __init__(self, tree: exp.Expr) -> None:
        self.columns = {_folded(path) for path in spoken(tree)}
        self.methods = {
            _folded(path) for dot in tree.find_all(exp.Dot) if (path := receiver(dot)) is not None
        }
        self.columns.update(_implied(tree))
        self.arrays = list(_arrays(tree))
        self.columns.update(_array_keys(self.arrays))

    def check(self, kind: str, node: dict[str, Any]) -> None:
        """Hold an object of the engine's tree against the first reading.

        Raises:
            Refused: the first reading did not see it so, or a function is not on the list.
        """
        if kind == "FUNCTION/FUNCTION":
            self._call(node)
        elif kind == "COLUMN_REF/COLUMN_REF":
            self._column(node.get("column_names"))
        elif kind == "STAR/STAR":
            for name in _list(node.get("exclude_list")):
                self._column([name])
        elif kind in {"<key>", "<qualified_exclude_list>"}:
            path = [node.get(part) for part in ("catalog", "schema", "table", "column")]
            self._column([part for part in path if part])
        elif kind == "POSITIONAL_REFERENCE/POSITIONAL_REFERENCE":
            if not self.arrays:
                raise refused(msg("a column by position"), next=msg("Name the column."))
        elif kind == "COLLATE/COLLATE":
            parts = str(node.get("collation")).upper().split(".")
            if not set(parts) <= COLLATIONS:
                raise refused(msg("the collation {collation}", collation=node.get("collation")))

    def _column(self, names: object) -> None:
        if not isinstance(names, list) or _folded(names) not in self.columns:
            raise differs()

    def _call(self, node: dict[str, Any]) -> None:
        name = node.get("function_name")
        path = _path(node)
        if not isinstance(name, str) or path[-1:] != [name]:
            raise differs()
        method = len(path) > 1
        if method and _folded(path[:-1]) not in self.methods:
            raise differs()
        admit_function(name)
        for place, argument in enumerate(_list(node.get("arguments"))):
            value = argument.get("expression") if isinstance(argument, dict) else None
            if not isinstance(value, dict):
                continue
            wanted = fold(name) in LAMBDAS and place == (0 if method else 1)
            if value.get("class") == "LAMBDA" and wanted != _by_keyword(value):
                raise refused(msg("an arrow for a lambda"), next=msg("Write `lambda x: …`."))
            if place == 0 and fold(name) in _UNITS and value.get("class") == "COLUMN_REF":
                raise refused(
                    msg("`{name}` with a column for the unit", name=name),
                    next=msg("Write the unit."),
                )


def _by_keyword(node: dict[str, Any]) -> bool:
    return node.get("syntax_type") == "LAMBDA_KEYWORD"


def _implied(tree: exp.Expr) -> Iterator[tuple[str, ...]]:
    """Names that are no columns to the parser: of the clock, of a comprehension, of USING KEY."""
    if tree.find(exp.CurrentDate, exp.CurrentTimestamp):
        yield from ((name,) for name in CLOCK)
    if tree.find(exp.Comprehension):
        yield ("elem",)
    for cte in tree.find_all(exp.CTE):
        yield from ((fold(key.name),) for key in cte.args.get("key_expressions") or ())


def _arrays(tree: exp.Expr) -> Iterator[exp.Query]:
    """The queries of ARRAY(SELECT …), which the engine writes as a subquery with `#1`."""
    for array in tree.find_all(exp.Array):
        yield from (item for item in array.expressions if isinstance(item, exp.Query))


def _array_keys(arrays: Iterable[exp.Query]) -> Iterator[tuple[str, ...]]:
    """The engine's own names for what such a query is ordered by."""
    for query in arrays:
        order = query.args.get("order")
        for number, _ in enumerate(order.expressions if order is not None else (), start=1):
            yield (f"__array_internal_idx_{number}",)


def _path(node: dict[str, Any]) -> list[Any]:
    """The parts of a qualified name."""
    name = node.get("qualified_name")
    return _list(name.get("path")) if isinstance(name, dict) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _folded(names: Iterable[object]) -> tuple[str, ...]:
    return tuple(fold(str(name)) for name in names)
