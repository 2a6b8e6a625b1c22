"""Documents through load and examine: what was counted, what landed, what was set aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.engines.duckdb import stage
from doumen.engines.duckdb.examine import examine
from doumen.engines.duckdb.instance import Instance
from doumen.engines.duckdb.staged import text
from doumen.model.errors import Faulty
from doumen.model.load import Check, LoadColumn, Reading, SourceFile
from doumen.model.plan import ExaminePlan

Run = Callable[..., Any]
LINES = Reading("json", layout="lines", columns=("id", "tags", "when"))
COLUMNS = (
    LoadColumn("id", "id", "BIGINT", checks=(Check("required"), Check("maximum", "50"))),
    LoadColumn("tags", "tags", "VARCHAR"),
    LoadColumn("when", "day", "DATE"),
)
TEXT = """{"id":1,"tags":["a",{"b":1.10}],"when":"2024-01-31"}
{"id":2}

{"tags":"","id":"3","when":null}
{"id":1.5}
{"tags":"x"}
[1]
{"id":99,"when":"never"}
{"when":"never","id":4}
"""


def test_records_land_or_are_set_aside_as_they_came(run: Run) -> None:
    got = run(TEXT, columns=COLUMNS, reading=LINES)
    assert got.counts == (8, 3, 5)
    assert [(r["id"], r["tags"], str(r["day"])) for r in got.rows] == [
        (1, '["a",{"b":1.10}]', "2024-01-31"),
        (2, None, "None"),
        (3, "", "None"),
    ]
    assert got.faults == [
        (4, "id", "type"),
        (5, "id", "required"),
        (6, None, "not-object"),
        (7, "id", "maximum"),
        (8, "day", "type"),
    ]
    raws = {row["_row"]: row["_raw"] for row in got.bad}
    kept = [line for line in TEXT.splitlines() if line]
    assert raws == {number: kept[number - 1] for number in (4, 5, 6, 7, 8)}


def test_batches_and_files_follow_one_another(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_ROWS", 3)
    one = "".join(json.dumps({"id": n, "tags": "t" * (n % 2)}) + "\n" for n in range(10))
    two = '{"id":100}\n{"id":7}\n'
    got = run(one, two, columns=COLUMNS, reading=LINES)
    assert got.counts == (12, 11, 1)
    assert [row["id"] for row in got.rows] == [*range(10), 7]
    assert got.faults == [(1, "id", "maximum")]


def test_members_that_come_later_than_the_look_are_a_change(run: Run) -> None:
    with pytest.raises(Faulty) as caught:
        run('{"id":1}\n{"new":2}\n', columns=COLUMNS, reading=LINES)
    assert caught.value.code == "faulty.changed"


@pytest.fixture
def look(instance: Instance, tmp_path: Path, source: Callable[[Path], SourceFile]) -> Run:
    def go(*texts: str, path: str = "", layout: str = "document") -> dict[str, Any]:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        files = []
        for number, one in enumerate(texts):
            file = tmp_path / f"{number}.json"
            file.write_text(one, encoding="utf-8")
            files.append(source(file))
        reading = Reading("json", layout=layout, path=path)
        with instance.connection() as connection:
            return examine(connection, ExaminePlan(tuple(files), reading), scratch, lambda *_: None)

    return go


def test_columns_are_the_members_of_all_records(look: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_ROWS", 2)
    body = look('[{"b":1},{"a":2,"b":"x"},{"c":true},7]', '[{"d":{"e":[]}}]')
    assert [column[0] for column in body["columns"]] == ["b", "a", "c", "d"]
    assert body["rows"] == 5


def test_text_of_digits_is_no_number(look: Run) -> None:
    rows = [{"s": "12", "n": 12, "m": 5, "d": "2024-01-31", "t": "true"} for _ in range(300)]
    rows[7]["m"] = "x"
    body = look(json.dumps(rows))
    parses = {column[0]: dict(column[2]) for column in body["columns"]}
    assert parses["n"]["BIGINT"] == 300
    assert parses["m"]["BIGINT"] == 299
    assert parses["d"]["DATE"] == 300
    assert not parses["s"]
    assert not parses["t"]


def test_no_record_and_too_many_members_are_told(
    look: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Faulty) as caught:
        look("[1,2,{}]")
    assert caught.value.code == "faulty.empty"


def test_an_index_by_key_is_no_table(look: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "WIDEST", 3)
    with pytest.raises(Faulty) as caught:
        look('[{"a":1,"b":1,"c":1,"d":1}]')
    assert caught.value.code == "faulty.columns"


def test_values_as_text() -> None:
    assert [text(one) for one in (None, "x", True, [1, {"a": False}])] == [
        None,
        "x",
        "true",
        '[1,{"a":false}]',
    ]
