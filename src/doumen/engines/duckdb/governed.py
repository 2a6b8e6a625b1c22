"""Governed tables in the engine: secure views under the datasets' own names, and the job's time.

A secure view is a barrier: what the user's statement computes, errors included, it computes
over rows and values that the view lets through. Values of rules are session variables, so
that the text of a view holds none.
"""

from __future__ import annotations

from datetime import datetime

from doumen.engines.duckdb import attached
from doumen.engines.duckdb.text import name, type_name
from doumen.kits import sql
from doumen.model.plan import GovernedTable

NOW = "__doumen_now"
"""Session variable that holds the job's time."""

INLINE = "__doumen_inline"
"""Schema of tables that came with the plan; the parser's allow-list admits no name in it."""

_NOW = f"CAST(getvariable('{NOW}') AS TIMESTAMP WITH TIME ZONE)"
_LOCAL = f"CAST(getvariable('{NOW}') AS TIMESTAMP)"

CLOCK = (
    *(
        f"CREATE MACRO {macro}() AS {_NOW}"
        for macro in ("now", "current_timestamp", "get_current_timestamp", "transaction_timestamp")
    ),
    *(f"CREATE MACRO {m}() AS CAST({_LOCAL} AS DATE)" for m in ("current_date", "today")),
    *(f"CREATE MACRO {m}() AS {_LOCAL}" for m in ("current_localtimestamp",)),
    *(
        f"CREATE MACRO {macro}() AS CAST({_LOCAL} AS TIME)"
        for macro in ("get_current_time", "current_localtime", "current_time")
    ),
    f"CREATE MACRO age(stamp) AS system.main.age(CAST(CAST({_LOCAL} AS DATE) AS TIMESTAMP), "
    "CAST(stamp AS TIMESTAMP)), (later, earlier) AS system.main.age(later, earlier)",
)
"""Statements that put the job's time in the place of the clock, before the engine is locked."""


def moment(now: datetime) -> str:
    """The text of the job's time, UTC without zone, as the variable `NOW` holds it."""
    return now.replace(tzinfo=None).isoformat(sep=" ")


def view(
    table: GovernedTable, inline: str, rows: int | None = None, *, filled: bool = False
) -> str:
    """The statement that makes the governed table.

    Args:
        table: What the actor sees.
        inline: Name, within the schema `INLINE`, of the table that came with the plan.
        rows: How many rows it shows, which is what the optimiser goes by; None: the files' own
            number.
        filled: Whether a column that none of the files has is NULL, instead of an error.
    """
    return f"CREATE SECURE VIEW {target(table)} AS {_shown(table, inline, rows, filled=filled)}"


def copy(table: GovernedTable, inline: str, *, filled: bool = False) -> str:
    """The statement that puts what the actor sees into a table of its own; as `view`."""
    return f"CREATE TABLE {target(table)} AS {_shown(table, inline, filled=filled)}"


def count(table: GovernedTable, inline: str, *, filled: bool = False) -> str:
    """The statement that counts the rows of the governed table; as `view`."""
    return f"SELECT count(*) FROM ({_shown(table, inline, filled=filled)})"  # noqa: S608 - quoted


def target(table: GovernedTable) -> str:
    """The quoted name of the governed table."""
    return sql.table(table.ref)


def _shown(
    table: GovernedTable, inline: str, rows: int | None = None, *, filled: bool = False
) -> str:
    columns = ", ".join(
        f"CAST({column.expression} AS {type_name(column.type)}) AS {name(column.name)}"
        if column.expression is not None
        else name(column.name)
        for column in table.columns
    )
    where = " AND ".join(f"({condition}\n)" for condition in table.where)
    return f"SELECT {columns} FROM {_source(table, inline, rows, filled=filled)}" + (  # noqa: S608 - quoted
        f" WHERE {where}" if where else ""
    )


def _source(table: GovernedTable, inline: str, rows: int | None, *, filled: bool) -> str:
    if table.inline is not None:
        return f"{name(INLINE)}.{name(inline)}"
    nulls = ", ".join(
        f"CAST(NULL AS {type_name(column.type)}) AS {name(column.name)}" for column in table.schema
    )
    if not table.files:
        return f"(SELECT {nulls} WHERE false)"
    if table.form is not None:
        return attached.table(table.files, table.form, rows)
    raw = ", ".join(
        f"CAST({name(column.name)} AS {type_name(column.type)}) AS {name(column.name)}"
        for column in table.schema
    )
    scanned = attached.scan(table.files, rows)
    if filled:
        scanned = f"(FROM {scanned} UNION ALL BY NAME SELECT {nulls} WHERE false)"
    return f"(SELECT {raw} FROM {scanned})"  # noqa: S608
