"""The allow-list of syntax: every node class of a statement, with the arguments it may carry.

Names are those of sqlglot's classes. A class that is absent is refused, and so is an argument
that is absent here and set on a node: sqlglot keeps much of a statement in arguments, such as
`Table.when` or `Join.method`. To admit a construct, add its class and arguments here, its shape
to `shapes.py`, and teach `lineage.py` which columns it reads.
"""

from __future__ import annotations

from collections.abc import Mapping

from doumen.model.message import Message, msg

NODES: Mapping[str, str] = {
    # statements
    "Select": "with_ expressions from_ joins where group having qualify windows distinct order "
    "limit offset sample",
    "Union": "with_ this expression distinct by_name order limit offset",
    "Intersect": "with_ this expression distinct order limit offset",
    "Except": "with_ this expression distinct order limit offset",
    "Subquery": "with_ this alias joins pivots order limit offset",
    "Values": "expressions alias pivots order limit offset",
    "With": "expressions recursive",
    "CTE": "this alias materialized key_expressions",
    # tables
    "From": "this",
    "Join": "this on using kind side method",
    "Table": "this db alias joins pivots sample when ordinality",
    "Lateral": "this alias ordinality",
    "Unnest": "expressions alias offset",
    "Explode": "this expressions",
    "GenerateSeries": "start end step is_end_exclusive",
    "HistoricalData": "this kind expression",
    "TableSample": "method percent seed",
    "Pivot": "with_ this expressions fields using group alias columns unpivot into include_nulls "
    "pivot_column_naming",
    "PivotAlias": "this alias",
    "UnpivotColumns": "this expressions",
    "TableAlias": "this columns",
    # clauses
    "Distinct": "expressions on",
    "Group": "expressions all rollup cube grouping_sets",
    "Rollup": "expressions",
    "Cube": "expressions",
    "GroupingSets": "expressions",
    "Having": "this",
    "Limit": "expression limit_options",
    "LimitOptions": "percent rows",
    "Fetch": "direction count limit_options",
    "Offset": "expression",
    "Order": "this expressions",
    "Ordered": "this desc nulls_first",
    "Qualify": "this",
    "Where": "this",
    # columns and values
    "Alias": "this alias",
    "Boolean": "this",
    "ByteString": "this is_bytes",
    "Column": "this table db catalog",
    "Identifier": "this quoted",
    "Literal": "this is_string",
    "Null": "",
    "Placeholder": "this",
    "RawString": "this",
    "Star": "except_ replace rename ilike",
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
    "Collate": "this expression",
    "Columns": "this unpack",
    "Comprehension": "this expression position iterator condition",
    "DPipe": "this expression safe",
    "DataType": "this expressions nested values",
    "DataTypeParam": "this",
    "ColumnDef": "this kind",
    "Distance": "this expression",
    "Div": "this expression",
    "Dot": "this expression",
    "EQ": "this expression",
    "Escape": "this expression",
    "Exists": "this",
    "Extract": "this expression",
    "GT": "this expression",
    "GTE": "this expression",
    "Glob": "this expression",
    "ILike": "this expression negate",
    "In": "this expressions query field",
    "IntDiv": "this expression",
    "Interval": "this unit",
    "Is": "this expression",
    "JSONKeyValue": "this expression",
    "JSONPath": "expressions",
    "JSONPathKey": "this",
    "JSONPathRecursive": "this",
    "JSONPathRoot": "",
    "JSONPathSubscript": "this",
    "JSONPathWildcard": "",
    "Kwarg": "this expression",
    "LT": "this expression",
    "LTE": "this expression",
    "Lambda": "this expressions",
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
    "Slice": "this expression step",
    "Sub": "this expression",
    "ToMap": "this",
    "Try": "this",
    "TryCast": "this to safe",
    "Tuple": "expressions",
    # aggregates and windows
    "Filter": "this expression",
    "GroupingId": "expressions",
    "IgnoreNulls": "this",
    "RespectNulls": "this",
    "Window": "this partition_by order spec alias over",
    "WindowSpec": "kind start start_side end end_side exclude",
    "WithinGroup": "this expression",
}
"""Class to the arguments that may be set on it."""

_FUNCTIONS = """
    Abs Acos Acosh AnyValue ApproxDistinct ArgMax ArgMin Array ArrayAgg ArrayAppend ArrayConcat
    ArrayContainedBy ArrayContains ArrayContainsAll ArrayDistinct ArrayFilter ArrayIntersect
    ArrayMax ArrayMin ArrayOverlaps ArrayPosition ArrayPrepend ArrayReverse ArraySize ArraySlice
    ArraySort ArrayToString Ascii Asin Asinh Atan Atan2 Atanh Avg BitLength BitwiseAndAgg
    BitwiseOrAgg BitwiseXor BitwiseXorAgg Cbrt Ceil Chr Coalesce Concat ConcatWs Contains Corr Cos
    Cosh CosineDistance Cot Count CountIf CovarPop CovarSamp CumeDist CurrentDate CurrentTimestamp
    Date DateAdd DateBin DateDiff DateFromParts DateTrunc Day DayOfMonth DayOfWeek DayOfWeekIso
    DayOfYear Dayname Decode Degrees DenseRank Encode EndsWith EuclideanDistance Exp Factorial First
    FirstValue Flatten Floor Format FromBase64 FromJson Getbit Greatest GroupConcat Grouping Hex
    Hour If IsInf IsNan JSONArray JSONExtract JSONExtractScalar JSONKeys JSONObject JSONRemove
    JSONSet JSONStripNulls JSONType JarowinklerSimilarity Kurtosis Lag Last LastDay LastValue Lead
    Least Left Length Levenshtein Ln Log LogicalAnd LogicalOr Lower MD5 Map MapFromEntries MapKeys
    Max Median Min Minute Mode Month Monthname NthValue Ntile Nullif Overlay Pad ParseJSON
    PercentRank PercentileCont PercentileDisc Pi Pow Quantile Quarter Radians Rank RegexpExtract
    RegexpExtractAll RegexpFullMatch RegexpLike RegexpReplace RegexpSplit RegrAvgx RegrAvgy
    RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx RegrSxy RegrSyy Repeat Replace Reverse Right
    Round RowNumber SHA SHA2 Second Sign Sin Sinh Skewness Split SplitPart Sqrt StartsWith Stddev
    StddevPop StddevSamp StrPosition StrToTime Struct StructExtract Substring Sum Tan Tanh
    TimeFromParts TimeToStr TimeToUnix TimestampFromParts TimestampTrunc ToBase64 ToBinary ToDays
    Transform Translate Trim Trunc Typeof Unhex Unicode UnixToTime Upper Variance VariancePop Week
    WeekOfYear Year
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Classes that sqlglot gives to functions which `functions` admits; any argument may be set."""

TEXT: Mapping[str, frozenset[str] | None] = {
    "Identifier.this": None,
    "Literal.this": None,
    "Placeholder.this": None,
    "Var.this": None,
    "Anonymous.this": None,
    "ByteString.this": None,
    "RawString.this": None,
    "JSONPathKey.this": None,
    "JSONPathRecursive.this": None,
    "Join.kind": frozenset({"INNER", "CROSS", "OUTER", "SEMI", "ANTI"}),
    "Join.side": frozenset({"LEFT", "RIGHT", "FULL"}),
    "Join.method": frozenset({"NATURAL", "ASOF", "POSITIONAL"}),
    "Fetch.direction": frozenset({"FIRST", "NEXT"}),
    "HistoricalData.this": frozenset({"AT"}),
    "HistoricalData.kind": frozenset({"VERSION", "TIMESTAMP"}),
    "Pivot.pivot_column_naming": None,
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
    ARRAY BIGINT BLOB BOOLEAN BIT CHAR DATE DECIMAL DOUBLE ENUM FLOAT INT INT128 INTERVAL JSON LIST
    MAP NCHAR NVARCHAR SMALLINT STRUCT TEXT TIME TIMESTAMP TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_MS
    TIMESTAMP_NS TIMESTAMP_S TIMETZ TINYINT UBIGINT UINT USMALLINT UTINYINT UUID
    VARBINARY VARCHAR BPCHAR
"""
TYPES = frozenset(_TYPES.split())
"""Types that may be cast to."""

COLLATIONS = frozenset({"BINARY", "C", "NFC", "NOACCENT", "NOCASE", "POSIX"})
"""How text may be compared; several are joined by dots."""

WORDS: Mapping[str, tuple[Message, Message | None]] = {
    "Alter": (msg("ALTER"), None),
    "Analyze": (msg("ANALYZE"), None),
    "Apply": (msg("APPLY"), None),
    "Attach": (msg("ATTACH"), None),
    "Command": (msg("a command"), msg("Only SELECT statements run here.")),
    "Commit": (msg("COMMIT"), None),
    "Copy": (msg("COPY"), msg("Use `-o FILE` of `doumen query`.")),
    "Create": (msg("CREATE"), msg("Use `--into domain.name` of `doumen query`.")),
    "Delete": (msg("DELETE"), None),
    "Describe": (msg("DESCRIBE"), msg("Use `doumen describe DATASET`.")),
    "Detach": (msg("DETACH"), None),
    "Drop": (msg("DROP"), None),
    "Insert": (msg("INSERT"), msg("Use `doumen collect`, or `--into` of `doumen query`.")),
    "Into": (msg("SELECT INTO"), msg("Use `--into domain.name` of `doumen query`.")),
    "HistoricalData.this": (
        msg("BEFORE or another form of time travel"),
        msg("Write `AT (VERSION => 3)`."),
    ),
    "HistoricalData.kind": (msg("time travel of this kind"), msg("Write `AT (VERSION => 3)`.")),
    "LimitOptions.with_ties": (
        msg("WITH TIES"),
        msg("Write `QUALIFY rank() OVER (ORDER BY …) <= 3`."),
    ),
    "Lock": (msg("FOR UPDATE"), None),
    "Merge": (msg("MERGE"), None),
    "Parameter": (msg("a named parameter"), msg("Use `?` or `$1`.")),
    "Pivot.default_on_null": (
        msg("DEFAULT ON NULL of PIVOT"),
        msg("Write `coalesce(…)` around it."),
    ),
    "PivotAny": (msg("PIVOT with ANY"), msg("List the values: `IN ('a', 'b')`.")),
    "PositionalColumn": (msg("a column by position"), msg("Name the column.")),
    "Pragma": (msg("PRAGMA"), None),
    "Rand": (msg("the function `random`"), msg("Order by a column and use LIMIT.")),
    "ReadCSV": (msg("read_csv()"), msg("Collect the file first: `doumen collect`.")),
    "ReadParquet": (msg("read_parquet()"), msg("Collect the file first: `doumen collect`.")),
    "Rollback": (msg("ROLLBACK"), None),
    "Set": (msg("SET"), None),
    "Show": (msg("SHOW"), msg("Use `SELECT * FROM sys.datasets`.")),
    "Summarize": (msg("SUMMARIZE"), None),
    "TableSample.size": (
        msg("a sample of a number of rows"),
        msg("Write `USING SAMPLE 10% (bernoulli, 42)`, or order by a column and use LIMIT."),
    ),
    "Transaction": (msg("BEGIN"), None),
    "Uuid": (msg("the function `uuid`"), None),
    "Update": (msg("UPDATE"), None),
    "Use": (msg("USE"), msg("Write `domain.name`.")),
    "Column.join_mark": (msg("a join mark (+)"), msg("Write LEFT JOIN.")),
    "Except.by_name": (msg("BY NAME"), msg("List the columns in the same order.")),
    "Intersect.by_name": (msg("BY NAME"), msg("List the columns in the same order.")),
    "Join.hint": (msg("a join hint"), None),
    "Join.method": (msg("this kind of join"), msg("Write a join with ON.")),
    "Join.kind": (msg("this kind of join"), msg("Write a join with ON.")),
    "Ordered.with_fill": (msg("WITH FILL"), None),
    "Select.connect": (msg("CONNECT BY"), None),
    "Select.distribute": (msg("DISTRIBUTE BY"), None),
    "Select.hint": (msg("a hint"), None),
    "Select.into": (msg("SELECT INTO"), msg("Use `--into domain.name` of `doumen query`.")),
    "Select.kind": (msg("SELECT AS STRUCT or VALUE"), None),
    "Select.laterals": (msg("LATERAL"), msg("Write a join with ON.")),
    "Select.locks": (msg("FOR UPDATE"), None),
    "Select.operation_modifiers": (msg("a modifier of SELECT"), None),
    "Select.pivots": (msg("PIVOT"), None),
    "Subquery.sample": (
        msg("a sample of a derived table"),
        msg("Sample the dataset inside of it."),
    ),
    "Table.catalog": (msg("a table name of three parts"), msg("Write `domain.name`.")),
    "Table.rows_from": (msg("ROWS FROM"), None),
    "Table.version": (msg("another form of time travel"), msg("Write `AT (VERSION => 3)`.")),
    "With.search": (msg("SEARCH"), None),
}
"""How refused classes and arguments are called, and what to write instead, where there is a way."""

OPENINGS = frozenset({"SELECT", "WITH", "FROM", "VALUES", "L_PAREN", "TABLE", "PIVOT", "UNPIVOT"})
"""Types of tokens that a statement may begin with."""
