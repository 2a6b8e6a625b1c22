"""Laws 3 and 9 for records: what an interface gave lands or is quarantined, once, come what may.

A server pages, throttles, fails and cuts its answers; a process reads it and is killed at a
failpoint; records are added in between, in no order or in that of the cursor; then it is run to
its end. Every record is there once, and those that break the contract are aside.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.laws.test_sources_files import CONTRACT
from tests.rooms.collect.web.serving import Asked, Reply, Web, serving
from tests.sound import faults

import doumen
from doumen.session import create

pytestmark = pytest.mark.law

POINTS = ("source.landed", "collect.loaded", "commit.prepared", "ledger.appended",
          "commit.written", "commit.durable")  # fmt: skip
WORK = """
import sys
import doumen
from doumen.rooms.collect.sources import records
from doumen.rooms.collect.web import manners
records.PIECE = 2500
manners.FIRST = 0.001
with doumen.open(sys.argv[1]) as node:
    done = node.session().do("source run").json
    assert done["failed"] == 0, done
"""
STREAMS = """source: http_api
base: URL
tries: 12
streams:
  shop.orders:
    path: mixed
    cursor: id
    contract: orders.odcs.yaml
    paging: {cursor: {param: after, at: $.next}}
    records: items
  shop.lines:
    path: sorted
    cursor: id
    ordered: true
    contract: orders.odcs.yaml
    since: {param: above}
    paging: {offset: offset}
    records: items
  shop.whole: {path: sorted, paging: {link: next}, records: items}
"""
SIZE = 20


class Orders:
    """Orders that an interface gives, badly; every seventh breaks the contract."""

    def __init__(self, web: Web, draw: random.Random) -> None:
        self._draw = draw
        self.rows = 0
        web.replies = {"/mixed": self._mixed, "/sorted": self._sorted}

    def _page(self, asked: Asked, ids: list[int], start: int) -> Reply:
        fate = self._draw.random()
        if fate < 0.1:
            return Reply(status=503, headers={"Retry-After": "0"})
        items = [{"id": n, "amount": -n if n % 7 == 0 else n} for n in ids[start : start + SIZE]]
        end = start + SIZE
        more = end < len(ids)
        body = json.dumps({"items": items, "next": end if more else None}).encode()
        link = {"Link": f"<?offset={end}>; rel=next"} if more else {}
        cut = self._draw.randrange(len(body)) if fate < 0.25 else None
        return Reply(body, headers=link, cut=cut, packed=cut is None and fate > 0.8)

    def _mixed(self, asked: Asked) -> Reply:
        ids = list(range(self.rows))
        random.Random(self.rows).shuffle(ids)
        return self._page(asked, ids, int(asked.one("after", "0")))

    def _sorted(self, asked: Asked) -> Reply:
        above = max(int(asked.one("above", "-1")) - 5, -1)  # as interfaces that round down
        return self._page(asked, list(range(above + 1, self.rows)), int(asked.one("offset", "0")))


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as made:
        yield made


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
    """Every record is there once, landed or aside, and the ledger is sound."""
    with doumen.open(node) as opened:
        owner = opened.session()
        assert owner.desk.inspect() == ()
        good = [n for n in range(rows) if n % 7 or n == 0]
        for name in ("orders", "lines"):
            landed = owner.query(f"SELECT id FROM shop.{name} ORDER BY id").rows()
            assert [n for (n,) in landed] == good, name
            aside = owner.query(f"SELECT count(*) FROM shop.{name}__quarantine").rows()
            assert aside == [(rows - len(good),)], name
        assert owner.query("SELECT count(*), count(DISTINCT id) FROM shop.whole").rows() == [
            (rows, rows)
        ]
    assert faults(node) == []


def killed_at(folder: Path, web: Web, points: list[str], seed: int) -> None:
    node, orders = folder / "node", Orders(web, random.Random(seed))
    create(node, "shop")
    (folder / "shop.yaml").write_text(STREAMS.replace("URL", web.url))
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    orders.rows = 150
    with doumen.open(node) as opened:
        opened.session().do("source add", name="shop", file=folder / "shop.yaml")
    for point in points:
        assert run(node, point) == -signal.SIGKILL, point
        orders.rows += 50
    assert run(node) == 0
    whole(node, orders.rows)
    assert run(node) == 0
    whole(node, orders.rows)


def test_killed_and_run_to_its_end(tmp_path: Path, web: Web) -> None:
    killed_at(tmp_path, web, ["commit.durable:2"], 1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_killed_anywhere_and_run_to_its_end(tmp_path: Path, web: Web, seed: int) -> None:
    draw = random.Random(seed)
    points = [f"{draw.choice(POINTS)}:{draw.randint(1, 2)}" for _ in range(3)]
    killed_at(tmp_path, web, points, seed)
