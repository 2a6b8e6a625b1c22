"""Admitted functions of many rows: aggregates, windows, and what makes rows of one value."""

from __future__ import annotations

AGGREGATE = """
    approx_count_distinct avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star
    countif covar_pop covar_samp entropy favg fsum geomean geometric_mean histogram histogram_exact
    kahan_sum kurtosis kurtosis_pop mad max mean median min product quantile quantile_cont
    quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
    regr_syy sem skewness stddev stddev_pop stddev_samp sum sumkahan var_pop var_samp variance wavg
    weighted_avg
"""
"""Independent of the order of rows, floating values up to rounding."""

ORDERED = """
    any_value arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null
    arg_min_nulls_last argmax argmin array_agg first group_concat json_group_array json_group_object
    json_group_structure last list listagg lttb max_by min_by mode string_agg
"""
"""Dependent on the order of rows: where SQL leaves that open, so is the answer."""

WINDOW = """
    cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
    rank_dense row_number
"""

TABLE = """
    unnest
"""

FAILS = """
    avg bit_and bit_or bit_xor fill geomean geometric_mean histogram histogram_exact
    json_group_object json_group_structure kurtosis kurtosis_pop lttb mad mean median nth_value
    ntile quantile quantile_cont quantile_disc skewness sum wavg weighted_avg
"""
"""Those of all kinds that may fail on a value."""
