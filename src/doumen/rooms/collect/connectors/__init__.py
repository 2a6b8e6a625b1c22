"""The shelf of connectors: one kind of place in each file, and the session that reads it beside it.

A kind is imported without its driver, and without Arrow; both come when a place is opened.
"""

from collections.abc import Mapping

from doumen.rooms.collect.connectors import duckdb, mysql, odbc, postgresql, sqlite
from doumen.rooms.collect.connectors.interface import Connector, Mark, Part, Session, There
from doumen.rooms.collect.connectors.kind import Kind

SHELF: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(duckdb.KIND, duckdb.Options, duckdb.SECRETS, duckdb.DuckDB),
        Kind(mysql.KIND, mysql.Options, mysql.SECRETS, mysql.MySQL),
        Kind(odbc.KIND, odbc.Options, odbc.SECRETS, odbc.ODBC),
        Kind(postgresql.KIND, postgresql.Options, postgresql.SECRETS, postgresql.PostgreSQL),
        Kind(sqlite.KIND, sqlite.Options, sqlite.SECRETS, sqlite.Sqlite),
    )
}

__all__ = ["SHELF", "Connector", "Kind", "Mark", "Part", "Session", "There"]
