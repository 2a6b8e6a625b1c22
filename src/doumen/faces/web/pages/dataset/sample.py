"""Rows of a dataset as the visitor may see them, a page at a time.

Order and filters stand in the address. It is a query like any other: it passes the gate under the
rules of the visitor, and has a receipt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Visit
from doumen.model.errors import DoumenError

STEP = 100
FILTERS = 5
"""Filters of one look at most."""


def sample(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """A page of rows, or why there is none."""
    names = [column["name"] for column in told["columns"]]
    wish = visit.asked("sort")
    sort = wish if wish.removeprefix("-") in names else ""
    filters = [(name, str(visit.query[f"is.{name}"][0])) for name in names
               if visit.query.get(f"is.{name}")][:FILTERS]  # fmt: skip
    offset = visit.number("offset", 0)
    shown: dict[str, Any] = {
        "sort": sort, "filters": [list(pair) for pair in filters], "offset": offset, "step": STEP,
        "columns": [], "rows": [], "more": False, "receipt": None, "refused": None,
    }  # fmt: skip
    sql, given = statement(str(told["dataset"]), names, filters, sort, offset)
    try:
        answer = visit.do("query", sql=sql, param=given)
    except DoumenError as error:
        return {**shown, "refused": error.as_json()}
    rows = list(answer["rows"])
    return {
        **shown, "columns": answer["columns"], "rows": rows[:STEP], "more": len(rows) > STEP,
        "receipt": answer["receipt"],
    }  # fmt: skip


def statement(
    dataset: str, names: Sequence[str], filters: Sequence[tuple[str, str]], sort: str, offset: int
) -> tuple[str, tuple[str, ...]]:
    """The question: one row more than is shown, so that it is known whether there are more."""
    columns = ", ".join(map(quoted, names))
    sql = f"SELECT {columns} FROM {dataset}"  # noqa: S608 - names that the gate gave, quoted
    if filters:
        tests = (f"CAST({quoted(name)} AS VARCHAR) = ?" for name, _ in filters)
        sql += f" WHERE {' AND '.join(tests)}"
    if sort:
        sql += f" ORDER BY {quoted(sort.removeprefix('-'))}{' DESC' if sort[0] == '-' else ''}"
    sql += f" LIMIT {STEP + 1:d} OFFSET {offset:d}"
    return sql, tuple(json.dumps(value) for _, value in filters)


def rows_of(told: Mapping[str, Any]) -> str:
    """The question for all rows of a dataset, as `describe` tells it, to begin from."""
    names = ", ".join(quoted(column["name"]) for column in told["columns"])
    return f"SELECT {names}\nFROM {told['dataset']}"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
