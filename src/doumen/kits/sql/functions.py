"""Every function and operator that a statement may use, by the engine's name for it.

The names are those of DuckDB 2.0 (`duckdb_functions()`, and for operators the names that
`json_serialize_sql` writes). What is not listed here is refused. To admit a function, add its
name to one of the texts below, and to `nodes.FUNCTIONS` if the parser gives it a class of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a function may do to a job.

    TOTAL never fails on a value of the types it takes; FAILING may (overflow, division by
    zero, a format that does not fit). ORDERED aggregates depend on the order of rows.
    """

    TOTAL = "total"
    FAILING = "failing"
    AGGREGATE = "aggregate"
    ORDERED = "ordered"
    WINDOW = "window"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is classed.

    Attributes:
        reason: Why it is refused, as a sentence; empty for those admitted.
        next: Another way to write it, where one exists.
    """

    name: str
    kind: Kind
    reason: str = ""
    next: str | None = None


_TOTAL = """
    || ~~ !~~ ~~* !~~* ~~~ = <> != < <= > >= ascii bit_length ceil ceiling char_length
    character_length coalesce concat concat_ws contains current_date current_timestamp ends_with
    even floor get_current_timestamp greatest if ifnull isfinite isinf isnan lcase least length len
    list_value lower ltrim md5 nfc_normalize now nullif octet_length ord pi position prefix quarter
    replace reverse row rtrim sha1 sha256 sign signbit split split_part starts_with str_split
    string_split string_to_array strip_accents strlen strpos instr struct_pack suffix today
    transaction_timestamp translate trim typeof ucase unicode upper xor year month day hour minute
    second dayofmonth dayofweek dayofyear decade century dayname monthname isodow isoyear week
    weekday weekofyear yearweek millisecond microsecond
"""

_FAILING = """
    + - * / // % ** ^ & | ~ << >> abs acos acosh add asin asinh atan atan2 atanh cbrt cos cosh cot
    degrees divide exp factorial fdiv fmod gamma gcd greatest_common_divisor lcm
    least_common_multiple lgamma ln log log10 log2 mod multiply nextafter pow power radians round
    round_even roundbankers sin sinh sqrt subtract tan tanh trunc bit_count bar chr
    damerau_levenshtein editdist3 format format_bytes from_base64 from_hex hamming hex jaccard
    jaro_similarity jaro_winkler_similarity levenshtein like_escape not_like_escape ilike_escape
    not_ilike_escape lpad rpad mismatches overlay printf regexp_escape regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat
    str_split_regex string_split_regex base64 to_base64 to_hex unhex url_encode url_decode encode
    decode to_base bin to_binary from_binary left_grapheme right_grapheme length_grapheme
    substring_grapheme formatreadablesize formatreadabledecimalsize date_add date_diff date_part
    date_sub date_trunc datediff datepart datesub datetrunc days_in_month epoch epoch_ms epoch_ns
    epoch_us era julian make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns
    make_timestamptz millennium nanosecond strftime strptime try_strptime time_bucket timezone
    to_centuries to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes
    to_months to_quarters to_seconds to_timestamp to_weeks to_years array_extract array_slice
    list_extract list_element list_slice struct_extract element_at array_length cardinality
    list_contains list_has array_contains array_has list_position list_concat list_cat list_distinct
    list_unique list_sort list_reverse list_sum list_avg list_min list_max list_count list_append
    list_prepend list_aggregate array_to_string flatten array_append array_cat array_concat
    array_distinct array_prepend array_sort array_reverse_sort list_reverse_sort list_has_any
    list_has_all list_intersect map_keys map_values map_extract map_entries map_contains grouping
    left right substr substring last_day
"""

_AGGREGATE = """
    approx_count_distinct avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star
    countif covar_pop covar_samp entropy favg fsum geomean geometric_mean kahan_sum kurtosis
    kurtosis_pop mad max mean median min product quantile quantile_cont quantile_disc regr_avgx
    regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness
    stddev stddev_pop stddev_samp sum sum_no_overflow sumkahan var_pop var_samp variance wavg
    weighted_avg
"""

_ORDERED = """
    any_value arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin array_agg first
    group_concat histogram last list listagg max_by min_by mode string_agg
"""

_WINDOW = """
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    rank_dense row_number
"""

_FILES = "It reaches files or the network; a statement reads datasets only."
_SESSION = "It tells of the engine's session, not of the data."
_STATE = "It keeps or changes state between statements."
_CHANCE = "It gives another answer each time, so that an answer could not be replayed."
_TABLES = "It makes rows or names a table at run time, which cannot be checked beforehand."
_INNER = "It shows how the engine stores values, also those that a rule hides."
_CODE = "It runs or shows other statements."

_REFUSED: Mapping[str, str] = {
    _FILES: """glob read_blob read_csv read_csv_auto read_duckdb read_json read_json_auto
        read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects
        read_parquet read_text parquet_scan parquet_metadata parquet_schema parquet_file_metadata
        parquet_full_metadata parquet_kv_metadata parquet_bloom_probe parquet_page_index seq_scan
        sniff_csv arrow_scan arrow_scan_dumb pandas_scan python_arrow_scan python_map_function
        iceberg_scan delta_scan sqlite_scan postgres_scan mysql_scan st_read read_xlsx getenv
        which_secret copy_database import_database read_single_csv_file read_single_json_file
        read_single_parquet_file""",
    _SESSION: """current_catalog current_connection_id current_database current_query
        current_query_id current_role current_schema current_schemas current_setting
        current_transaction_id current_user session_user user version txid_current pg_typeof
        in_search_path get_block_size pg_backend_pid inet_client_addr inet_server_addr
        pg_postmaster_start_time can_cast_implicitly timezone_hour timezone_minute""",
    _STATE: """getvariable setvariable nextval currval setval setseed write_log add_parquet_key
        enable_logging disable_logging truncate_duckdb_logs checkpoint force_checkpoint sleep
        sleep_ms pg_sleep enable_profiling disable_profiling""",
    _CHANCE: """random uuid gen_random_uuid uuidv4 uuidv7 reservoir_quantile hash approx_quantile
        approx_top_k age ago current_time current_localtime current_localtimestamp get_current_time
        localtime localtimestamp""",
    _TABLES: """query query_table unnest explode posexplode generate_series range repeat_row
        json_each json_tree unpivot_list generate_subscripts regexp_split_to_table summary
        test_all_types test_vector_types histogram_values""",
    _INNER: """stats alias vector_type index_key create_sort_key enum_code get_type cast_to_type
        remap_struct error assert_true""",
    _CODE: """json_serialize_sql json_deserialize_sql json_serialize_plan
        json_execute_serialized_sql invoke apply array_apply array_filter array_reduce
        array_transform filter list_apply list_filter list_reduce list_transform reduce""",
}

_NEXT: Mapping[str, str] = {
    "age": "Subtract the two, or use `date_diff('day', a, b)`.",
    "ago": "Write `now() - INTERVAL …`.",
    "localtimestamp": "Use `now()`.",
    "current_localtimestamp": "Use `now()`.",
    "getvariable": "Pass values as parameters: `?`.",
    "approx_quantile": "Use `quantile_cont`.",
    "reservoir_quantile": "Use `quantile_cont`.",
    "hash": "Use `sha256` of a text.",
    "random": "Order by a column and use LIMIT.",
}
_UNKNOWN = "It is not on the list of functions that a statement may use."


def _table() -> Mapping[str, Function]:
    admitted = {
        Kind.TOTAL: _TOTAL,
        Kind.FAILING: _FAILING,
        Kind.AGGREGATE: _AGGREGATE,
        Kind.ORDERED: _ORDERED,
        Kind.WINDOW: _WINDOW,
    }
    table = {
        name: Function(name, kind) for kind, names in admitted.items() for name in names.split()
    }
    for reason, names in _REFUSED.items():
        table.update(
            (name, Function(name, Kind.REFUSED, reason, _NEXT.get(name))) for name in names.split()
        )
    return table


FUNCTIONS: Mapping[str, Function] = _table()
"""Name, in lower case, to its class; names that are absent are refused."""

CLOCK = frozenset(
    {
        "current_date",
        "current_timestamp",
        "get_current_timestamp",
        "now",
        "today",
        "transaction_timestamp",
    }
)
"""Admitted names that read the clock: the engine binds each to the time of the job."""


def classify(name: str) -> Function:
    """How a function of this name is classed; those not listed are REFUSED."""
    folded = name.lower()
    found = FUNCTIONS.get(folded)
    return found or Function(folded, Kind.REFUSED, _UNKNOWN)
