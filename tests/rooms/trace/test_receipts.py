"""Receipts of a real node: shown, verified with and without it, replayed, and broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import NotFound, Unavailable
from doumen.model.operation import Fields, Table
from doumen.rooms.trace import receipts


@pytest.fixture(scope="module")
def handed(world: Any) -> tuple[str, Path, Path]:
    """Id of a receipt of ana's, the receipt as a file, the node's key file."""
    receipt = world.ask("SELECT name, count(*) AS n FROM g.people GROUP BY name", "ana")
    path = world.folder / "receipt.json"
    shown = world.do("receipt show", receipt=receipt, output=path)
    assert f"Wrote the receipt to {path}." in shown.said
    world.do("ledger export", directory=world.folder / "evidence", keys_only=True)
    return receipt, path, world.folder / "evidence" / "keys.json"


def told(outcome: Any) -> dict[str, Any]:
    fields = outcome.drawn[0]
    assert isinstance(fields, Fields)
    return dict(fields.pairs)


def test_shown_by_id_and_from_a_file(world: Any, handed: tuple[str, Path, Path]) -> None:
    receipt, path, _ = handed
    by_id, by_file = (
        world.do("receipt show", receipt=receipt),
        receipts.show(None, receipt=str(path)),
    )
    assert by_id.json == by_file.json == json.loads(path.read_text("utf-8"))
    assert told(by_id) == told(by_file)
    shown = told(by_id)
    assert (shown["id"], shown["actor"], shown["type"]) == (receipt, "ana", "query")
    assert shown["statement"] == "SELECT name, count(*) AS n FROM g.people GROUP BY name"
    assert (shown["used"], shown["rules"], shown["rows"]) == (("g.people@1",), ("read",), 2)
    assert shown["position"].endswith("in the ledger")
    assert "generated" not in shown
    with pytest.raises(Unavailable, match="cannot be written"):
        receipts.show(None, receipt=str(path), output=world.folder / "none" / "r.json")


def test_what_is_no_receipt(world: Any) -> None:
    desk = world.node.session().desk
    for given in ("nope", "01JDGK7Z6T000000000000000I"):
        with pytest.raises(NotFound, match="neither a receipt id nor a file"):
            receipts.show(desk, receipt=given)
    with pytest.raises(NotFound, match="no receipt") as unknown:
        receipts.show(desk, receipt="01JDGK7Z6T0000000000000000")
    assert unknown.value.exit == 3
    with pytest.raises(NotFound, match="no node here") as alone:
        receipts.show(None, receipt="01JDGK7Z6T0000000000000000")
    assert "--node DIR" in (alone.value.next or "")


def test_a_file_may_be_called_like_an_id(
    handed: tuple[str, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, path, keys = handed
    (tmp_path / receipt).write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert receipts.verify(None, receipt=receipt, key=keys).json["holds"] is True


def test_verified_by_the_node_and_by_a_stranger(world: Any, handed: tuple[str, Path, Path]) -> None:
    receipt, path, keys = handed
    for outcome in (
        world.do("receipt verify", receipt=receipt),
        world.do("receipt verify", receipt=str(path)),
        receipts.verify(None, receipt=str(path), key=keys),
    ):
        assert outcome.json == {"holds": True, "flaws": []}
        assert (outcome.exit, outcome.drawn) == (0, ())
        assert outcome.said[0].startswith("It holds")
    with pytest.raises(NotFound, match="no node here whose keys"):
        receipts.verify(None, receipt=str(path))


def test_any_changed_part_is_found_and_named(
    world: Any, handed: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, path, keys = handed
    text = path.read_text("utf-8")
    middle = text.index('"payload":"') + 400
    changed = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]
    broken = tmp_path / "broken.json"
    broken.write_text(changed, "utf-8")
    outcome = world.do("receipt verify", receipt=str(broken), key=keys)
    assert outcome.json["holds"] is False
    assert outcome.json["flaws"]
    assert outcome.exit == 5
    assert isinstance(outcome.drawn[0], Table)
    assert outcome.said == ("It does NOT hold.",)


def test_a_strange_key_is_named(handed: tuple[str, Path, Path], make: Any) -> None:
    _, path, _ = handed
    other = make()
    other.do("ledger export", directory=other.folder / "evidence", keys_only=True)
    outcome = receipts.verify(None, receipt=str(path), key=other.folder / "evidence" / "keys.json")
    assert "certificate" in {flaw["kind"] for flaw in outcome.json["flaws"]}
    assert outcome.exit == 5


def test_another_checkpoint_finds_no_fork(
    world: Any, handed: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, path, keys = handed
    position = told(receipts.show(None, receipt=str(path)))["position"]
    size = int(re.findall(r"\d+", position)[-1])
    world.ask("SELECT 1 AS one")
    head, proof = tmp_path / "head.txt", tmp_path / "proof.json"
    world.do("ledger head", output=head)
    proof.write_text(json.dumps(dict(world.do("ledger prove", old=size).json)))
    holds = receipts.verify(None, receipt=str(path), key=keys, checkpoint=head, consistency=proof)
    assert holds.json["holds"] is True
    without = receipts.verify(None, receipt=str(path), key=keys, checkpoint=head)
    assert without.exit == 5


def test_replayed_to_the_last_bit(world: Any, handed: tuple[str, Path, Path]) -> None:
    receipt, path, _ = handed
    outcome = world.do("receipt replay", receipt=receipt)
    assert (outcome.json["exact"], outcome.json["sequence"], outcome.exit) == (True, None, 0)
    assert outcome.json["floating"] == "none"
    assert told(outcome) == {
        "rows": 2, "exact columns": "the same", "floating columns": "there are none"
    }  # fmt: skip
    ordered = world.ask("SELECT id FROM g.people ORDER BY id")
    assert told(world.do("receipt replay", receipt=ordered))["order"] == "the same"
    assert world.do("receipt replay", receipt=str(path)).exit == 0


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "arrow"])
def test_floating_columns_are_held_against_what_was_delivered(
    world: Any, tmp_path: Path, ending: str
) -> None:
    result = tmp_path / f"result.{ending}"
    receipt = world.ask("SELECT id, height FROM g.people", output=result)
    outcome = world.do("receipt replay", receipt=receipt, result=result)
    assert outcome.json["floating"] in {"equal", "close"}
    assert outcome.exit == 0


def test_another_answer_is_found(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = world.ask("SELECT id FROM g.people ORDER BY id")
    desk = world.node.session().desk
    found = desk.replay(read_receipt(desk.receipt(receipt)))

    class Other:
        def __init__(self, **changes: Any) -> None:
            self.changes = changes

        def receipt(self, id: str) -> str:
            return str(desk.receipt(id))

        def replay(self, *_: Any) -> Any:
            return replace(found, **self.changes)

    for changes in ({"exact": False}, {"floating": "differs"}):
        outcome = receipts.replay(Other(**changes), receipt=receipt)  # type: ignore[arg-type]  # a fake desk
        assert outcome.exit == 5
        assert outcome.said == ("The answer is NOT the same.",)
    outcome = receipts.replay(Other(sequence=False), receipt=receipt)  # type: ignore[arg-type]  # a fake desk
    assert outcome.exit == 0
    assert "ties" in told(outcome)["order"]
