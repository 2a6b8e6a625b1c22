"""Which sheets of workbooks are taken, and where their heads end. Pure, from a look at them.

A head may be merged: its value then stands over each of its columns, and where another row of
names lies below it, both make the name of a column (`2024 plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from doumen.model.errors import Faulty, Invalid
from doumen.model.load import Reading, Sheet
from doumen.model.message import Message, enumerated, msg
from doumen.rooms.collect.dialect import Record
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.header import Header, header, unique

PREAMBLE = 10
"""Rows at the top among which a merged head is looked for."""

ALL = "*"
"""All sheets that are shown; no sheet can have this name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How workbooks are read, and why so."""

    reading: Reading
    why: tuple[Message, ...]


def choose(sheets: Sequence[Sheet], reading: Reading, wishes: Wishes) -> Chosen:
    """The sheets, and what their columns are.

    Args:
        sheets: The beginnings of all sheets of all files.
        reading: As far as it is known.
        wishes: What the user says, and the names that a contract expects.

    Raises:
        Invalid: there is no such sheet. Faulty: sheets are empty, or not read alike.
    """
    taken = [
        one for file in dict.fromkeys(s.file for s in sheets) for one in _of(file, sheets, wishes)
    ]
    heads = [_head(sheet, wishes) for sheet in taken]
    first = heads[0]
    for sheet, head in zip(taken, heads, strict=True):
        if (head.skip, head.names) != (first.skip, first.names):
            raise Faulty(
                msg(
                    "Sheet `{sheet}` of `{file}` is not read as `{first}` of `{other}` is.",
                    sheet=sheet.name,
                    file=sheet.file,
                    first=taken[0].name,
                    other=taken[0].file,
                ),
                why=msg("They differ in their columns, or in the rows above them."),
                next=msg("Collect each in a command of its own: `--sheet NAME`."),
                detail="readings",
            )
    names = {sheet.name for sheet in taken}
    path = ALL if wishes.sheet == "all" else taken[0].name
    if path != ALL and len(names) > 1:
        raise Faulty(
            msg(
                "The first sheets of the workbooks have different names: {names}.",
                names=enumerated(sorted(names)[:20]),
            ),
            next=msg("Say which: `--sheet NAME`, or `--sheet all`."),
            detail="readings",
        )
    chosen = replace(
        reading, layout="", path=path, columns=first.names, skip=first.skip, header=first.present
    )
    return Chosen(
        chosen,
        (
            *_told(sheets, taken),
            msg("data from row {row}: {why}", row=first.skip + 1, why=first.why),
        ),
    )


def _of(file: str, sheets: Sequence[Sheet], wishes: Wishes) -> list[Sheet]:
    """The sheets of one workbook that are taken."""
    mine = [sheet for sheet in sheets if sheet.file == file]
    filled = [sheet for sheet in mine if sheet.shown and sheet.filled]
    if wishes.sheet == "all":
        found = filled
    elif wishes.sheet is None:
        found = filled[:1]
    else:
        wanted = wishes.sheet.casefold()
        found = [s for s in mine if s.name == wishes.sheet] or [
            s for s in mine if s.name.casefold() == wanted
        ][:1]
        if not found:
            raise Invalid(
                msg("`{file}` has no sheet `{sheet}`.", file=file, sheet=wishes.sheet),
                why=msg("It has {names}.", names=enumerated(s.name for s in mine[:20]))
                if mine
                else msg("It has none."),
                next=msg("Name one of them, or `all`."),
                detail="sheet",
            )
    if not found or not found[0].filled:
        raise Faulty(
            msg("`{file}` has no sheet with anything in it.", file=file),
            why=msg("Hidden sheets are taken only if they are named."),
            next=msg("Check that this is the right file."),
            detail="empty",
        )
    return found


def _head(sheet: Sheet, wishes: Wishes) -> Header:
    """Head of a sheet; its `skip` counts the rows before the first of data."""
    rows = sheet.rows
    wide = max((n for row in rows for n, cell in enumerate(row, 1) if cell), default=0)
    found = [
        Record(number, row[:wide]) for number, row in enumerate(rows) if any(map(str.strip, row))
    ]
    if not found:
        raise Faulty(
            msg(
                "Sheet `{sheet}` of `{file}` has nothing in its first {count} rows.",
                sheet=sheet.name,
                file=sheet.file,
                count=len(rows),
            ),
            next=msg("Delete the empty rows above its table."),
            detail="header",
        )
    if wishes.header is not False:
        for place in range(min(len(rows) - 1, PREAMBLE)):
            upper, lower = rows[place][:wide], rows[place + 1][:wide]
            if _double(sheet, place, lower):
                names = [
                    above if not below or above == below else f"{above} {below}".strip()
                    for above, below in zip(upper, lower, strict=True)
                ]
                return Header(
                    place + 2, True, unique(names), msg("its head is merged over two rows")
                )
    begins = header(found, wishes.header, wishes.expected)
    return replace(begins, skip=begins.skip + 1) if begins.present else begins


def _double(sheet: Sheet, row: int, below: Sequence[str]) -> bool:
    """Whether a row of a merged head has another row of names below it; a title is no head."""
    if len(set(filter(None, sheet.rows[row]))) < 2:
        return False
    covered = set(sheet.merged)
    across = [
        column
        for column in range(1, len(below))
        if (row, column) in covered and sheet.rows[row][column] == sheet.rows[row][column - 1]
    ]
    names = [below[column] for column in across]
    return bool(names) and all(name and not _number(name) for name in names)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _told(sheets: Sequence[Sheet], taken: Sequence[Sheet]) -> list[Message]:
    left = [s.name for s in sheets if s.filled and s not in taken]
    hidden = sum(sheet.hidden for sheet in taken)
    trailing = sum(sheet.trailing for sheet in taken)
    said = [msg("sheet {names}", names=enumerated(s.name for s in taken[:10]))]
    if left:
        said.append(
            msg(
                "left aside: {names} (`--sheet NAME` or `--sheet all`)",
                names=enumerated(left[:10]),
            )
        )
    if hidden:
        said.append(msg("{count:,} hidden rows are taken as the others are", count=hidden))
    if trailing:
        said.append(msg("{count:,} empty rows at the end are left out", count=trailing))
    return said
