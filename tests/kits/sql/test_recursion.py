"""Which columns flow round in a common table expression that reads itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="INTEGER", f="INTEGER"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER"),
}

CASES = [
    (
        "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r WHERE x < 3) FROM r",
        "x: |",
    ),
    (
        "WITH RECURSIVE r(k) AS (SELECT a FROM d.t UNION ALL "
        "SELECT u.e FROM r JOIN d.u ON u.a = r.k) SELECT k FROM r",
        "k: t.a u.e | t.a u.a u.e",
    ),
    # each turn moves a column on: the flows grow until all have gone round
    (
        "WITH RECURSIVE r(k, l, m, n) AS (SELECT a, b, c, f FROM d.t UNION ALL "
        "SELECT l, m, n, n FROM r) SELECT k, m FROM r",
        "k: t.a t.b t.c t.f |; m: t.c t.f |",
    ),
    (
        "WITH RECURSIVE r(k, l, m) AS (SELECT a, b, c FROM d.t UNION ALL "
        "SELECT l, m, 0 FROM r WHERE k > 0) SELECT m FROM r",
        "m: t.c | t.a t.b t.c",
    ),
    (
        "WITH RECURSIVE r(k, l) AS (SELECT a, b FROM d.t UNION SELECT k, l FROM r) SELECT k FROM r",
        "k: t.a | t.a t.b",
    ),
    (
        "WITH RECURSIVE r(k, l) USING KEY (k) AS (SELECT a, b FROM d.t UNION ALL "
        "SELECT k, l + 1 FROM r WHERE l < 9) SELECT l FROM r",
        "l: t.b | t.a t.b",
    ),
    (
        "WITH RECURSIVE p AS (SELECT e FROM d.u), r AS (SELECT a FROM d.t UNION ALL "
        "SELECT e FROM p, r) SELECT a FROM r",
        "a: t.a u.e |",
    ),
    (
        "WITH RECURSIVE r AS (SELECT a FROM d.t UNION ALL "
        "(WITH q AS (FROM r WHERE a > 1) SELECT e FROM q, d.u)) SELECT a FROM r",
        "a: t.a u.e | t.a u.e",
    ),
    (
        "WITH r AS (SELECT e AS x FROM d.u) SELECT x FROM (WITH RECURSIVE r AS "
        "(SELECT x FROM r UNION ALL SELECT a FROM r, d.t) FROM r)",
        "x: t.a u.e |",
    ),
    (
        "WITH RECURSIVE r AS (SELECT a, b FROM d.t UNION ALL "
        "SELECT r.a, (SELECT max(e) FROM d.u WHERE u.a = r.b) FROM r) SELECT b FROM r",
        "b: t.b u.e | t.b u.a u.e",
    ),
    (
        "WITH RECURSIVE r(k, l) USING KEY (k) AS (SELECT a, b FROM d.t UNION ALL "
        "SELECT r.k, x.l FROM r, recurring.r x WHERE x.k > 1) SELECT l FROM r",
        "l: t.b | t.a t.b",
    ),
    (
        "WITH RECURSIVE r(k) AS (SELECT a FROM d.t UNION ALL (WITH r AS (SELECT e FROM d.u) "
        "SELECT k + 1 FROM RECURRING.R)) SELECT k FROM r",
        "k: t.a |",
    ),
    ("WITH RECURSIVE r AS (SELECT a FROM d.t WHERE b > 1) FROM r", "a: t.a | t.b"),
    (
        "WITH RECURSIVE r AS (SELECT a FROM d.t UNION ALL SELECT e FROM d.u ORDER BY 1) FROM r",
        "a: t.a u.e | t.a u.e",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(
    sql: str, expected: str, flows: Callable[[str, Mapping[Ref, Schema], str], bool]
) -> None:
    assert flows(sql, SCHEMAS, expected)


def test_branches_that_do_not_fit() -> None:
    with pytest.raises(Invalid, match="1 columns with 2"):
        trace(parse("WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1, 2 FROM r) FROM r"), SCHEMAS)
    with pytest.raises(UnknownColumn, match="`z`"):
        trace(
            parse("WITH RECURSIVE r USING KEY (z) AS (SELECT 1 AS x UNION SELECT x FROM r) FROM r"),
            SCHEMAS,
        )
