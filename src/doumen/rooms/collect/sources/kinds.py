"""The kinds of places that are read, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping

from doumen.gate.desk import Desk
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.collect.connectors import SHELF, Gives, Kind

WORDS: Mapping[str, Message] = {
    "ckan": msg("Files of a CKAN portal of open data."),
    "ckan_datastore": msg("Records of the data store of a CKAN portal."),
    "dcat": msg("Files that a DCAT catalogue lists."),
    "delta_sharing": msg("Tables that somebody shares by Delta Sharing."),
    "dlt": msg("What a source of dlt yields: many services of the web."),
    "duckdb": msg("Tables of a file of DuckDB."),
    "folder": msg("Files of a folder on the machine of the node."),
    "http": msg("A file at an address of the web."),
    "http_api": msg("Records of an HTTP interface, page by page."),
    "mysql": msg("Tables of MySQL or MariaDB."),
    "odbc": msg("Tables of any database that has an ODBC driver."),
    "postgresql": msg("Tables of PostgreSQL."),
    "s3": msg("Files of a bucket: S3, MinIO and their like."),
    "sdmx": msg("Statistics of an SDMX service."),
    "sftp": msg("Files of a server that is reached by SFTP."),
    "sqlite": msg("Tables of a file of SQLite."),
}
"""Kind → what it reads."""
_STREAMS = {
    Gives.TABLES: ("table", "orders"),
    Gives.FILES: ("files", "'orders.csv'"),
    Gives.RECORDS: ("path", "orders"),
}
"""How a stream of such a place is written in an example."""
_SECRETS = {
    "mysql": ("password",),
    "odbc": ("password",),
    "postgresql": ("password",),
    "s3": ("access_key", "secret_key"),
    "sftp": ("password",),
    "delta_sharing": ("profile",),
}
"""Secrets that such a place rarely goes without."""
_ODBC = ("odbc", "dsn")
"""An option that is needed where another is not given."""
_VALUES = {
    "base": "https://example.org/data/",
    "bucket": "my-bucket",
    "database": "shop",
    "host": "db.example.org",
    "dsn": "shop",
    "module": "package.module:source",
    "path": "/data/shop",
    "url": "https://example.org/",
    "user": "reader",
}
"""Values of options that are needed, in an example."""


def listing(desk: Desk) -> Outcome:
    """List the kinds of places that a source may be of, with the options of each."""
    told = [
        {
            "kind": kind.name,
            "words": WORDS[kind.name],
            "gives": kind.gives.value,
            "options": list(kind.options.model_fields),
            "needed": [n for n, one in kind.options.model_fields.items() if one.is_required()],
            "secrets": list(kind.secrets),
            "example": _example(kind),
        }
        for kind in SHELF.values()
    ]
    rows = tuple((one["kind"], one["words"], tuple(one["needed"])) for one in told)
    heads = (msg("kind"), msg("what it reads"), msg("options that are needed"))
    return Outcome({"kinds": told}, (Table(heads, rows),))


def _example(kind: Kind) -> str:
    """A file that describes such a place, to be changed."""
    fields = kind.options.model_fields
    needed = [n for n, one in fields.items() if one.is_required() or (kind.name, n) == _ODBC]
    lines = [f"source: {kind.name}", *(f"{name}: {_VALUES[name]}" for name in needed)]
    lines += [f"{name}: {{env: {name.upper()}}}" for name in _SECRETS.get(kind.name, ())]
    key, value = _STREAMS[kind.gives]
    return "\n".join([*lines, "streams:", f"  domain.name: {{{key}: {value}}}", ""])
