"""Properties files of dbt: which tests stand in them, and what each becomes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.quality.expectation import Expectation, holds
from doumen.kits.standards.dbt import declared, kept, known_as, named, translate
from doumen.kits.standards.dbt.tests import OTHERS, TESTS
from doumen.kits.standards.odcs.rules import OPERATORS
from doumen.model.errors import Invalid, NotFound

FILE: dict[str, Any] = {
    "version": 2,
    "models": [
        {"name": "Flights", "tests": ["x"], "data_tests": [{"y": {}}],
         "columns": [{"name": "a", "tests": ["unique"]}, {"tests": ["lost"]}, "odd"]},
        {"name": "planes"}, {"description": "no name"},
    ],
    "sources": [{"name": "raw", "tables": [{"name": "t", "columns": [
        {"name": "b", "data_tests": ["not_null"]}]}]}],
}  # fmt: skip
UTILS = """
accepted_range at_least_one cardinality_equality equal_rowcount equality expression_is_true
fewer_rows_than mutually_exclusive_ranges not_accepted_values not_constant not_empty_string
not_null_proportion recency relationships_where sequential_values unique_combination_of_columns
"""
"""The generic tests of dbt_utils 1.3, by its README."""


def test_tests_are_found_where_they_stand() -> None:
    assert known_as(FILE)
    assert not known_as({"schema": []})
    assert [(d.column, d.test) for d in declared(FILE, "flights")] == [
        (None, {"y": {}}), (None, "x"), ("a", "unique")
    ]  # fmt: skip
    assert [d.column for d in declared(FILE, "T")] == ["b"]
    for odd in (5, "unique", {"unique": 1}, True):
        with pytest.raises(Invalid, match="no list"):
            declared({"models": [{"name": "t", "tests": odd}]}, "t")
        with pytest.raises(Invalid, match="no list"):
            declared({"models": [{"name": "t", "columns": [{"name": "a", "tests": odd}]}]}, "t")
    alone = {"seeds": [{"name": "s", "tests": ["x"]}]}
    assert len(declared(alone, "other")) == 1
    with pytest.raises(NotFound, match="no model `other`"):
        declared(FILE, "other")
    with pytest.raises(Invalid, match="no properties file"):
        declared({"models": [{}]}, "other")


def test_names_and_options_in_every_form() -> None:
    assert named("unique") == ("unique", {})
    assert named({"a": {"x": 1, "config": {"where": "w", "tags": ["t"]}}}) == (
        "a", {"x": 1, "where": "w"}
    )  # fmt: skip
    assert named({"a": {"arguments": {"x": 1}}, "name": "n"}) == ("a", {"x": 1})
    assert named({"test_name": "a", "name": "n", "x": 1, "severity": "warn"})[0] == "a"
    assert named({"a": None}) == ("a", {})
    assert named(7) == ("", {})


def test_all_tests_of_dbt_utils_are_translated_or_named_as_kept() -> None:
    assert {f"dbt_utils.{name}" for name in UTILS.split()} == {
        name for name in TESTS.keys() | OTHERS.keys() if name.startswith("dbt_utils.")
    }


@pytest.mark.parametrize(
    ("test", "column", "good"),
    [
        ("not_null", "a", False), ("not_null", "b", True), ("unique", "b", False),
        ("unique", "a", True), ({"unique": {"config": {"where": "a > 2"}}}, "b", True),
        ({"not_null": {"where": "b > 1"}}, "a", False),
        ({"accepted_values": {"values": ["x", "y"]}}, "c", False),
        ({"accepted_values": {"values": ["x", "y", " "]}}, "c", True),
        ({"accepted_values": {"values": ["x"], "config": {"where": "a = 1"}}}, "c", True),
        ({"dbt_utils.accepted_range": {"min_value": 1, "max_value": 4}}, "a", True),
        ({"dbt_utils.accepted_range": {"min_value": 1, "inclusive": False}}, "a", False),
        ({"dbt_utils.not_accepted_values": {"values": ["z"]}}, "c", True),
        ({"dbt_utils.not_accepted_values": {"values": ["y"]}}, "c", False),
        ("dbt_utils.not_empty_string", "c", False),
        ({"dbt_utils.not_empty_string": {"trim_whitespace": False}}, "c", True),
        ({"dbt_utils.not_null_proportion": {"at_least": Decimal("0.75")}}, "a", True),
        ({"dbt_utils.not_null_proportion": {"at_least": Decimal("0.8")}}, "a", False),
        ({"dbt_utils.not_null_proportion": {"at_most": Decimal("0.7")}}, "a", False),
        ("dbt_utils.at_least_one", "a", True), ("dbt_utils.at_least_one", "d", False),
        ("dbt_utils.not_constant", "a", True),
        ({"dbt_utils.not_constant": {"where": "a = 1"}}, "b", False),
        ({"dbt_utils.unique_combination_of_columns": {"combination_of_columns": ["a", "b"]}},
         None, True),
        ({"dbt_utils.unique_combination_of_columns": {"combination_of_columns": ["b", "d"]}},
         None, False),
        ({"dbt_utils.expression_is_true": {"expression": "a + b > 1"}}, None, True),
        ({"dbt_utils.expression_is_true": {"expression": "> b"}}, "a", False),
        ({"dbt_utils.expression_is_true": {"expression": "< 9", "config": {"where": "b > 1"}}},
         "a", True),
        ({"dbt_expectations.expect_column_values_to_be_between":
          {"min_value": 1, "max_value": 4, "strictly": True}}, "a", False),
        ({"dbt_expectations.expect_column_values_to_be_between":
          {"min_value": 1, "strictly": True, "row_condition": "a > 1"}}, "a", True),
        ({"dbt_expectations.expect_column_quantile_values_to_be_between":
          {"quantile": Decimal("0.5"), "min_value": 2, "max_value": 3}}, "a", True),
        ({"dbt_expectations.expect_column_max_to_be_between": {"max_value": 3}}, "a", False),
        ({"dbt_expectations.expect_table_row_count_to_equal": {"value": 4}}, None, True),
        ({"dbt_expectations.expect_table_row_count_to_equal":
          {"value": 4, "row_condition": "a > 1"}}, None, False),
    ],
)  # fmt: skip
def test_each_finds_what_dbt_finds(test: Any, column: str | None, good: bool) -> None:
    """Worked by hand over (a, b, c, d), by the definitions in the documentation."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t AS SELECT * FROM (VALUES (1, 1, 'x', NULL::INT), (2, 1, 'y', NULL), "
        "(4, 3, ' ', NULL), (NULL, 5, NULL, NULL)) AS v(a, b, c, d)"
    )
    turned = translate(test, column)
    assert turned.why is None
    assert turned.item
    query, percent = statement(dict(turned.item)), turned.item.get("unit") == "percent"
    query = query.replace("{object}", "t").replace("{property}", str(column))
    operator = next(name for name in OPERATORS if name in turned.item)
    bound = turned.item[operator]
    bounds = tuple(str(b) for b in (bound if isinstance(bound, list) else [bound]))
    (number,) = connection.execute(query).fetchone() or (None,)
    assert holds(Decimal(str(number)), Expectation(operator, bounds, percent), 4) is good


def statement(rule: dict[str, Any]) -> str:
    """Metrics of ODCS as a statement, as its documentation defines them."""
    valid = ", ".join(f"'{value}'" for value in rule.get("arguments", {}).get("validValues", ()))
    return str(rule.get("query") or {
        "nullValues": "SELECT count(*) FROM {object} WHERE {property} IS NULL",
        "duplicateValues": "SELECT count({property}) - count(DISTINCT {property}) FROM {object}",
        "rowCount": "SELECT count(*) FROM {object}",
        "invalidValues": f"SELECT count(*) FROM {{object}} WHERE {{property}} NOT IN ({valid})",
    }[rule["metric"]])  # fmt: skip


@pytest.mark.parametrize(
    "to", ["ref('planes')", 'ref("planes")', "{{ ref('planes') }}", "source('raw', 'planes')"]
)
def test_relationships_lead_to_a_dataset_of_the_domain(to: str) -> None:
    turned = translate({"relationships": {"to": to, "field": "id"}}, "a")
    assert (turned.key, turned.item) == ("relationships", {"to": "planes.id"})


@pytest.mark.parametrize(
    ("test", "column", "why"),
    [
        ({"relationships": {"to": "x", "field": "id"}}, "a", "not known"),
        ({"relationships": {"to": "ref('x')", "field": "id", "where": "a > 1"}}, "a", "condition"),
        ("mine", "a", "no test of dbt"), ("unique", None, "says nothing"),
        ({"unique": {"where": "{{ var('x') }}"}}, "a", "dbt fills in"),
        ({"unique": {"config": {"error_if": ">5"}}}, "a", "`error_if` has no"),
        ({"dbt_utils.accepted_range": {"min_value": "now()"}}, "a", "an expression"),
        ({"dbt_utils.accepted_range": {}}, "a", "no bound"),
        ("dbt_utils.recency", "a", "time of day"),
        ({"dbt_expectations.expect_it": {}}, "a", "none of the core"),
        ({"dbt_expectations.expect_column_quantile_values_to_be_between": {}}, "a", "quantiles"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_kept_with_the_reason(
    test: Any, column: str | None, why: str
) -> None:
    turned = translate(test, column)
    assert turned.item is None
    assert why in str(turned.why)
    rule = kept(test)
    assert (rule["type"], rule["engine"], rule["implementation"]) == ("custom", "dbt", test)


def test_severity_and_name_go_with_a_test() -> None:
    turned = translate({"unique": {"name": "one each", "config": {"severity": "warn"}}}, "a")
    assert turned.item == {"name": "one each", "severity": "warning", "metric": "duplicateValues",
                           "mustBe": 0, "dimension": "uniqueness"}  # fmt: skip
    assert kept({"x": {"name": "n"}})["name"] == "n"
    assert kept(7)["implementation"] == {"test": 7}
    assert translate({"not_null": {}, "column_name": "b"}, None).column == "b"


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from([*TESTS, *OTHERS, "relationships"])
OPTIONS = st.sampled_from(["values", "to", "field", "min_value", "where", "config", "arguments",
                           "severity", "expression", "combination_of_columns"])  # fmt: skip


@given(odd | st.dictionaries(NAMES, st.dictionaries(OPTIONS, odd), max_size=2), st.booleans())
@settings(derandomize=True, deadline=None, max_examples=count(600))
def test_odd_tests_are_told_of_and_break_nothing(test: Any, at_column: bool) -> None:
    assert re.search(r"\{\{", str(translate(test, "a" if at_column else None).item)) is None
