"""Laws 3 and 9 for quarantined rows: each lands, stays or is given up, once, whoever is killed.

Batches of rows come, the contract changes, rows are repaired, replayed and given up, beside a
model of what is where; and a replay is killed at a failpoint, and run again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sound import faults

import doumen
from doumen.kits.standards import odcs
from doumen.model.fact import Fact
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref
from doumen.session import create

pytestmark = pytest.mark.law

REF = Ref("law", "rows")
POINTS = ("repair.decided", "repair.loaded", "repair.settled", "lake.settled:2",
          "lake.committed:1", "lake.committed:2", "commit.prepared", "ledger.appended",
          "commit.written", "commit.durable")  # fmt: skip
WORK = """
import sys
from pathlib import Path
import doumen
with doumen.open(sys.argv[1]) as node:
    node.session().do("quarantine replay", dataset="law.rows", repaired=Path(sys.argv[2]))
"""


def contract(most: int) -> str:
    columns = (
        LoadColumn("k", "k", "VARCHAR"),
        LoadColumn("v", "v", "BIGINT", checks=(Check("maximum", str(most)),)),
    )
    return odcs.infer_contract(REF, columns)


class Model:
    """What is where: rows by key, in the node and here."""

    def __init__(self, folder: Path, draw: random.Random) -> None:
        self.folder, self.draw = folder, draw
        create(folder / "node", "law")
        self.most = 50
        self.landed: dict[str, int] = {}
        self.aside: dict[str, str] = {}
        self.given_up = self.came = 0

    def passes(self, value: str) -> bool:
        return value.isdigit() and int(value) <= self.most

    def collect(self, session: Any) -> None:
        path, start = self.folder / f"{self.came}.csv", self.came
        rows = {f"k{n}": self.draw.choice(["7", "60", "600", "x", "y"])
                for n in range(start, start + self.draw.randint(1, 12))}  # fmt: skip
        path.write_text("k,v\n" + "".join(f"{k},{v}\n" for k, v in rows.items()))
        file = self.folder / "c.yaml"
        body = session.desk.facts().body("contract", str(REF))
        file.write_text(contract(self.most) if body is None else body["text"])
        session.do("collect", path=path, as_dataset=str(REF), contract=file)
        self.came += len(rows)
        self.landed |= {k: int(v) for k, v in rows.items() if self.passes(v)}
        self.aside |= {k: v for k, v in rows.items() if not self.passes(v)}

    def mend(self, session: Any) -> None:
        self.most = self.draw.choice([5, 50, 100, 1000])
        body = session.desk.facts().body("contract", str(REF))
        fact = Fact("contract", str(REF), {**body, "text": contract(self.most)})
        session.desk.amend([fact], subject=str(REF))

    def repaired(self, session: Any) -> Path:
        """An export in which some values were corrected, and others made no better."""
        path = self.folder / f"r{self.draw.random()}.csv"
        session.do("quarantine export", dataset=str(REF), file=path)
        head, *lines = path.read_text("utf-8-sig").splitlines()
        for place, line in enumerate(lines):
            cells = line.split(",")
            if self.draw.random() < 0.5:
                cells[6] = self.draw.choice(["3", "70", "z"])
                self.repairs[cells[5]] = cells[6]
            lines[place] = ",".join(cells)
        path.write_text("\n".join([head, *lines]) + "\n")
        return path

    def replay(self, session: Any) -> None:
        self.repairs: dict[str, str] = {}
        path = self.repaired(session) if self.aside and self.draw.random() < 0.6 else None
        done = session.do("quarantine replay", dataset=str(REF), repaired=path).json
        now = {k: self.repairs.get(k, v) for k, v in self.aside.items()}
        lands = {k: int(v) for k, v in now.items() if self.passes(v)}
        self.landed |= lands
        self.aside = {k: v for k, v in self.aside.items() if k not in lands}
        assert (done["replayed"], done["landed"]) == (len(now), len(lands))
        if path is not None:  # the same file once more is nothing new
            again = session.do("quarantine replay", dataset=str(REF), repaired=path).json
            assert (again["landed"], again["receipt"] is not None) == (0, False)

    def discard(self, session: Any) -> None:
        if not self.aside:
            return
        ids = session.query(f"SELECT _id, _raw FROM {REF.quarantine}").rows()
        chosen = self.draw.sample(ids, self.draw.randint(1, len(ids)))
        gone = [raw.split('"')[1] for _, raw in chosen]
        session.do("quarantine discard", dataset=str(REF), reason="so",
                   id=tuple(id for id, _ in chosen))  # fmt: skip
        self.given_up += len(gone)
        self.aside = {k: v for k, v in self.aside.items() if k not in gone}

    def check(self, session: Any) -> None:
        landed = session.query(f"SELECT k, v FROM {REF}").rows()
        assert Counter(landed) == Counter(self.landed.items())
        if session.desk.facts().dataset(REF.quarantine) is not None:
            aside = session.query(f"SELECT _raw FROM {REF.quarantine}").rows()
            assert Counter(raw for (raw,) in aside) == Counter(
                f'["{k}","{v}"]' for k, v in self.aside.items()
            )
        assert self.came == len(self.landed) + len(self.aside) + self.given_up


def lived(folder: Path, seed: int, steps: int) -> None:
    model = Model(folder, random.Random(seed))
    with doumen.open(folder / "node") as node:
        session = node.session()
        model.collect(session)
        for _ in range(steps):
            step = model.draw.choice([model.collect, model.mend, model.replay, model.replay,
                                      model.discard])  # fmt: skip
            step(session)
            model.check(session)
        assert session.desk.inspect() == ()
    assert faults(folder / "node") == []


def test_every_row_lands_stays_or_is_given_up(tmp_path: Path) -> None:
    lived(tmp_path, 4, 7)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(30))
def test_every_row_lands_stays_or_is_given_up_at_length(tmp_path: Path, seed: int) -> None:
    lived(tmp_path, seed, 25)


def killed(folder: Path, points: tuple[str, ...], *, merge: bool = False) -> None:
    """Kill a replay at each of the points, in turn, and run it to its end."""
    node = folder / "node"
    create(node, "law")
    (folder / "f.csv").write_text("k,v\n" + "".join(f"k{n},{n * 20}\n" for n in range(10)))
    (folder / "c.yaml").write_text(contract(50))
    how = {"upsert": True, "key": ("k",)} if merge else {}
    with doumen.open(node) as opened:
        session = opened.session()
        session.do("collect", path=folder / "f.csv", as_dataset=str(REF),
                   contract=folder / "c.yaml", **how)  # fmt: skip
        session.do("quarantine export", dataset=str(REF), file=folder / "r.csv")
        text = (folder / "r.csv").read_text("utf-8-sig")
        (folder / "r.csv").write_text(text.replace(",60,", ",6,").replace(",80,", ",8,"))
        before = where(session)
    after = ({**before[0], "k3": 6, "k4": 8}, before[1] - {"k3", "k4"})
    for point in (*points, ""):
        replayed(folder, point)
        with doumen.open(node) as opened:
            found = where(opened.session())
            durable = point in {"", "commit.durable"}
            assert found == (after if durable else before), point
            assert opened.session().desk.inspect() == ()
        if found == after:  # nothing is left to be killed at
            break
    assert found == after
    replayed(folder, "")
    with doumen.open(node) as opened:
        assert where(opened.session()) == after
    assert faults(node) == []


def where(session: Any) -> tuple[dict[str, int], set[str]]:
    """Rows that landed by key, each once, and keys of those that are aside."""
    landed = session.query(f"SELECT k, v FROM {REF}").rows()
    aside = session.query(f"SELECT _raw FROM {REF.quarantine}").rows()
    assert len(landed) == len(dict(landed))
    assert len(landed) + len(aside) == 10
    return dict(landed), {raw.split('"')[1] for (raw,) in aside}


def replayed(folder: Path, point: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(folder / "node"), str(folder / "r.csv")],
        env=os.environ | {"DOUMEN_FAILPOINT": point},
        stderr=subprocess.PIPE,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == (-signal.SIGKILL if point else 0), (point, done.stderr)


def test_killed_and_run_again_is_run_once(tmp_path: Path) -> None:
    killed(tmp_path, ("lake.committed:2", "commit.durable"))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_and_run_again_is_run_once(tmp_path: Path, point: str) -> None:
    killed(tmp_path, (point,))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("point", [*POINTS, "collect.merged"])
def test_killed_anywhere_while_rows_meet_by_key(tmp_path: Path, point: str) -> None:
    killed(tmp_path, (point,), merge=True)
