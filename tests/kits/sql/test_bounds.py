"""Hostile texts end soon: long, deep, or written so that a parser tries again and again."""

from __future__ import annotations

import time

import pytest

from doumen.kits.sql import parse
from doumen.model.errors import Invalid, OverBudget, Refused


def test_a_long_statement_is_refused() -> None:
    with pytest.raises(OverBudget):
        parse("SELECT " + "1," * 500_000 + "1")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 1500 + "1" + ")" * 1500,
        "SELECT " + "(" * 400_000,
        "SELECT " + "NOT " * 5000 + "TRUE",
        "SELECT " + "-+" * 5000 + "1",
        "SELECT " + "CASE WHEN TRUE THEN " * 2000 + "1" + " END" * 2000,
        "SELECT " + "[" * 2000 + "1" + "]" * 2000,
        "SELECT " + "abs(" * 2000 + "1" + ")" * 2000,
        "SELECT * FROM " + "(SELECT * FROM " * 2000 + "sys.events" + ")" * 2000,
        "SELECT 1" + " + 1" * 5000,
        "SELECT TRUE" + " AND TRUE" * 20_000,
        "SELECT 1" + " UNION SELECT 1" * 2000,
        "SELECT 1" + "::INTEGER" * 5000,
        "SELECT * FROM " + "a.b JOIN " * 2000 + "a.b" + " ON TRUE" * 2000,
        "SELECT 1 BETWEEN " + "1 BETWEEN " * 2000 + "1" + " AND 1" * 2001,
    ],
    ids=lambda sql: sql[:24],
)
def test_deep_nesting_is_refused(sql: str) -> None:
    with pytest.raises((Refused, Invalid)):
        parse(sql)


def test_long_but_flat_statements_are_read() -> None:
    listed = ", ".join(map(str, range(10_000)))
    assert parse(f"SELECT 1 IN ({listed})").parameters == 0
    assert parse("SELECT TRUE" + " OR TRUE" * 400).parameters == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM " + "a.b JOIN " * 40 + "a.b",
        "SELECT * FROM " + "a.b NATURAL JOIN " * 40 + "a.b",
        "SELECT * FROM " + "a.b LEFT JOIN (SELECT * FROM " * 30 + "a.b" + ")" * 30,
        "SELECT " + "JOIN INTERVAL " * 40,
        "SELECT * FROM a.b " + "JOIN (SELECT 1 ON) " * 40,
        "SELECT * FROM a.b " + "JOIN a.b DISTINCT ON " * 40,
        "SELECT * FROM " + "a.b JOIN " * 12 + "(SELECT " + "1, " * 2000 + "1)",
    ],
    ids=lambda sql: sql[:40],
)
def test_work_that_doubles_is_refused(sql: str) -> None:
    started = time.perf_counter()
    with pytest.raises((Refused, Invalid)):
        parse(sql)
    assert time.perf_counter() - started < 5


def test_many_joins_with_their_conditions_are_read() -> None:
    on = "".join(f" JOIN a.b t{i} ON t{i}.x = t0.x" for i in range(1, 200))
    using = "".join(f" JOIN a.b t{i} USING (x)" for i in range(1, 200))
    cross = "".join(f" CROSS JOIN a.b t{i}" for i in range(1, 200))
    for joins in (on, using, cross, " NATURAL JOIN a.b" * 10):
        assert parse(f"SELECT * FROM a.b t0{joins}").tables
