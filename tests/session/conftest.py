"""A real node, made once on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doumen.session import create


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, choose: Any) -> Iterator[str]:
    """Every test that asks for a store runs on both kinds."""
    with choose(request.param) as kind:
        yield kind


@pytest.fixture(scope="module")
def folder(store: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a node."""
    folder = tmp_path_factory.mktemp("session") / "node"
    create(folder, "City bureau 市局")
    return folder
