"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doumen.stores.database import Database


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty store, open."""
    opened = Database.open(url, create=True)
    yield opened
    opened.close()
