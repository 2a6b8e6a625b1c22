"""What groups, orders and DISTINCT ON depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import parse, trace
from doumen.model.errors import Invalid
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="VARCHAR"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER", g="VARCHAR"),
}

CASES = [
    ("SELECT count(*) AS n FROM d.t GROUP BY a, ROLLUP (b, c)", "n: | t.a t.b t.c"),
    (
        "SELECT count(*) AS n FROM d.t GROUP BY GROUPING SETS (ROLLUP (a, b), CUBE (c), ())",
        "n: | t.a t.b t.c",
    ),
    (
        "SELECT sum(b) AS n, grouping(a, c) AS g FROM d.t GROUP BY CUBE (a, c)",
        "n: t.b | t.a t.c; g: t.a t.c | t.a t.c",
    ),
    ("SELECT sum(b) AS n, grouping_id() AS g FROM d.t GROUP BY a", "n: t.b | t.a; g: | t.a"),
    ("SELECT a, sum(b) AS n FROM d.t GROUP BY *", "a: t.a | t.a; n: t.b | t.a"),
    (
        "SELECT a + b AS k, count(*) AS n FROM d.t GROUP BY ALL",
        "k: t.a t.b | t.a t.b; n: | t.a t.b",
    ),
    ("SELECT a, b FROM d.t ORDER BY *", "a: t.a | t.a t.b; b: t.b | t.a t.b"),
    ("SELECT a FROM d.t ORDER BY (b, c)", "a: t.a | t.b t.c"),
    ("SELECT DISTINCT ON (b, c) a FROM d.t", "a: t.a | t.b t.c"),
    ("SELECT DISTINCT ON (1) a, b FROM d.t", "a: t.a | t.a; b: t.b | t.a"),
    ("SELECT DISTINCT ON (*) a, b FROM d.t", "a: t.a | t.a t.b; b: t.b | t.a t.b"),
    (
        "SELECT a FROM d.t UNION ALL SELECT e FROM d.u ORDER BY abs(a) + length('x'), 1",
        "a: t.a u.e | t.a u.e",
    ),
    (
        "SELECT a, b FROM d.t UNION ALL SELECT a, e FROM d.u ORDER BY b * 2",
        "a: t.a u.a | t.b u.e; b: t.b u.e | t.b u.e",
    ),
    ("SELECT a FROM d.t EXCEPT ALL SELECT e FROM d.u ORDER BY ALL", "a: t.a | t.a u.e"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(
    sql: str, expected: str, flows: Callable[[str, Mapping[Ref, Schema], str], bool]
) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize("clause", ["GROUP BY 3", "ORDER BY 1.5", "ORDER BY 0"])
def test_places_that_there_are_not(clause: str) -> None:
    with pytest.raises(Invalid, match="no column number"):
        trace(parse(f"SELECT a, b FROM d.t {clause}"), SCHEMAS)
