"""Layout 3: schedules and what is told of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; no job that is there is a run of a schedule."""
    with op.batch_alter_table("jobs") as table:
        for name in ("schedule", "occurrence", "said"):
            table.add_column(sa.Column(name, TEXT))
        table.create_index("jobs_of_schedule", ["schedule", "id"])
    op.create_table(
        "schedules",
        sa.Column("name", TEXT, primary_key=True),
        *_needed("event"),
        sa.Column("version", NUMBER, nullable=False),
        *_needed("next"),
        *_optional("job", "occurrence", "last"),
    )
    op.create_table(
        "conditions",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("alert", "kind", "subject")),
        *_needed("since"),
    )
    op.create_table(
        "notices",
        sa.Column("id", TEXT, primary_key=True),
        *_needed("alert", "body", "created", "due"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *_optional("lease", "sent", "given_up", "code"),
    )
    op.create_index("notices_of_alert", "notices", ["alert", "id"])


def _needed(*names: str) -> list[Any]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def _optional(*names: str) -> list[Any]:
    return [sa.Column(name, TEXT) for name in names]
