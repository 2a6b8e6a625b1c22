"""Workbooks: sheets of Office Open XML (.xlsx), of old Excel (.xls) and OpenDocument (.ods).

Values are those that were computed when the workbook was saved. A number keeps the digits that
it is written with, a date is in ISO form, a cell with an error sets its row aside. Runs in the
worker, whose memory is bounded: workbooks are read into it.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doumen.engines.duckdb import oldbook, openxml
from doumen.engines.duckdb.documents import Number, Object
from doumen.engines.duckdb.records import SHOWN, Bad
from doumen.model.errors import Faulty
from doumen.model.load import Reading, Sheet, SourceFile
from doumen.model.message import msg

LOOKED = 40
"""Rows of a sheet that are looked at."""
_LOOKED_TEXT = 1 << 20
"""Characters of them."""
_CELL = 300
LARGEST, RATIO, FREE = 4 << 30, 250, 64 << 20
"""Bytes of a workbook unpacked; bytes for one packed, beyond the first `FREE`."""

ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
)
"""Values of errors (ISO/IEC 29500-1, 18.17.3)."""

Cell = str | Number | bool | None
Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


class Error(str):
    """A cell that holds an error."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    Attributes:
        rows: All rows from the first of the sheet, as wide as they are.
        hidden: Numbers of rows, from 0, that are hidden.
    """

    name: str
    shown: bool
    rows: Sequence[Sequence[Cell | Error]]
    merged: Sequence[Merged]
    hidden: frozenset[int]


def look(file: SourceFile) -> Iterator[Sheet]:
    """The beginnings of the sheets of a workbook.

    Raises:
        Faulty: it cannot be read.
    """
    grid = None
    for grid in _grids(file, None):
        filled = [n for n, row in enumerate(grid.rows) if any(cell is not None for cell in row)]
        rows, merged, held = [], [], 0
        for number, row in enumerate(_unmerged(grid)[:LOOKED]):
            held += sum(min(len(cell), _CELL) for cell in row)
            if held > _LOOKED_TEXT:
                break
            rows.append(tuple(cell[:_CELL] for cell in row))
            merged += [(number, c) for n, c in _covered(grid.merged) if n == number]
        yield Sheet(
            file=file.name,
            name=grid.name,
            shown=grid.shown,
            rows=tuple(rows),
            merged=tuple(merged),
            filled=len(filled),
            hidden=len(grid.hidden.intersection(filled)),
            trailing=len(grid.rows) - (filled[-1] + 1 if filled else 0),
        )
    if grid is None:
        raise _unreadable(file)


def records(file: SourceFile, reading: Reading) -> Iterator[Object | Bad]:
    """The rows of the sheets that a reading names, below what it skips; empty ones are none.

    Raises:
        Faulty: the workbook cannot be read, or has no such sheet.
    """
    names = reading.columns
    for grid in _grids(file, reading.path):
        for number, row in enumerate(grid.rows[reading.skip :], reading.skip + 1):
            if all(cell is None for cell in row):
                continue
            raw = _raw(grid.name, number, row)
            if any(isinstance(cell, Error) for cell in row):
                yield Bad("error-cell", raw[:SHOWN])
            elif any(cell is not None for cell in row[len(names) :]):
                yield Bad("ragged", raw[:SHOWN])
            else:
                yield Object(dict(zip(names, row, strict=False)), raw)


def _raw(sheet: str, number: int, row: Sequence[Cell | Error]) -> str:
    cells = [str(cell) if isinstance(cell, str) else cell for cell in row]
    return json.dumps({"sheet": sheet, "row": number, "cells": cells}, ensure_ascii=False)


def _unmerged(grid: Grid) -> list[list[str]]:
    """The first rows as text, each merged cell with the value of the first."""
    wide = max((len(row) for row in grid.rows[:LOOKED]), default=0)
    rows = [[_shown(cell) for cell in row] + [""] * (wide - len(row)) for row in grid.rows[:LOOKED]]
    for top, left, bottom, right in grid.merged:
        if top >= len(rows) or left >= wide:
            continue
        for number in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, wide)):
                rows[number][column] = rows[top][left]
    return rows


def _covered(merged: Sequence[Merged]) -> Iterator[tuple[int, int]]:
    for top, left, bottom, right in merged:
        for number in range(top, min(bottom + 1, LOOKED)):
            for column in range(left, min(right, left + 20_000) + 1):
                if (number, column) != (top, left):
                    yield number, column


def _shown(cell: Cell | Error) -> str:
    if cell is None:
        return ""
    return ("true" if cell else "false") if isinstance(cell, bool) else str(cell)


def _grids(file: SourceFile, sheet: str | None) -> Iterator[Grid]:
    """Sheets of a workbook: all, all that are shown (`*`), or the one of a name."""
    with Path(file.path).open("rb") as stream:
        head = stream.read(8)
    try:
        if head.startswith(b"PK"):
            _bounded(file)
            yield from _calamine(file, sheet)
        else:
            for found in oldbook.sheets(file.path):
                if _wanted(found.name, sheet, shown=found.shown):
                    rows = [[_cell(cell) for cell in row] for row in found.rows]
                    yield Grid(found.name, found.shown, rows, found.merged, found.hidden)
    except (oldbook.Unreadable, openxml.Unreadable, zipfile.BadZipFile, ValueError, KeyError):
        raise _unreadable(file) from None


def _wanted(name: str, sheet: str | None, *, shown: bool) -> bool:
    return sheet is None or (shown if sheet == "*" else name == sheet)


def _calamine(file: SourceFile, sheet: str | None) -> Iterator[Grid]:
    import python_calamine as calamine  # noqa: PLC0415 - for workbooks only

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(Path(file.path).read_bytes()))
        sheets = list(book.sheets_metadata)
    except calamine.CalamineError:
        raise _unreadable(file) from None
    for meta in sheets:
        shown = meta.visible == calamine.SheetVisibleEnum.Visible
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if not _wanted(meta.name, sheet, shown=shown):
            continue
        try:
            found = book.get_sheet_by_name(meta.name)
            values = found.to_python(skip_empty_area=False)
            merged = [(*a, *b) for a, b in found.merged_cell_ranges or ()]
        except calamine.CalamineError:
            raise _unreadable(file) from None
        notes = openxml.notes(file.path, meta.name)
        rows = [[_cell(cell) for cell in row] for row in values]
        for number, column, text in notes.errors:
            while len(rows) <= number:
                rows.append([])
            rows[number] += [None] * (column + 1 - len(rows[number]))
            rows[number][column] = Error(text)
        yield Grid(meta.name, shown, rows, merged, notes.hidden)


def _cell(value: Any) -> Cell | Error:  # noqa: PLR0911 - one per kind of cell
    """A cell as a value of a document: what is no number and no truth is text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | Number):
        return value
    if isinstance(value, oldbook.Failed):
        return Error(value)
    if isinstance(value, str):
        return Error(value) if value in ERRORS else value
    if isinstance(value, int | float):
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e18)
        return Number(int(value) if whole else repr(value))
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    assert isinstance(value, dt.date | dt.time)
    return value.isoformat()


def _bounded(file: SourceFile) -> None:
    with zipfile.ZipFile(file.path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST or (size > FREE and size > RATIO * file.size):
        raise Faulty(
            msg("`{file}` unpacks to {size:,} bytes.", file=file.name, size=size),
            why=msg("Workbooks do not; files that are made to fill memory do."),
            next=msg("If you trust it, save its sheet as CSV and collect that."),
            detail="bomb",
        )


def _unreadable(file: SourceFile) -> Faulty:
    return Faulty(
        msg("`{file}` is no workbook that can be read.", file=file.name),
        why=msg("It is damaged, encrypted, or of another kind (a document, an archive of files)."),
        next=msg("Open it, and save it anew as .xlsx without a password, or its sheet as CSV."),
        detail="format",
    )
