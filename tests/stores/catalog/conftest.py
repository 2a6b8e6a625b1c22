"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doumen.stores.database import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of the store."""
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty store, open."""
    opened = Database.open(url, create=True)
    yield opened
    opened.close()
