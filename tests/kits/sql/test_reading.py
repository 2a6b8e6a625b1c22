"""The second reading: the engine's own tree, held against the same lists."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.sql import Statement, check_reading, parse, shapes
from doumen.model.errors import DoumenError, Invalid, Refused

Read = Callable[[str], str]

HARMLESS = {"mixes", "gaps", "FOR UPDATE"}
"""What only the first reading refuses: it reads nothing that the lists do not see."""


def test_what_is_admitted_passes_both(admitted: str, admit: Callable[[str], Statement]) -> None:
    assert admit(admitted).text == admitted


def test_tpch_passes_both(tpch_sql: str, admit: Callable[[str], Statement]) -> None:
    assert admit(tpch_sql).tables


def test_what_is_refused_fails_the_second_reading_alone(
    refused: tuple[str, str], read: Read
) -> None:
    """Even beside a first reading that saw nothing but the tables of the statement."""
    phrase, sql = refused
    if phrase in HARMLESS:
        return
    blind = parse("SELECT * FROM transport.flights, transport.planes, people.staff")
    with pytest.raises((Refused, Invalid)):
        check_reading(read(sql), blind)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT carrier FROM transport.flights", "SELECT tailnum FROM transport.flights"),
        ("SELECT carrier FROM transport.flights", "SELECT carrier FROM transport.planes"),
        ("SELECT carrier FROM transport.flights", "SELECT carrier FROM flights"),
        ("SELECT carrier FROM transport.flights", "SELECT carrier FROM x.transport.flights"),
        ("SELECT ?", "SELECT 1"),
        ("SELECT 1", "SELECT ?"),
        ("SELECT 1", "SELECT 1; SELECT 1"),
        ("SELECT 1", "SELECT system.main.abs(1)"),
        ("SELECT 1", "WITH t AS (SELECT * FROM t) SELECT 1"),
        ("SELECT 1", "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT 1"),
        ("SELECT 1", "SELECT * FROM (WITH t AS (SELECT 1) SELECT 1) x, t"),
    ],
)
def test_readings_that_differ_are_refused(first: str, second: str, read: Read) -> None:
    with pytest.raises(Refused):
        check_reading(read(second), parse(first))


def test_the_clock_may_look_like_a_column(read: Read) -> None:
    check_reading(read("SELECT current_date"), parse("SELECT current_date"))
    with pytest.raises(Refused):
        check_reading(read("SELECT current_date"), parse("SELECT 1"))


def test_errors_of_the_engine(read: Read) -> None:
    statement = parse("SELECT 1")
    with pytest.raises(Invalid, match="at character 10"):
        check_reading(read("SELECT 1 1"), statement)
    with pytest.raises(Invalid, match=r"syntax error\."):
        check_reading('{"error": true, "error_type": "parser"}', statement)
    with pytest.raises(Refused, match="something else than a query"):
        check_reading(read("DROP TABLE x"), statement)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)


def test_a_surprise_in_any_object_is_refused(admitted: str, read: Read) -> None:
    statement, answer = parse(admitted), json.loads(read(admitted))
    for each in _objects(answer):
        each["surprise"] = {"class": "FUNCTION"}
        with pytest.raises(Refused, match="surprise"):
            check_reading(json.dumps(answer), statement)
        del each["surprise"]
    check_reading(json.dumps(answer), statement)


def test_an_unknown_kind_at_any_place_is_refused(admitted: str, read: Read) -> None:
    statement, answer = parse(admitted), json.loads(read(admitted))
    for each in _objects(answer):
        if "type" in each:
            kept = each["type"], each.get("class")
            each["type"], each["class"] = "NEW_KIND", "NEW" if kept[1] else ""
            with pytest.raises(Refused):
                check_reading(json.dumps(answer), statement)
            each["type"], each["class"] = kept
    check_reading(json.dumps(answer), statement)


@pytest.mark.parametrize("odd", ["", "null", "[]", "3", "{}", '{"statements": {}}', "[" * 100_000])
def test_odd_answers_are_refused(odd: str) -> None:
    with pytest.raises(Refused):
        check_reading(odd, parse("SELECT 1"))


KEYS = (
    "class type function_name qualified_name path cte_map map key value node named_param_map "
    "statements column_names table_name schema_name alias error arguments"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "FUNCTION", "x", "path"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=count(400))
@given(JSON, st.sampled_from(sorted(shapes.OBJECTS)))
def test_odd_json_never_crashes(inner: Any, kind: str) -> None:
    family, _, type = kind.rpartition("/")
    node = {**(inner if isinstance(inner, dict) else {"value": inner})}
    node |= {"type": type, "class": family}
    for answer in (inner, {"statements": [{"node": node}]}, {"statements": [inner]}):
        with contextlib.suppress(DoumenError):
            check_reading(json.dumps(answer), parse("SELECT 1"))


def test_the_lists_are_of_the_engine_installed(read: Read) -> None:
    """Every word of refused kinds is of a kind or a field that is not admitted."""
    for place in shapes.WORDS:
        kind, _, name = place.partition(".")
        if name:
            assert name not in shapes.OBJECTS[kind].split() or name in shapes.VALUES
        else:
            assert kind not in shapes.OBJECTS
