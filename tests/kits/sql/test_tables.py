"""Which columns flow through FROM clauses: lateral tables, functions that make rows, joins."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="VARCHAR", l="INTEGER[]"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER", g="VARCHAR"),
}

CASES = [
    # lateral
    ("SELECT k FROM d.t, LATERAL (SELECT t.a + 1 AS k) q", "k: t.a |"),
    ("SELECT k FROM d.t, (SELECT a + 1 AS k WHERE b > 1) q", "k: t.a | t.b"),
    ("SELECT b, x FROM d.t, (VALUES (t.a), (length(c))) v(x)", "b: t.b |; x: t.a t.c |"),
    (
        "SELECT e FROM d.t LEFT JOIN LATERAL (SELECT e FROM d.u WHERE u.a = t.b) q ON e > t.a",
        "e: u.e | t.a t.b u.a u.e",
    ),
    ("SELECT k FROM d.t, LATERAL (SELECT a FROM d.u WHERE e = b) AS q(k)", "k: u.a | t.b u.e"),
    ("SELECT z FROM d.t, (d.u JOIN (SELECT a AS z) q ON TRUE)", "z: u.a |"),
    ("SELECT z FROM d.t, (d.u JOIN (SELECT b AS z) q ON TRUE)", "z: t.b |"),
    ("SELECT z FROM d.t JOIN d.u USING (a), (SELECT a AS z) q", "z: t.a | t.a u.a"),
    ("SELECT z FROM d.t FULL JOIN d.u USING (a), (SELECT a AS z) q", "z: t.a u.a | t.a u.a"),
    (
        "SELECT (SELECT max(y) FROM (SELECT u.e + t.a AS x FROM d.u), (SELECT x + b AS y)) AS n "
        "FROM d.t",
        "n: t.a t.b u.e |",
    ),
    (
        "SELECT n FROM d.t, LATERAL (SELECT m AS n FROM (SELECT e AS m FROM d.u WHERE a = t.a))",
        "n: u.e | t.a u.a",
    ),
    (
        "SELECT a FROM d.t WHERE EXISTS (SELECT 1 FROM d.u, (SELECT u.e + t.b AS k) WHERE k > 1)",
        "a: t.a | t.b u.e",
    ),
    ("SELECT q.k FROM d.u q2, LATERAL (SELECT q2.e) q(k), LATERAL (SELECT q.k) r", "k: u.e |"),
    # functions that make rows
    ("SELECT n FROM range(3) AS r(n)", "n: |"),
    ("SELECT r, range, r.range AS x FROM range(3) r", "r: |; range: |; x: |"),
    ("SELECT generate_series FROM generate_series(1, 3)", "generate_series: |"),
    ("SELECT c, i FROM d.t, range(t.a, b) r(i)", "c: t.c | t.a t.b; i: t.a t.b | t.a t.b"),
    ("SELECT range(a) AS n FROM d.t", "n: t.a |"),
    ("SELECT b, v FROM d.t, unnest(l) q(v)", "b: t.b | t.l; v: t.l | t.l"),
    ("SELECT q, q.unnest AS w FROM d.t, unnest(l) q", "q: t.l | t.l; w: t.l | t.l"),
    ("SELECT unnest FROM d.t, LATERAL unnest(l)", "unnest: t.l | t.l"),
    ("SELECT v, n FROM d.t, unnest(l) WITH ORDINALITY q(v, n)", "v: t.l | t.l; n: | t.l"),
    ("SELECT ordinality FROM d.t, range(a) WITH ORDINALITY", "ordinality: | t.a"),
    (
        "SELECT i FROM d.t, LATERAL range(a) WITH ORDINALITY AS r(v, i) WHERE v > 1",
        "i: | t.a",
    ),
    ("SELECT b FROM d.t LEFT JOIN unnest(l) q(v) ON v > a", "b: t.b | t.a t.l"),
    ("SELECT v FROM range((SELECT max(e) FROM d.u)) r(v)", "v: u.e | u.e"),
    (
        "SELECT (SELECT max(range) FROM range(b) r) AS n FROM (SELECT b, a AS range FROM d.t)",
        "n: t.b | t.b",
    ),
    # joins
    (
        "SELECT c, e FROM d.t ASOF JOIN d.u ON t.a = u.a AND t.b >= u.e",
        "c: t.c | t.a t.b u.a u.e; e: u.e | t.a t.b u.a u.e",
    ),
    ("SELECT a, e FROM d.t ASOF LEFT JOIN d.u USING (a)", "a: t.a | t.a u.a; e: u.e | t.a u.a"),
    ("SELECT b, e FROM d.t POSITIONAL JOIN d.u", "b: t.b |; e: u.e |"),
    ("SELECT b FROM d.t NATURAL SEMI JOIN d.u", "b: t.b | t.a u.a"),
    ("SELECT b, e FROM d.t NATURAL FULL JOIN d.u", "b: t.b | t.a u.a; e: u.e | t.a u.a"),
    ("SELECT a FROM d.t NATURAL FULL JOIN d.u", "a: t.a u.a | t.a u.a"),
    (
        "SELECT * FROM (SELECT a FROM d.t) JOIN (SELECT a FROM d.u) USING (a), d.u w",
        "a: t.a | t.a u.a; a: u.a | t.a u.a; e: u.e | t.a u.a; g: u.g | t.a u.a",
    ),
    (
        "SELECT * FROM (SELECT a FROM d.t) JOIN (d.u JOIN (SELECT a FROM d.u) w USING (a)) "
        "USING (a)",
        "a: t.a | t.a u.a; e: u.e | t.a u.a; g: u.g | t.a u.a",
    ),
    (
        "SELECT a, y.e FROM (d.t RIGHT JOIN d.u y USING (a)) ANTI JOIN d.u z ON z.g = c",
        "a: u.a | t.a t.c u.a u.g; e: u.e | t.a t.c u.a u.g",
    ),
    (
        "SELECT p, q FROM (d.t AS x LEFT JOIN d.u y USING (a)) j(p, q)",
        "p: t.a | t.a u.a; q: t.b | t.a u.a",
    ),
    ("SELECT x.b FROM x: d.t", "b: t.b |"),
    ("TABLE d.u", "a: u.a |; e: u.e |; g: u.g |"),
    ("SELECT b FROM d.t TABLESAMPLE bernoulli(10%) REPEATABLE (1) WHERE a > 1", "b: t.b | t.a"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(
    sql: str, expected: str, flows: Callable[[str, Mapping[Ref, Schema], str], bool]
) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize(
    ("sql", "error", "named"),
    [
        ("SELECT 1 FROM (SELECT t.a) q, d.t", UnknownColumn, "`t`"),
        ("SELECT 1 FROM d.t, unnest(z) q", UnknownColumn, "`z`"),
        ("SELECT range FROM range(3) r(x)", UnknownColumn, "`range`"),
        ("SELECT 1 FROM d.t, range(3) r(x, y)", Invalid, "2 names"),
        ("SELECT 1 FROM d.t, d.u, LATERAL (SELECT a) q", Invalid, "ambiguous"),
        ("SELECT 1 FROM d.t JOIN (d.u JOIN d.u w ON TRUE) USING (a)", Invalid, "ambiguous"),
        ("SELECT 1 FROM d.t SEMI JOIN d.u ON TRUE WHERE e = 1", UnknownColumn, "`e`"),
    ],
)
def test_what_does_not_fit(sql: str, error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        trace(parse(sql), SCHEMAS)


def test_what_a_function_makes_rows_of_is_read() -> None:
    reads = trace(parse("SELECT count(*) FROM d.t, range(a), unnest(l)"), SCHEMAS).reads
    assert {each.column for each in reads} == {"a", "l"}
