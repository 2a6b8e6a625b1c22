"""The shelf of connectors: one kind of place in each file, and the session that reads it beside it.

A kind is imported without its driver, and without Arrow; both come when a place is opened.
"""

from collections.abc import Mapping

from doumen.rooms.collect.connectors import (
    ckan,
    dcat,
    delta_sharing,
    dlt,
    duckdb,
    folder,
    http,
    http_api,
    mysql,
    odbc,
    postgresql,
    s3,
    sdmx,
    sftp,
    sqlite,
)
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

_WEB = ("authorities",)
"""Options of places on the web that are paths."""
SHELF: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(ckan.KIND, ckan.Options, ckan.SECRETS, ckan.Ckan, Gives.FILES, FileReads, _WEB),
        Kind(
            ckan.STORE,
            ckan.Options,
            ckan.SECRETS,
            ckan.Store,
            Gives.RECORDS,
            ckan.RecordReads,
            _WEB,
        ),
        Kind(dcat.KIND, dcat.Options, dcat.SECRETS, dcat.Dcat, Gives.FILES, FileReads, _WEB),
        Kind(
            delta_sharing.KIND,
            delta_sharing.Options,
            delta_sharing.SECRETS,
            delta_sharing.DeltaSharing,
            Gives.FILES,
            FileReads,
            _WEB,
            lists=False,
        ),
        Kind(dlt.KIND, dlt.Options, dlt.SECRETS, dlt.Dlt, Gives.RECORDS, dlt.Reads),
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
        Kind(
            http_api.KIND,
            http_api.Options,
            http_api.SECRETS,
            http_api.HttpApi,
            Gives.RECORDS,
            http_api.Reads,
            _WEB,
        ),
        Kind(mysql.KIND, mysql.Options, mysql.SECRETS, mysql.MySQL),
        Kind(odbc.KIND, odbc.Options, odbc.SECRETS, odbc.ODBC),
        Kind(postgresql.KIND, postgresql.Options, postgresql.SECRETS, postgresql.PostgreSQL),
        Kind(s3.KIND, s3.Options, s3.SECRETS, s3.S3, Gives.FILES, FileReads, s3.PATHS),
        Kind(sdmx.KIND, sdmx.Options, sdmx.SECRETS, sdmx.Sdmx, Gives.RECORDS, sdmx.Reads, _WEB),
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
