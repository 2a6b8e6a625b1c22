"""The columns of PIVOT and UNPIVOT, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid, Refused
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="VARCHAR", f="VARCHAR"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER", g="VARCHAR"),
}

# The name of a column that holds a value of the text is not told: it is written `-`.
CASES = [
    (
        "PIVOT d.t ON c IN ('x', 'y') USING sum(a) GROUP BY b",
        "b: t.b | t.b; -: t.a | t.b t.c; -: t.a | t.b t.c",
    ),
    ("PIVOT d.u ON g IN ('x') USING sum(a)", "e: u.e | u.e; -: u.a | u.e u.g"),
    ("PIVOT d.u ON g IN ('x')", "a: u.a | u.a u.e; e: u.e | u.a u.e; -: | u.a u.e u.g"),
    (
        "SELECT x, y AS k FROM (PIVOT d.t ON c IN ('x', 'y') USING sum(a) GROUP BY b)",
        "x: t.a | t.b t.c; k: t.a | t.b t.c",
    ),
    (
        "SELECT p_s, p_n, y_s FROM d.t PIVOT (sum(a) AS s, max(f) AS n FOR c IN ('x' AS p, 'y') "
        "GROUP BY b)",
        "p_s: t.a | t.b t.c; p_n: t.f | t.b t.c; y_s: t.a | t.b t.c",
    ),
    (
        'SELECT "1_x", "NULL_x", q.true_x FROM d.u PIVOT '
        "(sum(a) FOR e IN (1, NULL, TRUE) g IN ('x')) q",
        "1_x: u.a | u.e u.g; NULL_x: u.a | u.e u.g; true_x: u.a | u.e u.g",
    ),
    (
        "SELECT n FROM d.t PIVOT (count(*) FOR c IN ('x' AS n) GROUP BY a) WHERE a > 1",
        "n: | t.a t.c",
    ),
    (
        "SELECT x FROM d.t PIVOT (sum(a) FILTER (WHERE b > 1) FOR c IN ('x'))",
        "x: t.a | t.b t.c t.f",
    ),
    (
        "WITH q AS (SELECT a, c FROM d.t WHERE b > 1) PIVOT q ON c IN ('x') USING max(a)",
        "-: t.a | t.b t.c",
    ),
    ("SELECT b_1 FROM d.t PIVOT (sum(a) FOR c IN ('b'))", "b_1: t.a | t.b t.c t.f"),
    ("SELECT m FROM d.u PIVOT (sum(a) FOR g IN ('x')) q(m)", "m: u.e | u.e"),
    (
        "SELECT x, b FROM d.t JOIN d.u PIVOT (sum(e) FOR g IN ('x')) USING (a)",
        "x: u.e | t.a u.a u.g; b: t.b | t.a u.a",
    ),
    (
        "SELECT v.x FROM (VALUES (1, 'x')) w(k, n) PIVOT (sum(k) FOR n IN ('x')) v",
        "x: |",
    ),
    # unpivot: a row is left out where its value is NULL
    (
        "UNPIVOT d.u ON a, e INTO NAME n VALUE v",
        "g: u.g | u.a u.e; n: | u.a u.e; v: u.a u.e | u.a u.e",
    ),
    ("SELECT name, value FROM (UNPIVOT d.u ON a)", "name: | u.a; value: u.a | u.a"),
    (
        "UNPIVOT d.u ON COLUMNS(* EXCLUDE (g)) INTO NAME n VALUE v",
        "g: u.g | u.a u.e; n: | u.a u.e; v: u.a u.e | u.a u.e",
    ),
    ("FROM d.u UNPIVOT INCLUDE NULLS (v FOR n IN (a, e))", "g: u.g |; n: |; v: u.a u.e |"),
    ("SELECT v FROM d.u UNPIVOT (v FOR n IN (a, e AS k))", "v: u.a u.e | u.a u.e"),
    (
        "SELECT * FROM d.t UNPIVOT ((v, w) FOR n IN ((a, c) AS x, (b, f)))",
        "n: | t.a t.b t.c t.f; v: t.a t.b | t.a t.b t.c t.f; w: t.c t.f | t.a t.b t.c t.f",
    ),
    (
        "UNPIVOT d.u ON COLUMNS(*)::VARCHAR INTO NAME n VALUE v",
        "n: | u.a u.e u.g; v: u.a u.e u.g | u.a u.e u.g",
    ),
    (
        "SELECT g, x FROM d.u UNPIVOT (v FOR n IN (a, e)) PIVOT (sum(v) FOR n IN ('a' AS x))",
        "g: u.g | u.a u.e u.g; x: u.a u.e | u.a u.e u.g",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(
    sql: str, expected: str, flows: Callable[[str, Mapping[Ref, Schema], str], bool]
) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize(
    ("sql", "error", "named"),
    [
        ("PIVOT d.u ON g IN (1.5) USING sum(a)", Refused, "no text or whole number"),
        ("PIVOT d.u ON g IN (DATE '2020-01-01') USING sum(a)", Refused, "has no name"),
        ("PIVOT d.u ON u.g IN ('x') USING sum(a)", Refused, "with its table"),
        ("PIVOT d.u ON g IN ('x') USING sum(a) GROUP BY e + 1", Refused, "by an expression"),
        ("PIVOT d.u ON z IN ('x') USING sum(a)", UnknownColumn, "`z`"),
        ("PIVOT d.u ON g IN ('x') USING sum(z)", UnknownColumn, "`z`"),
        ("PIVOT d.u ON g IN ('x') USING sum(a) GROUP BY z", UnknownColumn, "`z`"),
        ("SELECT t.b FROM d.t PIVOT (sum(a) FOR c IN ('x'))", UnknownColumn, "`t`"),
        ("SELECT a FROM d.t PIVOT (sum(a) FOR c IN ('x'))", UnknownColumn, "`a`"),
        ("UNPIVOT d.u ON z", UnknownColumn, "`z`"),
        ("UNPIVOT d.u ON a + 1", Refused, "over an expression"),
        ("UNPIVOT d.u ON (a, e)", Invalid, "another number"),
        ("UNPIVOT d.u ON COLUMNS(* REPLACE (1 AS a))", Refused, "REPLACE or RENAME"),
    ],
)
def test_what_does_not_fit(sql: str, error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        trace(parse(sql), SCHEMAS)


def test_columns_are_bounded() -> None:
    values = ", ".join(f"'{number}'" for number in range(101))
    with pytest.raises(Refused, match=r"more than 10,000"):
        trace(parse(f"PIVOT d.t ON c IN ({values}), f IN ({values}) USING sum(a)"), SCHEMAS)
