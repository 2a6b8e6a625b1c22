"""Which columns flow into an output and which shape it, construct by construct."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid, Refused
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="VARCHAR", s="STRUCT(x INTEGER)"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER", g="VARCHAR"),
}

# Columns of d.t are written t.a, of d.u u.a; each output is `name: made of | shaped by`.
CASES = [
    ("SELECT a, b + 1 AS n, b + 1 FROM d.t", "a: t.a |; n: t.b |; -: t.b |"),
    ("SELECT a FROM d.t WHERE b > 1", "a: t.a | t.b"),
    ("SELECT A FROM D.T", "a: t.a |"),
    ("SELECT count(*) FROM d.t", "-: |"),
    ("SELECT count(*) FROM d.t WHERE b > 1", "-: | t.b"),
    ("SELECT count(x.*) FROM d.u x", "-: u.a u.e u.g |"),
    ("SELECT x FROM d.u x", "x: u.a u.e u.g |"),
    ("SELECT s.x, t.s.x, d.t.s, d.t.s.x FROM d.t", "x: t.s |; x: t.s |; s: t.s |; x: t.s |"),
    ("SELECT t.a, d.t.a FROM d.t", "a: t.a |; a: t.a |"),
    # conditions
    ("SELECT CASE WHEN a > 1 THEN b ELSE 0 END AS n FROM d.t", "n: t.b | t.a"),
    ("SELECT CASE a WHEN 1 THEN b END AS n FROM d.t", "n: t.b | t.a"),
    ("SELECT if(a > 1, b, length(c)) AS n FROM d.t", "n: t.b t.c | t.a"),
    ("SELECT a > b AS n FROM d.t", "n: t.a t.b |"),
    # aggregates
    ("SELECT sum(a) FILTER (WHERE b > 1) AS n FROM d.t", "n: t.a | t.b"),
    ("SELECT string_agg(c, ',' ORDER BY b) AS n FROM d.t", "n: t.c | t.b"),
    ("SELECT arg_max(c, b) AS n FROM d.t", "n: t.c | t.b"),
    ("SELECT quantile_cont(a, 0.5) AS n FROM d.t", "n: t.a |"),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS n FROM d.t", "n: t.a |"),
    ("SELECT count(DISTINCT a) AS n FROM d.t", "n: t.a |"),
    # groups
    ("SELECT a, sum(b) AS n FROM d.t GROUP BY a", "a: t.a | t.a; n: t.b | t.a"),
    ("SELECT a, sum(b) AS n FROM d.t GROUP BY 1", "a: t.a | t.a; n: t.b | t.a"),
    ("SELECT a + 1 AS k, count(*) AS n FROM d.t GROUP BY k", "k: t.a | t.a; n: | t.a"),
    ("SELECT a, sum(b) AS n FROM d.t GROUP BY ALL", "a: t.a | t.a; n: t.b | t.a"),
    ("SELECT a, product(b) AS n FROM d.t GROUP BY ALL", "a: t.a | t.a; n: t.b | t.a"),
    (
        "SELECT a, sum(b) OVER () AS n FROM d.t GROUP BY ALL",
        "a: t.a | t.a t.b; n: t.b | t.a t.b",
    ),
    (
        "SELECT a, sum(sum(b)) OVER () AS n, (SELECT 1) AS k FROM d.t GROUP BY ALL",
        "a: t.a | t.a; n: t.b | t.a; k: | t.a",
    ),
    (
        "SELECT a, lag(sum(b) IGNORE NULLS) OVER (ORDER BY count(*)) AS n FROM d.t GROUP BY ALL",
        "a: t.a | t.a; n: t.b | t.a",
    ),
    ("SELECT count(*) AS n FROM d.t GROUP BY ROLLUP (a, b)", "n: | t.a t.b"),
    ("SELECT count(*) AS n FROM d.t GROUP BY CUBE (a, (b))", "n: | t.a t.b"),
    ("SELECT count(*) AS n FROM d.t GROUP BY GROUPING SETS ((a), (b, c), ())", "n: | t.a t.b t.c"),
    ("SELECT sum(a) AS n FROM d.t GROUP BY b HAVING max(c) > 'x'", "n: t.a | t.b t.c"),
    ("SELECT -a AS b, count(*) AS n FROM d.t GROUP BY b, a", "b: t.a | t.a t.b; n: | t.a t.b"),
    ("SELECT c AS b FROM d.t GROUP BY a, b, c HAVING b > 7", "b: t.c | t.a t.b t.c"),
    ("SELECT max(a) AS n FROM d.t HAVING n > 7", "n: t.a | t.a"),
    # windows
    (
        "SELECT sum(a) OVER (PARTITION BY b ORDER BY c) AS n, b FROM d.t",
        "n: t.a | t.b t.c; b: t.b |",
    ),
    ("SELECT rank() OVER w AS n FROM d.t WINDOW w AS (PARTITION BY a ORDER BY b)", "n: | t.a t.b"),
    (
        "SELECT sum(c::INT) OVER (w ORDER BY b) AS n FROM d.t WINDOW w AS (PARTITION BY a)",
        "n: t.c | t.a t.b",
    ),
    ("SELECT a FROM d.t QUALIFY rank() OVER (ORDER BY b) = 1", "a: t.a | t.b"),
    ("SELECT a, rank() OVER (ORDER BY b) AS n FROM d.t QUALIFY n = 1", "a: t.a | t.b; n: | t.b"),
    # order
    ("SELECT a FROM d.t ORDER BY b", "a: t.a | t.b"),
    ("SELECT a, b FROM d.t ORDER BY 2", "a: t.a | t.b; b: t.b | t.b"),
    ("SELECT a, b FROM d.t ORDER BY ALL", "a: t.a | t.a t.b; b: t.b | t.a t.b"),
    ("SELECT -a AS b FROM d.t ORDER BY b", "b: t.a | t.a"),
    ("SELECT -a AS b FROM d.t ORDER BY b + 0", "b: t.a | t.b"),
    ("SELECT a AS x, b AS x FROM d.t ORDER BY x", "x: t.a | t.b; x: t.b | t.b"),
    ("SELECT a FROM d.t ORDER BY 'x'", "a: t.a |"),
    # aliases beside columns
    ("SELECT a AS x, x + 1 AS y FROM d.t", "x: t.a |; y: t.a |"),
    ("SELECT a AS b, b + 1 AS y FROM d.t", "b: t.a |; y: t.b |"),
    ("SELECT a AS x FROM d.t WHERE x > 1", "x: t.a | t.a"),
    ("SELECT a AS b FROM d.t WHERE b > 1", "b: t.a | t.b"),
    (
        "SELECT a AS x, (SELECT max(e) FROM d.u WHERE g = x) AS n FROM d.t",
        "x: t.a |; n: u.e | u.g t.a",
    ),
    # distinct
    ("SELECT DISTINCT a, b FROM d.t", "a: t.a | t.a t.b; b: t.b | t.a t.b"),
    ("SELECT DISTINCT ON (c) a FROM d.t ORDER BY b", "a: t.a | t.b t.c"),
    # stars
    ("SELECT * FROM d.u", "a: u.a |; e: u.e |; g: u.g |"),
    ("FROM d.u", "a: u.a |; e: u.e |; g: u.g |"),
    ("SELECT * EXCLUDE (e, U.g) FROM d.u", "a: u.a |"),
    ("SELECT x.* EXCLUDE (e) REPLACE (length(g) AS a) FROM d.u x", "a: u.g |; g: u.g |"),
    ("SELECT d.u.* FROM d.u", "a: u.a |; e: u.e |; g: u.g |"),
    ("SELECT x.* FROM d.t, d.u x", "a: u.a |; e: u.e |; g: u.g |"),
    ("SELECT * FROM d.u x(p, q)", "p: u.a |; q: u.e |; g: u.g |"),
    # joins
    ("SELECT b, e FROM d.t JOIN d.u ON t.a = u.a", "b: t.b | t.a u.a; e: u.e | t.a u.a"),
    ("SELECT a, u.a FROM d.t JOIN d.u USING (a)", "a: t.a | t.a u.a; a: u.a | t.a u.a"),
    ("SELECT a FROM d.t RIGHT JOIN d.u USING (a)", "a: u.a | t.a u.a"),
    ("SELECT a FROM d.t FULL JOIN d.u USING (a)", "a: t.a u.a | t.a u.a"),
    (
        "SELECT * FROM d.u JOIN (SELECT a, b FROM d.t) x USING (a)",
        "a: u.a | t.a u.a; e: u.e | t.a u.a; g: u.g | t.a u.a; b: t.b | t.a u.a",
    ),
    ("SELECT b FROM d.t NATURAL JOIN d.u", "b: t.b | t.a u.a"),
    ("SELECT b FROM d.t SEMI JOIN d.u ON t.a = u.e", "b: t.b | t.a u.e"),
    ("SELECT a FROM d.t ANTI JOIN d.u USING (a)", "a: t.a | t.a u.a"),
    ("SELECT b, e FROM d.t CROSS JOIN d.u", "b: t.b |; e: u.e |"),
    ("SELECT x.b FROM d.t x, d.t y WHERE x.a = y.b", "b: t.b | t.a t.b"),
    ("SELECT b FROM (d.t JOIN d.u USING (a))", "b: t.b | t.a u.a"),
    ("SELECT x.b FROM (d.t JOIN d.u USING (a)) x", "b: t.b | t.a u.a"),
    ("SELECT t.b FROM d.t JOIN (d.u JOIN d.u w ON u.e = w.e) ON t.a = w.a", "b: t.b | t.a u.a u.e"),
    ("SELECT t.b FROM d.t JOIN d.u JOIN d.u w ON u.e = w.e ON t.a = w.a", "b: t.b | t.a u.a u.e"),
    # subqueries
    ("SELECT a FROM d.t WHERE b IN (SELECT e FROM d.u WHERE g = 'x')", "a: t.a | t.b u.e u.g"),
    ("SELECT a FROM d.t WHERE EXISTS (SELECT * FROM d.u WHERE u.a = t.b)", "a: t.a | t.b u.a"),
    ("SELECT EXISTS (SELECT e FROM d.u WHERE u.a = t.b) AS n FROM d.t", "n: | t.b u.a"),
    ("SELECT (SELECT max(e) FROM d.u WHERE u.a = t.b) AS n FROM d.t", "n: u.e | t.b u.a"),
    ("SELECT a FROM d.t WHERE b > ALL (SELECT e FROM d.u)", "a: t.a | t.b u.e"),
    ("SELECT a FROM d.t x WHERE EXISTS (SELECT 1 FROM d.u x WHERE x.b = x.e)", "a: t.a | t.b u.e"),
    ("SELECT n FROM (SELECT a + b AS n FROM d.t WHERE c = 'x') q", "n: t.a t.b | t.c"),
    ("SELECT a_1 FROM (SELECT a, b AS a FROM d.t)", "a_1: t.b |"),
    ("SELECT col1 FROM (VALUES (1, 2))", "col1: |"),
    ("SELECT y FROM (SELECT 1 AS k) q, (VALUES (1, 'x'), (2, 'y')) v(x, y)", "y: |"),
    ("VALUES (1, 2) ORDER BY col0", "col0: |; col1: |"),
    ("SELECT (SELECT n FROM (VALUES (a)) v(n)) AS k FROM d.t", "k: t.a |"),
    # common table expressions
    ("WITH x AS (SELECT a AS k FROM d.t WHERE b > 1) SELECT k FROM x", "k: t.a | t.b"),
    ("WITH x(k) AS (SELECT a FROM d.t), y AS (FROM x) SELECT K FROM y", "k: t.a |"),
    (
        "WITH x AS (SELECT a FROM d.t) SELECT * FROM (WITH x AS (SELECT e FROM d.u) FROM x)",
        "e: u.e |",
    ),
    ("WITH t AS (SELECT e AS a FROM d.u) SELECT t.a FROM t", "a: u.e |"),
    # set operations
    ("SELECT a FROM d.t UNION ALL SELECT e FROM d.u WHERE g = 'x'", "a: t.a u.e | u.g"),
    (
        "SELECT a, b FROM d.t UNION SELECT a, e FROM d.u",
        "a: t.a u.a | t.a u.a t.b u.e; b: t.b u.e | t.a u.a t.b u.e",
    ),
    ("SELECT a FROM d.t EXCEPT SELECT e FROM d.u", "a: t.a | t.a u.e"),
    ("SELECT a FROM d.t INTERSECT ALL SELECT e FROM d.u", "a: t.a | t.a u.e"),
    ("SELECT a FROM d.t UNION ALL SELECT e FROM d.u ORDER BY e", "a: t.a u.e | t.a u.e"),
    (
        "(SELECT a FROM d.t ORDER BY b LIMIT 1) UNION ALL SELECT e FROM d.u ORDER BY 1",
        "a: t.a u.e | t.a t.b u.e",
    ),
    (
        "SELECT a, b FROM d.t UNION ALL BY NAME SELECT e, a FROM d.u",
        "a: t.a u.a |; b: t.b |; e: u.e |",
    ),
    (
        "SELECT a, b FROM d.t UNION BY NAME SELECT e, A FROM d.u",
        "a: t.a u.a | t.a t.b u.a u.e; b: t.b | t.a t.b u.a u.e; e: u.e | t.a t.b u.a u.e",
    ),
    (
        "SELECT b FROM d.t UNION ALL BY NAME SELECT e FROM d.u ORDER BY e",
        "b: t.b | u.e; e: u.e | u.e",
    ),
    # limits
    ("SELECT a FROM d.t LIMIT (SELECT max(e) FROM d.u)", "a: t.a | u.e"),
    ("SELECT a FROM d.t OFFSET (SELECT e FROM d.u WHERE g = 'x' LIMIT 1)", "a: t.a | u.e u.g"),
    ("SELECT a FROM d.t UNION ALL SELECT 1 LIMIT (SELECT max(e) FROM d.u)", "a: t.a | u.e"),
    ("SELECT a FROM d.t LIMIT 10%", "a: t.a |"),
    ("SELECT a FROM d.t FETCH FIRST 3 ROWS ONLY", "a: t.a |"),
    # names that only the engine knows
    (
        'SELECT (SELECT max("sum(b)") FROM (SELECT sum(b) FROM d.t)) AS n '
        'FROM (SELECT a AS "sum(b)" FROM d.u)',
        "n: t.b u.a |",
    ),
    (
        'SELECT e AS "sum(b)", "sum(b)" + 1 AS n FROM (SELECT sum(b) FROM d.t), d.u',
        "sum(b): u.e |; n: t.b u.e |",
    ),
    # names that look like the clock
    ("SELECT current_date AS n FROM d.t", "n: |"),
    ("SELECT current_date AS n FROM (SELECT a AS current_date FROM d.t)", "n: t.a |"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(sql: str, expected: str) -> None:
    outputs = []
    for output in trace(parse(sql), SCHEMAS).outputs:
        made, shaped = (
            " ".join(sorted(f"{c.ref.name}.{c.column}" for c in columns))
            for columns in (output.projection, output.influence)
        )
        outputs.append(" ".join(f"{output.name or '-'}: {made} | {shaped}".split()))
    truth = []
    for part in expected.split(";"):
        name, columns = part.split(":")
        sides = (" ".join(sorted(side.split())) for side in columns.split("|"))
        truth.append(" ".join(f"{name.strip()}: {' | '.join(sides)}".split()))
    assert outputs == truth


@pytest.mark.parametrize(
    ("sql", "error", "named"),
    [
        ("SELECT a FROM d.t, d.u", Invalid, "ambiguous"),
        ("SELECT 1 FROM d.t JOIN d.t y ON TRUE JOIN d.u USING (a)", Invalid, "ambiguous"),
        ("SELECT a FROM d.t GROUP BY 2", Invalid, "column number 2"),
        ("SELECT a FROM d.t ORDER BY 0", Invalid, "column number 0"),
        ("SELECT x.* FROM d.t", Invalid, "no table `x`"),
        ("SELECT *", Invalid, "no table"),
        ("SELECT a FROM d.t UNION SELECT a, e FROM d.u", Invalid, "1 columns with 2"),
        ("SELECT a FROM d.t UNION SELECT a FROM d.u ORDER BY t.a", Refused, "ORDER BY"),
        ("VALUES (1), (2, 3)", Invalid, "different lengths"),
        ("SELECT * FROM d.u x(a, b, c, d)", Invalid, "4 names"),
        ("SELECT a, e AS a FROM d.u UNION BY NAME SELECT a FROM d.t", Invalid, "one name twice"),
        ("SELECT a + 1 FROM d.u UNION BY NAME SELECT a FROM d.t", Refused, "BY NAME"),
        ("SELECT a FROM d.t LIMIT a", UnknownColumn, "`a`"),
        ("SELECT b FROM d.t UNION SELECT e FROM d.u ORDER BY e + 1", UnknownColumn, "`e`"),
        ("SELECT a FROM d.t UNION SELECT a FROM d.u ORDER BY (SELECT 1)", Refused, "subquery"),
    ],
)
def test_what_does_not_fit(sql: str, error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        trace(parse(sql), SCHEMAS)
