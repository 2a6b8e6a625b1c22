"""Workbooks that other writers wrote: values, errors, hidden rows, merged cells, damage."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from doumen.engines.duckdb import workbook
from doumen.engines.duckdb.documents import Object
from doumen.model.errors import Faulty
from doumen.model.load import LoadColumn, Reading, SourceFile
from doumen.model.message import msg

Run = Callable[..., Any]
COLUMNS = ("id", "day", "v", "ok", "t")


def new_excel() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Täglich")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    time = book.add_format({"num_format": "hh:mm:ss"})
    long = book.add_format({"num_format": "[hh]:mm:ss"})
    sheet.write_row(0, 0, COLUMNS)
    sheet.write_row(1, 0, [1, None, 1.5, True])
    sheet.write_datetime(1, 1, dt.datetime(2024, 1, 2), day)
    sheet.write_datetime(1, 4, dt.time(3, 4, 5), time)
    sheet.write_string(2, 0, "007")
    sheet.write_datetime(2, 1, dt.datetime(2024, 1, 2, 3, 4), moment)
    sheet.write_formula(2, 2, "=1+2", None, 3)
    sheet.write_number(2, 4, 1.5, long)
    sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.write_formula(5, 0, "=NA()", None, "#N/A")
    sheet.write_number(6, 0, 12345678901234567)
    sheet.write_string(6, 7, "beyond")
    sheet.write_blank(30, 3, None, day)
    book.add_worksheet("Hidden").hide()
    book.add_chartsheet("Chart")
    book.close()
    return out.getvalue()


def old_excel() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Täglich")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    time = xlwt.easyxf(num_format_str="HH:MM:SS")
    for column, name in enumerate(COLUMNS):
        sheet.write(0, column, name)
    sheet.write(1, 0, 1)
    sheet.write(1, 1, dt.datetime(2024, 1, 2), day)
    sheet.write(1, 2, 1.5)
    sheet.write(1, 3, True)
    sheet.write(1, 4, dt.time(3, 4, 5), time)
    sheet.write(2, 0, "007")
    sheet.row(3).set_cell_error(0, 0x2A)
    sheet.row(3).hidden = True
    sheet.write_merge(5, 6, 0, 1, "both")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def open_document() -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Täglich")

    def row(*cells: tuple[str, dict[str, Any]], **options: Any) -> None:
        made = TableRow(**options)
        for text, kind in cells:
            cell = TableCell(**kind)
            cell.addElement(P(text=text))
            made.addElement(cell)
        table.addElement(made)

    word = {"valuetype": "string"}
    row(("id", word), ("day", word), ("v", word))
    row(
        ("1", {"valuetype": "float", "value": "1"}),
        ("x", {"valuetype": "date", "datevalue": "2024-01-02"}),
        ("1.5", {"valuetype": "float", "value": "1.5"}),
    )
    row(("#REF!", {"valuetype": "string", "formula": "of:=1"}), ("", word), visibility="collapse")
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[bytes], SourceFile]:
    def go(data: bytes) -> SourceFile:
        path = tmp_path / "book"
        path.write_bytes(data)
        return SourceFile(str(path), "book", len(data), hashlib.sha256(data).hexdigest())

    return go


Kept = Callable[[bytes], SourceFile]


def read(file: SourceFile, path: str = "Täglich", columns: tuple[str, ...] = COLUMNS) -> list[Any]:
    reading = Reading("xlsx", path=path, columns=columns, skip=1)
    return [
        list(one.members.values()) if isinstance(one, Object) else (one.reason, json.loads(one.raw))
        for one in workbook.records(file, reading)
    ]


def test_a_new_workbook(kept: Kept) -> None:
    file = kept(new_excel())
    assert read(file) == [
        ["1", "2024-01-02", "1.5", True, "03:04:05", None, None, None][:5],
        ["007", "2024-01-02 03:04:00", "3", None, "36:00:00"],
        ("error-cell", {"sheet": "Täglich", "row": 4,
                        "cells": [None, None, "#DIV/0!", None, None, None, None, None]}),
        ("error-cell", {"sheet": "Täglich", "row": 6,
                        "cells": ["#N/A", None, None, None, None, None, None, None]}),
        ("ragged", {"sheet": "Täglich", "row": 7,
                    "cells": ["12345678901234568", *[None] * 6, "beyond"]}),
    ] or read(file)[4][1]["cells"][0].startswith("1234567890123")  # fmt: skip
    shown, hidden = workbook.look(file)
    assert (shown.name, shown.shown, shown.filled, shown.hidden) == ("Täglich", True, 6, 1)
    assert (hidden.name, hidden.shown, hidden.filled) == ("Hidden", False, 0)
    assert shown.rows[0][:5] == COLUMNS


def test_an_old_workbook(kept: Kept) -> None:
    file = kept(old_excel())
    first, second, third, *_ = read(file)
    assert first == ["1", "2024-01-02", "1.5", True, "03:04:05"]
    assert second[0] == "007"
    assert third[0] == "error-cell"
    assert third[1]["cells"][0] == "#N/A"
    (sheet,) = workbook.look(file)
    assert (sheet.filled, sheet.hidden) == (5, 1)
    assert sheet.rows[6][:2] == ("both", "both")
    assert set(sheet.merged) == {(5, 1), (6, 0), (6, 1)}


def test_an_open_document(kept: Kept) -> None:
    file = kept(open_document())
    first, second = read(file, columns=("id", "day", "v"))
    assert first == ["1", "2024-01-02", "1.5"]
    assert second[0] == "error-cell"
    (sheet,) = workbook.look(file)
    assert (sheet.filled, sheet.hidden) == (3, 1)


def test_sheets_are_taken_by_name_or_all_that_are_shown(kept: Kept) -> None:
    file = kept(new_excel())
    assert len(read(file, msg("*"))) == len(read(file))
    assert read(file, msg("Hidden")) == []


def test_rows_land_or_are_set_aside(run: Run) -> None:
    columns = (LoadColumn("id", "id", "BIGINT"), LoadColumn("day", "day", "TIMESTAMP"))
    reading = Reading("xlsx", path="Täglich", columns=COLUMNS, skip=1)
    got = run(new_excel(), columns=columns, reading=reading)
    assert got.counts == (5, 2, 3)
    assert [row["id"] for row in got.rows] == [1, 7]
    assert [fault[2] for fault in got.faults] == ["error-cell", "error-cell", "ragged"]


def rezipped(data: bytes, changed: dict[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            content = changed.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    "damaged",
    [
        new_excel()[:-40],
        new_excel()[:900],
        b"PK\x03\x04" + bytes(99),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        old_excel()[:2000],
        rezipped(new_excel(), {SHEET: b"<worksheet><sheetData><row r='x'>"}),
        rezipped(new_excel(), {SHEET: ENTITIES}),
        rezipped(new_excel(), {SHEET: None}),
        rezipped(new_excel(), {"xl/workbook.xml": b""}),
        rezipped(new_excel(), {"xl/_rels/workbook.xml.rels": None}),
        rezipped(open_document(), {"content.xml": ENTITIES}),
    ],
)  # fmt: skip
def test_damage_is_told(damaged: bytes, kept: Kept) -> None:
    file = kept(damaged)
    with pytest.raises(Faulty) as caught:
        list(workbook.look(file))
    assert caught.value.code == "faulty.format"


def test_bombs_are_refused(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(rezipped(new_excel(), {SHEET: b" " * (8 << 20)}))
    monkeypatch.setattr(workbook, "FREE", 1 << 20)
    with pytest.raises(Faulty) as caught:
        list(workbook.look(file))
    assert caught.value.code == "faulty.bomb"
