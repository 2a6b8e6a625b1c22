"""Drawings of an outcome for people: tables, names with values, text.

Columns are aligned by the width that characters take on a terminal (a Chinese character takes
two). Where a table is wider than the terminal, cells are folded, if possible between words, so
that names can be copied; where that would leave less than a few characters a column, columns in
the middle are left out and named below.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Words

from doumen.faces.cli import wide, words
from doumen.faces.cli.terminal import clean, plain
from doumen.model.message import Catalogue, as_written, spoken
from doumen.model.operation import Fields, Table, Text

NARROWEST = 10
"""Width below which no column is folded."""
NAMED = 8
"""Columns left out that are named one by one."""
_GAP = 2
_NEUTRAL = (None, "NULL", "NaN", "Infinity", "-Infinity")
"""What stands among numbers without making them text."""


def draw(
    drawings: Sequence[Table | Fields | Text],
    stream: TextIO,
    width: int | None = None,
    say: Catalogue = as_written,
) -> None:
    """Draw on a stream; colours and width are the terminal's, NO_COLOR is obeyed."""
    canvas = io.StringIO()
    console = Console(
        file=canvas,
        width=width,
        force_terminal=stream.isatty(),
        color_system=None if plain() else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )
    for place, drawing in enumerate(drawings):
        if place:
            console.print()
        if isinstance(drawing, Text):
            canvas.write(clean(spoken(drawing.text, say)).rstrip("\n") + "\n")
        elif isinstance(drawing, Fields):
            _title(console, drawing.title, say)
            console.print(_fields(console, drawing, say))
        else:
            _title(console, drawing.title, say)
            _table(console, drawing, say)
    for line in canvas.getvalue().splitlines():
        stream.write(line.rstrip(" ") + "\n")


def written(value: Any, say: Catalogue = as_written) -> str:
    """A value for people."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return (words.YES if value else words.NO).into(say)
    if isinstance(value, (list, tuple, set, frozenset)):
        return words.COMMA.into(say).join(written(v, say) for v in value)
    return clean(format(value, "f") if isinstance(value, Decimal) else str(spoken(value, say)))


def fitting(widths: Sequence[int], room: int) -> list[int]:
    """Indices of the columns to show: all, or the first and the last as far as there is room.

    Args:
        widths: Natural width of each column, in cells.
        room: Cells of the terminal.
    """
    least = [min(width, NARROWEST) + _GAP for width in widths]
    if sum(least) <= room:
        return list(range(len(widths)))
    left, right, free = 0, len(widths), room - (1 + _GAP)
    while left < right:
        take_left = left <= len(widths) - right
        index = left if take_left else right - 1
        if least[index] > free:
            break
        free -= least[index]
        left, right = (left + 1, right) if take_left else (left, right - 1)
    return [*range(max(left, 1)), *range(right, len(widths))]


def shared(widths: Sequence[int], longest: Sequence[int], room: int) -> list[int]:
    """Widths that fit: the widest give way, down to their longest word, then further.

    The first column, which names the rows, gives way last.

    Args:
        widths: Natural width of each column, in cells.
        longest: Width of the longest word of each column.
        room: Cells for all of them, `NARROWEST` each at least, or their own width.
    """
    given = [min(width, room) for width in widths]
    least = [min(width, NARROWEST) for width in given]
    whole = [max(*pair) for pair in zip(least, longest, strict=True)]
    for floors in (whole, [*whole[:1], *least[1:]], least):
        while sum(given) > room:
            loose = [i for i, width in enumerate(given) if width > floors[i]]
            if not loose:
                break
            given[max(loose, key=given.__getitem__)] -= 1
    return given


def _title(console: Console, title: str | None, say: Catalogue) -> None:
    if title:
        console.print(Words(clean(spoken(title, say)), style="bold"))


def _fields(console: Console, fields: Fields, say: Catalogue) -> Grid:
    grid = Grid.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    pairs = [(clean(spoken(name, say)), written(value, say)) for name, value in fields.pairs]
    room = console.width - _GAP - max((_width(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        grid.add_row(Words(name), Words(wide.folded(value, max(room, NARROWEST))))
    return grid


def _table(console: Console, table: Table, say: Catalogue) -> None:
    cells = [[written(value, say) for value in row] for row in table.rows]
    names = [clean(spoken(name, say)) for name in table.columns]
    columns = [(name, *(row[i] for row in cells)) for i, name in enumerate(names)]
    widths = [max(map(_width, column)) for column in columns]
    shown = fitting(widths, console.width)
    gap = next((at for at, index in enumerate(shown) if at != index), None)
    if len(shown) < len(widths) and gap is None:
        gap = len(shown)
    room = console.width - _GAP * (len(shown) - 1) - (0 if gap is None else 1 + _GAP)
    given = shared([widths[i] for i in shown], [_longest(columns[i]) for i in shown], room)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, _GAP - 1, 0, 0), pad_edge=False)
    for at, index in enumerate(shown):
        if at == gap:
            grid.add_column("…")
        right = _all_numbers(row[index] for row in table.rows)
        grid.add_column(
            Words(names[index]),
            justify="right" if right else "left",
            overflow="fold",
            width=given[at],
        )
    if gap == len(shown):
        grid.add_column("…")
    for row in cells:
        line = [
            Words(wide.folded(row[index], width)) for index, width in zip(shown, given, strict=True)
        ]
        grid.add_row(*(line if gap is None else [*line[:gap], Words("…"), *line[gap:]]))
    console.print(grid)
    if gap is not None:
        left_out = [name for i, name in enumerate(names) if i not in shown]
        told = words.more_columns(left_out, NAMED).into(say)
        console.print(Words(told, style="dim"))


def _all_numbers(values: Any) -> bool:
    held = [v for v in values if v not in _NEUTRAL]
    return bool(held) and all(
        isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) for v in held
    )


def _longest(texts: Sequence[str]) -> int:
    """Width of the longest word; a wide text is broken within it."""
    return max(
        min(_width(text.replace(" ", "\n")), wide.longest(text))
        if wide.width(text) > len(text)
        else _width(text.replace(" ", "\n"))
        for text in texts
    )


def _width(text: str) -> int:
    return max((Words(line).cell_len for line in text.split("\n")), default=0)
