"""Admitted functions of one row, by area: those that never fail and those that may.

A name stands under TOTAL only if the tests run it over the edges of every type it takes without
an error. In doubt it stands under FAILING, which costs it only a place in rule filters and in
answers with a minimum group.
"""

from __future__ import annotations

from collections.abc import Mapping

TOTAL: Mapping[str, str] = {
    "operators": """
        = <> != < <= > >= ~~ !~~ ~~* !~~* ~~~ ^@ || && @> <@ >> ~ ^ **
    """,
    "conditions": """
        coalesce greatest if ifnull least nullif typeof
    """,
    "text": """
        ascii bin bit_length char_length character_length concat concat_ws contains
        damerau_levenshtein editdist3 ends_with hex instr jaro_similarity jaro_winkler_similarity
        lcase len length length_grapheme levenshtein lower ltrim md5 md5_number_lower
        md5_number_upper nfc_normalize ord parse_dirname parse_dirpath parse_filename parse_path
        position prefix regexp_escape replace reverse rtrim sha1 sha256 split split_part starts_with
        str_split string_split string_to_array strip_accents strlen strpos suffix to_binary to_hex
        translate trim ucase unicode upper url_encode
    """,
    "numbers": """
        acos acosh asin asinh atan atan2 atanh cbrt ceil ceiling cos cosh cot degrees even exp fdiv
        floor fmod format_bytes formatreadabledecimalsize formatreadablesize gamma isfinite isinf
        isnan lgamma ln log log10 log2 nextafter pi pow power radians sign signbit sin sinh sqrt tan
        tanh trunc
    """,
    "dates and times": """
        century current_date current_timestamp day dayname dayofmonth decade epoch
        get_current_timestamp hour julian microsecond millennium millisecond minute month monthname
        nanosecond normalized_interval now quarter second today transaction_timestamp year
    """,
    "bytes and bits": """
        base64 bit_count bit_position encode octet_length to_base64
    """,
    "lists": """
        array_append array_cat array_concat array_contains array_distinct array_grade_up array_has
        array_has_all array_has_any array_indexof array_intersect array_pop_back array_pop_front
        array_position array_prepend array_push_back array_push_front array_reverse_sort array_sort
        array_unique array_value array_zip flatten grade_up list_any_value list_append
        list_approx_count_distinct list_cat list_concat list_contains list_count list_distinct
        list_first list_grade_up list_has list_has_all list_has_any list_indexof list_intersect
        list_last list_max list_min list_mode list_pack list_position list_prepend list_reverse_sort
        list_sort list_unique list_value list_zip
    """,
    "structs and maps": """
        cardinality element_at map_contains map_entries map_extract map_extract_value map_keys
        map_values row struct_pack struct_values
    """,
    "JSON": """
        array_to_json json_array json_valid row_to_json to_json
    """,
    "identifiers": """
        uuid_extract_version
    """,
    "histograms": """
        is_histogram_other_bin
    """,
    "grouping": """
        grouping
    """,
}
"""Area to names."""

FAILING: Mapping[str, str] = {
    "operators": """
        + - * / // % & | << @ ->> <-> <=>
    """,
    "text": """
        array_to_string array_to_string_comma_default bar chr format hamming ilike_escape jaccard
        left left_grapheme like_escape lpad mismatches not_ilike_escape not_like_escape overlay
        parse_formatted_bytes path_join printf regexp_extract regexp_extract_all regexp_full_match
        regexp_matches regexp_replace regexp_split_to_array repeat right right_grapheme rpad
        str_split_regex string_split_regex substr substring substring_grapheme url_decode
    """,
    "numbers": """
        abs add binom divide factorial gcd greatest_common_divisor lcm least_common_multiple mod
        multiply round round_even roundbankers subtract to_base xor
    """,
    "dates and times": """
        age ago date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc
        dayofweek dayofyear days_in_month epoch_ms epoch_ns epoch_us era isodow isoyear last_day
        make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz
        strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days
        to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months
        to_quarters to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear
        yearweek
    """,
    "bytes and bits": """
        bitstring decode from_base64 from_binary from_hex get_bit set_bit unbin unhex
    """,
    "lists": """
        array_cosine_distance array_cosine_similarity array_cross_product array_distance
        array_dot_product array_extract array_inner_product array_length array_negative_dot_product
        array_negative_inner_product array_resize array_reverse array_select array_slice array_where
        generate_series list_avg list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or
        list_cosine_distance list_cosine_similarity list_distance list_dot_product list_element
        list_entropy list_extract list_histogram list_inner_product list_kurtosis list_kurtosis_pop
        list_mad list_median list_negative_dot_product list_negative_inner_product list_product
        list_resize list_reverse list_select list_sem list_skewness list_slice list_stddev_pop
        list_stddev_samp list_string_agg list_sum list_var_pop list_var_samp list_where range
    """,
    "lambdas": """
        array_apply array_filter array_reduce array_transform filter list_apply list_filter
        list_reduce list_transform
    """,
    "structs and maps": """
        map map_concat map_contains_entry map_contains_value map_from_entries struct_concat
        struct_contains struct_extract struct_extract_at struct_has struct_indexof struct_insert
        struct_keys struct_position struct_update switch
    """,
    "JSON": """
        from_json from_json_strict json json_array_length json_contains json_deep_merge json_exists
        json_extract json_extract_path json_extract_path_text json_extract_string json_insert
        json_keys json_merge_patch json_merge_patch_diff json_normalize json_object json_pretty
        json_quote json_remove json_replace json_set json_strip_nulls json_structure json_transform
        json_transform_strict json_type json_value
    """,
    "identifiers": """
        uuid_extract_timestamp
    """,
    "histograms": """
        equi_width_bins
    """,
}
"""Area to names."""

PHRASES = ("is distinct from", "is not distinct from")
"""Names of operators that hold blanks; they are total."""
