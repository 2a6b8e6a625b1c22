"""Where a store is: `sqlite:///PATH`, or `postgresql+psycopg://USER@HOST/NAME?schema=SCHEMA`.

What the address of PostgreSQL says beside `schema` is libpq's own (`sslmode`, `host` …), and
what it leaves out libpq finds where it always does: `PGPASSWORD`, `~/.pgpass`, `PGSERVICE`.
An address may hold a password, so no message ever quotes one.
"""

from __future__ import annotations

import re

from sqlalchemy import exc as sql
from sqlalchemy.engine import URL, make_url

from doumen.model.errors import Invalid
from doumen.model.message import msg

SCHEMA = "doumen"
"""Schema of a store in PostgreSQL where the address names none."""

_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_DRIVERS = {"sqlite": ("sqlite", "sqlite+pysqlite"), "postgresql": ("postgresql+psycopg",)}


def parse(address: str) -> URL:
    """Read an address.

    Raises:
        Invalid: it is none that can be used.
    """
    try:
        place = make_url(address)
        kind = place.get_backend_name()
    except (sql.ArgumentError, ValueError):
        raise unusable() from None
    if place.drivername not in _DRIVERS.get(kind, ()):
        raise unusable()
    if kind == "postgresql":
        schema(place)
    return place


def schema(place: URL) -> str:
    """The schema that an address names.

    Raises:
        Invalid: its name is none that PostgreSQL takes unquoted.
    """
    named = place.query.get("schema", SCHEMA)
    if not isinstance(named, str) or not _NAME.fullmatch(named):
        raise Invalid(
            msg("`{named}` cannot be the schema of a store.", named=named),
            why=msg(
                "It is of a-z, 0-9 and _, at most 63 of them, and begins with a letter or _, "
                "not with pg_."
            ),
            detail="store",
        )
    return named


def with_schema(address: str, name: str) -> str:
    """The address with a schema; one that it names itself stays."""
    place = parse(address)
    if place.get_backend_name() != "postgresql" or "schema" in place.query:
        return address
    return place.update_query_dict({"schema": name}).render_as_string(hide_password=False)


def unusable() -> Invalid:
    """The error of an address that cannot be used; it does not quote it."""
    return Invalid(
        msg("The address of the store cannot be used."),
        why=msg("It is `sqlite:///PATH` or `postgresql+psycopg://USER@HOST/NAME?schema=SCHEMA`."),
        detail="store",
    )
