"""Names that no visible table has, and what their errors say."""

from __future__ import annotations

import pytest

from doumen.kits.sql import UnknownColumn, parse, trace
from doumen.model.errors import Invalid
from doumen.model.ref import Ref
from doumen.model.schema import Schema

T, U = Ref("d", "t"), Ref("d", "u")
SCHEMAS = {T: Schema.of(a="INTEGER", b="INTEGER"), U: Schema.of(a="INTEGER", e="INTEGER")}


@pytest.mark.parametrize(
    ("sql", "ref", "column"),
    [
        ("SELECT x FROM d.t", T, "x"),
        ("SELECT X FROM d.t", T, "X"),
        ("SELECT t.x FROM d.t, d.u", T, "x"),
        ("SELECT d.t.x FROM d.t, d.u", T, "x"),
        ("SELECT x FROM d.t, d.u", None, "x"),
        ("SELECT t.a FROM d.t y", T, "t"),
        ("SELECT d.t.a FROM d.t y", T, "d"),
        ("SELECT x.t.a FROM d.t", T, "x"),
        ("SELECT t.x.y FROM d.t, d.u", T, "x"),
        ("SELECT a FROM d.t WHERE x = 1", T, "x"),
        ("SELECT a FROM d.t GROUP BY x", T, "x"),
        ("SELECT a FROM d.t ORDER BY x", T, "x"),
        ("SELECT a FROM d.t HAVING x > 1", T, "x"),
        ("SELECT sum(a) OVER (ORDER BY x) FROM d.t", T, "x"),
        ("SELECT * EXCLUDE (x) FROM d.t", T, "x"),
        ("SELECT * REPLACE (1 AS x) FROM d.t", T, "x"),
        ("SELECT a FROM d.t JOIN d.u USING (e)", T, "e"),
        ("SELECT a FROM d.t JOIN d.u USING (b)", U, "b"),
        ("SELECT a FROM d.t JOIN d.u y ON t.a = y.x", U, "x"),
        ("SELECT x FROM (SELECT a FROM d.t)", None, "x"),
        ("WITH c AS (SELECT a FROM d.t) SELECT b FROM c", None, "b"),
        ("SELECT a FROM d.t WHERE EXISTS (SELECT 1 FROM d.u WHERE u.e = t.x)", T, "x"),
        ("SELECT user FROM d.t", T, "user"),
        ("SELECT a AS k, j AS l FROM d.t", T, "j"),
        ("SELECT k + 1, a AS k FROM d.t", T, "k"),
    ],
)
def test_unknown_columns(sql: str, ref: Ref | None, column: str) -> None:
    with pytest.raises(UnknownColumn) as caught:
        trace(parse(sql), SCHEMAS)
    error = caught.value
    assert (error.ref, error.column) == (ref, column)
    assert isinstance(error, Invalid)
    assert error.code == "invalid.column"
    assert f"`{column}`" in error.what


def test_the_error_lists_the_columns_that_exist() -> None:
    with pytest.raises(UnknownColumn) as caught:
        trace(parse("SELECT x FROM d.t"), SCHEMAS)
    assert caught.value.what == "`d.t` has no column `x`."
    assert caught.value.next == "Columns are: a, b."


def test_a_hidden_column_answers_as_an_absent_one() -> None:
    hidden = {**SCHEMAS, T: Schema.of(a="INTEGER")}
    answers = []
    for name in ("b", "z"):
        with pytest.raises(UnknownColumn) as caught:
            trace(parse(f"SELECT {name} FROM d.t"), hidden)
        answers.append(str(caught.value.as_json()).replace(f"`{name}`", "`_`"))
    assert answers[0] == answers[1]
