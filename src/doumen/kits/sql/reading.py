"""The second reading: the engine's own tree of a statement, held against the same lists.

Two parsers may read one text differently; a statement runs only where both readings are
admitted and agree on datasets, columns and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from doumen.kits.sql.agree import Spoken, differs
from doumen.kits.sql.agree_rows import Made
from doumen.kits.sql.allow import admit_function, refused, with_part
from doumen.kits.sql.names import fold
from doumen.kits.sql.parse import Statement
from doumen.kits.sql.recursion import RECURRING
from doumen.kits.sql.shapes import OBJECTS, PLACES, TYPES, VALUES, WORDS
from doumen.kits.sql.splice import original_place
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg, plain
from doumen.model.ref import Ref

_FIELDS = {kind: frozenset(fields.split()) for kind, fields in OBJECTS.items()}
_RECURSION = "RECURSIVE_CTE_NODE"
_ORDERS = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING"})

_Scope = frozenset[tuple[str, ...]]
_Step = tuple[Any, str, _Scope]


def check_reading(engine_json: str, statement: Statement) -> None:
    """Let a statement pass if the engine's reading of it is admitted and says the same.

    Args:
        engine_json: The answer of DuckDB's `SELECT json_serialize_sql(?)` for `statement.runs`.
        statement: What `parse` made of the same text.

    Raises:
        Refused: the engine sees something that is not on the lists, or that the first reading
            did not see.
        Invalid: the engine finds a syntax error.
    """
    try:
        answer = json.loads(engine_json)
    except (ValueError, RecursionError):
        raise differs() from None
    if not isinstance(answer, dict):
        raise differs()
    if answer.get("error"):
        raise _error(answer, statement)
    found = answer.get("statements")
    if not isinstance(found, list) or len(found) != 1:
        raise differs()
    pending: list[_Step] = [(answer, "answer", frozenset())]
    reading = _Reading(statement)
    while pending:
        value, key, scope = pending.pop()
        if isinstance(value, dict):
            pending.extend(reading.enter(value, key, scope))
        elif isinstance(value, list):
            pending.extend((item, key, scope) for item in value)


def _error(answer: dict[str, Any], statement: Statement) -> DoumenError:
    if answer.get("error_type") == "parser":
        position = str(answer.get("position", ""))
        if not position.isdecimal():
            return Invalid(msg("The engine finds a syntax error."), detail="syntax")
        place = original_place(int(position), statement.splices) + 1
        return Invalid(
            msg("The engine finds a syntax error at character {place}.", place=place),
            detail="syntax",
        )
    return refused(msg("something else than a query"), next=msg("Only SELECT statements run here."))


def _partly(kind: str, field: str) -> Message:
    """A form with a field that it may not have."""
    return WORDS.get(f"{kind}.{field}") or with_part(_spell(kind), _spell(field))


class _Reading:
    """One walk through the engine's tree."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.spoken = Spoken(statement.tree)
        self.made = Made(statement.tree)
        self.tables = statement.tables | {past.stand_in for past in statement.past}

    def enter(self, node: dict[str, Any], key: str, scope: _Scope) -> Iterator[_Step]:
        """Check one object and give its parts, each with the names of CTEs in scope there."""
        kind = _kind(node, key)
        fields = _FIELDS.get(kind)
        if fields is None:
            raise refused(WORDS.get(kind, plain(_spell(kind))))
        for field, value in node.items():
            if field in PLACES or value in (None, False, "", [], {}):
                continue
            if field not in fields and not _orders_by_all(kind, field, key):
                raise refused(_partly(kind, field))
            allowed = VALUES.get(field)
            if allowed is not None and (not isinstance(value, (str, int)) or value not in allowed):
                raise refused(_partly(kind, field))
        self._agree(kind, node, scope)
        yield from _parts(node, scope)

    def _agree(self, kind: str, node: dict[str, Any], scope: _Scope) -> None:
        self.spoken.check(kind, node)
        self.made.check(kind, node)
        if kind == "WINDOW":
            admit_function(_only(node, "function_name"))
        elif kind == "TYPE/TYPE":
            if _only(node, "type_name").lower() not in TYPES:
                raise refused(msg("the type {called}", called=_only(node, "type_name")))
        elif kind == "BASE_TABLE":
            self._table(node, scope)
        elif kind == "<statements>":
            count = len(_list(node.get("named_param_map")))
            if count != self.statement.parameters:
                raise differs()

    def _table(self, node: dict[str, Any], scope: _Scope) -> None:
        path = _path(node)
        if path[-1:] != [node.get("table_name")]:
            raise differs()
        if len(path) == 1:
            if (fold(str(path[0])),) not in scope:
                raise refused(
                    msg("the table `{path}`", path=path[0]), next=msg("Write `domain.name`.")
                )
        elif tuple(fold(str(part)) for part in path) in scope:
            return
        elif (
            len(path) != 2
            or path[0] != node.get("schema_name")
            or not any(_same(ref, path) for ref in self.tables)
        ):
            raise differs()


def _kind(node: dict[str, Any], key: str) -> str:
    family, type = node.get("class"), node.get("type")
    if family == "WINDOW":
        return "WINDOW"
    if family:
        return f"{family}/{type}"
    return type if isinstance(type, str) and type else f"<{key}>"


def _orders_by_all(kind: str, field: str, key: str) -> bool:
    """ORDER BY ALL is written as a star in the place of an order."""
    return kind == "STAR/STAR" and field == "columns" and key == "order"


def _parts(node: dict[str, Any], scope: _Scope) -> Iterator[_Step]:
    inner = scope
    ctes = node.get("cte_map")
    if isinstance(ctes, dict):
        yield {**ctes, "map": None}, "cte_map", scope
        for entry in _list(ctes.get("map")):
            yield entry, "map", inner
            inner |= {(fold(str(entry.get("key") if isinstance(entry, dict) else "")),)}
    is_order = str(node.get("type")) in _ORDERS
    name = fold(str(node.get("cte_name")))
    second = inner | {(name,), (RECURRING, name)} if node.get("type") == _RECURSION else inner
    for key, value in node.items():
        if key != "cte_map":
            shown = "order" if is_order and key == "expression" else key
            yield value, shown, second if key == "right" else inner


def _only(node: dict[str, Any], field: str) -> str:
    """A name that is not qualified by a schema or a catalogue."""
    name = node.get(field)
    if not isinstance(name, str) or _path(node) != [name]:
        raise differs()
    return name


def _path(node: dict[str, Any]) -> list[Any]:
    """The parts of a qualified name."""
    name = node.get("qualified_name")
    return _list(name.get("path")) if isinstance(name, dict) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _same(ref: Ref, path: list[Any]) -> bool:
    return [ref.domain, ref.name] == [str(part).casefold() for part in path]


def _spell(text: str) -> str:
    return text.strip("<>").rpartition("/")[2].replace("_", " ").lower()
