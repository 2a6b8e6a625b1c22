"""The allow-list of the engine's own tree: each kind of object with the fields that may be set.

The form is that of `json_serialize_sql` in DuckDB 2.0. An object is known by `CLASS/TYPE`, or
by its type where it has no class, or by the field that holds it where it has neither. Fields
that are absent here and set (not null, false, empty) are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from doumen.model.message import Message, msg

_EXPRESSION = "class type alias "
_CALL = "function_name qualified_name arguments "

OBJECTS: Mapping[str, str] = {
    # containers
    "<answer>": "statements",
    "<statements>": "node named_param_map",
    "<named_param_map>": "key value",
    "<cte_map>": "map",
    "<map>": "key value",
    "<value>": "aliases materialized query_node key_targets",
    "<subquery>": "node named_param_map",
    "<qualified_name>": "path",
    "<literal>": "kind text",
    "<arguments>": "name expression",
    "<case_checks>": "when_expr then_expr",
    "<replace_list>": "key value",
    "<rename_list>": "key value",
    "<key>": "catalog schema table column",
    "<qualified_exclude_list>": "catalog schema table column",
    # queries
    "SELECT_NODE": "type modifiers cte_map select_list from_table where_clause group_expressions "
    "group_sets aggregate_handling having qualify sample",
    "SET_OPERATION_NODE": "type modifiers cte_map setop_type setop_all children",
    "RECURSIVE_CTE_NODE": "type cte_map cte_name union_all left right aliases key_targets",
    "ORDER_MODIFIER": "type orders",
    "LIMIT_MODIFIER": "type limit offset limit_type",
    "DISTINCT_MODIFIER": "type distinct_on_targets",
    "ORDER_DEFAULT": "type null_order expression",
    "ASCENDING": "type null_order expression",
    "DESCENDING": "type null_order expression",
    # tables
    "BASE_TABLE": "type alias schema_name table_name column_name_alias qualified_name sample",
    "TABLE_FUNCTION": "type alias function column_name_alias with_ordinality",
    "PIVOT": "type alias source aggregates pivots groups unpivot_names include_nulls "
    "column_name_alias",
    "<pivots>": "pivot_expressions entries unpivot_names",
    "<entries>": "star_expr alias",
    "<sample>": "sample_size is_percentage method seed repeatable sample_rate",
    "<sample_size>": "type value",
    "<type>": "id",
    "SUBQUERY": "type alias subquery column_name_alias",
    "JOIN": "type alias left right condition join_type ref_type using_columns is_implicit "
    "nearest_count nearest_order_type",
    "EXPRESSION_LIST": "type alias values expected_names column_name_alias",
    "EMPTY": "type",
    # expressions
    "BETWEEN/COMPARE_BETWEEN": _EXPRESSION + "input lower upper",
    "BETWEEN/COMPARE_NOT_BETWEEN": _EXPRESSION + "input lower upper",
    "CASE/CASE_EXPR": _EXPRESSION + "case_checks else_expr",
    "CAST/OPERATOR_CAST": _EXPRESSION + "child type_expr try_cast",
    "COLLATE/COLLATE": _EXPRESSION + "child collation",
    "COLUMN_REF/COLUMN_REF": _EXPRESSION + "column_names",
    "COMPARISON/COMPARE_DISTINCT_FROM": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_EQUAL": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_GREATERTHAN": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_GREATERTHANOREQUALTO": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_LESSTHAN": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_LESSTHANOREQUALTO": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_NOTEQUAL": _EXPRESSION + "left right",
    "COMPARISON/COMPARE_NOT_DISTINCT_FROM": _EXPRESSION + "left right",
    "CONJUNCTION/CONJUNCTION_AND": _EXPRESSION + "children",
    "CONJUNCTION/CONJUNCTION_OR": _EXPRESSION + "children",
    "CONSTANT/VALUE_CONSTANT": _EXPRESSION + "literal",
    "FUNCTION/FUNCTION": _EXPRESSION + _CALL + "is_operator order_bys distinct filter schema "
    "catalog",
    "LAMBDA/LAMBDA": _EXPRESSION + "lhs expr syntax_type",
    "OPERATOR/ARRAY_CONSTRUCTOR": _EXPRESSION + "children",
    "OPERATOR/ARRAY_EXTRACT": _EXPRESSION + "children",
    "OPERATOR/ARRAY_SLICE": _EXPRESSION + "children",
    "OPERATOR/COMPARE_IN": _EXPRESSION + "children",
    "OPERATOR/COMPARE_NOT_IN": _EXPRESSION + "children",
    "OPERATOR/GROUPING_FUNCTION": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_COALESCE": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_IS_NOT_NULL": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_IS_NULL": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_NOT": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_TRY": _EXPRESSION + "children",
    "OPERATOR/OPERATOR_UNPACK": _EXPRESSION + "children",
    "OPERATOR/STRUCT_EXTRACT": _EXPRESSION + "children",
    "PARAMETER/VALUE_PARAMETER": _EXPRESSION + "identifier",
    "STAR/STAR": _EXPRESSION + "relation_name exclude_list qualified_exclude_list replace_list "
    "rename_list columns expr",
    "POSITIONAL_REFERENCE/POSITIONAL_REFERENCE": _EXPRESSION + "index",
    "SUBQUERY/SUBQUERY": _EXPRESSION + "subquery_type subquery child comparison_type",
    "TYPE/TYPE": _EXPRESSION + "type_name qualified_name children",
    "WINDOW": _EXPRESSION + _CALL + "partitions orders arg_orders start end start_expr end_expr "
    "exclude_clause filter_expr distinct ignore_nulls has_ignore_nulls offset_expr default_expr",
}
"""Kind of object to the fields that may be set. All types of the class WINDOW are one kind."""

VALUES: Mapping[str, frozenset[object]] = {
    "aggregate_handling": frozenset({"STANDARD_HANDLING", "FORCE_AGGREGATES"}),
    "join_type": frozenset({"INNER", "LEFT", "RIGHT", "FULL", "OUTER", "SEMI", "ANTI"}),
    "kind": frozenset({"BOOLEAN", "INTEGER", "NULL_LITERAL", "NUMERIC", "STRING"}),
    "limit_type": frozenset({"ROW_COUNT", "PERCENTAGE"}),
    "method": frozenset({"Bernoulli"}),
    "nearest_count": frozenset({1}),
    "nearest_order_type": frozenset({"ASCENDING"}),
    "ref_type": frozenset({"REGULAR", "NATURAL", "CROSS", "ASOF", "POSITIONAL"}),
    "setop_type": frozenset({"UNION", "UNION_BY_NAME", "EXCEPT", "INTERSECT"}),
    "subquery_type": frozenset({"SCALAR", "EXISTS", "NOT_EXISTS", "ANY"}),
    "with_ordinality": frozenset({"WITHOUT_ORDINALITY", "WITH_ORDINALITY"}),
}
"""Fields whose value is one of a few."""

PLACES = frozenset({"query_location", "query_location_length"})
"""Fields that say where in the text something stands."""

WORDS: Mapping[str, Message] = {
    "SHOW_REF": msg("DESCRIBE, SHOW or SUMMARIZE"),
    "BASE_TABLE.at_clause": msg("AT (time travel)"),
    "JOIN.ref_type": msg("this kind of join"),
    "<sample>.method": msg("a sample by another method than bernoulli"),
}
"""How refused kinds and fields are called."""

_TYPES = """
    array bigint bit blob bool boolean bpchar bytea char date datetime dec decimal double enum float
    float4 float8 hugeint int int1 int16 int2 int32 int4 int64 int8 integer interval json list long
    map nchar numeric nvarchar real row short signed smallint string struct text time timestamp
    timestamp_ms timestamp_ns timestamp_s timestamp_us timestamptz timetz tinyint ubigint
 uint16 uint32 uint64 uint8 uinteger usmallint utinyint uuid varbinary varchar
"""
TYPES = frozenset(_TYPES.split()) | {
    "timestamp with time zone",
    "time with time zone",
    "double precision",
}
"""Types that may be cast to, as the engine names them."""
