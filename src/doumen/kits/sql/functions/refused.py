"""Functions that a statement may not use, by reason, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping

from doumen.model.message import Message, msg

_LOCALES = """
    aa af am ar ar_sa as az bal be bg blo bn bo br bs ca ceb chr cs cu cy da de de_at dsb dz ee el
    en en_us eo es et fa fa_af ff fi fil fo fr fr_ca fy ga gl gu ha haw he he_il hi hr hsb hu hy id
    id_id ig is it ja ka kk kl km kn ko kok ku ky lb lij lkt ln lo lt lv mk ml mn mr ms mt my nb
    nb_no ne nl nn no noaccent nso om or pa pa_in pl ps pt ro ru sa se sgs si sk sl smn sq sr sr_ba
    sr_me sr_rs ssy st sv sw ta te th tk tn to tr ug uk ur uz vi vo wae wo xh yi yo zh zh_cn zh_hk
    zh_mo zh_sg zh_tw zu
"""

_FILES: Message = msg("It reaches files or the network; a statement reads datasets only.")
_SESSION: Message = msg("It tells of the engine or its session, not of the data.")
_CATALOGUE: Message = msg("It lists what the engine holds, also what the actor may not discover.")
_STATE: Message = msg("It keeps or changes state of the engine.")
_CHANCE: Message = msg(
    "It gives another answer each time, so that an answer could not be replayed."
)
_CLOCKS: Message = msg("It reads the clock by a name that a column may have as well.")
_FIRST: Message = msg("The first of the two readings of a statement takes it for something else.")
_ORDER: Message = msg(
    "Its estimate depends on how the rows are spread, so that it could not be replayed."
)
_VERSION: Message = msg(
    "Its values change with the version of the engine, so that it could not be replayed."
)
_WIDE: Message = msg("Its numbers have more bits than answers carry.")
_ROWS: Message = msg("It makes rows out of a value by a way that cannot be traced to columns.")
_BY_NAME: Message = msg(
    "It calls a function, a table or a statement whose name it is given as a text."
)
_INNER: Message = msg("It is part of the inside of the engine.")
_STORED: Message = msg("It shows how the engine stores values, also those that a rule hides.")
_MESSAGE: Message = msg("It fails on purpose, with a text that may hold data.")
_COLLATION: Message = msg(
    "It is a collation; its order changes with the version of the engine's tables."
)
_PG: Message = msg(
    "It answers for tools that expect another database, from the engine's catalogue."
)
_VARIANT: Message = msg("It works on the type VARIANT, which answers do not carry.")
_GEOMETRY: Message = msg("It works on the type GEOMETRY, which answers do not carry.")
_ENUM: Message = msg("It works on ENUM types; columns of datasets hold texts instead.")
_UNION: Message = msg("It works on UNION types, which answers do not carry.")

REFUSED: Mapping[Message, str] = {
    _FILES: """
        add_parquet_key arrow_scan arrow_scan_dumb copy_database delta_scan getenv glob iceberg_scan
        import_database mysql_scan pandas_scan parquet_bloom_probe parquet_file_metadata
        parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_page_index parquet_scan
        parquet_schema postgres_scan python_arrow_scan python_map_function read_blob read_csv
        read_csv_auto read_duckdb read_json read_json_auto read_json_objects read_json_objects_auto
        read_ndjson read_ndjson_auto read_ndjson_objects read_parquet read_single_csv_file
        read_single_json_file read_single_parquet_file read_text read_xlsx seq_scan sniff_csv
        sqlite_scan st_read which_secret
    """,
    _SESSION: """
        current_catalog current_connection_id current_database current_query current_query_id
        current_role current_schema current_schemas current_setting current_transaction_id
        current_user get_block_size in_search_path inet_client_addr inet_client_port
        inet_server_addr inet_server_port parse_duckdb_log_message pg_backend_pid pg_conf_load_time
        pg_postmaster_start_time pg_timezone_names icu_calendar_names platform pragma_platform
        pragma_user_agent pragma_version session_user txid_current user user_agent version
    """,
    _CATALOGUE: """
        collations database_list database_size duckdb_approx_database_count duckdb_available_metrics
        duckdb_columns duckdb_connection_count duckdb_constraints duckdb_coordinate_systems
        duckdb_databases duckdb_dependencies duckdb_dialects duckdb_eviction_queues
        duckdb_extension_repositories duckdb_extensions duckdb_external_file_cache
        duckdb_external_resource_types duckdb_external_resources duckdb_functions
        duckdb_grammar_extensions duckdb_indexes duckdb_keywords duckdb_live_query_metrics
        duckdb_log_contexts duckdb_logs duckdb_logs_parsed duckdb_memory duckdb_optimizers
        duckdb_prepared_statements duckdb_profiling_settings duckdb_schemas
        duckdb_secret_type_parameters duckdb_secret_types duckdb_secrets duckdb_sequences
        duckdb_settings duckdb_table_sample duckdb_tables duckdb_temporary_files duckdb_triggers
        duckdb_types duckdb_variables duckdb_views extension_versions functions metadata_info
        pragma_collations pragma_database_size pragma_metadata_info pragma_show pragma_storage_info
        pragma_table_info show show_databases show_tables show_tables_expanded storage_info
        table_info
    """,
    _STATE: """
        add_grammar_extension checkpoint create_external_resource currval
        deregister_external_resource destroy_external_resource disable_checkpoint_on_shutdown
        disable_logging disable_object_cache disable_optimizer disable_print_progress_bar
        disable_profile disable_profiling disable_progress_bar disable_verification
        disable_verify_parallelism enable_checkpoint_on_shutdown enable_logging enable_object_cache
        enable_optimizer enable_print_progress_bar enable_profile enable_profiling
        enable_progress_bar enable_verification force_checkpoint getvariable nextval pg_sleep
        register_external_resource register_external_resource_type remove_grammar_extension setseed
        setval setvariable sleep sleep_ms truncate_duckdb_logs verify_parallelism write_log
    """,
    _CHANCE: "gen_random_uuid random reservoir_quantile uuid uuidv4 uuidv7",
    _CLOCKS: """
        current_localtime current_localtimestamp current_time get_current_time localtime
        localtimestamp
    """,
    _FIRST: "apply reduce",
    _ORDER: "approx_quantile approx_top_k",
    _VERSION: "hash",
    _WIDE: "md5_number",
    _ROWS: """
        generate_subscripts histogram_values json_each json_tree regexp_split_to_table repeat_row
        summary test_all_types test_vector_types unpivot_list
    """,
    _BY_NAME: """
        aggregate array_aggr array_aggregate invoke json_deserialize_sql json_execute_serialized_sql
        json_serialize_plan json_serialize_sql list_aggr list_aggregate query query_table
    """,
    _INNER: """
        !__postfix __between __cast __internal_barrier __internal_compress_geometry_point
        __internal_compress_integral_ubigint __internal_compress_integral_uinteger
        __internal_compress_integral_usmallint __internal_compress_integral_utinyint
        __internal_compress_string_hugeint __internal_compress_string_ubigint
        __internal_compress_string_uhugeint __internal_compress_string_uinteger
        __internal_compress_string_usmallint __internal_compress_string_utinyint
        __internal_compressed_materialization_cast __internal_decompress_geometry_point
        __internal_decompress_integral_bigint __internal_decompress_integral_hugeint
        __internal_decompress_integral_integer __internal_decompress_integral_smallint
        __internal_decompress_integral_ubigint __internal_decompress_integral_uhugeint
        __internal_decompress_integral_uinteger __internal_decompress_integral_usmallint
        __internal_decompress_string __internal_json_copy_to_geojson __internal_json_copy_to_json
        __internal_tablefilter_bloom_filter __internal_tablefilter_dynamic
        __internal_tablefilter_optional __internal_tablefilter_prefix_range
        __internal_tablefilter_selectivity_optional alias bitstring_byte_comparable
        can_cast_implicitly cast_to_type combine combine_aggr constant_or_null create_sort_key
        decimal_average decimal_division finalize get_type hive_partition_component icu_sort_key
        index_key json_copy_strftime_if_date json_copy_strftime_if_timestamp make_type remap_struct
        replace_type sum_no_overflow timetz_byte_comparable to_aggregate_state
    """,
    _STORED: "bitstring_agg stats vector_type",
    _MESSAGE: "assert_true error",
    _COLLATION: " ".join(f"{p}collate_{each}" for each in _LOCALES.split() for p in ("", "icu_")),
    _PG: """
        col_description format_pg_type format_type has_any_column_privilege has_column_privilege
        has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege
        has_language_privilege has_schema_privilege has_sequence_privilege has_server_privilege
        has_table_privilege has_tablespace_privilege map_to_pg_oid map_type_id_to_pg_oid
        obj_description pg_collation_is_visible pg_conversion_is_visible pg_function_is_visible
        pg_get_constraintdef pg_get_expr pg_get_viewdef pg_has_role pg_is_other_temp_schema
        pg_my_temp_schema pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible
        pg_size_pretty pg_table_is_visible pg_ts_config_is_visible pg_ts_dict_is_visible
        pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof
        shobj_description
    """,
    _VARIANT: """
        variant_array_length variant_bytes_to_variant variant_comparator variant_contains
        variant_exists variant_extract variant_extract_string variant_group_array
        variant_group_object variant_keys variant_normalize variant_to_parquet_variant variant_type
        variant_typeof
    """,
    _GEOMETRY: """
        st_asbinary st_asgeojson st_astext st_aswkb st_aswkt st_crs st_geomfromgeojson
        st_geomfromwkb st_intersects_extent st_setcrs vertex_extract
    """,
    _ENUM: "enum_code enum_first enum_last enum_range enum_range_boundary",
    _UNION: "union_extract union_tag union_value",
}
"""Reason to names."""

_BY_NAME_NEXT: Message = msg("Use `list_sum`, `list_avg`, `list_string_agg` …, or `list_reduce`.")
_TIME: Message = msg("Write `CAST(now() AS TIME)`.")
_LOCAL: Message = msg("Write `CAST(now() AS TIMESTAMP)`.")
_EXACT: Message = msg("Use `quantile_cont`.")

NEXT: Mapping[str, Message] = {
    "!__postfix": msg("Use `factorial`."),
    "aggregate": _BY_NAME_NEXT,
    "apply": msg("Use `list_transform`."),
    "approx_quantile": _EXACT,
    "approx_top_k": msg("Group by the value, order by `count(*)` and use LIMIT."),
    "array_aggr": _BY_NAME_NEXT,
    "array_aggregate": _BY_NAME_NEXT,
    "bitstring_agg": msg("Use `list(DISTINCT …)`."),
    "current_localtime": _TIME,
    "current_localtimestamp": _LOCAL,
    "current_setting": msg("Pass values as parameters: `?`."),
    "current_time": _TIME,
    "decimal_average": msg("Use `avg`."),
    "enum_range": msg("Use `SELECT DISTINCT`."),
    "generate_subscripts": msg("Use `unnest(range(1, len(x) + 1))`."),
    "get_current_time": _TIME,
    "get_type": msg("Use `typeof`."),
    "getvariable": msg("Pass values as parameters: `?`."),
    "hash": msg("Use `md5_number_lower` or `sha256` of a text."),
    "histogram_values": msg("Use `histogram`."),
    "list_aggr": _BY_NAME_NEXT,
    "list_aggregate": _BY_NAME_NEXT,
    "localtime": _TIME,
    "localtimestamp": _LOCAL,
    "md5_number": msg("Use `md5_number_lower`, `md5_number_upper` or `md5`."),
    "pg_size_pretty": msg("Use `format_bytes`."),
    "pg_typeof": msg("Use `typeof`."),
    "random": msg("Order by a column and use LIMIT."),
    "reduce": msg("Use `list_reduce`."),
    "regexp_split_to_table": msg("Use `unnest(regexp_split_to_array(…))`."),
    "reservoir_quantile": _EXACT,
    "sum_no_overflow": msg("Use `sum`."),
    "unpivot_list": msg("Use UNPIVOT, or `unnest([a, b])`."),
}
"""Refused name to another way to write it."""
