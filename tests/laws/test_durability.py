"""Law 9: killed at any instant, what was acknowledged is there and what was not is absent.

Four processes work on one node, each on files of its own; one of them is killed at a
failpoint. Then the ledger must be whole, every acknowledged receipt in it, every row landed
once, and the killed process's work can be finished by running it again.

Shown to fail by: committing the lake before the store transaction begins; returning before
the transaction ends; leaving out the look at the Delta head.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from tests import forked
from tests.forked import finish
from tests.sound import faults

import doumen
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile
from doumen.session import create

pytestmark = pytest.mark.law

QUERY_POINTS = (
    "gate.parsed",
    "gate.resolved",
    "gate.decided",
    "gate.planned",
    "gate.executed",
    "gate.recorded",
)
WRITE_POINTS = (
    "collect.decided",
    "collect.loaded",
    "lake.settled",
    "collect.settled",
    "derive.settled",
    "lake.committed",
    "commit.prepared",
    "ledger.appended",
    "catalog.appended",
    "ledger.signed",
    "commit.written",
    "commit.durable",
)
ROWS = 7
ROUNDS = 2
WORK = """
import json, os, sys
from pathlib import Path
import doumen
node, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
acknowledged = open(node.parent / f"{name}.acks", "a")
def acknowledge(**what):
    acknowledged.write(json.dumps(what) + "\\n")
    acknowledged.flush()
with doumen.open(node) as opened:
    session = opened.session()
    for number in range(rounds):
        path = node.parent / f"{name}-{number}.csv"
        made = session.do("collect", path=path, as_dataset="law.t", append=True)
        acknowledge(receipt=made.json["receipt"], rows=made.json["landed"])
        answer = session.query("select count(*) from law.t")
        answer.rows()
        acknowledge(receipt=answer.receipt)
        made = session.derive("select who, count(*) as n from law.t group by who", f"law.d_{name}")
        acknowledge(receipt=made.receipt, derived=made.snapshot)
"""


def write_inputs(folder: Path, names: list[str]) -> None:
    """The files of each process."""
    for name in names:
        for number in range(ROUNDS):
            lines = [f"{name},{number},{row}" for row in range(ROWS)]
            (folder / f"{name}-{number}.csv").write_text(
                "who,number,row\n" + "\n".join(lines) + "\n"
            )


def start(node: Path, name: str, failpoint: str = "") -> ForkServerProcess:
    """A process at work on the node."""
    return forked.start(WORK, str(node), name, str(ROUNDS), DOUMEN_FAILPOINT=failpoint)


def acknowledged(folder: Path) -> list[dict[str, object]]:
    """Everything that any process was told is done."""
    return [
        json.loads(line) for path in folder.glob("*.acks") for line in path.read_text().splitlines()
    ]


def check(node: Path, names: list[str], *, whole: bool) -> None:
    """The ledger is whole, what was acknowledged is there, no row is there twice."""
    with doumen.open(node) as opened:
        desk = opened.session().desk
        assert desk.inspect() == ()
        assert faults(node) == []
        events = {json.loads(entry)["id"]: json.loads(entry) for entry in desk.entries()}
        for told in acknowledged(node.parent):
            assert told["receipt"] in events
            assert desk.receipt(str(told["receipt"]))
        rows = (
            opened.session()
            .query("select who, number, row, count(*) from law.t group by all")
            .rows()
        )
        assert all(count == 1 for *_, count in rows)
        landed = sum(int(str(t["rows"])) for t in acknowledged(node.parent) if "rows" in t)
        collected = sum(e["data"]["landed"] for e in events.values() if e["type"] == "collect")
        assert len(rows) == collected >= landed
        if whole:
            assert len(rows) == len(names) * ROUNDS * ROWS
            for name in names:
                assert desk.facts().dataset(Ref("law", f"d_{name}")) is not None


def kill(folder: Path, armed: Sequence[str]) -> int:
    """Three processes work while a fourth is killed again and again; how often it was.

    Args:
        folder: Where the node is made.
        armed: For each start of the fourth: a failpoint, and at which passing it kills.
    """
    names = ["p0", "p1", "p2", "p3"]
    node = folder / "node"
    write_inputs(folder, names)
    create(node, "kills")
    others = [start(node, name) for name in names[1:]]
    killed = 0
    for failpoint in armed:
        killed += finish(start(node, "p0", failpoint)) == -9
    assert [finish(process) for process in others] == [0, 0, 0]
    check(node, names, whole=False)
    assert finish(start(node, "p0")) == 0
    check(node, names, whole=True)
    return killed


@pytest.mark.parametrize(
    "points", [QUERY_POINTS, WRITE_POINTS[:6], WRITE_POINTS[6:]], ids=lambda points: str(points[0])
)
def test_one_kill_at_each_point(tmp_path: Path, points: Sequence[str]) -> None:
    assert kill(tmp_path, [f"{point}:1" for point in points]) == len(points)


@pytest.mark.parametrize(
    "point", ["attach.decided", "attach.surveyed", "lake.committed", "commit.written"]
)
def test_an_attachment_that_is_killed_is_absent_and_can_be_made(tmp_path: Path, point: str) -> None:
    create(tmp_path / "node", "kills")
    write_inputs(tmp_path, ["p"])
    work = (
        "import sys, doumen\n"
        "with doumen.open(sys.argv[1]) as node:\n"
        "    node.session().do('attach', path=sys.argv[2], as_dataset='law.t')\n"
    )
    given = (str(tmp_path / "node"), str(tmp_path / "p-0.csv"))
    for armed, code in ((f"{point}:1", -9), ("", 0)):
        with doumen.open(tmp_path / "node") as node:
            assert node.session().desk.facts().dataset(Ref("law", "t")) is None
        assert finish(forked.start(work, *given, DOUMEN_FAILPOINT=armed)) == code
    assert faults(tmp_path / "node") == []
    with doumen.open(tmp_path / "node") as node:
        own = node.session()
        assert own.desk.inspect() == ()
        assert own.query("SELECT count(*) FROM law.t").rows() == [(ROWS,)]
        types = [json.loads(entry)["type"] for entry in own.desk.entries()]
    assert types.count("attach") == 1


def test_a_compaction_that_is_killed_changes_nothing_and_can_be_made(tmp_path: Path) -> None:
    node = tmp_path / "node"
    create(node, "kills")
    write_inputs(tmp_path, ["p", "q"])
    with doumen.open(node) as opened:
        for path in sorted(tmp_path.glob("*.csv")):
            opened.session().do("collect", path=path, as_dataset="law.t", append=True)
    work = (
        "import sys, doumen\n"
        "with doumen.open(sys.argv[1]) as node:\n"
        "    node.session().do('dataset compact', dataset='law.t')\n"
    )
    points = ("compact.decided", "compact.written", "compact.settled", "lake.committed",
              "commit.written", "")  # fmt: skip
    for point in points:
        with doumen.open(node) as opened:
            snapshot = opened.session().desk.facts().snapshot(Ref("law", "t"))
            assert snapshot is not None
            assert (len(snapshot.files), snapshot.rows) == (4, 4 * ROWS)
        armed = {"DOUMEN_FAILPOINT": f"{point}:1"} if point else {}
        assert finish(forked.start(work, str(node), **armed)) == (-9 if point else 0)
    assert faults(node) == []
    with doumen.open(node) as opened:
        own = opened.session()
        assert own.desk.inspect() == ()
        assert own.query(
            "SELECT count(*), count(DISTINCT (who, number, row)) FROM law.t"
        ).rows() == [(4 * ROWS, 4 * ROWS)]
        lake = opened.means.lake
        snapshot = own.desk.facts().snapshot(Ref("law", "t"))
        assert snapshot is not None
        assert len(snapshot.files) == 1
        named = {f.path for f in snapshot.files}
        for row in opened.means.catalog.history("dataset", "law.t"):
            named |= {file["path"] for file in (row.fact.body or {})["files"]}
        assert len(lake.sweep(named, older_than=-1.0)) == 5  # two staged, thrice a settled file
        assert own.query("SELECT count(*) FROM law.t").rows() == [(4 * ROWS,)]


def present(node: Path) -> int:
    """How many files of all versions of the dataset are there."""
    with doumen.open(node) as opened:
        rows = opened.means.catalog.history("dataset", "law.t")
        named = {f["path"]: f for row in rows for f in (row.fact.body or {})["files"]}
        return len(opened.means.lake.present([*map(DataFile.of_json, named.values())]))


def test_a_vacuum_that_is_killed_loses_no_file_that_no_event_names(tmp_path: Path) -> None:
    node = tmp_path / "node"
    create(node, "kills")
    write_inputs(tmp_path, ["p"])
    with doumen.open(node) as opened:
        own = opened.session()
        for path in sorted(tmp_path.glob("*.csv")):
            own.do("collect", path=path, as_dataset="law.t", replace=True)
        own.do("dataset retain", dataset="law.t", versions=1)
    work = (
        "import sys, doumen\n"
        "from dataclasses import replace\n"
        "from datetime import timedelta\n"
        "from doumen.gate import Counter, Gate\n"
        "from doumen.session.node import silent\n"
        "with doumen.open(sys.argv[1]) as node:\n"
        "    now = node.means.clock() + timedelta(days=1)\n"
        "    means = replace(node.means, clock=lambda: now)\n"
        "    Counter(Gate(means), 'owner', None, silent).vacuum()\n"
    )
    for point in ("vacuum.found", "commit.written", "vacuum.recorded"):
        assert present(node) == 2
        assert finish(forked.start(work, str(node), DOUMEN_FAILPOINT=f"{point}:1")) == -9
        assert faults(node) == []
        with doumen.open(node) as opened:
            types = [json.loads(entry)["type"] for entry in opened.session().desk.entries()]
            assert types.count("vacuum") == (point == "vacuum.recorded")
    assert finish(forked.start(work, str(node))) == 0
    assert present(node) == 1
    assert faults(node) == []


def test_one_kill_on_a_server(tmp_path: Path, choose: Any) -> None:
    points = ("ledger.appended", "commit.written", "commit.durable")
    with choose("postgresql"):
        assert kill(tmp_path, [f"{point}:1" for point in points]) == len(points)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("point", [*QUERY_POINTS, *WRITE_POINTS])
def test_twenty_kills(tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROUNDS", 16)
    assert kill(tmp_path, [f"{point}:{1 + number % 2}" for number in range(24)]) >= 20
