"""Law 5: every answer has its event; what was changed, dropped or forked is found offline.

The stranger runs tools/verify_receipt.py in a Python that cannot import doumen.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import doumen
from doumen.session import create

pytestmark = pytest.mark.law
SCRIPT = Path(__file__).parent.parent.parent / "tools" / "verify_receipt.py"


@pytest.fixture
def node(tmp_path: Path) -> Path:
    create(tmp_path / "node", "evidence")
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    with doumen.open(tmp_path / "node") as node:
        node.session().do("collect", path=tmp_path / "a.csv", as_dataset="e.a")
    return tmp_path / "node"


def ask(node: Path, name: str, statement: str = "SELECT count(*) FROM e.a") -> Path:
    """Ask, and hand out the receipt as a file."""
    with doumen.open(node) as opened:
        session = opened.session()
        answer = session.query(statement)
        answer.rows()
        path = node.parent / name
        session.do("receipt show", receipt=answer.receipt, output=path)
        session.do("ledger export", directory=node.parent / "evidence")
    return path


def stranger(receipt: Path, *more: str, keys: Path | None = None) -> tuple[int, str]:
    """The verdict of the script, run without this project on its path."""
    keyfile = keys or receipt.parent / "evidence" / "keys.json"
    block = (
        "import sys; sys.modules['doumen'] = None; import runpy; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", block, str(SCRIPT), str(receipt), str(keyfile), *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


def test_a_stranger_verifies(node: Path) -> None:
    code, said = stranger(ask(node, "r.json"))
    assert code == 0, said


def test_every_answer_has_its_event(node: Path) -> None:
    with doumen.open(node) as opened:
        session = opened.session()
        receipts = []
        for statement in ("SELECT * FROM e.a", "SELECT 1", "SELECT count(*) FROM sys.events"):
            answer = session.query(statement)
            answer.rows()
            receipts.append(answer.receipt)
        ids = [json.loads(e)["id"] for e in session.desk.entries()]
    assert ids[-3:] == receipts


def test_changed_statement_is_found(node: Path) -> None:
    receipt = ask(node, "r.json", "SELECT count(*) FROM e.a WHERE a = 1")
    from doumen.kits.evidence.receipt import read_receipt, seal

    with doumen.open(node) as opened:
        key = opened.means.keys().working
    read = read_receipt(receipt.read_text())
    changed = dict(read.disclosed) | {"statement": "SELECT count(*) FROM e.a WHERE a = 2"}
    from dataclasses import replace

    receipt.write_text(seal(replace(read, disclosed=changed), key))
    code, said = stranger(receipt)
    assert code == 5
    assert "statement" in said


def test_wrong_and_old_keys_are_named(node: Path, tmp_path: Path) -> None:
    receipt = ask(node, "r.json")
    create(tmp_path / "other", "other")
    with doumen.open(tmp_path / "other") as other:
        other.session().do("ledger export", directory=tmp_path / "theirs")
    code, said = stranger(receipt, keys=tmp_path / "theirs" / "keys.json")
    assert code == 5
    assert "certificate" in said
    stolen = tmp_path / "stolen"
    shutil.copytree(node, stolen)
    with doumen.open(node) as opened:
        opened.session().do("key rotate")
        opened.session().do("ledger export", directory=tmp_path / "evidence")
    code, _ = stranger(receipt)
    assert code == 0
    with doumen.open(stolen) as opened:
        session = opened.session()
        answer = session.query("SELECT 1")
        answer.rows()
        session.do("receipt show", receipt=answer.receipt, output=tmp_path / "late.json")
    code, said = stranger(tmp_path / "late.json")
    assert code == 5
    assert "BROKEN: key in use" in said


@pytest.mark.usefixtures("store_in_folder")
def test_a_forked_ledger_is_found(node: Path, tmp_path: Path) -> None:
    fork = tmp_path / "fork"
    shutil.copytree(node, fork)
    mine = ask(node, "mine.json")
    (tmp_path / "mine.txt").write_text((tmp_path / "evidence" / "checkpoint.txt").read_text())
    with doumen.open(fork) as opened:
        opened.session().query("SELECT 2").rows()
        other = opened.session().desk.checkpoint()
    (tmp_path / "other.txt").write_text(other)
    code, said = stranger(mine, "--checkpoint", str(tmp_path / "other.txt"))
    assert code == 5
    assert "fork" in said
    with doumen.open(fork) as opened:
        found = opened.session().do("ledger verify", checkpoint=tmp_path / "mine.txt")
    assert found.exit == 5


@pytest.mark.parametrize(
    ("damage", "names"),
    [
        ("DELETE FROM entries WHERE place = 1", "missing"),
        ("UPDATE charges SET amount = amount + 1", "charge"),
    ],
)
def test_what_is_done_to_the_store_is_found(
    node: Path, damage: str, names: str, tampering: Any
) -> None:
    ask(node, "r.json")
    with tampering(node) as connection:
        connection.execute(text(damage))
    with doumen.open(node) as opened:
        found: Any = opened.session().do("ledger verify")
    assert found.exit == 5
    assert names in str(found.json)
