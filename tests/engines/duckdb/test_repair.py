"""Rows that were set aside, held against a contract anew, in this process."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engines.duckdb.conftest import COLUMNS, READING, Describe, Run, silent

from doumen.engines.duckdb import aside
from doumen.engines.duckdb.instance import Instance
from doumen.engines.duckdb.repair import discard, repair
from doumen.model.errors import Faulty, Invalid
from doumen.model.held import Which
from doumen.model.load import Check, LoadColumn, Reading
from doumen.model.plan import DiscardPlan, RepairPlan

Repair = Callable[..., tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]
BAD = "a,b,c\n1,x,2020-01-01\nx2,y,2020-01-02\n3,,nope\n4,z\n"


def kept(tmp_path: Path) -> list[str]:
    """The files that were set aside, of all loads."""
    return sorted(map(str, tmp_path.glob("*-aside/*.parquet")))


def ids(tmp_path: Path) -> dict[str, str]:
    """Raw text → id of all rows that are aside."""
    return {one.raw: one.id for found in aside.rows(kept(tmp_path)) for one in found}


def rows(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob("*")) for row in pq.read_table(path).to_pylist()]


@pytest.fixture
def again(instance: Instance, tmp_path: Path, source: Describe) -> Repair:
    """Holds all that is aside against columns anew."""
    number = 0

    def go(
        columns: Sequence[LoadColumn] = COLUMNS,
        repairs: str | None = None,
        *,
        strict: bool = False,
        files: Sequence[str] | None = None,
    ) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
        nonlocal number
        number += 1
        place = tmp_path / f"again-{number}"
        into, beside, scratch = (place / name for name in ("into", "beside", "scratch"))
        for folder in (into, beside, scratch):
            folder.mkdir(parents=True)
        given = None
        if repairs is not None:
            path = place / "repairs.csv"
            path.write_text(repairs, encoding="utf-8")
            names = tuple(next(csv.reader(io.StringIO(repairs))))
            given = (source(path), Reading("csv", columns=names))
        plan = RepairPlan(
            tuple(files or kept(tmp_path)), tuple(columns), strict, given, str(into), str(beside)
        )
        with instance.connection() as connection:
            body = repair(connection, plan, scratch, silent)
        landed, stayed = rows(into), rows(beside)
        assert body["rows"] == len(landed) + len(stayed)
        assert (body["landed"], body["stayed"]) == (len(landed), len(stayed))
        assert sum(count for _, _, count in body["reasons"]) == len(stayed)
        return body, landed, stayed

    return go


def looser() -> tuple[LoadColumn, ...]:
    """Columns of text, under which everything passes that is a record."""
    return tuple(replace(column, type="VARCHAR") for column in COLUMNS)


def test_what_passes_a_contract_that_was_mended_lands(run: Run, again: Repair) -> None:
    run(BAD)
    body, landed, stayed = again(looser())
    assert [row["a"] for row in landed] == ["x2", "3"]
    assert [(row["_reason"], row["_raw"]) for row in stayed] == [("ragged", "4,z")]
    assert (body["moved"], body["repaired"]) == (0, 0)


def test_what_does_not_pass_stays_as_it_was(run: Run, again: Repair, tmp_path: Path) -> None:
    run(BAD)
    before = rows_of(tmp_path)
    body, landed, stayed = again()
    assert landed == []
    assert sorted(stayed, key=lambda row: row["_id"]) == before
    assert body["moved"] == 0


def test_a_row_stays_for_the_reason_of_now(run: Run, again: Repair) -> None:
    run(BAD)
    stricter = (replace(COLUMNS[0], type="VARCHAR"),
                replace(COLUMNS[1], checks=(Check("required"),)), COLUMNS[2])  # fmt: skip
    body, landed, stayed = again(stricter)
    assert [row["a"] for row in landed] == ["x2"]
    assert body["reasons"] == [["", "ragged", 1], ["b", "required", 1]]
    assert body["moved"] == 1
    assert {row["_row"] for row in stayed} == {3, 4}


def test_repaired_values_land_by_id(run: Run, again: Repair, tmp_path: Path) -> None:
    run(BAD)
    of = ids(tmp_path)
    given = (f'doumen_id,a,b,c\n{of["4,z"]},4,z,2020-02-02\n{of[BAD_2]},2,y,2020-01-02\n'
             f"gone-1,9,x,2020-01-01\n")  # fmt: skip
    body, landed, stayed = again(repairs=given)
    assert sorted((row["a"], row["b"], str(row["c"])) for row in landed) == [
        (2, "y", "2020-01-02"), (4, "z", "2020-02-02")
    ]  # fmt: skip
    assert [row["_row"] for row in stayed] == [3]
    assert (body["repaired"], body["strangers"]) == (2, 1)


BAD_2 = '["x2","y","2020-01-02"]'


def test_an_export_that_nobody_touched_repairs_nothing(
    run: Run, again: Repair, tmp_path: Path
) -> None:
    run('a,b,c\n"",,nope\n5,"",nope\n1,2\n')
    of = ids(tmp_path)
    lines = [f"{id},{'5' if '5' in raw else ''},,{'nope' if 'nope' in raw else ''}"
             for raw, id in of.items()]  # fmt: skip
    body, landed, stayed = again(repairs="\n".join(["doumen_id,a,b,c", *lines]) + "\n")
    assert (body["repaired"], landed, len(stayed)) == (0, [], 3)
    body, landed, _ = again(looser(), "\n".join(["doumen_id,a,b,c", *lines]) + "\n")
    assert [row["b"] for row in landed] == [None, ""]  # quoted and empty is still empty text


def test_a_repair_that_does_not_do_keeps_the_row_as_it_came(
    run: Run, again: Repair, tmp_path: Path
) -> None:
    run(BAD)
    id = ids(tmp_path)[BAD_2]
    _, _, stayed = again(repairs=f"doumen_id,a,c\n{id},2,never\n")
    (row,) = [row for row in stayed if row["_id"] == id]
    assert (row["_column"], row["_reason"], row["_raw"]) == ("c", "type", BAD_2)


def test_a_file_of_repairs_that_is_not_sound(run: Run, again: Repair, tmp_path: Path) -> None:
    run(BAD)
    id = ids(tmp_path)[BAD_2]
    with pytest.raises(Invalid, match="no column `doumen_id`"):
        again(repairs="a,b\n1,2\n")
    with pytest.raises(Invalid, match="colour"):
        again(repairs=f"doumen_id,colour\n{id},red\n")
    with pytest.raises(Faulty, match="an id twice"):
        again(repairs=f"doumen_id,a\n{id},2\n {id},3\n")
    with pytest.raises(Faulty, match="without an id"):
        again(repairs='doumen_id,a\n"",2\n')
    with pytest.raises(Faulty, match="no records: `1`"):
        again(repairs=f"doumen_id,a,b\n{id},2\n")
    body, landed, _ = again(repairs=f"doumen_id\n{id}\n")
    assert (body["repaired"], landed) == (0, [])


def test_a_value_without_a_place_is_not_lost(run: Run, again: Repair, tmp_path: Path) -> None:
    run("a,b,c,d\nx,y,2020-01-01,old\n", reading=replace(READING, columns=("a", "b", "c", "d")))
    (id,) = ids(tmp_path).values()
    with pytest.raises(Invalid, match="`d` of row"):
        again(repairs=f"doumen_id,a,d\n{id},1,new\n")
    _, landed, _ = again(repairs=f"doumen_id,a,d\n{id},1,old\n")
    assert [row["a"] for row in landed] == [1]


def test_fields_that_the_contract_does_not_know(run: Run, again: Repair, tmp_path: Path) -> None:
    wide = replace(READING, columns=("a", "b", "c", "d"))
    run("a,b,c,d\nx,y,2020-01-01,more\nx,y,2020-01-01,\n", reading=wide)
    body, landed, _ = again(looser(), strict=True)
    assert (len(landed), body["reasons"]) == (1, [["d", "unknown", 1]])
    (full, _) = ids(tmp_path).values()
    _, landed, _ = again(looser(), f"doumen_id,d\n{full},\n", strict=True)
    assert len(landed) == 2
    learned = (*looser(), LoadColumn("d", "d", "VARCHAR"))
    assert [row["d"] for row in again(learned, strict=True)[1]] == ["more", None]
    assert len(again(looser())[1]) == 2


def test_a_column_that_a_row_lacks(run: Run, again: Repair) -> None:
    run("a,b,c\nx,y,2020-01-01\n")
    later = (*looser(), LoadColumn("d", "d", "VARCHAR"))
    assert again(later)[1] == [{"a": "x", "b": "y", "c": "2020-01-01", "d": None}]
    renamed = (*looser()[:2], LoadColumn("c2", "c2", "VARCHAR"))
    body, landed, _ = again(renamed)
    assert (landed, body["reasons"]) == ([], [["c2", "missing", 1]])
    strangers = [LoadColumn("p", "p", "VARCHAR"), LoadColumn("q", "q", "VARCHAR")]
    assert again(strangers)[0]["reasons"] == [["p", "missing", 1]]


def test_fields_without_names_are_taken_by_place(run: Run, again: Repair) -> None:
    named = tuple(replace(c, source=f"column_{n}") for n, c in enumerate(COLUMNS, 1))
    nameless = replace(READING, header=False, columns=("column_1", "column_2", "column_3"))
    run("x,y,2020-01-01\n", reading=nameless, columns=named)
    assert [row["a"] for row in again(looser())[1]] == ["x"]


def test_documents(run: Run, again: Repair) -> None:
    lines = Reading("json", columns=("a", "b", "c"), layout="lines")
    run('{"a": "x", "b": {"k": 1.10}}\n{"a": 2, "a": 3}\n', reading=lines, name="f{}.json")
    _, landed, stayed = again(looser())
    assert landed == [{"a": "x", "b": '{"k":1.10}', "c": None}]
    assert [row["_reason"] for row in stayed] == ["duplicate-key"]


def test_parquet_has_dates_and_no_form_of_them(run: Run, again: Repair, tmp_path: Path) -> None:
    table = pa.table({"a": [1.5, 2.0], "b": ["x", "y"], "c": pa.array([0, 1], pa.date32())})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    dated = (*COLUMNS[:2], replace(COLUMNS[2], formats=("%d.%m.%Y",)))
    got = run(sink.getvalue(), reading=Reading("parquet", columns=("a", "b", "c")), columns=dated)
    assert got.counts == (2, 1, 1)
    (id,) = ids(tmp_path).values()
    _, landed, _ = again(dated, f"doumen_id,a\n{id},15\n")
    assert [(row["a"], str(row["c"])) for row in landed] == [(15, "1970-01-01")]
    _, landed, _ = again(dated, f"doumen_id,a,c\n{id},15,31.12.1999\n")
    assert [str(row["c"]) for row in landed] == ["1999-12-31"]


def test_rows_of_before_have_ids_and_no_fields(run: Run, again: Repair, tmp_path: Path) -> None:
    run("a,b,c\nx,y,2020-01-01\nx,y,2020-01-01\n")
    (path,) = kept(tmp_path)
    old = pq.read_table(path).drop_columns(["_id", "_fields"])
    same = old.set_column(1, "_row", pa.array([1, 1], pa.int64()))
    before = tmp_path / "before.parquet"
    pq.write_table(same, before)
    body, landed, stayed = again(looser(), files=[str(before)])
    assert (landed, body["moved"]) == ([], 0)
    first, second = (row["_id"] for row in stayed)
    assert (first[0], first != second) == ("r", True)
    given = f"doumen_id,a,b,c\n{first},1,y,2020-01-01\n{second},,,\n"
    body, landed, stayed = again(repairs=given, files=[str(before)])
    assert [row["a"] for row in landed] == [1]
    assert [row["_id"] for row in stayed] == [second]
    written = sorted(map(str, tmp_path.glob("again-2/beside/*")))
    body, landed, _ = again(repairs=given, files=written)
    assert (landed, body["strangers"]) == ([], 1)  # the id of the other is its own by now


def test_rows_that_are_given_up(run: Run, tmp_path: Path) -> None:
    run(BAD)
    of = ids(tmp_path)

    def left(**which: Any) -> list[int]:
        place = tmp_path / "left"
        place.mkdir(exist_ok=True)
        for path in place.iterdir():
            path.unlink()
        plan = DiscardPlan(tuple(kept(tmp_path)), Which(**which), str(place))
        told = discard(plan)
        stayed = [row["_row"] for row in rows(place)]
        assert told == {"gone": 3 - len(stayed), "stayed": len(stayed)}
        return sorted(stayed)

    assert left() == []
    assert left(ids=(of["4,z"], "other")) == [2, 3]
    assert left(column="a") == [3, 4]
    assert left(column="") == [2, 3]
    assert left(reason="type") == [4]
    assert left(reason="type", column="c") == [2, 4]
    assert left(source="elsewhere") == [2, 3, 4]


def rows_of(tmp_path: Path) -> list[dict[str, Any]]:
    found = [row for path in kept(tmp_path) for row in pq.read_table(path).to_pylist()]
    return sorted(found, key=lambda row: row["_id"])
