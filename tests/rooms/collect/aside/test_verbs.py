"""The verbs of the quarantine, at a node."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.model.files import Upload
from doumen.model.ref import Ref
from doumen.session import Session, create

GOOD = "".join(f"{n},{n * 2},ok\n" for n in range(300))
TEXT = 'id,n,"say, what"\n' + GOOD + 'x1,5,"a ""quote"" 名"\n2,,\n3,4,5,6\n'


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("aside")
    create(folder / "node", "aside")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("actor add", name="stu", role=("steward",))
        owner.do("actor add", name="ana", role=("analyst",))
        owner.folder = folder  # type: ignore[attr-defined]
        owner.steward, owner.analyst = node.session("stu"), node.session("ana")  # type: ignore[attr-defined]
        yield owner


@pytest.fixture
def bad(owner: Any, request: pytest.FixtureRequest) -> str:
    """A dataset with two rows in quarantine: one of another type, and one that is no record."""
    name = request.node.name.partition("[")[0]
    path = owner.folder / f"{name}.csv"
    path.write_text(TEXT + f"9,9,{name}\n", encoding="utf-8")
    owner.do("collect", path=path, as_dataset=f"q.{name}")
    return f"q.{name}"


def exported(owner: Any, dataset: str) -> tuple[Path, list[dict[str, str]]]:
    path = owner.folder / f"{dataset}.export.csv"
    owner.steward.do("quarantine export", dataset=dataset, file=path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return path, list(csv.DictReader(file))


def saved(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_they_are_counted(owner: Any, bad: str) -> None:
    done = owner.steward.do("quarantine list", dataset=bad)
    (told,) = done.json["datasets"]
    source = str(owner.folder / f"{bad[2:]}.csv")
    assert (told["dataset"], told["rows"]) == (bad, 2)
    assert told["reasons"] == [
        {"column": "id", "reason": "type", "source": source, "rows": 1},
        {"column": "", "reason": "ragged", "source": source, "rows": 1},
    ]
    assert len(done.drawn[0].rows) == 2
    assert told in owner.do("quarantine list").json["datasets"]
    with pytest.raises(NotFound):
        owner.do("quarantine list", dataset="q.nowhere")


def test_they_are_written_repaired_and_replayed(owner: Any, bad: str) -> None:
    path, rows = exported(owner, bad)
    (line, typed) = sorted(rows, key=lambda row: row["doumen_column"])
    assert typed["say, what"] == 'a "quote" 名'
    assert (line["doumen_raw"], line["id"], typed["doumen_raw"]) == ("3,4,5,6", "", "")
    typed["id"] = "1001"
    line |= {"id": "1002", "n": "4", "say, what": "五"}
    saved(path, rows, "gb18030")
    dry = owner.steward.do("quarantine replay", dataset=bad, repaired=path, dry_run=True)
    assert (dry.json["landed"], dry.json["dry_run"], dry.json["receipt"]) == (2, True, None)
    assert any("Nothing was changed" in said for said in dry.said)
    done = owner.steward.do("quarantine replay", dataset=bad, repaired=path)
    assert done.json["receipt"] is not None
    assert {k: done.json[k] for k in ("replayed", "repaired", "landed", "remaining")} == {
        "replayed": 2, "repaired": 2, "landed": 2, "remaining": 0,
    }  # fmt: skip
    found = owner.query(f"SELECT * FROM {bad} WHERE id > 1000 ORDER BY id").rows()
    assert found == [(1001, 5, 'a "quote" 名'), (1002, 4, "五")]
    again = owner.steward.do("quarantine replay", dataset=bad, repaired=path)
    assert (again.json["landed"], again.said[-1]) == (0, "Nothing changed.")
    assert owner.do("quarantine list", dataset=bad).said == ("No row is in quarantine.",)
    with pytest.raises(NotFound, match="in quarantine"):
        owner.do("quarantine export", dataset=bad, file=owner.folder / "none.csv")


def test_what_is_left_is_told(owner: Any, bad: str) -> None:
    path, rows = exported(owner, bad)
    strange = {**rows[0], "doumen_id": "qffffffffffffffff-1"}
    saved(path, [*rows, strange])
    done = owner.do("quarantine replay", dataset=bad, repaired=Upload(path))
    assert (done.json["unknown_ids"], done.json["remaining"]) == (1, 2)
    assert len(done.drawn) == 2
    assert "1 ids of the file" in done.said[0]
    assert "quarantine export" in done.said[-1]


def test_they_are_given_up(owner: Any, bad: str) -> None:
    with pytest.raises(Invalid, match="without a reason"):
        owner.do("quarantine discard", dataset=bad, reason=" ")
    none = owner.do("quarantine discard", dataset=bad, reason="so", rule="pattern")
    assert (none.json["discarded"], none.json["receipt"]) == (0, None)
    done = owner.steward.do("quarantine discard", dataset=bad, reason="so", rule="ragged")
    assert (done.json["discarded"], done.json["remaining"]) == (1, 1)
    assert done.json["receipt"] in done.said[0]


def test_files_that_cannot_be_used(owner: Any, bad: str, tmp_path: Path) -> None:
    path, _ = exported(owner, bad)
    with pytest.raises(Conflict, match="there already"):
        owner.do("quarantine export", dataset=bad, file=path)
    with pytest.raises(Unavailable):
        owner.do("quarantine export", dataset=bad, file=tmp_path / "no" / "folder.csv")
    document = tmp_path / "r.json"
    document.write_text('[{"doumen_id": "x"}]')
    with pytest.raises(Invalid, match="no header"):
        owner.do("quarantine replay", dataset=bad, repaired=document)
    (tmp_path / "two").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "two" / name).write_bytes(path.read_bytes())
    with pytest.raises(Invalid, match="delimited text"):
        owner.do("quarantine replay", dataset=bad, repaired=tmp_path / "two")
    with pytest.raises(NotFound):
        owner.do("quarantine replay", dataset=bad, repaired=tmp_path / "none.csv")


def test_who_may(owner: Any, bad: str, tmp_path: Path) -> None:
    tries: list[dict[str, Any]] = [
        {"operation": "list"},
        {"operation": "export", "dataset": bad, "file": tmp_path / "x.csv"},
        {"operation": "replay", "dataset": bad},
        {"operation": "discard", "dataset": bad, "reason": "so"},
    ]
    for one in tries:
        words = f"quarantine {one.pop('operation')}"
        with pytest.raises(Refused):
            owner.analyst.do(words, **one)
    assert not (tmp_path / "x.csv").exists()


def test_rows_of_before_are_listed_and_written(owner: Any, tmp_path: Path) -> None:
    """Their quarantine has no ids and no names of fields: the contract lends its own."""
    from doumen.rooms.collect.aside import exporting

    path = owner.folder / "before.csv"
    path.write_text(TEXT, encoding="utf-8")
    owner.do("collect", path=path, as_dataset="q.before")
    assert exporting._shapes(owner.desk, Ref("q", "before"), ["_raw"]) == []
    columns = exporting.brought(owner.desk.facts(), Ref("q", "before"))
    names = exporting._names([], columns)
    assert names == ["id", "n", "say, what"]
    rows = [{"_source": "f", "_row": 1, "_column": "id", "_reason": "type", "_raw": '["x"]'}]
    ((id, *told),) = exporting._lines(rows, names)
    assert id.startswith("r")
    assert told == ["f", 1, "id", "type", None, None, None, '["x"]']


def test_an_error_is_none_of_the_values(owner: Any, bad: str) -> None:
    path, rows = exported(owner, bad)
    for row in rows:
        row["n"] = "secret"
    saved(path, rows)
    done = owner.do("quarantine replay", dataset=bad, repaired=path)
    assert done.json["landed"] == 0
    rows[0]["doumen_id"] = rows[1]["doumen_id"]
    saved(path, rows)
    with pytest.raises(DoumenError) as caught:
        owner.do("quarantine replay", dataset=bad, repaired=path)
    assert "secret" not in str(caught.value.as_json())


def test_rows_are_shown_a_few_at_a_time(owner: Any, bad: str) -> None:
    told = owner.steward.do("quarantine show", dataset=bad).json
    assert told["total"] == 2
    assert told["names"] == ["id", "n", "say, what"]
    first = next(one for one in told["rows"] if one["column"] == "id")
    assert first["fields"] == ["x1", "5", 'a "quote" 名']
    assert str(first["words"]) == "`id` is not of the declared type"
    ragged = next(one for one in told["rows"] if one["reason"] == "ragged")
    assert ragged["fields"] is None
    assert ragged["raw"] == "3,4,5,6"
    page = owner.do("quarantine show", dataset=bad, limit=1, offset=1)
    assert page.json["rows"] == [told["rows"][1]]
    assert "1 of 2 rows" in str(page.said[0])
    some = owner.do("quarantine show", dataset=bad, rule="ragged", column="", source="none.csv")
    assert (some.json["total"], some.drawn) == (0, ())
    for name in {one["source"] for one in told["rows"]}:
        assert owner.do("quarantine show", dataset=bad, source=name).json["total"] == 2


def test_what_is_not_shown(owner: Any, bad: str) -> None:
    with pytest.raises(Refused):
        owner.analyst.do("quarantine show", dataset=bad)
    with pytest.raises(NotFound):
        owner.do("quarantine show", dataset="no.where")
    for wrong in ({"limit": 0}, {"limit": 101}, {"offset": -1}):
        with pytest.raises(Invalid):
            owner.do("quarantine show", dataset=bad, **wrong)
    owner.do("quarantine discard", dataset=bad, reason="all")
    assert owner.do("quarantine show", dataset=bad).json == {
        "dataset": bad, "names": [], "rows": [], "total": 0, "id_field": "doumen_id"
    }  # fmt: skip
