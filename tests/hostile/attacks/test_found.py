"""Holes that hostile statements found once, each as small as it was."""

from __future__ import annotations

import logging
import time

import pytest
from tests.hostile.attacks.world import Place

from doumen.kits.policy import read_rules
from doumen.kits.sql import parse
from doumen.kits.sql.expression import compile_filter
from doumen.model.errors import DoumenError, Invalid, Refused
from doumen.model.schema import Column, Schema

DIGITS = "9" * 5000
PEOPLE = Schema((Column("id", "BIGINT"),))


def test_a_column_dropped_since_is_not_read_in_the_past(place: Place) -> None:
    """Rules and labels speak of the columns that there are: none guarded the one dropped."""
    for actor in ("ana", "stu"):
        told = place.outcome(place.as_(actor), "SELECT * FROM v.past AT (VERSION => 1)")
        assert not place.found(told)
    assert place.as_("ana").query("FROM v.past AT (VERSION => 1)").rows() == [(1, "a"), (2, "b")]
    whole = place.owner.query("SELECT was FROM v.past AT (VERSION => 1)").rows()
    assert {row[0] for row in whole} == {place.canaries.texts["past"]}


def test_who_may_not_query_is_told_no_versions(place: Place) -> None:
    told = [
        place.outcome(place.as_("ana"), f"SELECT 1 FROM v.known AT (VERSION => {version})")
        for version in (1, 2)
    ]
    assert told[0] == told[1]
    assert "refused.permit" in told[0]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT $999999999999",
        f"SELECT ${DIGITS}",
        "SELECT $0",
        f"SELECT 1 ORDER BY {DIGITS}",
        f"SELECT * FROM v.people AT (VERSION => {DIGITS})",
        f"SELECT INTERVAL '{'9' * 200_000}' DAY",
        f"SELECT INTERVAL '{' ' * 200_000}' DAY",
        f"SELECT name{'.upper()' * 20_000} FROM v.people",
        f"SELECT tags{'[1]' * 20_000} FROM v.people",
    ],
    ids=lambda text: str(text)[:30],
)
def test_numbers_take_no_memory_and_no_time(statement: str) -> None:
    """The gate itself, not the sandbox, made a set of all numbers up to the parameter's."""
    started = time.monotonic()
    with pytest.raises((Invalid, Refused)):
        parse(statement)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM . . v.people",
        "WITH a AS (1 AS b) SELECT * FROM a",
        'WITH a AS ("v"."people") SELECT * FROM a',
        "SELECT EXISTS (TRUNCATE . people)",
        "SELECT * REPLACE (1 AS ) FROM v.people",
        "SELECT * FROM v.people AT ( => DATE '2020-01-01')",
    ],
)
def test_what_the_parser_leaves_open_is_an_error_of_ours(statement: str) -> None:
    with pytest.raises((Invalid, Refused)):
        parse(statement)


@pytest.mark.parametrize("text", [f"id = {DIGITS}", f"id > now() - INTERVAL '{DIGITS}' DAY"])
def test_numbers_of_filters(text: str) -> None:
    with pytest.raises(DoumenError):
        compile_filter(text, PEOPLE, {}, "f")


@pytest.mark.parametrize("tag", ["!!bool maybe", "!!set {a}", "!!omap [a: 1]", "!!binary 'YQ=='"])
def test_a_document_of_rules_holds_no_tags(tag: str) -> None:
    with pytest.raises(Invalid):
        read_rules(f"rules: {tag}")


def test_the_parser_logs_no_statement(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlglot").disabled = False  # as any configuration of logging leaves it
    with pytest.raises(DoumenError):
        parse("WITH a AS (GRANT ALL ON v.people TO secretword) SELECT 1")
    assert "secretword" not in caplog.text
