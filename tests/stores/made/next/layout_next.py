"""A layout after the present one, for tests: a column more, and a table made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from doumen.stores.tables import VERSION

revision = f"{VERSION + 1:04d}"
down_revision = f"{VERSION:04d}"


def upgrade() -> None:
    with op.batch_alter_table("entries", recreate="auto") as table:
        table.add_column(sa.Column("kind", sa.Text()))
        table.alter_column("body", existing_type=sa.LargeBinary(), comment="RFC 8785")
    op.execute("UPDATE entries SET kind = 'event'")
