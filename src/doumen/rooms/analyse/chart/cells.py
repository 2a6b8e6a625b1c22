"""Cells: a number, or how many rows, for each pair of two categories or of a time and one.

Two places and a colour show three columns at once; colour is judged worst of all (Cleveland and
McGill 1984), so that the scale stands beside and the highest and lowest are told in words.
"""

from __future__ import annotations

from collections import Counter

from doumen.model.message import Message, msg
from doumen.rooms.analyse.chart.figures import Number, shown
from doumen.rooms.analyse.chart.option import (
    Chart,
    Option,
    captioned,
    category_axis,
    framed,
    left_out,
    named,
    scale,
    with_axes,
)
from doumen.rooms.analyse.chart.result import Role, Seen

SIDE = 60
"""Most cells on each side."""

Pair = tuple[str | None, str | None]


def of_values(across: Seen, up: Seen, measure: Seen) -> Chart | Message:
    """A cell for the number of each pair; why not, where it is none."""
    pairs = list(_pairs(across, up))
    if len({*pairs}) != len(pairs):
        return msg("There are several rows for the same pair.")
    held = {
        pair: value
        for pair, value in zip(pairs, measure.values, strict=True)
        if isinstance(value, (int, float))
    }
    what = msg("{measure} by {category} and {other}", measure=measure.name, category=across.name,
               other=up.name)  # fmt: skip
    reason = msg("two categories and one number: a cell for each pair")
    if across.role is Role.TIME:
        reason = msg("a number at times for many categories: a cell for each pair")
    return _cells(across, up, measure.name, held, said=(what, reason), gaps=measure.gaps)


def of_counts(across: Seen, up: Seen) -> Chart | Message:
    """A cell for how many rows each pair has; why not, where it is none."""
    held = Counter(_pairs(across, up))
    if len(held) == len(across.values):
        return msg("Each pair is there once: there is nothing to count.")
    what = msg("rows by {x} and {y}", x=across.name, y=up.name)
    reason = msg("two categories with several rows each: how many there are")
    return _cells(across, up, msg("rows"), dict(held), said=(what, reason), aggregate=True)


def _pairs(across: Seen, up: Seen) -> list[Pair]:
    return [(_text(a), _text(b)) for a, b in zip(across.values, up.values, strict=True)]


def _text(value: str | int | float | None) -> str | None:
    return None if value is None else str(value)


def _sorted(names: set[str | None]) -> list[str | None]:
    return sorted(names, key=lambda name: (name is None, name or ""))


def _cells(
    across: Seen,
    up: Seen,
    measure: str,
    held: dict[Pair, Number],
    *,
    said: tuple[Message, Message],
    gaps: int = 0,
    aggregate: bool = False,
) -> Chart | Message:
    what, reason = said
    columns, rows = _sorted({a for a, _ in held}), _sorted({b for _, b in held})
    if len(columns) < 2 and len(rows) < 2:
        return msg("There are fewer than two values to compare.")
    if max(len(columns), len(rows)) > SIDE:
        return msg("More than {most} cells on a side cannot be read.", most=SIDE)
    place = {name: at for at, name in enumerate(columns)}, {n: at for at, n in enumerate(rows)}
    data = sorted([place[0][a], place[1][b], value] for (a, b), value in held.items())
    low, high = min(data, key=lambda cell: cell[2]), max(data, key=lambda cell: cell[2])
    summary = msg(
        "A heat map of {what}: {n:,} cells, highest {high} at {high_at}, {high_by}, lowest {low} at"
        " {low_at}, {low_by}.",
        what=what, n=len(data), high=shown(high[2]), high_at=named(columns[int(high[0])]),
        high_by=named(rows[int(high[1])]), low=shown(low[2]), low_at=named(columns[int(low[0])]),
        low_by=named(rows[int(low[1])]),
    )  # fmt: skip
    series: Option = {"type": "heatmap", "name": measure, "data": data}
    option = framed([series], summary)
    option["visualMap"] = scale(low[2], high[2])
    x = category_axis(across.name, [named(name) for name in columns])
    y = category_axis(up.name, [named(name) for name in rows])
    option = with_axes(option, x, y, below=40)
    shows = (across.name, up.name) if aggregate else (across.name, up.name, measure)
    return Chart("heatmap", shows, reason, captioned(what, left_out(gaps)), summary, option,
                 aggregate=aggregate)  # fmt: skip
