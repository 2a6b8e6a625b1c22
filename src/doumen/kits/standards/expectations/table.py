"""Which expectation becomes what: the core of Great Expectations 0.18 and 1.x, name by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from doumen.kits.standards.expectations import aggregates, columns, tables
from doumen.kits.standards.expectations.rule import COLUMN, Asked, Rule
from doumen.model.message import Message, msg

Translator = Callable[[Asked], Rule | None]
"""Options into a rule; None where the contract says already what is expected."""

COLUMNS: Mapping[str, tuple[Translator, str]] = {
    "expect_column_values_to_not_be_null": (columns.filled, "completeness"),
    "expect_column_values_to_be_null": (columns.empty, "conformity"),
    "expect_column_values_to_be_unique": (columns.unique, "uniqueness"),
    "expect_column_values_to_be_in_set": (columns.among, "conformity"),
    "expect_column_values_to_not_be_in_set": (columns.not_among, "conformity"),
    "expect_column_values_to_be_between": (columns.between, "conformity"),
    "expect_column_value_lengths_to_be_between": (columns.lengths, "conformity"),
    "expect_column_value_lengths_to_equal": (columns.length, "conformity"),
    "expect_column_values_to_match_regex": (columns.matches, "conformity"),
    "expect_column_values_to_not_match_regex": (columns.matches_not, "conformity"),
    "expect_column_values_to_match_regex_list": (columns.matches_list, "conformity"),
    "expect_column_values_to_not_match_regex_list": (columns.matches_none, "conformity"),
    "expect_column_values_to_match_like_pattern": (columns.like, "conformity"),
    "expect_column_values_to_not_match_like_pattern": (columns.like_not, "conformity"),
    "expect_column_values_to_match_like_pattern_list": (columns.like_list, "conformity"),
    "expect_column_values_to_not_match_like_pattern_list": (columns.like_none, "conformity"),
    "expect_column_values_to_match_strftime_format": (columns.dated, "conformity"),
    "expect_column_values_to_be_json_parseable": (columns.json, "conformity"),
    "expect_column_value_z_scores_to_be_less_than": (columns.scores, "accuracy"),
    "expect_column_distinct_values_to_be_in_set": (aggregates.only, "conformity"),
    "expect_column_distinct_values_to_contain_set": (aggregates.contains, "coverage"),
    "expect_column_distinct_values_to_equal_set": (aggregates.equals, "coverage"),
    "expect_column_most_common_value_to_be_in_set": (aggregates.commonest, "accuracy"),
    "expect_column_quantile_values_to_be_between": (aggregates.quantiles, "accuracy"),
    "expect_column_max_to_be_between": (aggregates.aggregate(f"max({COLUMN})"), "accuracy"),
    "expect_column_min_to_be_between": (aggregates.aggregate(f"min({COLUMN})"), "accuracy"),
    "expect_column_mean_to_be_between": (aggregates.aggregate(f"avg({COLUMN})"), "accuracy"),
    "expect_column_median_to_be_between": (aggregates.aggregate(f"median({COLUMN})"), "accuracy"),
    "expect_column_sum_to_be_between": (aggregates.aggregate(f"sum({COLUMN})"), "accuracy"),
    "expect_column_stdev_to_be_between": (
        aggregates.aggregate(f"stddev_samp({COLUMN})"), "accuracy"),
    "expect_column_unique_value_count_to_be_between": (
        aggregates.aggregate(f"count(DISTINCT {COLUMN})"), "uniqueness"),
    "expect_column_proportion_of_unique_values_to_be_between": (
        aggregates.aggregate(f"1.0 * count(DISTINCT {COLUMN}) / nullif(count({COLUMN}), 0)"),
        "uniqueness"),
    "expect_column_proportion_of_non_null_values_to_be_between": (
        aggregates.aggregate(f"1.0 * count({COLUMN}) / nullif(count(*), 0)"), "completeness"),
    "expect_column_to_exist": (tables.exists, ""),
    "expect_column_values_to_be_of_type": (tables.typed, ""),
    "expect_column_values_to_be_in_type_list": (tables.typed_among, ""),
}  # fmt: skip
"""Those about one column, with their dimension in ODCS."""

TABLES: Mapping[str, tuple[Translator, str]] = {
    "expect_column_pair_values_a_to_be_greater_than_b": (tables.greater, "consistency"),
    "expect_column_pair_values_to_be_equal": (tables.equal, "consistency"),
    "expect_column_pair_values_to_be_in_set": (tables.pairs, "consistency"),
    "expect_compound_columns_to_be_unique": (tables.compound, "uniqueness"),
    "expect_select_column_values_to_be_unique_within_record": (tables.apart, "consistency"),
    "expect_multicolumn_values_to_be_unique": (tables.apart, "consistency"),
    "expect_multicolumn_sum_to_equal": (tables.total, "consistency"),
    "expect_table_row_count_to_be_between": (tables.rows_between, "coverage"),
    "expect_table_row_count_to_equal": (tables.rows_equal, "coverage"),
    "expect_table_column_count_to_be_between": (tables.columns_between, ""),
    "expect_table_column_count_to_equal": (tables.columns_equal, ""),
    "expect_table_columns_to_match_ordered_list": (tables.columns_ordered, ""),
    "expect_table_columns_to_match_set": (tables.columns_among, ""),
    "unexpected_rows_expectation": (tables.unexpected, "accuracy"),
}
"""Those about the table or about several columns."""

_TESTS = msg("it is a statistical test against a distribution, which no rule of ODCS says")
_ORDER = msg("rows of a dataset have no order of their own")
KEPT: Mapping[str, Message] = {
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than": _TESTS,
    "expect_column_chisquare_test_p_value_to_be_greater_than": _TESTS,
    "expect_column_kl_divergence_to_be_less_than": _TESTS,
    "expect_column_pair_cramers_phi_value_to_be_less_than": _TESTS,
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": _TESTS,
    "expect_column_values_to_be_decreasing": _ORDER,
    "expect_column_values_to_be_increasing": _ORDER,
    "expect_column_values_to_be_dateutil_parseable": msg(
        "which dates are read is up to a library that guesses"
    ),
    "expect_column_values_to_match_json_schema": msg(
        "the engine does not hold values against a JSON Schema"
    ),
    "expect_table_row_count_to_equal_other_table": msg(
        "which dataset the other table is, is not known"
    ),
    "expect_query_results_to_match_comparison": msg(
        "it compares with the answer of another data source"
    ),
}
"""Those that stay with Great Expectations, with the reason."""
