"""Workbooks of Excel 97 to 2003 (.xls), by xlrd: the one reader that tells errors from gaps."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


class Unreadable(Exception):
    """It is no workbook, or damaged."""


class Failed(str):
    """A cell that holds an error."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OldSheet:
    """One sheet: values of Python's own types, errors as `Failed`."""

    name: str
    shown: bool
    rows: Sequence[Sequence[Any]]
    merged: Sequence[tuple[int, int, int, int]]
    hidden: frozenset[int]


def sheets(path: str) -> Iterator[OldSheet]:
    """The sheets of a workbook.

    Raises:
        Unreadable: as it says. What a library raises on hostile bytes is of any kind.
    """
    import xlrd  # noqa: PLC0415 - for old workbooks only

    try:
        book = xlrd.open_workbook(
            path, logfile=io.StringIO(), formatting_info=True, ignore_workbook_corruption=False
        )
        found = [_sheet(book, sheet) for sheet in book.sheets()]
    except (MemoryError, OSError):
        raise
    except Exception as error:
        raise Unreadable from error
    yield from found


def _sheet(book: Any, sheet: Any) -> OldSheet:
    rows = [[_value(book, cell) for cell in sheet.row(n)] for n in range(sheet.nrows)]
    hidden = frozenset(n for n, info in sheet.rowinfo_map.items() if info.hidden)
    merged = [(top, left, end - 1, right - 1) for top, end, left, right in sheet.merged_cells]
    return OldSheet(sheet.name, sheet.visibility == 0, rows, merged, hidden)


def _value(book: Any, cell: Any) -> Any:
    import xlrd  # noqa: PLC0415

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Failed(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _moment(cell.value, book.datemode)
    return None if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK} else cell.value


def _moment(value: float, mode: int) -> Any:
    """A date, a time of day below 1, or the number itself where it is neither."""
    import xlrd  # noqa: PLC0415

    try:
        found = xlrd.xldate.xldate_as_datetime(value, mode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return value
    if 0 <= value < 1:
        return found.time()
    return found.date() if found.time() == dt.time() else found
