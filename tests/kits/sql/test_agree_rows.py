"""Recursions, pivots, samples and functions that make rows, seen by one reading only."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from doumen.kits.sql import check_reading, parse
from doumen.model.errors import Refused

R = "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) "
FLIGHTS = "FROM transport.flights"

DIFFER = [
    ("SELECT 1", "SELECT * FROM range(3)"),
    ("SELECT * FROM range(3)", "SELECT * FROM generate_series(3)"),
    ("SELECT * FROM range(3)", "SELECT * FROM unnest([3])"),
    ("SELECT * FROM range(3)", "SELECT * FROM duckdb_settings()"),
    ("SELECT range(3)", "SELECT unnest([3])"),
    (R + "FROM r", R.replace("r ", "q ").replace("r)", "q)") + "FROM q"),
    (R + "FROM r", R + "FROM recurring.r"),
    ("WITH r AS (SELECT 1 AS x) FROM r", R + "FROM r"),
    (R + "FROM r", R.replace("SELECT 1 AS x", "SELECT x FROM recurring.r") + "FROM r"),
    (
        f"SELECT year {FLIGHTS} TABLESAMPLE bernoulli(10%) REPEATABLE (1)",
        f"SELECT year {FLIGHTS} TABLESAMPLE bernoulli(10%) REPEATABLE (2)",
    ),
    (
        f"SELECT year {FLIGHTS} TABLESAMPLE bernoulli(10%) REPEATABLE (1)",
        f"SELECT year {FLIGHTS} TABLESAMPLE bernoulli(10%)",
    ),
    (
        f"SELECT year {FLIGHTS} TABLESAMPLE bernoulli(10%) REPEATABLE (1)",
        f"SELECT year {FLIGHTS} TABLESAMPLE system(10%) REPEATABLE (1)",
    ),
    (
        f"SELECT year, distance {FLIGHTS}",
        f"SELECT year {FLIGHTS} PIVOT (sum(distance) FOR year IN (1))",
    ),
    (
        f"{FLIGHTS} UNPIVOT (v FOR n IN (year))",
        f"{FLIGHTS} PIVOT (sum(year) FOR year IN (1))",
    ),
    (
        f"{FLIGHTS} PIVOT (sum(distance) FOR year IN (1) GROUP BY month)",
        f"{FLIGHTS} PIVOT (sum(distance) FOR year IN (1) GROUP BY day)",
    ),
    ("SELECT 1 UNION SELECT 2", R + "FROM r"),
]


@pytest.mark.parametrize(("first", "second"), DIFFER)
def test_readings_that_differ_are_refused(
    first: str, second: str, read: Callable[[str], str]
) -> None:
    check_reading(read(first), parse(first))
    with pytest.raises(Refused):
        check_reading(read(second), parse(first))


def test_groups_that_are_no_names_are_refused(read: Callable[[str], str]) -> None:
    sql = f"{FLIGHTS} PIVOT (sum(distance) FOR year IN (1) GROUP BY month)"
    answer = json.loads(read(sql))
    for odd in ("month", [1], [None]):
        answer["statements"][0]["node"]["from_table"]["groups"] = odd
        with pytest.raises(Refused):
            check_reading(json.dumps(answer), parse(sql))


def test_a_table_function_without_a_function_is_refused(read: Callable[[str], str]) -> None:
    answer = json.loads(read("FROM range(3)"))
    answer["statements"][0]["node"]["from_table"]["function"] = 1
    with pytest.raises(Refused):
        check_reading(json.dumps(answer), parse("FROM range(3)"))
