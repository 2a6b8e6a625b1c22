"""A node that is well, to be copied and damaged."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.session import create
from doumen.session.doctor.verb import doctor
from doumen.session.node import silent

Look = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture(scope="package")
def well(tmp_path_factory: pytest.TempPathFactory, choose: Any) -> Path:
    """A node in a file; not to be changed."""
    at = tmp_path_factory.mktemp("doctor")
    with choose("sqlite"):
        create(at / "node", "doctor")
    (at / "a.csv").write_text("id,name\n1,Ann\n2,Bob\n")
    with doumen.open(at / "node") as node:
        own = node.session()
        own.do("collect", path=at / "a.csv", as_dataset="a.b")
        own.derive("SELECT name FROM a.b", "a.c")
        for name in ("a-purpose", "b-purpose"):
            own.do("purpose add", name=name)
    return at / "node"


@pytest.fixture
def folder(well: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(well, tmp_path / "node"))


@pytest.fixture
def look(folder: Path) -> Look:
    """What the doctor finds that is not well: exit code and checks."""

    def looked(**options: bool) -> tuple[int, list[dict[str, Any]]]:
        told = doctor(folder, progress=silent, **options)
        return told.exit, [c for c in told.json["checks"] if c["state"] != "ok"]

    return looked


@pytest.fixture
def aged() -> Callable[[Path], Path]:
    """Makes a file look as if it were two hours old (its own times; not when its mode changed)."""

    def old(path: Path) -> Path:
        os.utime(path, (time.time() - 7200,) * 2)
        return path

    return old
