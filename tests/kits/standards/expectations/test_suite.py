"""Suites of Great Expectations: each expectation of its core is translated or named as kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards.expectations import Translation, kept, read_suite, translate
from doumen.kits.standards.expectations.table import COLUMNS, KEPT, TABLES
from doumen.model.errors import Invalid

CORE = """
column_bootstrapped_ks_test_p_value_to_be_greater_than
column_chisquare_test_p_value_to_be_greater_than column_distinct_values_to_be_in_set
column_distinct_values_to_contain_set column_distinct_values_to_equal_set
column_kl_divergence_to_be_less_than column_max_to_be_between column_mean_to_be_between
column_median_to_be_between column_min_to_be_between column_most_common_value_to_be_in_set
column_pair_cramers_phi_value_to_be_less_than column_pair_values_a_to_be_greater_than_b
column_pair_values_to_be_equal column_pair_values_to_be_in_set
column_parameterized_distribution_ks_test_p_value_to_be_greater_than
column_proportion_of_unique_values_to_be_between column_quantile_values_to_be_between
column_stdev_to_be_between column_sum_to_be_between column_to_exist
column_unique_value_count_to_be_between column_value_lengths_to_be_between
column_value_lengths_to_equal column_value_z_scores_to_be_less_than column_values_to_be_between
column_values_to_be_dateutil_parseable column_values_to_be_decreasing
column_values_to_be_in_set column_values_to_be_in_type_list column_values_to_be_increasing
column_values_to_be_json_parseable column_values_to_be_null column_values_to_be_of_type
column_values_to_be_unique column_values_to_match_json_schema
column_values_to_match_like_pattern column_values_to_match_like_pattern_list
column_values_to_match_regex column_values_to_match_regex_list
column_values_to_match_strftime_format column_values_to_not_be_in_set
column_values_to_not_be_null column_values_to_not_match_like_pattern
column_values_to_not_match_like_pattern_list column_values_to_not_match_regex
column_values_to_not_match_regex_list compound_columns_to_be_unique multicolumn_sum_to_equal
multicolumn_values_to_be_unique select_column_values_to_be_unique_within_record
table_column_count_to_be_between table_column_count_to_equal
table_columns_to_match_ordered_list table_columns_to_match_set table_row_count_to_be_between
table_row_count_to_equal table_row_count_to_equal_other_table
"""
"""Names of the modules of `great_expectations/expectations/core` in its packages 0.18.21 and 1.3.0,
without `expect_`."""
OPTIONS: dict[str, Any] = {
    "column": "a", "column_A": "a", "column_B": "b", "column_list": ["a", "b"],
    "column_set": ["a", "b"], "value_set": ["x", "it's"], "min_value": 1, "max_value": 2,
    "value": 2, "regex": "x+", "regex_list": ["x"], "like_pattern": "x%",
    "like_pattern_list": ["x%"], "strftime_format": "%Y", "threshold": 3, "double_sided": True,
    "quantile_ranges": {"quantiles": [Decimal("0.5")], "value_ranges": [[1, None]]},
    "value_pairs_set": [["x", None]], "sum_total": 7, "type_": "int64", "type_list": ["INTEGER"],
    "unexpected_rows_query": "SELECT * FROM {batch} WHERE a > b;",
}  # fmt: skip
KNOWN = {"a": "integer", "b": "string"}


def one(name: str, **options: Any) -> Translation:
    return translate({"type": name, "kwargs": options}, KNOWN)


def taken(name: str) -> Mapping[str, Any]:
    """The options that an expectation takes of all."""
    options = dict(OPTIONS)
    while True:
        turned = one(name, **options)
        odd = [o for o in options if turned.why and f"option `{o}` has no" in turned.why]
        if not odd:
            return options
        del options[odd[0]]


def test_the_list_is_that_of_the_packages() -> None:
    known = COLUMNS.keys() | TABLES.keys() | KEPT.keys()
    assert {f"expect_{name}" for name in CORE.split()} <= known
    assert len(CORE.split()) == 58
    assert not COLUMNS.keys() & KEPT.keys()
    assert not TABLES.keys() & KEPT.keys()


@pytest.mark.parametrize("name", [*COLUMNS, *TABLES])
def test_each_that_is_translated_gives_a_rule_or_is_said_already(name: str) -> None:
    turned = one(name, **taken(name))
    if turned.why is not None:
        assert "contract has" in turned.why, name
        return
    if turned.item is None:
        return
    assert turned.column == ("a" if name in COLUMNS else None)
    assert turned.item["name"] == name
    assert {"metric", "query", "engine"} & turned.item.keys()
    odd = one(name, **taken(name), row_condition="a > 1")
    assert odd.item is None
    assert "row_condition" in str(odd.why)


@pytest.mark.parametrize("name", KEPT)
def test_each_that_is_kept_says_why(name: str) -> None:
    assert one(name, column="a").why == KEPT[name]


def quantiles(wanted: list[Any], ranges: list[Any]) -> dict[str, Any]:
    return {"column": "a", "quantile_ranges": {"quantiles": wanted, "value_ranges": ranges}}


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("expect_it", {}, "none of the core"),
        ("expect_column_values_to_be_between", {"min_value": 1}, "names no column"),
        ("expect_column_values_to_be_between", {"column": "a"}, "gives no bound"),
        ("expect_column_values_to_be_between",
         {"column": "a", "min_value": {"$PARAMETER": "x"}}, "when its tool runs"),
        ("expect_column_values_to_match_regex", {"column": "a", "regex": "(?=x)"}, "RE2"),
        ("expect_column_values_to_match_regex", {"column": "a", "regex": 1}, "no pattern"),
        ("expect_column_values_to_be_in_set", {"column": "a", "value_set": []}, "something in it"),
        ("expect_column_values_to_be_in_set", {"column": "a", "value_set": [{}]}, "neither text"),
        ("expect_column_values_to_not_be_null", {"column": "a", "mostly": 2}, "from 0 to 1"),
        ("expect_column_values_to_not_be_in_set",
         {"column": "a", "value_set": ["{object}"]}, "braces"),
        ("expect_column_values_to_match_strftime_format",
         {"column": "a", "strftime_format": "%U"}, "does not read"),
        ("expect_table_row_count_to_equal", {"value": "x"}, "no number"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT {x}"}, "fills in"),
        ("expect_column_quantile_values_to_be_between", quantiles([1], []), "of one length"),
        ("expect_column_quantile_values_to_be_between", quantiles(["x"], [[1, 2]]), "one length"),
        ("expect_column_quantile_values_to_be_between", quantiles([1], [[None, None]]), "no bound"),
        ("expect_column_quantile_values_to_be_between",
         quantiles([1], [[1, 2]]) | {"allow_relative_error": True}, "`allow_relative_error`"),
        ("expect_column_value_z_scores_to_be_less_than", {"column": "a"}, "no bound"),
        ("expect_column_pair_values_to_be_in_set",
         {"column_A": "a", "column_B": "b", "value_pairs_set": ["x"]}, "list of pairs"),
        ("expect_table_row_count_to_be_between", {}, "no bound"),
        ("expect_table_column_count_to_be_between", {"min_value": 9}, "another number"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a"]}, "one column only"),
        ("expect_compound_columns_to_be_unique",
         {"column_list": ["a", "b"], "ignore_row_if": "x"}, "`ignore_row_if`"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_told(name: str, options: dict[str, Any], why: str) -> None:
    turned = one(name, **options)
    assert turned.item is None
    assert why in str(turned.why)


def test_a_share_is_of_the_rows_that_great_expectations_counts() -> None:
    turned = one("expect_column_values_to_not_be_null", column="a", mostly=Decimal("0.95"))
    assert turned.item == {
        "name": "expect_column_values_to_not_be_null", "metric": "nullValues",
        "mustBeLessOrEqualTo": 5, "unit": "percent", "dimension": "completeness",
    }  # fmt: skip
    turned = one("expect_column_values_to_be_in_set", column="a", value_set=[1],
                 mostly=Decimal("0.999"))  # fmt: skip
    assert turned.item
    assert turned.item["mustBeLessOrEqualTo"] == Decimal("0.1")
    assert "IS NOT NULL" in turned.item["query"]


def test_what_an_expectation_says_of_itself_goes_with_it() -> None:
    said = {"expectation_type": "expect_column_values_to_be_unique", "kwargs": {"column": "a"},
            "meta": {"notes": {"format": "markdown", "content": ["Once", "only"]}},
            "severity": "info"}  # fmt: skip
    turned = translate(said)
    assert turned.item == {
        "name": "expect_column_values_to_be_unique", "description": "Once only",
        "severity": "info", "metric": "duplicateValues", "mustBe": 0, "dimension": "uniqueness",
    }  # fmt: skip
    assert kept(said)["implementation"] == said
    assert kept(said)["engine"] == "greatExpectations"


def test_a_suite_is_read_with_exact_numbers() -> None:
    text = '{"expectations": [{"type": "expect_x", "kwargs": {"mostly": 0.1}}]}'
    assert read_suite(text) == [{"type": "expect_x", "kwargs": {"mostly": Decimal("0.1")}}]
    for odd in ("{", "1", '{"expectations": [{"kwargs": {}}]}', "[" * 100_000,
                '[{"type": "x", "kwargs": {"a": Infinity}}]',
                '[{"type": "x", "kwargs": {"a": "\\ud800"}}]'):  # fmt: skip
        with pytest.raises(Invalid, match="no suite"):
            read_suite(odd)


@pytest.mark.parametrize("huge", ["1e999999999", "1e-999999999", "1.5e400"])
def test_numbers_that_no_column_holds_are_not_written_out(huge: str) -> None:
    """Written without an exponent, one would take all memory."""
    for name, kwargs in (
        ("column_max_to_be_between", f'"max_value": {huge}'),
        ("column_values_to_be_between", f'"max_value": {huge}'),
        ("column_values_to_be_in_set", f'"value_set": [{huge}]'),
        ("column_values_to_be_between", f'"max_value": 1, "mostly": {huge}'),
    ):
        text = f'[{{"type": "expect_{name}", "kwargs": {{"column": "a", {kwargs}}}}}]'
        (one,) = read_suite(text)
        turned = translate(one, {"a": "number"})
        assert turned.item is None
        assert turned.why is not None


odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(
    st.sampled_from([*COLUMNS, *TABLES]),
    st.dictionaries(st.sampled_from([*OPTIONS, "mostly", "ignore_row_if", "match_on"]), odd_values),
    st.booleans(),
)
@settings(derandomize=True, deadline=None, max_examples=count(1500))
def test_odd_options_are_told_of_and_break_nothing(
    name: str, options: dict[str, Any], filled: bool
) -> None:
    options = {**taken(name), **options} if filled else options
    turned = translate(json.loads(json.dumps({"type": name}), parse_float=Decimal) | {
        "kwargs": options}, KNOWN)  # fmt: skip
    assert turned.item is None or turned.why is None
