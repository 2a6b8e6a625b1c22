"""A real node, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from doumen.session import create


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a node."""
    folder = tmp_path_factory.mktemp("session") / "node"
    create(folder, "City bureau 市局")
    return folder
