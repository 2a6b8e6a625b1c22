"""FROM clauses and clauses through the gate equal plain DuckDB's: all of `kits/sql/tables.sql`.

Once for the owner over the files as they are, once for an analyst under a filter and masks,
beside views written by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.test_expressions import Pair, _compare, _runs, pair

from doumen.model.errors import DoumenError

__all__ = ["pair"]

STATEMENTS = [
    line
    for line in (Path(__file__).parent.parent / "kits" / "sql" / "tables.sql")
    .read_text("utf-8")
    .splitlines()
    if line and not line.startswith("--")
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_answers_are_the_engine_s_own(pair: Pair, statement: str) -> None:
    _compare(pair.owner, pair.raw, statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_under_rules_answers_are_those_of_views(pair: Pair, statement: str) -> None:
    _compare(pair.analyst, pair.hidden, statement)


def test_statements_give_answers(pair: Pair) -> None:
    """So that the comparison is not one of errors."""
    assert sum(_runs(pair.raw, each) for each in STATEMENTS) == len(STATEMENTS)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT x.m FROM transport.flights f, LATERAL (SELECT model AS m FROM transport.planes) x",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r, transport.planes "
        "WHERE length(model) > n) FROM r",
        "PIVOT transport.planes ON model IN ('A', 'B') USING count(*)",
        "UNPIVOT transport.planes ON model",
        "SELECT 1 FROM transport.planes, range(length(model))",
        "SELECT unnest([model]) FROM transport.planes",
        "SELECT seats FROM transport.planes LIMIT (SELECT count(model) FROM transport.planes)",
        "SELECT tailnum FROM transport.planes UNION ALL BY NAME SELECT model FROM transport.planes",
        "SELECT seats FROM transport.planes p JOIN (VALUES ('A')) v(model) USING (model)",
    ],
)
def test_a_denied_column_is_in_none_of_them(pair: Pair, statement: str) -> None:
    pair.owner.query(statement).rows()
    with pytest.raises(DoumenError, match="model"):
        pair.analyst.query(statement)


def test_a_sample_is_of_visible_rows_and_the_same_again(pair: Pair) -> None:
    sql = "SELECT distance FROM transport.flights TABLESAMPLE bernoulli(60%) REPEATABLE (3)"
    first, second = (pair.analyst.query(sql).rows() for _ in range(2))
    assert first == second
    assert all(row[0] > 100 for row in first)
    seen = pair.analyst.query(
        "SELECT count(*) FROM transport.flights TABLESAMPLE bernoulli(100%) REPEATABLE (3)"
    ).rows()
    assert seen == [(3,)]
