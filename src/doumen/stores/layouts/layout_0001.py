"""Layout 1: facts, entries, nodes, checkpoints, charges, receipts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Lay out an empty database."""
    op.create_table("store", _key("id", sa.Integer()), _column("version", sa.Integer()))
    op.create_table(
        "facts",
        _key("seq", NUMBER),
        _column("kind", TEXT),
        _column("key", TEXT),
        sa.Column("body", TEXT),
        _column("event", TEXT),
        _column("time", TEXT),
    )
    op.create_index("facts_of_key", "facts", ["kind", "key"])
    op.create_table(
        "entries",
        _key("place", NUMBER),
        sa.Column("id", TEXT, nullable=False, unique=True),
        _column("body", sa.LargeBinary()),
    )
    op.create_table("nodes", _key("number", NUMBER), _column("hash", sa.LargeBinary()))
    op.create_table(
        "checkpoints", _key("number", NUMBER), _column("size", NUMBER), _column("note", TEXT)
    )
    op.create_table(
        "charges",
        sa.Column("place", NUMBER, sa.ForeignKey("entries.place"), primary_key=True),
        _key("item", sa.Integer()),
        _column("account", TEXT),
        _column("unit", TEXT),
        _column("amount", NUMBER),
    )
    op.create_index("charges_of_account", "charges", ["account", "unit", "amount"])
    op.create_table("receipts", sa.Column("id", TEXT, primary_key=True), _column("text", TEXT))
    op.execute("INSERT INTO store (id, version) VALUES (1, 1)")


def _key(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
