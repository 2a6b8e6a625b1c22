"""Laws 3 and 9 for places of files: what came lands or is quarantined, once, whoever is killed.

A process reads files in small groups and is killed at a failpoint; files are added in between, and
some are renamed, packed or touched, which makes no other content of them. Then it is run to its
end: every row is there once, and rows that break the contract are aside. The same holds where the
connection is cut amid files, again and again.
"""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import sftp
from tests.sound import faults

import doumen
from doumen.session import create

pytestmark = pytest.mark.law

POINTS = ("source.brought", "source.landed", "collect.loaded", "commit.prepared",
          "ledger.appended", "commit.written", "commit.durable")  # fmt: skip
ROWS = 20
"""Rows of a file."""
WORK = """
import sys
import doumen
from doumen.rooms.collect.connectors import bringing
from doumen.rooms.collect.sources import filing
filing.FILES, bringing.PAUSE = 3, 0.001
with doumen.open(sys.argv[1]) as node:
    done = node.session().do("source run").json
    assert sys.argv[2] == "cut" or done["failed"] == 0, done
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
domain: shop
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer}
      - {name: amount, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""
STREAMS = """streams:
  shop.orders: {files: "**/*.csv*", contract: orders.odcs.yaml, settled: 0}
  shop.whole: {files: "**/*.csv*", writes: replace, settled: 0}
"""


class Files:
    """The files of a place; every seventh row breaks the contract."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0
        root.mkdir()

    def add(self, files: int) -> None:
        for number in range(self.count, self.count + files):
            ids = range(number * ROWS, (number + 1) * ROWS)
            text = "id,amount\n" + "".join(f"{n},{-n if n % 7 == 0 else n}\n" for n in ids)
            path = self.root / f"{number:03d}.csv"
            path.write_text(text)
        self.count += files

    def shuffle(self, draw: random.Random) -> None:
        """Give files that are there other names, times and packing: no other content."""
        for path in draw.sample(sorted(self.root.rglob("*.csv")), 3):
            match draw.randrange(3):
                case 0:
                    path.touch()
                case 1:
                    (path.parent / "old").mkdir(exist_ok=True)
                    path.rename(path.parent / "old" / path.name)
                case _:
                    path.with_suffix(".csv.gz").write_bytes(gzip.compress(path.read_bytes()))
                    path.unlink()


def run(node: Path, failpoint: str = "", how: str = "whole") -> int:
    """Read on in a process of its own; whether it was killed."""
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(node), how],
        env=os.environ | {"DOUMEN_FAILPOINT": failpoint, "SFTP": sftp.PASSWORD},
        stderr=subprocess.PIPE,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


def whole(node: Path, rows: int) -> None:
    """Every row is there once, landed or aside, and the ledger is sound."""
    with doumen.open(node) as opened:
        owner = opened.session()
        assert owner.desk.inspect() == ()
        good = [n for n in range(rows) if n % 7 or n == 0]
        landed = owner.query("SELECT id FROM shop.orders ORDER BY id").rows()
        assert [n for (n,) in landed] == good
        aside = owner.query("SELECT count(*) FROM shop.orders__quarantine").rows()
        assert aside == [(rows - len(good),)]
        counts = owner.query("SELECT count(*), count(DISTINCT id) FROM shop.whole").rows()
        assert counts == [(rows, rows)]
    assert faults(node) == []


def made(folder: Path, document: str) -> Path:
    """A node with the source."""
    node = folder / "node"
    create(node, "shop")
    (folder / "shop.yaml").write_text(document + STREAMS)
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    with doumen.open(node) as opened:
        opened.session().do("source add", name="shop", file=folder / "shop.yaml")
    return node


def killed_at(folder: Path, points: list[str], meanwhile: Callable[[Files], None]) -> None:
    files = Files(folder / "in")
    files.add(8)
    node = made(folder, "source: folder\npath: in\n")
    for point in points:
        assert run(node, point) == -signal.SIGKILL, point
        files.add(4)
        meanwhile(files)
    for _ in range(2):
        assert run(node) == 0
        whole(node, files.count * ROWS)


def test_killed_twice_and_run_to_its_end(tmp_path: Path) -> None:
    draw = random.Random(7)
    killed_at(tmp_path, ["commit.durable:2", "source.brought:2"], lambda one: one.shuffle(draw))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_killed_anywhere_and_run_to_its_end(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    points = [f"{draw.choice(POINTS)}:{draw.randint(1, 2)}" for _ in range(3)]
    killed_at(tmp_path, points, lambda one: one.shuffle(draw))


def test_cut_connections_leave_nothing_out_and_nothing_twice(tmp_path: Path) -> None:
    files = Files(tmp_path / "served")
    files.add(12)
    with sftp.serving(sftp.Server(files.root)) as server:
        options = "".join(f"{name}: {value!r}\n" for name, value in server.options.items())
        document = f"source: sftp\n{options}password: {{env: SFTP}}\n"
        node = made(tmp_path, document)
        server.cuts[:] = [60, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0]
        run(node, how="cut")
        assert server.sessions > 5
        files.add(2)
        server.cuts[:] = [10, 10]
        assert run(node) == 0
        whole(node, files.count * ROWS)
