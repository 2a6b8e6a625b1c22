"""Laws 3 and 9 for sources: what a place gave lands or is quarantined, once, whoever is killed.

A process reads a source in small pieces and is killed at a failpoint; rows are added and changed in
between; then it is run to its end. Every row is there once, in each mode of writing, and rows that
break the contract are aside.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.sound import faults

import doumen
from doumen.session import create

pytestmark = pytest.mark.law

POINTS = ("source.landed", "collect.loaded", "commit.prepared", "ledger.appended",
          "commit.written", "commit.durable", "collect.merged")  # fmt: skip
WORK = """
import sys
import doumen
from doumen.rooms.collect.sources import pieces
pieces.PIECE = 80
with doumen.open(sys.argv[1]) as node:
    done = node.session().do("source run").json
    assert done["failed"] == 0, done
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
      - {name: changed, logicalType: integer}
"""
STREAMS = """source: sqlite
path: shop.db
streams:
  shop.orders: {table: orders, cursor: id, contract: orders.odcs.yaml}
  shop.whole: {table: orders}
  shop.latest: {table: orders, key: id, contract: orders.odcs.yaml}
  shop.onward: {table: orders, key: id, cursor: changed, late: 60}
  shop.past: {table: orders, key: id, writes: history, vanished: mark}
"""


def sold(folder: Path, start: int, stop: int) -> None:
    """Write orders, of which every seventh breaks the contract, and change some of those before."""
    with sqlite3.connect(folder / "shop.db") as place:
        place.execute(
            "CREATE TABLE IF NOT EXISTS orders "
            "(id INTEGER PRIMARY KEY, amount INTEGER, changed INTEGER)"
        )
        place.execute(
            "UPDATE orders SET amount = amount * 2, changed = ? + id WHERE id % 10 = 3", (start,)
        )
        place.executemany(
            "INSERT INTO orders VALUES (?, ?, ?)",
            [(n, -n if n % 7 == 0 else n, n) for n in range(start, stop)],
        )
    place.close()


def run(node: Path, failpoint: str = "") -> int:
    """Read on in a process of its own; whether it was killed."""
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(node)],
        env=os.environ | {"DOUMEN_FAILPOINT": failpoint},
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
        assert owner.query("SELECT count(*), count(DISTINCT id) FROM shop.whole").rows() == [
            (rows, rows)
        ]
        merged(owner, node.parent)
    assert faults(node) == []


def merged(owner: Any, folder: Path) -> None:
    """What was merged by key is what the place has, and its past has one row to each time."""
    with sqlite3.connect(folder / "shop.db") as place:
        there = place.execute("SELECT * FROM orders ORDER BY id").fetchall()
    place.close()
    assert owner.query("SELECT * FROM shop.onward ORDER BY id").rows() == there
    assert owner.query(
        "SELECT id, amount, changed FROM shop.past WHERE valid_to IS NULL ORDER BY id"
    ).rows() == there  # fmt: skip
    good = [row for row in there if row[1] >= 0]
    assert owner.query("SELECT * FROM shop.latest ORDER BY id").rows() == good
    bad = "SELECT count(*), count(DISTINCT _raw) FROM shop.latest__quarantine"
    ((count, distinct),) = owner.query(bad).rows()
    assert count == distinct >= len(there) - len(good)
    broken = owner.query(
        "SELECT count(*) FROM (SELECT valid_from, lag(valid_to) OVER "
        "(PARTITION BY id ORDER BY valid_from) AS before, "
        "row_number() OVER (PARTITION BY id ORDER BY valid_from) AS place FROM shop.past) "
        "WHERE place > 1 AND before IS DISTINCT FROM valid_from"
    ).rows()
    assert broken == [(0,)]


def made(folder: Path) -> Path:
    """A node with the source."""
    node = folder / "node"
    create(node, "shop")
    (folder / "shop.yaml").write_text(STREAMS)
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    sold(folder, 0, 150)
    with doumen.open(node) as opened:
        opened.session().do("source add", name="shop", file=folder / "shop.yaml")
    return node


def killed_at(folder: Path, points: list[str]) -> None:
    node, rows = made(folder), 150
    for point in points:
        assert run(node, point) == -signal.SIGKILL, point
        sold(folder, rows, rows + 50)
        rows += 50
    assert run(node) == 0
    whole(node, rows)
    assert run(node) == 0
    whole(node, rows)


def test_killed_twice_and_run_to_its_end(tmp_path: Path) -> None:
    killed_at(tmp_path, ["commit.durable:2", "source.landed:1", "collect.merged:3"])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_killed_anywhere_and_run_to_its_end(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    killed_at(tmp_path, [f"{draw.choice(POINTS)}:{draw.randint(1, 2)}" for _ in range(3)])
