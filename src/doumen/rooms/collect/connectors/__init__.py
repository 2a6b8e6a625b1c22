"""The shelf of connectors: one kind of place in each file, and the session that reads it beside it.

A kind is imported without its driver, and without Arrow; both come when a place is opened.
"""

from collections.abc import Mapping

from doumen.rooms.collect.connectors import duckdb, folder, http, postgresql, s3, sftp, sqlite
from doumen.rooms.collect.connectors.file_reads import FileReads
from doumen.rooms.collect.connectors.interface import (
    Connector,
    Files,
    Gives,
    Item,
    Mark,
    Part,
    Records,
    Session,
    There,
)
from doumen.rooms.collect.connectors.kind import Kind

SHELF: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(duckdb.KIND, duckdb.Options, duckdb.SECRETS, duckdb.DuckDB),
        Kind(folder.KIND, folder.Options, folder.SECRETS, folder.Folder, Gives.FILES, FileReads),
        Kind(
            http.KIND,
            http.Options,
            http.SECRETS,
            http.Http,
            Gives.FILES,
            FileReads,
            http.PATHS,
            lists=False,
        ),
        Kind(postgresql.KIND, postgresql.Options, postgresql.SECRETS, postgresql.PostgreSQL),
        Kind(s3.KIND, s3.Options, s3.SECRETS, s3.S3, Gives.FILES, FileReads, s3.PATHS),
        Kind(sftp.KIND, sftp.Options, sftp.SECRETS, sftp.Sftp, Gives.FILES, FileReads, sftp.PATHS),
        Kind(sqlite.KIND, sqlite.Options, sqlite.SECRETS, sqlite.Sqlite),
    )
}

__all__ = [
    "SHELF",
    "Connector",
    "Files",
    "Gives",
    "Item",
    "Kind",
    "Mark",
    "Part",
    "Records",
    "Session",
    "There",
]
