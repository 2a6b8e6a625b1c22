"""Which aggregates depend on the order of rows: run over the same rows in other orders."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import duckdb
import pytest

from doumen.kits.sql import FUNCTIONS, Kind

VALUES: Mapping[str, str] = {
    "BIGINT": "3|1|2|1|3|7|NULL",
    "INTEGER": "5|4|1|4|5|9|NULL",
    "DOUBLE": "0.1|2.5|-1.25|2.5|1e6|0.3|NULL",
    "VARCHAR": "b|a|c|a|b|é|NULL",
    "BOOLEAN": "true|false|true|NULL",
    "DATE": "2024-01-03|2024-01-01|2024-02-01|2024-01-01|NULL",
    "TIMESTAMP": "2024-01-03 01:00:00|2024-01-01|2024-02-01|2024-01-01|NULL",
    "DECIMAL(12,2)": "1.25|0.10|7.77|0.10|NULL",
    "INTERVAL": "1 day|2 hours|1 month|2 hours|NULL",
    "BIT": "1010|0110|0110|1111",
    "BLOB": "a|b|c|a|NULL",
    "JSON": '{"a":1}|{"b":"x"}|{"a":null}|NULL',
}
ROWS = 90
ORDERS = 8
BOUND = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
CONSTANT = {
    "quantile": ("0.3", "[0.2, 0.7]"),
    "quantile_cont": ("0.3", "[0.2, 0.7]"),
    "quantile_disc": ("0.3", "[0.2, 0.7]"),
    "histogram": ("[1, 3, 5]",),
    "histogram_exact": ("[1, 3, 5]",),
    "lttb": ("5",),
    **dict.fromkeys(("min", "max"), ("2",)),
    **dict.fromkeys(("string_agg", "group_concat", "listagg"), ("'-'",)),
}


@pytest.fixture(scope="module")
def shuffled() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine with the tables o0, o1 …: the same rows in other orders."""
    chance = random.Random(20240501)
    rows = [[chance.choice(v.split("|")) for v in VALUES.values()] for _ in range(ROWS)]
    columns = ", ".join(f"c{i} {type}" for i, type in enumerate(VALUES))
    connection = duckdb.connect()
    for order in range(ORDERS):
        connection.execute(f"CREATE TABLE o{order} ({columns})")
        texts = [", ".join("NULL" if v == "NULL" else f"'{v}'" for v in row) for row in rows]
        connection.execute(f"INSERT INTO o{order} VALUES ({'), ('.join(texts)})")
        chance.shuffle(rows)
    yield connection
    connection.close()


@cache
def arities() -> Mapping[str, frozenset[int]]:
    """How many inputs an aggregate takes; those that the engine writes as macros are not here."""
    found = duckdb.execute(
        "SELECT function_name, list(len(parameters)) FROM duckdb_functions() "
        "WHERE function_type = 'aggregate' GROUP BY function_name"
    ).fetchall()
    return {name: frozenset(lengths) for name, lengths in found}


def calls(name: str) -> Iterator[str]:
    """Calls of an aggregate over the columns of each type, alone and in pairs."""
    columns = [f"c{i}" for i in range(len(VALUES))]
    takes = arities().get(name, frozenset({1, 2, 3}))
    yield f"{name}()" if name != "count_star" else "count(*)"
    for column in columns:
        yield f"{name}({column})"
        yield f"{name}(DISTINCT {column})"
        for constant in CONSTANT.get(name, ("2",)) if 2 in takes else ():
            yield f"{name}({column}, {constant})"
        for other in columns if name not in CONSTANT or name == "lttb" else ():
            if 2 in takes:
                yield f"{name}({column}, {other})"
            if 3 in takes:
                yield f"{name}({column}, {other}, 3)"


def asked(engine: duckdb.DuckDBPyConnection, order: int, *calls: str) -> list[list[object]]:
    """What each call gives for the rows in one order: a value of each group, and of all."""
    rows = engine.execute(
        f"SELECT {', '.join(calls)} FROM o{order} GROUP BY ROLLUP (c8) ORDER BY GROUPING(c8), c8"
    ).fetchall()
    return [list(column) for column in zip(*rows, strict=True)]


def answers(
    engine: duckdb.DuckDBPyConnection, given: Iterable[str]
) -> Mapping[str, list[list[object]]]:
    """What each of these calls gives, order by order; those whose types fit."""
    fitting = []
    for call in given:
        try:
            asked(engine, 0, call)
        except (*BOUND, duckdb.InvalidInputException):
            continue
        fitting.append(call)
    found = [asked(engine, order, *fitting) for order in range(ORDERS) if fitting]
    return {call: [one[place] for one in found] for place, call in enumerate(fitting)}


def same(one: object, other: object) -> bool:
    """Equal, floating values within 1e-9."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (
            one != one and other != other
        )
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    return one == other


@pytest.mark.parametrize("name", [n for n, f in FUNCTIONS.items() if f.kind is Kind.AGGREGATE])
def test_an_aggregate_is_independent_of_the_order(
    name: str, shuffled: duckdb.DuckDBPyConnection
) -> None:
    found = answers(shuffled, calls(name))
    assert found
    for call, (first, *others) in found.items():
        assert all(same(first, other) for other in others), call


def test_an_aggregate_is_independent_of_threads(shuffled: duckdb.DuckDBPyConnection) -> None:
    many = (
        "SELECT i * 7919 % 1009 AS x, (i % 997) / 7 AS y, i % 3 = 0 AS z FROM range(300_000) r(i)"
    )
    shuffled.execute(f"CREATE TABLE t1 AS {many}; CREATE TABLE t2 AS {many} ORDER BY y DESC, i")
    for name in [n for n, f in FUNCTIONS.items() if f.kind is Kind.AGGREGATE]:
        if name == "product":
            continue  # of so many values it overflows, and when it does depends on the order
        for given in ("x", "z", "y", "y, x", "x, 0.5", "x, [3, 500]"):
            found: list[object] = []
            for threads in (1, 2):
                shuffled.execute(f"SET threads = {threads}")
                sql = f"SELECT {name}({given}) FROM t{threads}"
                try:
                    found += shuffled.execute(sql).fetchall()
                except (*BOUND, duckdb.InvalidInputException):
                    break
            assert not found or same(*found), f"{name}({given})"


@pytest.mark.parametrize("name", [n for n, f in FUNCTIONS.items() if f.kind is Kind.ORDERED])
def test_an_ordered_aggregate_depends_on_the_order(
    name: str, shuffled: duckdb.DuckDBPyConnection
) -> None:
    """Otherwise it would be classed too strictly."""
    for call in calls(name):
        for first, *others in answers(shuffled, [call]).values():
            if not all(same(first, other) for other in others):
                return
    pytest.fail(f"{name} gives the same for every order")
