"""What `preview` tells of files, over a real gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import DoumenError, Faulty, Invalid, Refused
from doumen.model.files import Upload
from doumen.model.operation import Fields, Table
from doumen.session import Node, create

ROWS = "id,name,day\n" + "".join(f"{n},n{n},2026-01-{n % 28 + 1:02}\n" for n in range(300))
BAD = ROWS + "x,wrong,2026-01-01\n1,2,3,4\n"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("preview") / "node"
    create(folder, "Bureau")
    with doumen.open(folder) as node:
        node.session().do("actor add", name="sue", role=("steward",))
        yield node


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_all_of_it_is_told_and_nothing_kept(node: Node, tmp_path: Path) -> None:
    before = node.session().do("ledger head").json
    done = node.session().do("preview", path=write(tmp_path, "bad.csv", BAD), rows=2)
    told = done.json
    assert told["dataset"] is None
    assert told["contract"] == "inferred"
    assert told["reading"] == {
        "format": "csv", "encoding": "utf-8", "delimiter": ",", "quote": '"', "header": True,
        "skip": 0, "part": None,
    }  # fmt: skip
    assert [(c["source"], c["name"], c["type"], c["broken"]) for c in told["columns"]] == [
        ("id", "id", "BIGINT", 1), ("name", "name", "VARCHAR", 0), ("day", "day", "DATE", 0)
    ]  # fmt: skip
    assert told["first"] == [["0", "n0", "2026-01-01"], ["1", "n1", "2026-01-02"]]
    assert told["rows"] == 302
    would = told["would"]
    assert (would["rows_in"], would["landed"], would["quarantined"]) == (302, 300, 2)
    assert {(one["column"], one["reason"], one["rows"]) for one in would["reasons"]} == {
        ("", "ragged", 1), ("id", "type", 1)
    }  # fmt: skip
    assert "`id` is not of the declared type" in {str(one["words"]) for one in would["reasons"]}
    types, first, counts, reasons = done.drawn
    assert isinstance(counts, Fields)
    assert isinstance(types, Table)
    assert isinstance(first, Table)
    assert isinstance(reasons, Table)
    assert len(reasons.rows) == 2
    assert "doumen collect" in str(done.said[-1])
    assert node.session().do("ledger head").json == before


def test_it_says_what_collect_does(node: Node, tmp_path: Path) -> None:
    path = write(tmp_path, "same.csv", BAD)
    would = node.session().do("preview", path=path).json["would"]
    done = node.session().do("collect", path=path, as_dataset="p.same").json
    names = ("rows_in", "landed", "quarantined")
    assert [would[name] for name in names] == [done[name] for name in names]


def test_quickly_nothing_is_counted(node: Node, tmp_path: Path) -> None:
    done = node.session().do("preview", path=write(tmp_path, "q.csv", ROWS), quick=True)
    assert done.json["would"] is None
    assert len(done.drawn) == 2


def test_a_contract_that_is_there_counts(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    owner.do("collect", path=write(tmp_path, "one.csv", ROWS), as_dataset="p.held")
    second = write(tmp_path, "two.csv", "day,id,name\n2026-01-01,y,n\n2026-01-02,7,n\n")
    told = owner.do("preview", path=second, as_dataset="P.held").json
    assert (told["dataset"], told["contract"]) == ("p.held", "in force")
    assert [(c["source"], c["type"], c["why"]) for c in told["columns"]] == [
        ("day", "DATE", None), ("id", "BIGINT", None), ("name", "VARCHAR", None)
    ]  # fmt: skip
    assert (told["would"]["landed"], told["would"]["quarantined"]) == (1, 1)
    with pytest.raises(Faulty, match="not in the file"):
        owner.do("preview", path=write(tmp_path, "other.csv", "a,b\n1,2\n"), as_dataset="p.held")


def test_rows_that_meet_by_key_are_told_alike(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    path = write(tmp_path, "stock.csv", "id,n\n1,5\n2,6\n")
    owner.do("collect", path=path, as_dataset="p.stock", upsert=True, key=("id",))
    more = write(tmp_path, "more.csv", "id,n\n1,7\n,8\n")
    would = owner.do("preview", path=more, as_dataset="p.stock").json["would"]
    assert (would["landed"], would["quarantined"]) == (1, 1)


def test_other_formats_have_no_dialect(node: Node, tmp_path: Path) -> None:
    rows = [{"id": 1, "name": "Ann " * 20}, {"id": 2}]
    path = write(tmp_path, "d.json", json.dumps({"items": rows}))
    told = node.session().do("preview", path=path, json_path="$.items")
    reading = told.json["reading"]
    assert (reading["format"], reading["delimiter"], reading["part"]) == ("json", None, "$.items")
    assert told.json["first"][1][1] is None
    first = told.drawn[1]
    assert isinstance(first, Table)
    assert str(first.rows[0][1]).endswith("…")


def test_a_file_that_was_sent_is_told_by_its_name(node: Node, tmp_path: Path) -> None:
    path = Upload(write(tmp_path, "sent.csv", ROWS))
    told = node.session().do("preview", path=path).json
    assert told["files"] == [{"name": "sent.csv", "size": len(ROWS)}]


@pytest.mark.parametrize(
    ("given", "error"),
    [({"rows": 0}, "rows"), ({"rows": 101}, "rows"), ({"as_dataset": "sys.x"}, "name")],
)
def test_what_makes_no_sense_is_refused(
    node: Node, tmp_path: Path, given: dict[str, Any], error: str
) -> None:
    with pytest.raises(Invalid) as told:
        node.session().do("preview", path=write(tmp_path, "f.csv", ROWS), **given)
    assert told.value.code == f"invalid.{error}"


def test_only_the_owner_may(node: Node, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        node.session("sue").do("preview", path=write(tmp_path, "f.csv", ROWS))


def test_title_and_description_are_those_of_the_contract(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    path = write(tmp_path, "t.csv", ROWS)
    owner.do("collect", path=path, as_dataset="p.told", title="Days 日", description="All days")
    told = owner.do("describe", dataset="p.told").json
    assert (told["name"], told["description"]) == ("Days 日", "All days")
    with pytest.raises(DoumenError) as again:
        owner.do("collect", path=path, as_dataset="p.told", title="Other")
    assert again.value.code == "invalid.described"
    with pytest.raises(Invalid, match="goes with"):
        owner.do("collect", path=tmp_path, as_dataset="p.files", files=True, title="Files")
