"""A node with data, its backups, and what a node says that can be compared."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.kits.sealed import lock
from doumen.session import create
from doumen.session.keeping import verbs
from doumen.session.node import silent

PASSPHRASE = "five words that belong to nobody"
ASKED = (
    "SELECT * FROM city.people ORDER BY id",
    "SELECT count(*), sum(id) FROM city.people",
    "SELECT * FROM city.counted",
    "SELECT * FROM city.people AT (VERSION => 1) ORDER BY id",
)


@pytest.fixture(autouse=True, scope="package")
def cheap() -> Iterator[None]:
    """Passphrases that are stretched little, and given by the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "COST", 4)
        patch.setenv("DOUMEN_BACKUP_PASSPHRASE", PASSPHRASE)
        yield


def fill(folder: Path, at: Path) -> None:
    """A node with two versions, a quarantine, a derived dataset, an actor and receipts."""
    create(folder, "City bureau 市局")
    with doumen.open(folder) as node:
        own = node.session()
        for number in range(2):
            rows = "".join(f"{number + 1}{i:02},name {i}\n" for i in range(30))
            (at / f"{number}.csv").write_text(f"id,name\n{rows}")
            own.do("collect", path=at / f"{number}.csv", as_dataset="city.people",
                   append=bool(number))  # fmt: skip
        own.derive("SELECT name, count(*) AS n FROM city.people GROUP BY name", "city.counted")
        own.do("actor add", name="ana", role=("analyst",), purpose=("research",))
        for sql in ASKED:
            own.query(sql).rows()


@dataclass(frozen=True)
class Kept:
    """A node and the folder of its backups."""

    node: Path
    shelf: Path

    def make(self, **options: Any) -> Any:
        return verbs.make(self.node, directory=self.shelf, progress=silent, **options)

    def list(self) -> Any:
        return verbs.list_(directory=self.shelf)

    def verify(self, **options: Any) -> Any:
        return verbs.verify(directory=self.shelf, progress=silent, **options)

    def restore(self, into: Path, **options: Any) -> Any:
        return verbs.restore(directory=self.shelf, into=into, progress=silent, **options)


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory, choose: Any) -> Kept:
    """A node in a file, backed up once; not to be changed."""
    at = tmp_path_factory.mktemp("keeping")
    with choose("sqlite"):
        fill(at / "node", at)
        kept = Kept(at / "node", at / "backups")
        kept.make()
    return kept


@pytest.fixture
def kept(made: Kept, tmp_path: Path) -> Kept:
    """A copy of it, to be worked with."""
    shutil.copytree(made.node, tmp_path / "node")
    shutil.copytree(made.shelf, tmp_path / "backups")
    return Kept(tmp_path / "node", tmp_path / "backups")


@pytest.fixture
def answers() -> Callable[[Path], list[Any]]:
    """All rows that a node gives."""

    def asked(folder: Path) -> list[Any]:
        with doumen.open(folder) as node:
            own = node.session()
            return [own.query(sql).rows() for sql in ASKED]

    return asked


@pytest.fixture
def replayed() -> Callable[[Path], int]:
    """How many answers of before a node gives again, digest by digest; none differs."""

    def again(folder: Path) -> int:
        with doumen.open(folder) as node:
            own = node.session()
            events = [e for e in map(json.loads, own.desk.entries()) if e["type"] == "query"]
            for event in events:
                told = own.do("receipt replay", receipt=event["id"]).json
                assert told["exact"], event
        return len(events)

    return again
