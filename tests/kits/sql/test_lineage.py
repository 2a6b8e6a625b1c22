"""Lineage of whole statements against truth made by hand, and against the engine's own outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doumen.kits.sql import Statement, UnknownColumn, parse, trace
from doumen.model.errors import DoumenError, NotFound, Refused
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

TRUTH = json.loads((Path(__file__).parent / "tpch" / "lineage.json").read_text("utf-8"))
TABLES = {
    "l": "lineitem",
    "o": "orders",
    "c": "customer",
    "p": "part",
    "ps": "partsupp",
    "s": "supplier",
    "n": "nation",
    "r": "region",
}


def _columns(names: str) -> Iterator[ColumnRef]:
    for name in names.split():
        yield ColumnRef(Ref("tpch", TABLES[name.partition("_")[0]]), name)


def test_tpch(tpch: str, tpch_sql: str, schemas: Mapping[Ref, Schema]) -> None:
    truth = TRUTH[tpch]
    shaped_by = frozenset(_columns(truth["shaped_by"]))
    expected = [
        (
            name,
            frozenset(_columns(made_of)),
            shaped_by | frozenset(_columns(extra[0] if extra else "")),
        )
        for name, made_of, *extra in truth["outputs"]
    ]
    found = trace(parse(tpch_sql), schemas)
    assert [(o.name, o.projection, o.influence) for o in found.outputs] == expected
    assert found.reads == frozenset().union(*(a | b for _, a, b in expected))


def test_all_22_have_a_truth() -> None:
    assert len(TRUTH) == 22


def test_outputs_are_the_engines(
    admitted: str,
    admit: Callable[[str], Statement],
    engine: duckdb.DuckDBPyConnection,
    schemas: Mapping[Ref, Schema],
) -> None:
    statement = admit(admitted)
    values: list[Any] = [1, "x", 3][: statement.parameters]
    names = [column[0] for column in engine.execute(admitted, values).description]
    traced = [output.name for output in trace(statement, schemas).outputs]
    assert len(traced) == len(names)
    assert all(ours in {None, theirs} for ours, theirs in zip(traced, names, strict=True))


def test_a_hidden_column_is_unknown_wherever_it_is_named(
    admitted: str, schemas: Mapping[Ref, Schema]
) -> None:
    """Without one of the columns that a statement names, it is refused for that column."""
    statement = parse(admitted)
    stars = "*" in admitted.replace("(*)", "") or "COLUMNS(" in admitted
    if stars or _takes_all(admitted):
        return
    for read in trace(statement, schemas).reads:
        kept = Schema(tuple(c for c in schemas[read.ref] if c.name != read.column))
        error = _error(statement, {**schemas, read.ref: kept})
        if isinstance(error, UnknownColumn):
            assert error.column.casefold() == read.column
            assert error.ref in {None, read.ref}
            listed = str(error.next).split(": ")[-1].rstrip(".").split(", ")
            assert read.column not in listed
        elif error is not None:
            assert "p(a, b)" in admitted
        else:
            # A table beside has a column of this name, or `*` or NATURAL leaves it out.
            shared = [r for r, s in schemas.items() if r != read.ref and s.find(read.column)]
            assert shared or "(FROM" in admitted or "AS p(" in admitted


def _takes_all(sql: str) -> bool:
    """Whether columns of the answer are named by no word of the text."""
    words = ("TABLE ", "(TABLE ", "PIVOT", "AS j(a, b, c)")
    return sql == "FROM transport.flights" or any(word in sql for word in words)


def _error(statement: Statement, schemas: Mapping[Ref, Schema]) -> DoumenError | None:
    try:
        trace(statement, schemas)
    except DoumenError as error:
        return error
    return None


def test_no_schema_is_not_found() -> None:
    with pytest.raises(NotFound):
        trace(parse("SELECT * FROM transport.flights"), {})


def test_deep_statements_are_traced_or_refused(schemas: Mapping[Ref, Schema]) -> None:
    nested = "SELECT " + "(SELECT " * 60 + "1" + ")" * 60
    assert len(trace(parse(nested), schemas).outputs) == 1
    chained = "SELECT 1" + " UNION ALL SELECT 1" * 850
    with pytest.raises(Refused, match="deeper"):
        trace(parse(chained), schemas)
