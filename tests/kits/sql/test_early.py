"""Statements that may end before all rows were looked at, and what they compute until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from doumen.kits import sql
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema

TPCH = Path(__file__).parent / "tpch"
SCHEMAS = {
    Ref("d", "t"): Schema.of(id="BIGINT", word="VARCHAR", day="DATE", s="STRUCT(id VARCHAR)"),
    Ref("d", "u"): Schema.of(id="BIGINT", cost="BIGINT", word="BIGINT"),
}


def haste(statement: str, *values: Scalar) -> sql.Haste:
    return sql.Haste(sql.parse(statement).tree, SCHEMAS, values)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 // id FROM d.t",
        "SELECT 1 // id FROM d.t LIMIT 5",
        "SELECT 1 // id FROM d.t LIMIT 5 OFFSET 9",
        "SELECT * FROM d.t LIMIT 5",
        "SELECT t.* FROM d.t LIMIT 5",
        "SELECT id FROM d.t WHERE word = 'a' AND id > 5 LIMIT 5",
        "SELECT id FROM d.t WHERE t.day < DATE '2020-01-01' LIMIT 5",
        "SELECT id FROM d.t ORDER BY 1 // id LIMIT 5",
        "SELECT sum(1 // id) FROM d.t LIMIT 5",
        "SELECT id, count(*) FROM d.t WHERE 1 // id > 0 GROUP BY id LIMIT 5",
        "SELECT t.id FROM d.t JOIN d.u ON t.id = u.id LIMIT 5",
        "SELECT t.id FROM d.t JOIN d.u USING (id) LIMIT 5",
        "SELECT id FROM d.t, range(5) LIMIT 5",
        "SELECT id FROM (SELECT id FROM d.t WHERE id > 5) LIMIT 5",
        "WITH x AS (SELECT id, sum(1 // id) FROM d.t GROUP BY id) SELECT id FROM x LIMIT 5",
        "SELECT id FROM d.t UNION ALL SELECT id FROM d.u LIMIT 5",
        "SELECT EXISTS (FROM d.t WHERE id > 5)",
        "SELECT id FROM d.t WHERE 1 // id IN (SELECT 1 // id FROM d.u)",
        "SELECT (SELECT max(1 // id) FROM d.t)",
        "SELECT cost FROM d.u WHERE EXISTS (FROM d.t WHERE word = cost)",
        "SELECT cost FROM d.u WHERE EXISTS (FROM d.t WHERE 1 // t.id = u.cost)",
        "VALUES (1) LIMIT 1",
    ],
)
def test_what_is_met_does_not_hang_on_rows_left_out(statement: str) -> None:
    assert not haste(statement).fails_early()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM d.t WHERE 1 // id > 0 LIMIT 5",
        "SELECT 1 // id FROM d.t LIMIT 9000",
        "SELECT 1 // id FROM d.t LIMIT 10%",
        "SELECT 1 // id FROM d.t LIMIT 1 OFFSET 9000",
        "SELECT 1 // id FROM d.t LIMIT (SELECT 5)",
        "SELECT DISTINCT 1 // id FROM d.t LIMIT 5",
        "SELECT 1 // id FROM d.t GROUP BY ALL LIMIT 5",
        "SELECT id FROM d.t WHERE word > 5 LIMIT 5",
        "SELECT id FROM d.t WHERE s.id > 5 LIMIT 5",
        "SELECT id FROM d.t WHERE t.s.id > 5 LIMIT 5",
        "SELECT t.id FROM d.t, d.u WHERE word > 5 LIMIT 5",
        "SELECT t.id FROM d.t JOIN d.u ON t.id = 1 // u.id LIMIT 5",
        "SELECT t.id FROM d.t JOIN d.u USING (word) LIMIT 5",
        "SELECT t.id FROM d.t NATURAL JOIN d.u LIMIT 5",
        "SELECT id FROM d.t, range(id) LIMIT 5",
        "SELECT x FROM (SELECT 1 // id AS x FROM d.t) LIMIT 5",
        "SELECT id FROM (SELECT id FROM d.t) WHERE id > 5 LIMIT 5",
        "WITH x AS (SELECT 1 // id AS y FROM d.t) SELECT y FROM x LIMIT 5",
        "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 9) "
        "SELECT n FROM x LIMIT 5",
        "SELECT 1 // id FROM d.t UNION ALL SELECT id FROM d.u LIMIT 5",
        "SELECT 1 // id FROM d.t EXCEPT SELECT id FROM d.u LIMIT 5",
        "SELECT id, row_number() OVER (ORDER BY 1 // id) FROM d.t QUALIFY 1 // id > 0 LIMIT 5",
        "SELECT * REPLACE (1 // id AS id) FROM d.t LIMIT 9000",
        "SELECT id FROM d.t AT (VERSION => 1) LIMIT 5",
        "SELECT id FROM d.t AS t(word, id) WHERE id > 5 LIMIT 5",
        "SELECT cost FROM d.u WHERE EXISTS (FROM d.t AS t(cost, w) WHERE 1 // cost > 0)",
        "SELECT id FROM d.t PIVOT (max(1 // id) FOR word IN ('a')) LIMIT 5",
        "SELECT EXISTS (FROM d.t WHERE 1 // id > 0)",
        "SELECT (SELECT 1 // id FROM d.t)",
        "SELECT cost FROM d.u WHERE EXISTS "
        "(FROM d.t WHERE list_bool_and(list_transform([1], lambda cost: 1 // id > 0)))",
        "SELECT cost FROM d.u WHERE EXISTS (SELECT id AS cost FROM d.t WHERE 1 // id > 0)",
        "SELECT (FROM range(5) r(x) SELECT 1 // x)",
    ],
)
def test_what_is_met_may_hang_on_rows_left_out(statement: str) -> None:
    assert haste(statement).fails_early()


def test_parameters() -> None:
    statement = "SELECT id FROM d.t WHERE day < ? LIMIT 5"
    assert not haste(statement, "2020-01-01").fails_early()
    assert haste(statement, "2020").fails_early()
    assert haste(statement).fails_early()


@pytest.mark.parametrize(
    ("statement", "fails"),
    [("SELECT id FROM d.t", False), ("SELECT 1 // id FROM d.t", True),
     ("SELECT 1 // id FROM d.t ORDER BY ALL", False), ("SELECT max(1 // id) FROM d.t", False)],
)  # fmt: skip
def test_what_the_limit_of_a_rule_ends(statement: str, fails: bool) -> None:
    assert haste(statement).may_fail() is fails


@pytest.mark.parametrize("path", sorted(TPCH.glob("q*.sql")), ids=lambda path: str(path.stem))
def test_no_query_of_tpch_is_ended_early(path: Path) -> None:
    schemas = {
        Ref("tpch", "lineitem"): Schema.of(
            l_orderkey="BIGINT", l_suppkey="BIGINT", l_commitdate="DATE", l_receiptdate="DATE"
        ),
        Ref("tpch", "orders"): Schema.of(o_orderkey="BIGINT", o_custkey="BIGINT"),
        Ref("tpch", "customer"): Schema.of(c_custkey="BIGINT"),
    }
    tree = sql.parse(path.read_text()).tree
    assert not sql.Haste(tree, schemas, ()).fails_early()


@pytest.mark.parametrize(
    ("statement", "count"),
    [("SELECT 1", 0), ("FROM d.t", 1), ("FROM d.t, d.u", 2), ("FROM d.t, range(5)", 2),
     ("SELECT id FROM d.t WHERE id IN (SELECT id FROM d.u)", 2),
     ("SELECT * FROM d.t JOIN (VALUES (1)) v(x) ON id = x", 2),
     ("SELECT * FROM d.t, unnest([1, 2])", 2)],
)  # fmt: skip
def test_sources(statement: str, count: int) -> None:
    assert sql.sources(sql.parse(statement).tree) == count
