"""Layout 2: the queue of jobs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NEEDED = ("operation", "actor", "inputs", "state", "created")
OPTIONAL = (
    "purpose", "token", "due", "started", "finished", "worker", "lease", "doing", "receipt",
    "outcome", "error", "retry_of", "reason",
)  # fmt: skip


def upgrade() -> None:
    """Add the table of jobs; nothing waits yet."""
    columns: list[Any] = [
        sa.Column("id", TEXT, primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in NEEDED),
        *(sa.Column(name, TEXT) for name in OPTIONAL),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("spared", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.Float()),
        sa.Column("cancelling", sa.Boolean(), nullable=False),
        sa.Column("exit", sa.Integer()),
    ]
    op.create_table("jobs", *columns)
    op.create_index("jobs_of_state", "jobs", ["state", "actor", "id"])
