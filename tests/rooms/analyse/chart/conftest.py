"""Results made by hand: a schema, rows, and what is proposed for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from doumen.model.schema import Column, Schema
from doumen.rooms.analyse.chart import Choice, Proposed, propose


class Bench:
    """Proposes charts for rows written down."""

    def schema(self, columns: str) -> Schema:
        """Columns as `name TYPE, name TYPE`."""
        pairs = (part.strip().split(" ", 1) for part in columns.split(";"))
        return Schema(tuple(Column(name, type) for name, type in pairs))

    def propose(self, columns: str, rows: Sequence[Sequence[Any]], **choice: Any) -> Proposed:
        """What is proposed."""
        return propose(
            self.schema(columns), rows, count=len(rows), choice=Choice(**choice) if choice else None
        )


@pytest.fixture(scope="session")
def table() -> Bench:
    return Bench()
