"""`unnest()` in a SELECT list: how many outputs it is, and what repeats the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import parse, trace
from doumen.model.errors import Refused
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(
        a="INTEGER",
        c="VARCHAR",
        l="INTEGER[]",
        s='STRUCT(x INTEGER, "y z" STRUCT(k INTEGER)[])',
        p="STRUCT(x INTEGER)[]",
    ),
}

CASES = [
    ("SELECT unnest(l) AS v, a FROM d.t", "v: t.l | t.l; a: t.a | t.l"),
    ("SELECT unnest(s), a FROM d.t", "x: t.s | t.s; y z: t.s | t.s; a: t.a | t.s"),
    ("SELECT unnest(s) AS v FROM d.t", "x: t.s | t.s; y z: t.s | t.s"),
    ("SELECT unnest(p) AS v FROM d.t", "v: t.p | t.p"),
    ("SELECT unnest(t.l) + a AS v FROM d.t", "v: t.a t.l | t.l"),
    ("SELECT unnest([a, 2]) AS v FROM d.t", "v: t.a | t.a"),
    ("SELECT unnest(l[1:2]) AS v FROM d.t", "v: t.l | t.l"),
    ("SELECT unnest(string_split(c, ' ')) AS v FROM d.t", "v: t.c | t.c"),
    ("SELECT unnest(c::INTEGER[]) AS v FROM d.t", "v: t.c | t.c"),
    ("SELECT unnest((range(a))) AS v FROM d.t", "v: t.a | t.a"),
    ("SELECT unnest(NULL) AS v", "v: |"),
    ("SELECT unnest(l, recursive := true) AS v FROM d.t", "v: t.l | t.l"),
    ("SELECT unnest([[1, -2], [NULL]], max_depth := 2) AS v", "v: |"),
    ("SELECT unnest(list_distinct(l)) AS v FROM d.t", "v: t.l | t.l"),
    ("SELECT unnest(list(a)) AS v FROM d.t WHERE c > 'x'", "v: t.a | t.a t.c"),
    ("SELECT unnest(k) AS v FROM (SELECT list(a) AS k FROM d.t)", "v: t.a | t.a"),
    ("SELECT unnest(k) AS v FROM (SELECT l AS k FROM d.t UNION ALL SELECT [1])", "v: t.l | t.l"),
    ("SELECT v FROM (SELECT unnest(l) AS v FROM d.t)", "v: t.l | t.l"),
    (
        "SELECT (SELECT max(v) FROM (SELECT unnest(l) AS v)) AS n, a FROM d.t",
        "n: t.l | t.l; a: t.a |",
    ),
    ("SELECT unnest(l) AS v FROM d.t GROUP BY ALL", "v: t.l | t.l"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(
    sql: str, expected: str, flows: Callable[[str, Mapping[Ref, Schema], str], bool]
) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize("of", ["p", "[[{'x': 1}]]", "list(s)", "[[a]]", "list(l)"])
def test_what_may_hold_a_struct_is_not_opened_to_its_depth(of: str) -> None:
    with pytest.raises(Refused, match="may hold a struct"):
        trace(parse(f"SELECT unnest({of}, recursive := true) FROM d.t"), SCHEMAS)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT unnest(max(s)) FROM d.t",
        "SELECT unnest({'x': 1})",
        "SELECT unnest(p[1]) FROM d.t",
        "SELECT 1 + unnest(s) FROM d.t",
        "SELECT unnest(s.x) FROM d.t",
        "SELECT unnest(k) FROM (SELECT max(s) AS k FROM d.t)",
        "SELECT unnest(k) FROM (SELECT s AS k FROM d.t UNION ALL SELECT max(s) FROM d.t)",
        "SELECT unnest(a::STRUCT(x INTEGER)) FROM d.t",
    ],
)
def test_what_may_be_a_struct_is_refused(sql: str) -> None:
    with pytest.raises(Refused, match="not known to be a list"):
        trace(parse(sql), SCHEMAS)
