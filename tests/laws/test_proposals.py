"""Law 9 for proposals: 1,000 reviewed in one sitting, killed twice: none lost, none applied twice.

A person answers by keyboard at a real terminal; the program is killed with SIGKILL while it
writes. What was acknowledged by the next question is there, and each proposal is applied once.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import doumen
from doumen.kits.standards import odcs
from doumen.model.fact import Fact
from doumen.model.proposal import LABEL, PROPOSAL, RULE, Proposal
from doumen.session import create

pytestmark = pytest.mark.law

DATASETS, COLUMNS = 20, 25
PATIENCE = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node with 1,000 proposals: of each of 500 columns a label and a rule."""
    create(tmp_path / "node", "proposals")
    names = [f"c{n}" for n in range(COLUMNS)]
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()
        for n in range(DATASETS):
            file = tmp_path / f"d{n}.csv"
            file.write_text(",".join(names) + "\n" + ",".join(str(n) for _ in names) + "\n")
            owner.do("collect", path=file, as_dataset=f"g.d{n}")
            made = [
                Proposal(kind, f"g.d{n}", name, change, {"rows": 1}, 0.9, "owner", "2026")
                for name in names
                for kind, change in (
                    (LABEL, {"labels": [f"mark-{name}"]}),
                    (RULE, {"quality": {"metric": "nullValues", "mustBeLessThan": 1}}),
                )
            ]
            facts = [Fact(PROPOSAL, one.key, one.as_json()) for one in made]
            owner.desk.amend(facts, subject=f"g.d{n}")
    return tmp_path / "node"


@contextmanager
def terminal(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The program in its folder, at a terminal of its own."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "doumen", "proposal", "review"],
        cwd=folder, stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    try:
        yield process, leader
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def asked(leader: int) -> bool:
    """Read until the next question; False: the program is over."""
    seen = b""
    while not seen.endswith(b" ?\r\n"):
        if not select.select([leader], [], [], PATIENCE)[0]:
            raise AssertionError(seen)
        try:
            part = os.read(leader, 65536)
        except OSError:
            return False
        if not part:
            return False
        seen += part
    return True


def sit(folder: Path, kill_after: int | None) -> int:
    """Answer, mostly by groups and now and then one by one; how many keys were acknowledged.

    Args:
        folder: Of the node.
        kill_after: After so many answers the next is given, and the program is killed at once.
    """
    with terminal(folder) as (process, leader):
        given = 0
        while asked(leader):
            os.write(leader, b"a" if given % 4 < 2 else b"r" if given % 4 == 2 else b"A")
            given += 1
            if given == kill_after:
                process.kill()
                break
        return given


def test_none_is_lost_and_none_applied_twice(folder: Path) -> None:
    given = [sit(folder, 9), sit(folder, 14), sit(folder, None)]
    assert given[0] == 9
    assert given[1] == 14
    with doumen.open(folder) as node:
        owner = node.session()
        facts = owner.desk.facts()
        found = {key: Proposal.of_json(body) for key, body in facts.all(PROPOSAL)}
        assert len(found) == DATASETS * COLUMNS * 2
        assert {one.state for one in found.values()} == {"accepted", "refused"}
        for key in found:
            assert len(owner.desk.history(PROPOSAL, key)) == 2
        for n in range(DATASETS):
            body = facts.body("contract", f"g.d{n}")
            assert body is not None
            reports = odcs.read_contract(body["text"]).reports
            ruled = sorted(column for report in reports for column in report.columns)
            of_it = [one for one in found.values() if one.dataset == f"g.d{n}"]
            wanted = [one for one in of_it if one.state == "accepted"]
            assert ruled == sorted(str(one.column) for one in wanted if one.kind == RULE)
            for one in of_it:
                label = facts.body("label", f"{one.dataset}.{one.column}") or {"labels": []}
                marked = f"mark-{one.column}" in label["labels"]
                if one.kind == LABEL:
                    assert marked == (one.state == "accepted")
        assert not owner.desk.inspect()
