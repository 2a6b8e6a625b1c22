"""What a user asks of a merge, and contracts of datasets that are merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid
from doumen.model.load import LoadColumn, Mode
from doumen.model.merge import MOMENT, Merge, Vanished
from doumen.model.message import plain
from doumen.model.ref import Ref
from doumen.rooms.collect.merging import asked, brought, named, own
from doumen.rooms.collect.terms import read
from doumen.session import create

NOTHING: dict[str, Any] = dict.fromkeys(("append", "replace", "upsert", "history"), False)
ID, NAME = LoadColumn("Id", "id", "BIGINT"), LoadColumn("name", "name", "VARCHAR")
PAST = Merge(Mode.HISTORY, ("id",))


def test_what_is_asked() -> None:
    assert asked(**NOTHING) == (Mode.NEW, None)
    assert asked(**NOTHING | {"append": True}) == (Mode.APPEND, None)
    assert asked(**NOTHING | {"replace": True}) == (Mode.REPLACE, None)
    mode, merge = asked(**NOTHING | {"upsert": True}, key=("a", "b"), vanished="remove")
    assert (mode, merge) == (Mode.UPSERT, Merge(mode, ("a", "b"), None, Vanished.REMOVE))


@pytest.mark.parametrize("wrong", [
    {"append": True, "replace": True},
    {"upsert": True},
    {"append": True, "key": ("id",)},
    {"order": "at"},
    {"vanished": "mark"},
    {"history": True, "key": ("id",), "vanished": "remove"},
])  # fmt: skip
def test_what_does_not_go_together(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        asked(**NOTHING | wrong)


def test_names_are_those_of_the_dataset() -> None:
    found = named(Merge(Mode.UPSERT, ("ID", "NAME"), "at"), (ID, NAME))
    assert found == Merge(Mode.UPSERT, ("id", "name"))
    assert named(None, (ID,)) is None
    assert named(Merge(Mode.UPSERT, ("no",)), (ID,)) == Merge(Mode.UPSERT, ("no",))


def test_a_contract_declares_what_the_merge_keeps() -> None:
    whole = odcs.infer_contract(Ref("s", "t"), [ID, NAME, *own(PAST)])
    assert [c.name for c in brought(read(whole, plain("it")), PAST)] == ["id", "name"]
    assert [c.type for c in own(PAST)] == [MOMENT, MOMENT]
    less = odcs.infer_contract(Ref("s", "t"), [ID, NAME])
    with pytest.raises(Invalid, match="valid_from"):
        brought(read(less, plain("it")), PAST)


def test_collected_by_key(tmp_path: Path) -> None:
    create(tmp_path / "node", "merging")
    file = tmp_path / "stock.csv"
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()

        def collect(text: str, **how: Any) -> Any:
            file.write_text(text)
            return owner.do("collect", path=str(file), as_dataset="s.stock", **how).json

        first = collect("article,count\na,1\nb,2\n", upsert=True, key=("article",))
        assert first["merged"]["inserted"] == 2
        then = collect("article,count\nb,3\nc,4\nb,5\n", upsert=True, key=("ARTICLE",))
        told = ("rows_in", "landed", "quarantined")
        assert [then[name] for name in told] == [3, 3, 0]
        merged = then["merged"]
        assert (merged["inserted"], merged["updated"], merged["superseded"]) == (1, 1, 1)
        rows = owner.query("SELECT * FROM s.stock ORDER BY article").rows()
        assert rows == [("a", 1), ("b", 5), ("c", 4)]
        gone = collect("article,count\na,1\n", upsert=True, key=("article",), vanished="remove")
        assert gone["merged"]["vanished"] == 2
        assert owner.query("SELECT * FROM s.stock").rows() == [("a", 1)]
        without = collect("article,count\n,9\n", upsert=True, key=("article",))
        assert without["quarantined"] == 1
        assert without["reasons"] == [{"column": "article", "reason": "required", "rows": 1}]
        with pytest.raises(Invalid, match="no column"):
            collect("article,count\nz,9\n", upsert=True, key=("color",))
        with pytest.raises(Conflict):
            collect("article,count\nz,9\n")
