"""SQL text to a statement: what is refused and by which name, bounds, tables, parameters."""

from __future__ import annotations

import contextlib
import logging

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.sql import bare, parse
from doumen.model.errors import DoumenError, Invalid, Refused
from doumen.model.ref import Ref


def test_what_is_refused_is_named(refused: tuple[str, str]) -> None:
    phrase, sql = refused
    with pytest.raises(DoumenError) as caught:
        parse(sql)
    assert phrase.casefold() in caught.value.what.casefold()
    assert isinstance(caught.value, Refused | Invalid)


def test_what_is_refused_is_not_logged(
    refused: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(DoumenError):
        parse(refused[1])
    assert not caplog.records


def test_what_is_admitted_parses(admitted: str) -> None:
    assert parse(admitted).text == admitted


def test_tables_are_named_by_folded_names() -> None:
    statement = parse(
        'SELECT * FROM Transport.FLIGHTS f, "people"."staff" JOIN sys.datasets USING (x)'
    )
    assert statement.tables == {
        Ref("transport", "flights"),
        Ref("people", "staff"),
        Ref("sys", "datasets"),
    }


def test_a_cte_shadows_nothing_that_has_a_domain() -> None:
    sql = "WITH flights AS (SELECT 1 AS x) SELECT * FROM flights, transport.flights"
    assert parse(sql).tables == {Ref("transport", "flights")}


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT 1 ORDER BY 1", True),
        ("SELECT 1", False),
        ("(SELECT 1 ORDER BY 1)", True),
        ("(SELECT 1) ORDER BY 1", True),
        ("SELECT 1 UNION SELECT 2 ORDER BY 1", True),
        ("SELECT * FROM (SELECT 1 ORDER BY 1)", False),
        ("WITH t AS (SELECT 1 ORDER BY 1) SELECT * FROM t", False),
        ("VALUES (1), (2) ORDER BY 1", True),
    ],
)
def test_ordered_is_of_the_outermost_query(sql: str, ordered: bool) -> None:
    assert parse(sql).ordered is ordered


@pytest.mark.parametrize(
    ("sql", "count"),
    [("SELECT 1", 0), ("SELECT ?, ?", 2), ("SELECT $2, $1, $2", 2), ("SELECT 1 LIMIT ?", 1)],
)
def test_parameters_are_counted(sql: str, count: int) -> None:
    assert parse(sql).parameters == count


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(Invalid) as caught:
        parse("SELECT carrier\nFROM transport.flights\nWHERE (distance > 1")
    assert caught.value.code == "invalid.syntax"
    assert "line 3" in caught.value.what


def test_bare_stands_in_brackets() -> None:
    for text in ("SELECT 1", "SELECT 1;", "SELECT 1 ; -- the end\n", "SELECT 1 /* x */ ; ;"):
        assert bare(text) == "SELECT 1"
    assert bare("SELECT ';' -- a; b\nFROM x.y") == "SELECT ';' -- a; b\nFROM x.y"


VOCABULARY = """
    SELECT FROM WHERE WITH AS ( ) , . ; * + - / = < > [ ] { } : :: ? $ 1 'x' "x" a b -- /* */ e''
    GROUP ORDER BY HAVING LIMIT UNION JOIN ON USING OVER PARTITION VALUES CASE WHEN THEN END CAST
    INTERVAL DATE EXISTS IN NOT NULL AND OR BETWEEN LIKE ALL ANY ROWS LATERAL PIVOT UNPIVOT COLUMNS
    SAMPLE QUALIFY WINDOW FILTER DISTINCT RECURSIVE transport.flights sum now lambda -> := RENAME
    EXCLUDE AT INTO $$ \\
"""
WORDS = st.sampled_from(VOCABULARY.split())


@settings(derandomize=True, deadline=None, max_examples=count(600))
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join)))
@example("SELECT \x00")
@example("SELECT '\ud800'")
def test_random_text_never_crashes(text: str) -> None:
    with contextlib.suppress(DoumenError):
        parse(text)


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(st.lists(WORDS, max_size=10).map(" ".join), st.lists(WORDS, max_size=10).map(" ".join))
def test_random_ends_never_crash(middle: str, end: str) -> None:
    with contextlib.suppress(DoumenError):
        parse(f"SELECT {middle} FROM transport.flights {end}")
