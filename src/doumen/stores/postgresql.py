"""The store in a schema of PostgreSQL: one writer by a row lock, readers by REPEATABLE READ.

All that SQLite does by itself is asked for here: writers queue for the one row of `store` and
then read what is committed now; every connection is checked to be one whose commits last; and
a commit whose answer was lost is looked up, not guessed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, Table, Text, create_engine, event, func, select, text
from sqlalchemy import exc as sql
from sqlalchemy.engine import URL
from sqlalchemy.schema import CreateSchema, DropSchema, MetaData, SetTableComment

from doumen.model.errors import DoumenError, Invalid, Unavailable
from doumen.model.message import Message, msg, paragraph, plain
from doumen.stores import address
from doumen.stores.faults import busy, unusable
from doumen.stores.tables import STORE

READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITING: dict[str, Any] = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
GLANCING: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}
OLDEST = 13
"""Oldest server: it tells what became of a transaction (`pg_xact_status`)."""
SETTLE = 30.0
"""Seconds for which an interrupted commit is looked up."""
_CONNECT = {"connect_timeout": 10, "application_name": "doumen", "tcp_user_timeout": 30_000}
"""Settings of libpq where the address has none: seconds, name, milliseconds."""
_AWAY: Message = msg("Start the server, or correct `store` in doumen.toml; then try again.")
_CHECK = (
    "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), "
    "current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery()"
)
_CONNECTING: Mapping[str, tuple[Message, Message]] = {
    "password": (
        msg("It wants a password, or another one."),
        msg("Set PGPASSWORD, or write ~/.pgpass."),
    ),
    "pg_hba": (msg("It does not let this user in from here."), msg("Ask its administrator.")),
    "does not exist": (
        msg("It has no such database or user."),
        msg("Make it, or correct `store`."),
    ),
    "too many": (msg("It takes no more connections."), msg("Raise its max_connections.")),
    "unsupported startup": (
        msg("A pool before it drops settings."),
        msg("Connect to the server itself."),
    ),
    "SSL": (
        msg("Both do not agree on TLS."),
        msg("Correct `sslmode` and certificates in `store`."),
    ),
    "starting up": (msg("It is starting."), msg("Try again.")),
    "shutting down": (msg("It is shutting down."), _AWAY),
}
_STATES: Mapping[str, tuple[Message, Message]] = {
    "08": (msg("The connection broke."), _AWAY),
    "57P": (msg("The server was shut down."), _AWAY),
    "53100": (msg("The disk of the server is full."), msg("Make room on it, then try again.")),
    "53": (msg("The server has no memory or connection left."), msg("Try again.")),
    "25006": (
        msg("The server only reads: it is a standby or set so."),
        msg("Name the primary in `store`."),
    ),
    "42501": (msg("The user may not do this there."), msg("Make it the owner of the schema.")),
    "42P01": (msg("A table is missing."), plain("doumen doctor")),
    "XX001": (msg("The data of the server are damaged."), msg("Put the store back from a backup.")),
}


def engine(place: URL, patience: float) -> Engine:
    """Connections to a server; each is in the schema, and one whose commits last."""
    given = place.query
    options = f"{given.get('options', '')} {_options(place, patience)}".strip()
    ours = {name: value for name, value in _CONNECT.items() if name not in given}
    try:
        made = create_engine(
            place.difference_update_query(["schema", "options"]),
            max_overflow=-1,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={**ours, "client_encoding": "utf8", "options": options},
        )
    except ModuleNotFoundError as error:
        raise Unavailable(
            msg(
                "The database needs the Python package `{name}`, which is not installed.",
                name=error.name,
            ),
            next=plain("pip install 'doumen[postgresql]'"),
            detail="driver",
        ) from None
    event.listen(made, "connect", _check)
    return made


def take_turn(connection: Connection) -> tuple[int, int]:
    """Queue for the one row of `store`; gives the layout and the number of the transaction."""
    asked = select(STORE.c.version, func.pg_current_xact_id().cast(Text))
    row = connection.execute(asked.with_for_update()).one()
    return row[0], int(row[1])


def settled(engine: Engine, number: int) -> bool:
    """What became of a transaction whose commit was not answered: kept, or nothing of it.

    Raises:
        Unavailable: it cannot be told, since the server stays away.
    """
    asked = text("SELECT pg_xact_status(CAST(CAST(:number AS text) AS xid8))")
    until = time.monotonic() + SETTLE
    while True:
        try:
            with engine.connect() as connection:
                state = connection.execute(asked, {"number": str(number)}).scalar()
            if state != "in progress":
                return bool(state == "committed")
        except sql.DataError:  # a server that never came to this number: its successor
            return False
        except sql.DBAPIError:
            pass
        if time.monotonic() > until:
            raise Unavailable(
                msg(
                    "The store went away while it was committing: it may have kept the job or not."
                ),
                next=msg("When it is back, look in `sys.events` before you run the job again."),
                detail="unsure",
            )
        time.sleep(0.1)


def prepare(connection: Connection, place: URL) -> None:
    """Make the schema where it is not there; others who make one wait."""
    name = address.schema(place)
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
    if not connection.dialect.has_schema(connection, name):
        connection.execute(CreateSchema(name))


def sign(connection: Connection, origin: str) -> None:
    """Write on the store whose it is."""
    connection.execute(SetTableComment(Table(STORE.name, MetaData(), comment=origin)))


def owner(connection: Connection) -> str | None:
    """Name of the ledger for which the store was made."""
    asked = "SELECT obj_description(CAST(:name AS regclass), 'pg_class')"
    found: str | None = connection.execute(text(asked), {"name": STORE.name}).scalar()
    return found


def failure(error: sql.DBAPIError) -> DoumenError:
    """What a failure means, in a constant sentence: the text of a database may quote values."""
    said, state = str(error.orig), getattr(error.orig, "sqlstate", None) or ""
    if state in {"55P03", "40001", "40P01"}:
        return busy()
    if "NUL (0x00)" in said:
        return Invalid(
            msg("A name or text holds the character NUL, which PostgreSQL does not keep."),
            next=msg("Leave it out."),
            detail="nul",
        )
    if state:
        known = (meant for prefix, meant in _STATES.items() if state.startswith(prefix))
        return unusable(*next(known, (None,)))
    if "timeout" in said:
        return unusable(msg("The server does not answer."), _AWAY)
    known = (meant for sign, meant in _CONNECTING.items() if sign in said)
    why, step = next(known, (msg("The server cannot be reached."), _AWAY))
    return unusable(why, step)


def _options(place: URL, patience: float) -> str:
    """Settings of the session; they stand above those of the user and of the database."""
    settings: Mapping[str, object] = {
        "search_path": address.schema(place),
        "lock_timeout": max(1, int(patience * 1000)),
        "tcp_keepalives_idle": 15,
        "tcp_keepalives_interval": 5,
        "tcp_keepalives_count": 3,
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _check(raw: Any, _: object) -> None:
    """Hold a new connection against what the store promises."""
    raw.autocommit = True
    version, encoding, fsync, commit, standby = raw.execute(_CHECK).fetchone()
    raw.autocommit = False
    faults: list[Message] = []
    if version < OLDEST * 10000:
        faults.append(
            msg(
                "It is version {version}; {oldest} is the oldest.",
                version=version // 10000,
                oldest=OLDEST,
            )
        )
    if encoding != "UTF8":
        faults.append(msg("Its text is {encoding}, not UTF8.", encoding=encoding))
    for name, value in (("fsync", fsync), ("synchronous_commit", commit)):
        if value == "off":
            faults.append(msg("{name} is off: a crash loses commits.", name=name))
    if standby:
        faults.append(msg("It is a standby, which only reads."))
    if faults:
        raw.close()
        raise Unavailable(
            msg("The server cannot hold a store."),
            why=paragraph(faults),
            next=msg("Change its settings, or name another server in `store`."),
            detail="server",
        )


def discard(connection: Connection, place: URL, origin: str) -> None:
    """Drop an unfinished store of this origin, and its schema if nothing else is in it."""
    if not connection.dialect.has_table(connection, STORE.name) or owner(connection) != origin:
        return
    STORE.metadata.drop_all(connection)
    with suppress(sql.DBAPIError), connection.begin_nested():
        connection.execute(DropSchema(address.schema(place)))
