"""The layout of the store: every table of catalogue, ledger and queue, at one version.

Rows are only ever added, but for those of the queue (jobs, schedules, conditions, notices), which
change until they are over and are forgotten in time. `store` holds one row: the version of the
layout, and the lock that writers queue for where the database has no single writer of its own
(PostgreSQL).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

VERSION = 3
"""Version of this layout; a store of another one is not opened."""

METADATA = MetaData()

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")  # SQLite compares bytes
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite keeps INTEGER keys in the row id

STORE = Table(
    "store",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

FACTS = Table(
    "facts",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("kind", _TEXT, nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("body", _TEXT),
    Column("event", _TEXT, nullable=False),
    Column("time", _TEXT, nullable=False),
    Index("facts_of_key", "kind", "key"),
)
"""All facts in the order in which they became true; `body` is JSON, NULL takes back."""

ENTRIES = Table(
    "entries",
    METADATA,
    Column("place", _NUMBER, primary_key=True, autoincrement=False),
    Column("id", _TEXT, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
"""The events: `body` is the RFC 8785 form that the leaf hash is over."""

NODES = Table(
    "nodes",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Hashes of complete subtrees, numbered in the order in which they become complete."""

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("size", _NUMBER, nullable=False),
    Column("note", _TEXT, nullable=False),
)
"""Every signed head, in the order of signing."""

CHARGES = Table(
    "charges",
    METADATA,
    Column("place", _NUMBER, ForeignKey(ENTRIES.c.place), primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("account", _TEXT, nullable=False),
    Column("unit", _TEXT, nullable=False),
    Column("amount", _NUMBER, nullable=False),
    Index("charges_of_account", "account", "unit", "amount"),
)
"""The charges of each event, so that a balance is one look at an index."""

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("id", _TEXT, primary_key=True),
    Column("text", _TEXT, nullable=False),
)
"""Sealed receipts by event id. A row may be deleted: that shreds text and salt."""

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", _TEXT, primary_key=True),
    Column("operation", _TEXT, nullable=False),
    Column("actor", _TEXT, nullable=False),
    Column("purpose", _TEXT),
    Column("token", _TEXT),
    Column("inputs", _TEXT, nullable=False),
    Column("state", _TEXT, nullable=False),
    Column("created", _TEXT, nullable=False),
    Column("due", _TEXT),
    Column("started", _TEXT),
    Column("finished", _TEXT),
    Column("attempt", Integer, nullable=False),
    Column("spared", Integer, nullable=False),
    Column("worker", _TEXT),
    Column("lease", _TEXT),
    Column("fraction", Float),
    Column("doing", _TEXT),
    Column("cancelling", Boolean, nullable=False),
    Column("receipt", _TEXT),
    Column("outcome", _TEXT),
    Column("exit", Integer),
    Column("error", _TEXT),
    Column("retry_of", _TEXT),
    Column("reason", _TEXT),
    Column("schedule", _TEXT),
    Column("occurrence", _TEXT),
    Column("said", _TEXT),
    Index("jobs_of_state", "state", "actor", "id"),
    Index("jobs_of_schedule", "schedule", "id"),
)
"""What waits, runs and was done; `model.queued` says what each column means."""

SCHEDULES = Table(
    "schedules",
    METADATA,
    Column("name", _TEXT, primary_key=True),
    Column("event", _TEXT, nullable=False),
    Column("version", _NUMBER, nullable=False),
    Column("next", _TEXT, nullable=False),
    Column("job", _TEXT),
    Column("occurrence", _TEXT),
    Column("last", _TEXT),
)
"""How far each schedule is done: a `model.schedule.Position`."""

CONDITIONS = Table(
    "conditions",
    METADATA,
    Column("alert", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    Column("subject", _TEXT, primary_key=True),
    Column("since", _TEXT, nullable=False),
)
"""What is wrong now, as each alert sees it and has told."""

NOTICES = Table(
    "notices",
    METADATA,
    Column("id", _TEXT, primary_key=True),
    Column("alert", _TEXT, nullable=False),
    Column("body", _TEXT, nullable=False),
    Column("created", _TEXT, nullable=False),
    Column("due", _TEXT, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease", _TEXT),
    Column("sent", _TEXT),
    Column("given_up", _TEXT),
    Column("code", _TEXT),
    Index("notices_of_alert", "alert", "id"),
)
"""What is to be told, and was; `lease`: until when somebody is at it."""
