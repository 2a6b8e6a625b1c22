"""Every function and operator of the engine, classed once, by the engine's name for it.

The names are those of DuckDB 2.0 (`duckdb_functions()`, and for operators the names that
`json_serialize_sql` writes). `scalar` and `rows` list what is admitted, `refused` what is not and
why; `table` makes one table of them. What is not listed is refused.
"""

from __future__ import annotations

from doumen.kits.sql.functions.kind import Function, Kind
from doumen.kits.sql.functions.table import CLOCK, FUNCTIONS, classify, total

__all__ = ["CLOCK", "FUNCTIONS", "Function", "Kind", "classify", "total"]
