"""Stars and COLUMNS(): which columns they mean, under which names, and from where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid, Refused
from doumen.model.ref import Ref
from doumen.model.schema import Schema

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("d", "t"): Schema.of(a="INTEGER", b="INTEGER", c="VARCHAR"),
    Ref("d", "u"): Schema.of(a="INTEGER", e="INTEGER", g="VARCHAR"),
    Ref("d", "n"): Schema.of(**{"Ab": "INTEGER", "名字": "VARCHAR", "É": "INTEGER"}),
}

# Columns of d.t are written t.a, of d.u u.a; each output is `name: made of | shaped by`.
CASES = [
    ("SELECT * RENAME (e AS k) FROM d.u", "a: u.a |; k: u.e |; g: u.g |"),
    (
        "SELECT * RENAME (u.a AS k) FROM d.t, d.u",
        "a: t.a|; b: t.b|; c: t.c|; k: u.a|; e: u.e|; g: u.g|",
    ),
    ("SELECT * EXCLUDE (u.a, b, c) FROM d.t, d.u", "a: t.a |; e: u.e |; g: u.g |"),
    (
        "SELECT * EXCLUDE (g) REPLACE (a + e AS e) RENAME (a AS k) FROM d.u",
        "k: u.a |; e: u.a u.e |",
    ),
    ("SELECT k FROM (SELECT * RENAME (e AS k) FROM d.u)", "k: u.e |"),
    ("SELECT * LIKE '_' AS x FROM d.u", "x: u.a |; x: u.e |; x: u.g |"),
    ("SELECT * AS x FROM d.u", "x: u.a |; x: u.e |; x: u.g |"),
    ("SELECT * NOT SIMILAR TO '[ae]' FROM d.u", "g: u.g |"),
    ("SELECT u.* ILIKE 'A' FROM d.t, d.u", "a: u.a |"),
    ("SELECT * EXCLUDE (a) NOT GLOB 'g' FROM d.u", "e: u.e |"),
    ("SELECT * LIKE '%字' FROM d.n", "名字: n.名字 |"),
    # COLUMNS
    (
        "SELECT COLUMNS(*) FROM d.t JOIN d.u USING (a)",
        "a: t.a|t.a u.a; b: t.b|t.a u.a; c: t.c|t.a u.a; e: u.e|t.a u.a; g: u.g|t.a u.a",
    ),
    ("SELECT COLUMNS('[ae]') FROM d.u WHERE g = 'x'", "a: u.a | u.g; e: u.e | u.g"),
    ("SELECT COLUMNS('A') FROM d.n", "Ab: n.Ab |"),
    ("SELECT COLUMNS(['g', 'A']) FROM d.u", "a: u.a |; g: u.g |"),
    ("SELECT COLUMNS(lambda c: c IN ('a', 'g')) FROM d.u", "a: u.a |; g: u.g |"),
    ("SELECT COLUMNS(u.* EXCLUDE (e)) FROM d.t, d.u", "a: u.a |; g: u.g |"),
    ("SELECT COLUMNS(* REPLACE (g AS a)) FROM d.u", "a: u.g |; e: u.e |; g: u.g |"),
    ("SELECT COLUMNS(* RENAME (a AS k)) + 1 FROM d.u", "k: u.a |; e: u.e |; g: u.g |"),
    ("SELECT max(COLUMNS(['a', 'e'])) AS m, 1 AS k FROM d.u", "m: u.a |; m: u.e |; k: |"),
    ("SELECT m FROM (SELECT max(COLUMNS('a')) AS m FROM d.u)", "m: u.a |"),
    ("SELECT a FROM (SELECT max(COLUMNS('a')) FROM d.u)", "a: u.a |"),
    (
        "SELECT COLUMNS(['a', 'e']) + b FROM d.t x, (SELECT e FROM d.u) y",
        "a: t.a t.b |; e: t.b u.e |",
    ),
    ("SELECT COLUMNS(['a', 'e']) + COLUMNS(['E', 'a']) FROM d.u", "a: u.a |; e: u.e |"),
    ("SELECT coalesce(*COLUMNS(['a', 'e']), g) AS k FROM d.u", "k: u.a u.e u.g |"),
    ("SELECT if(COLUMNS(['a', 'e']) > 1, g, '') FROM d.u", "a: u.g | u.a; e: u.g | u.e"),
    ("SELECT a FROM d.u WHERE COLUMNS(['e', 'g']) IS NULL", "a: u.a | u.e u.g"),
    ("SELECT a FROM d.u ORDER BY COLUMNS('e')", "a: u.a | u.e"),
    (
        "SELECT list_transform([1], lambda x: x + COLUMNS(['a', 'e'])) FROM d.u",
        "a: u.a |; e: u.e |",
    ),
    (
        "SELECT g, sum(COLUMNS(['a', 'e'])) FROM d.u GROUP BY ALL",
        "g: u.g|u.g; a: u.a|u.g; e: u.e|u.g",
    ),
    (
        "SELECT g, COLUMNS(['a', 'e']) FROM d.u GROUP BY ALL",
        "g: u.g|u.a u.e u.g; a: u.a|u.a u.e u.g; e: u.e|u.a u.e u.g",
    ),
    ("SELECT a, (SELECT max(COLUMNS('e')) FROM d.u) AS n FROM d.t", "a: t.a |; n: u.e |"),
    # outputs of a star that other clauses name
    ("SELECT * REPLACE (g AS a) FROM d.u ORDER BY a", "a: u.g|u.g; e: u.e|u.g; g: u.g|u.g"),
    (
        "SELECT COLUMNS(* REPLACE (g AS a)) FROM d.u ORDER BY a",
        "a: u.g|u.g; e: u.e|u.g; g: u.g|u.g",
    ),
    ("SELECT * EXCLUDE (e, g) RENAME (a AS k) FROM d.u ORDER BY k", "k: u.a | u.a"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql for sql, _ in CASES])
def test_flows(sql: str, expected: str, flows: Callable[..., bool]) -> None:
    assert flows(sql, SCHEMAS, expected)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT COLUMNS('(?=a)') FROM d.u", "the pattern"),
        ("SELECT * SIMILAR TO 'a**' FROM d.u", "the pattern"),
        ("SELECT * ILIKE 'é' FROM d.u", "the pattern"),
        ("SELECT * ILIKE 'a%' FROM d.n", "ILIKE over the column `É`"),
        ("SELECT COLUMNS(lambda c: lower(c) = 'ab') FROM d.n", "the column `É`"),
        ("SELECT COLUMNS(lambda c: length(c) > 1) FROM d.u", "condition over names"),
        ("SELECT COLUMNS(lambda c: a = 1) FROM d.u", "condition over names"),
        ("SELECT COLUMNS(lambda c: c = g) FROM d.u", "condition over names"),
        ("SELECT COLUMNS(lambda c: regexp_matches(c, 'a', 'i')) FROM d.u", "condition over names"),
        ("SELECT COLUMNS(lambda c: TRUE) FROM d.u", "condition over names"),
        ("SELECT COLUMNS(lambda c, i: c = 'a') FROM d.u", "COLUMNS() of this form"),
        ("SELECT COLUMNS(g) FROM d.u", "COLUMNS() of this form"),
        ("SELECT COLUMNS($$a$$) FROM d.u", "COLUMNS() of this form"),
        ("SELECT COLUMNS(* LIKE 'a') FROM d.u", "COLUMNS() of this form"),
        ("SELECT COLUMNS([]) FROM d.u", "list of expressions"),
        ("SELECT COLUMNS(['a', g]) FROM d.u", "list of expressions"),
        ("SELECT COLUMNS('a') + COLUMNS('e') FROM d.u", "two different COLUMNS()"),
        ("SELECT count(*) FILTER (COLUMNS('a') > 0) FROM d.u", "COLUMNS() in a FILTER"),
        ("SELECT *COLUMNS(*) FROM d.u", "*COLUMNS() outside of a call"),
        ("SELECT COLUMNS('(a)') AS 'x_\\1' FROM d.u", "a part of a pattern in a name"),
        ("SELECT g.* FROM d.u", "`g.*`, all fields of a struct"),
        ("SELECT row(*) FROM d.u", "`*` inside an expression"),
        ("SELECT u.* || 'x' FROM d.u", "`*` inside an expression"),
        ("SELECT * LIKE g FROM d.u", "condition over names"),
        ("SELECT * RENAME (a AS k) LIKE 'k' FROM d.u", "RENAME beside a filter"),
        ("SELECT COLUMNS('a') FROM (SELECT max(a) FROM d.u)", "no name of its own"),
    ],
)
def test_what_cannot_be_known_is_refused(sql: str, named: str) -> None:
    with pytest.raises(Refused) as caught:
        trace(parse(sql), SCHEMAS)
    assert named in caught.value.what
    assert caught.value.next


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT * RENAME (x AS y) FROM d.u", "x"),
        ("SELECT * EXCLUDE (t.a) FROM d.u", "t"),
        ("SELECT COLUMNS(['a', 'x']) FROM d.u", "x"),
        ("SELECT COLUMNS(* EXCLUDE (x)) FROM d.u", "x"),
        ("SELECT COLUMNS(* REPLACE (x AS a)) FROM d.u", "x"),
    ],
)
def test_a_hidden_column_is_unknown(sql: str, column: str) -> None:
    with pytest.raises(UnknownColumn) as caught:
        trace(parse(sql), SCHEMAS)
    assert caught.value.column == column


def test_no_match_lists_what_may_be_seen() -> None:
    for text in ("COLUMNS('x')", "* LIKE 'x'", "COLUMNS(lambda c: c = 'x')"):
        with pytest.raises(Invalid, match="No column matches") as caught:
            trace(parse(f"SELECT {text} FROM d.u"), SCHEMAS)
        assert caught.value.next == "Columns are: a, e, g."


def test_hidden_columns_never_match() -> None:
    hidden = {**SCHEMAS, Ref("d", "u"): Schema.of(a="INTEGER", g="VARCHAR")}
    for text in ("*", "COLUMNS(*)", "COLUMNS('.')", "* LIKE '%'", "COLUMNS(lambda c: c <> 'x')"):
        found = trace(parse(f"SELECT {text} FROM d.u"), hidden)
        assert [output.name for output in found.outputs] == ["a", "g"]
        assert {read.column for read in found.reads} == {"a", "g"}


def test_the_cost_of_choosing_is_bounded() -> None:
    for text in ("COLUMNS('a')", "* LIKE 'a'", "* ILIKE 'a'", "* ~ 'a'", "u.* SIMILAR TO 'a'"):
        trace(parse(f"SELECT {', '.join([text] * 200)} FROM d.u"), SCHEMAS)
        with pytest.raises(Refused, match="more than 200 choices"):
            parse(f"SELECT {', '.join([text] * 201)} FROM d.u")
    with pytest.raises(Refused, match="more than 10,000 outputs"):
        trace(parse(f"SELECT {', '.join(['*'] * 3_400)} FROM d.u"), SCHEMAS)
