"""How a replay compares: exact columns by digest, floating ones with the delivered result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from doumen.gate.replay import _floating
from doumen.kits.evidence.digest import AnswerDigest
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, NotFound
from doumen.model.ref import Ref

TABLE = pa.table({"x": [1.0, 2.0]})
SAID = {"exact": "e", "rows": 2, "sequence": None, "floating": "f"}


@pytest.mark.parametrize(
    ("ours", "said", "delivered", "expected"),
    [
        ("g", {**SAID, "floating": None}, None, "none"),
        ("f", SAID, None, "equal"),
        ("g", SAID, None, "unknown"),
        ("g", SAID, pa.table({"x": [2.0, 1.0 + 1e-12]}), "close"),
        ("g", SAID, pa.table({"x": [2.0, 1.1]}), "differs"),
    ],
)
def test_floating(ours: str, said: Any, delivered: Any, expected: str) -> None:
    digest = AnswerDigest(2, "e", None, ours)
    read = None if delivered is None else lambda schema: delivered
    assert _floating(digest, said, TABLE, read) == expected


def test_a_replay_keeps_the_rows_only_to_compare_them(world: Any) -> None:
    answer = world.owner.query("SELECT age / 3.0 AS third FROM g.people ORDER BY third")
    table = answer.arrow()
    receipt = read_receipt(world.owner.desk.receipt(answer.receipt))
    found = world.owner.desk.replay(receipt, table.cast)
    assert found.exact
    assert found.floating == "equal"
    assert found.sequence is True


def test_another_statement_than_the_one_committed_to_is_not_run(world: Any) -> None:
    answer = world.as_("ana").query("SELECT id FROM g.people")
    assert answer.rows()
    desk = world.as_("vera").desk
    receipt = read_receipt(desk.receipt(answer.receipt))
    said = dict(receipt.disclosed) | {"statement": "SELECT id FROM g.people WHERE id > 1"}
    with pytest.raises(Conflict, match="something else"):
        desk.replay(replace(receipt, disclosed=said))


def test_a_replay_says_which_version_is_gone(world: Any) -> None:
    world.collect("gone.csv", "a\n1\n", "g.gone")
    answer = world.owner.query("SELECT a FROM g.gone")
    receipt = read_receipt(world.owner.desk.receipt(answer.receipt))
    (file,) = world.owner.desk.facts().snapshot(Ref("g", "gone")).files
    world.node.means.lake.path(file).unlink()
    with pytest.raises(NotFound, match=r"`g\.gone` is not in the lake"):
        world.owner.desk.replay(receipt)
