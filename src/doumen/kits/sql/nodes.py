"""The allow-list of syntax: every node class of a statement, with the arguments it may carry.

Names are those of sqlglot's classes. A class that is absent is refused, and so is an argument
that is absent here and set on a node: sqlglot keeps much of a statement in arguments, such as
`Table.when` or `Join.method`. To admit a construct, add its class and arguments here, its shape
to `shapes.py`, and teach `lineage.py` which columns it reads.
"""

from __future__ import annotations

from collections.abc import Mapping

NODES: Mapping[str, str] = {
    # statements
    "Select": "with_ expressions from_ joins where group having qualify windows distinct order "
    "limit offset",
    "Union": "with_ this expression distinct order limit offset",
    "Intersect": "with_ this expression distinct order limit offset",
    "Except": "with_ this expression distinct order limit offset",
    "Subquery": "with_ this alias joins order limit offset",
    "Values": "expressions alias order limit offset",
    "With": "expressions",
    "CTE": "this alias materialized",
    # tables
    "From": "this",
    "Join": "this on using kind side method",
    "Table": "this db alias joins",
    "TableAlias": "this columns",
    # clauses
    "Distinct": "expressions on",
    "Group": "expressions all rollup cube grouping_sets",
    "Rollup": "expressions",
    "Cube": "expressions",
    "GroupingSets": "expressions",
    "Having": "this",
    "Limit": "expression",
    "Offset": "expression",
    "Order": "this expressions",
    "Ordered": "this desc nulls_first",
    "Qualify": "this",
    "Where": "this",
    # columns and values
    "Alias": "this alias",
    "Boolean": "this",
    "Column": "this table db catalog",
    "Identifier": "this quoted",
    "Literal": "this is_string",
    "Null": "",
    "Placeholder": "this",
    "Star": "except_ replace",
    "Var": "this",
    # operators
    "Add": "this expression",
    "All": "this",
    "And": "this expression",
    "Any": "this",
    "AtTimeZone": "this zone",
    "Between": "this low high",
    "BitwiseAnd": "this expression",
    "BitwiseLeftShift": "this expression",
    "BitwiseNot": "this",
    "BitwiseOr": "this expression",
    "BitwiseRightShift": "this expression",
    "Bracket": "this expressions",
    "Case": "this ifs default",
    "Cast": "this to",
    "DPipe": "this expression safe",
    "DataType": "this expressions nested values",
    "DataTypeParam": "this",
    "ColumnDef": "this kind",
    "Div": "this expression",
    "EQ": "this expression",
    "Escape": "this expression",
    "Exists": "this",
    "Extract": "this expression",
    "GT": "this expression",
    "GTE": "this expression",
    "Glob": "this expression",
    "ILike": "this expression negate",
    "In": "this expressions query",
    "IntDiv": "this expression",
    "Interval": "this unit",
    "Is": "this expression",
    "LT": "this expression",
    "LTE": "this expression",
    "Like": "this expression negate",
    "Mod": "this expression",
    "Mul": "this expression",
    "NEQ": "this expression",
    "Neg": "this",
    "Not": "this",
    "NullSafeEQ": "this expression",
    "NullSafeNEQ": "this expression",
    "Or": "this expression",
    "Paren": "this",
    "PropertyEQ": "this expression",
    "SimilarTo": "this expression",
    "Slice": "this expression",
    "Sub": "this expression",
    "TryCast": "this to safe",
    "Tuple": "expressions",
    # aggregates and windows
    "Filter": "this expression",
    "IgnoreNulls": "this",
    "RespectNulls": "this",
    "Window": "this partition_by order spec alias over",
    "WindowSpec": "kind start start_side end end_side exclude",
    "WithinGroup": "this expression",
}
"""Class to the arguments that may be set on it."""

_FUNCTIONS = """
    Abs Acos Acosh AnyValue ApproxDistinct ArgMax ArgMin Array ArrayAgg ArrayAppend ArrayConcat
    ArrayContains ArrayDistinct ArrayMax ArrayMin ArrayOverlaps ArrayPrepend ArraySize ArraySlice
    ArraySort ArrayToString Ascii Asin Asinh Atan Atan2 Atanh Avg BitLength BitwiseAndAgg
    BitwiseOrAgg BitwiseXor BitwiseXorAgg Cbrt Ceil Chr Coalesce Concat ConcatWs Contains Corr Cos
    Cosh Cot Count CountIf CovarPop CovarSamp CumeDist CurrentDate CurrentTimestamp DateAdd DateBin
    DateDiff DateFromParts Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname Decode Degrees
    DenseRank Encode EndsWith Exp Factorial First FirstValue Flatten Floor Format FromBase64
    Greatest GroupConcat Grouping Hex Hour If IsInf IsNan JarowinklerSimilarity Kurtosis Lag Last
    LastDay LastValue Lead Least Left Length Levenshtein Ln Log LogicalAnd LogicalOr Lower MD5
    MapKeys Max Median Min Minute Mode Month Monthname NthValue Ntile Nullif Overlay Pad PercentRank
    PercentileCont PercentileDisc Pi Pow Quantile Quarter Radians Rank RegexpExtract
    RegexpExtractAll RegexpFullMatch RegexpLike RegexpReplace RegexpSplit RegrAvgx RegrAvgy
    RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx RegrSxy RegrSyy Repeat Replace Reverse Right
    Round RowNumber SHA SHA2 Second Sign Sin Sinh Skewness Split SplitPart Sqrt StartsWith Stddev
    StddevPop StddevSamp StrPosition StrToTime Struct StructExtract Substring Sum Tan Tanh
    TimeFromParts TimeToStr TimeToUnix TimestampFromParts TimestampTrunc ToBase64 ToBinary ToDays
    Translate Trim Trunc Typeof Unhex Unicode UnixToTime Upper Variance VariancePop Week WeekOfYear
    Year
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Classes that sqlglot gives to functions which `functions.py` admits; any argument may be set."""

TEXT: Mapping[str, frozenset[str] | None] = {
    "Identifier.this": None,
    "Literal.this": None,
    "Placeholder.this": None,
    "Var.this": None,
    "Anonymous.this": None,
    "Join.kind": frozenset({"INNER", "CROSS", "OUTER", "SEMI", "ANTI"}),
    "Join.side": frozenset({"LEFT", "RIGHT", "FULL"}),
    "Join.method": frozenset({"NATURAL"}),
    "Trim.position": frozenset({"LEADING", "TRAILING", "BOTH"}),
    "Window.over": frozenset({"OVER"}),
    "WindowSpec.kind": frozenset({"ROWS", "RANGE", "GROUPS"}),
    "WindowSpec.start": frozenset({"UNBOUNDED", "CURRENT ROW"}),
    "WindowSpec.start_side": frozenset({"PRECEDING", "FOLLOWING"}),
    "WindowSpec.end": frozenset({"UNBOUNDED", "CURRENT ROW"}),
    "WindowSpec.end_side": frozenset({"PRECEDING", "FOLLOWING"}),
}
"""Arguments that hold a text, with the texts allowed; None: any."""

_TYPES = """
    ARRAY BIGINT BLOB BOOLEAN BIT CHAR DATE DECIMAL DOUBLE FLOAT INT INT128 INTERVAL LIST
    MAP NCHAR NVARCHAR SMALLINT STRUCT TEXT TIME TIMESTAMP TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_MS
    TIMESTAMP_NS TIMESTAMP_S TIMETZ TINYINT UBIGINT UINT UINT128 USMALLINT UTINYINT UUID
    VARBINARY VARCHAR BPCHAR
"""
TYPES = frozenset(_TYPES.split())
"""Types that may be cast to."""

WORDS: Mapping[str, tuple[str, str | None]] = {
    "Alter": ("ALTER", None),
    "Analyze": ("ANALYZE", None),
    "Apply": ("APPLY", None),
    "ArrayFilter": ("a lambda function", None),
    "Attach": ("ATTACH", None),
    "Collate": ("COLLATE", "Compare `lower(…)` of both sides."),
    "Columns": ("COLUMNS()", "Name the columns, or use `* EXCLUDE (…)`."),
    "Command": ("a command", "Only SELECT statements run here."),
    "Commit": ("COMMIT", None),
    "Comprehension": ("a list comprehension", None),
    "Copy": ("COPY", "Use `-o FILE` of `doumen query`."),
    "Create": ("CREATE", "Use `--into domain.name` of `doumen query`."),
    "Delete": ("DELETE", None),
    "Describe": ("DESCRIBE", "Use `doumen describe DATASET`."),
    "Detach": ("DETACH", None),
    "Dot": ("a field or method of an expression", "Write `function(value)` or `value['field']`."),
    "Drop": ("DROP", None),
    "Explode": ("unnest()", None),
    "Fetch": ("FETCH FIRST", "Write LIMIT."),
    "GenerateSeries": ("generate_series() or range()", None),
    "Insert": ("INSERT", "Use `doumen collect`, or `--into` of `doumen query`."),
    "Into": ("SELECT INTO", "Use `--into domain.name` of `doumen query`."),
    "JSONExtract": ("a JSON path", None),
    "JSONExtractScalar": ("a JSON path", None),
    "Kwarg": ("a named argument", None),
    "Lambda": ("a lambda function", None),
    "Lateral": ("LATERAL", "Write a join with ON, or a correlated subquery in SELECT."),
    "Limit.limit_options": ("LIMIT in percent", "Give a number of rows."),
    "Lock": ("FOR UPDATE", None),
    "Merge": ("MERGE", None),
    "Parameter": ("a named parameter", "Use `?` or `$1`."),
    "Pivot": ("PIVOT", "Write `sum(x) FILTER (WHERE key = …)` for each column."),
    "PivotAny": ("PIVOT", None),
    "PositionalColumn": ("a column by position", "Name the column."),
    "Pragma": ("PRAGMA", None),
    "Rand": ("the function `random`", "Order by a column and use LIMIT."),
    "ReadCSV": ("read_csv()", "Collect the file first: `doumen collect`."),
    "ReadParquet": ("read_parquet()", "Collect the file first: `doumen collect`."),
    "Rollback": ("ROLLBACK", None),
    "Set": ("SET", None),
    "Show": ("SHOW", "Use `SELECT * FROM sys.datasets`."),
    "Summarize": ("SUMMARIZE", None),
    "TableSample": ("a sample", "Order by a column and use LIMIT."),
    "ToMap": ("a MAP", "Use a struct: `{'name': value}`."),
    "Transform": ("a lambda function", None),
    "Transaction": ("BEGIN", None),
    "Try": ("TRY()", "Use TRY_CAST."),
    "Unnest": ("unnest()", None),
    "Uuid": ("the function `uuid`", None),
    "Update": ("UPDATE", None),
    "Use": ("USE", "Write `domain.name`."),
    "CTE.key_expressions": ("USING KEY", None),
    "Column.join_mark": ("a join mark (+)", "Write LEFT JOIN."),
    "Except.by_name": ("BY NAME", "List the columns in the same order."),
    "Intersect.by_name": ("BY NAME", "List the columns in the same order."),
    "Join.hint": ("a join hint", None),
    "Join.method": ("this kind of join", "Write a join with ON."),
    "Join.kind": ("this kind of join", "Write a join with ON."),
    "Join.pivots": ("PIVOT", None),
    "Ordered.with_fill": ("WITH FILL", None),
    "Select.connect": ("CONNECT BY", None),
    "Select.distribute": ("DISTRIBUTE BY", None),
    "Select.hint": ("a hint", None),
    "Select.into": ("SELECT INTO", "Use `--into domain.name` of `doumen query`."),
    "Select.kind": ("SELECT AS STRUCT or VALUE", None),
    "Select.laterals": ("LATERAL", "Write a join with ON."),
    "Select.locks": ("FOR UPDATE", None),
    "Select.operation_modifiers": ("a modifier of SELECT", None),
    "Select.pivots": ("PIVOT", None),
    "Select.sample": ("a sample", "Order by a column and use LIMIT."),
    "Star.rename": ("* RENAME", "Use `* EXCLUDE (…)` and name the column with AS."),
    "Subquery.pivots": ("PIVOT", None),
    "Subquery.sample": ("a sample", "Order by a column and use LIMIT."),
    "Table.catalog": ("a table name of three parts", "Write `domain.name`."),
    "Table.pivots": ("PIVOT or UNPIVOT", "Write `sum(x) FILTER (WHERE key = …)`."),
    "Table.rows_from": ("ROWS FROM", None),
    "Table.sample": ("a sample", "Order by a column and use LIMIT."),
    "Table.version": ("AT (time travel)", None),
    "Table.when": ("AT (time travel)", None),
    "Union.by_name": ("BY NAME", "List the columns in the same order."),
    "With.recursive": ("WITH RECURSIVE", None),
    "With.search": ("SEARCH", None),
}
"""How refused classes and arguments are called, and what to write instead, where there is a way."""

OPENINGS = frozenset({"SELECT", "WITH", "FROM", "VALUES", "L_PAREN"})
"""Types of tokens that a statement may begin with."""
