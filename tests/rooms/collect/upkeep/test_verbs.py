"""The verbs of upkeep at a node: what they say, what they keep, what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.model.upkeep import UPKEEP
from doumen.session import Session, create


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Session]:
    create(tmp_path / "node", "upkeep")
    with doumen.open(tmp_path / "node") as node:
        session = node.session()
        for number in range(3):
            collect(
                session, tmp_path / f"{number}.csv", f"{number},n{number},{number}.5,2026-01-01"
            )
        yield session


def collect(session: Session, path: Path, line: str, into: str = "a.b") -> None:
    path.write_text(f"id,name,x,day\n{line}\n")
    session.do("collect", path=path, as_dataset=into, append=True)


def refused(session: Session, words: str, **params: object) -> tuple[str, str]:
    with pytest.raises(DoumenError) as caught:
        session.do(words, **params)
    return caught.value.code, str(caught.value)


def test_all_datasets_that_gain_are_compacted(owner: Session, tmp_path: Path) -> None:
    collect(owner, tmp_path / "c.csv", "1,a,1.5,2026-01-01", "a.c")
    owner.do("attach", path=tmp_path / "c.csv", as_dataset="a.att")
    done = owner.do("dataset compact")
    assert [(one["dataset"], one["before"], one["after"]) for one in done.json["datasets"]] == [
        ("a.b", 3, 1)
    ]
    assert done.json["failed"] == []
    assert done.exit == 0
    again = owner.do("dataset compact")
    assert again.json["datasets"] == []
    assert again.said == ("The files of all datasets are as they should be.",)
    one = owner.do("dataset compact", dataset="a.b")
    assert one.json["datasets"][0]["receipt"] is None
    assert one.said == ("The files of `a.b` are as they should be.",)


def test_one_that_fails_stops_no_other(owner: Session, tmp_path: Path) -> None:
    collect(owner, tmp_path / "c.csv", "1,a,1.5,2026-01-01", "a.a")
    collect(owner, tmp_path / "d.csv", "2,a,1.5,2026-01-01", "a.a")
    body = owner.desk.facts().dataset(Ref("a", "a"))
    assert body is not None
    (tmp_path / "node" / "lake" / body["files"][0]["path"]).unlink()
    done = owner.do("dataset compact")
    assert [one["dataset"] for one in done.json["datasets"]] == ["a.b"]
    assert [one["dataset"] for one in done.json["failed"]] == ["a.a"]
    assert done.exit == 1
    assert done.said[0].startswith("`a.a` was not compacted: ")


def test_columns_are_kept_as_the_dataset_writes_them(owner: Session) -> None:
    done = owner.do("dataset cluster", dataset="a.b", column=("DAY", "id"))
    assert done.json["columns"] == ["day", "id"]
    assert done.json["why"] == []
    body = owner.desk.facts().body(UPKEEP, "a.b")
    assert body == {"cluster": ["day", "id"], "versions": None, "days": None}
    assert done.said[-1].endswith("Next: doumen dataset compact a.b")
    none = owner.do("dataset cluster", dataset="a.b", none=True)
    assert none.json["columns"] == []
    assert none.said[0] == "The files of `a.b` are kept in no order."


def test_columns_by_the_questions_that_were_asked(owner: Session) -> None:
    code, said = refused(owner, "dataset cluster", dataset="a.b", auto=True)
    assert code == "invalid.columns"
    assert "nothing to choose by" in said
    for _ in range(2):
        owner.query("SELECT name FROM a.b WHERE day = DATE '2026-01-01'").rows()
    owner.query("SELECT count(*) FROM a.b WHERE x > 1").rows()
    done = owner.do("dataset cluster", dataset="a.b", auto=True)
    assert done.json["columns"] == ["day"]
    assert done.json["why"] == ["`day` decided 2 of 3 answers."]


@pytest.mark.parametrize(
    ("params", "code", "said"),
    [
        ({}, "invalid.usage", "Either name columns"),
        ({"auto": True, "none": True}, "invalid.usage", "Either name columns"),
        ({"column": ("x", "nix", "id", "ID")}, "invalid.columns", "`x` is D"),
        ({"column": ("id", "name", "day") * 2}, "invalid.columns", "more than 4 columns"),
        ({"dataset": "a.nix", "column": ("id",)}, "not-found.dataset", "a.nix"),
    ],
)
def test_what_cannot_be_an_order(
    owner: Session, params: dict[str, object], code: str, said: str
) -> None:
    given = {"dataset": "a.b"} | params
    told = refused(owner, "dataset cluster", **given)
    assert told[0] == code
    assert said in told[1]


def test_only_the_owner_may(owner: Session, tmp_path: Path) -> None:
    owner.do("actor add", name="stu", role=("steward",))
    with doumen.open(tmp_path / "node") as node:
        steward = node.session("stu")
        for words, params in [("dataset compact", {}), ("dataset cluster", {"none": True})]:
            given = {} if words == "dataset compact" else {"dataset": "a.b"}
            assert refused(steward, words, **given, **params)[0] == "refused.role"


def test_sizes_and_attached_files_are_checked(owner: Session, tmp_path: Path) -> None:
    assert refused(owner, "dataset compact", rows=0)[0] == "invalid.rows"
    owner.do("attach", path=tmp_path / "0.csv", as_dataset="a.att")
    told = refused(owner, "dataset cluster", dataset="a.att", column=("id",))
    assert told[0] == "invalid.attached"
