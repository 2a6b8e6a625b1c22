"""Lines: numbers over time, or over numbers that go up by the same step.

A line says that what is between two points is like them: it is for what depends on an ordered
thing (Mackinlay 1986, section 4.2; Zacks and Tversky 1999). Where a value is missing it breaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.model.message import Message, enumerated, msg
from doumen.rooms.analyse.chart import figures
from doumen.rooms.analyse.chart.figures import Number, shown
from doumen.rooms.analyse.chart.option import (
    SERIES,
    Chart,
    Option,
    captioned,
    framed,
    gaps,
    left_out,
    named,
    time_axis,
    value_axis,
    with_axes,
)
from doumen.rooms.analyse.chart.result import Role, Seen

POINTS = 10_000
"""Most points of a chart that shows each."""
_MARKED = 60
"""Up to so many points of a line are marked."""

Point = tuple[str | int | float, Number | None]


def over(along: Seen, measures: Sequence[Seen]) -> Chart | Message:
    """A line for each measure along one axis; why not, where it is none."""
    there = [at for at, value in enumerate(along.values) if value is not None]
    refused = _refused(along, len(there) * len(measures))
    if refused is not None:
        return refused
    if len(measures) > 1 and not figures.comparable([m.numbers for m in measures]):
        return msg("The numbers are too different in size to share an axis.")
    lines = {m.name: _points(along, m, there) for m in measures}
    missing = sum(m.values[at] is None for m in measures for at in there)
    names = [m.name for m in measures]
    reason = (
        msg("one column of time and one number: a line")
        if len(measures) == 1
        else msg("one column of time and {n} numbers of like size: lines", n=len(measures))
    )
    if along.role is not Role.TIME:
        reason = msg("a number for each step of another: a line")
    told = _summary(lines[names[0]]) if len(names) == 1 else _summaries(lines)
    return _chart(
        along, names, lines, reason, told=told, notes=(gaps(missing), left_out(along.gaps))
    )


def by_category(along: Seen, category: Seen, measure: Seen) -> Chart | Message:
    """A line of one number for each category; why not, where it is none."""
    rows = list(zip(along.values, category.values, measure.values, strict=True))
    times = sorted({when for when, _, _ in rows if isinstance(when, str)})
    names = sorted({name for _, name, _ in rows}, key=lambda n: (n is None, str(n)))
    if len(names) > SERIES:
        return msg("More than {most} lines cannot be told apart.", most=SERIES)
    if len(times) * len(names) > POINTS:
        return _many(len(times) * len(names))
    held = {(when, name): value for when, name, value in rows if when is not None}
    if len(held) + along.gaps != len(rows):
        return msg("There are several rows for the same time and category.")
    if len(times) < 2:
        return msg("There are fewer than two points.")
    lines: dict[str, list[Point]] = {}
    for name in names:
        values = [held.get((when, name)) for when in times]
        lines[named(None if name is None else str(name))] = [
            (when, value if isinstance(value, (int, float)) else None)
            for when, value in zip(times, values, strict=True)
        ]
    missing = sum(value is None for points in lines.values() for _, value in points)
    reason = msg("a number over time for each of {n} categories: a line each", n=len(names))
    return _chart(
        along, [measure.name], lines, reason, told=_summaries(lines),
        notes=(gaps(missing), left_out(along.gaps)), of=category,
    )  # fmt: skip


def counts(along: Seen) -> Chart | Message:
    """How many rows there are at each time; why not, where it is none."""
    if along.unique:
        return msg("Each time is there once: there is nothing to count.")
    times = sorted(set(along.texts))
    refused = _refused(Seen(along.name, along.role, tuple(times)), len(times))
    if refused is not None:
        return refused
    held = dict.fromkeys(times, 0)
    for when in along.texts:
        held[when] += 1
    points: list[Point] = list(held.items())
    rows = msg("rows")
    reason = msg("times that are there several times: how many rows each has")
    lines = {str(rows): points}
    return _chart(
        along, [rows], lines, reason,
        told=_summary(points), notes=(left_out(along.gaps),), zero=True,
    )  # fmt: skip


def _refused(along: Seen, points: int) -> Message | None:
    if not along.unique:
        return msg("There are several rows for the same `{column}`.", column=along.name)
    if len(along.values) - along.gaps < 2:
        return msg("There are fewer than two points.")
    return _many(points) if points > POINTS else None


def _many(points: int) -> Message:
    return msg(
        "{points:,} points are more than the {most:,} that are drawn: aggregate first, such as by"
        " `date_trunc`.", points=points, most=POINTS,
    )  # fmt: skip


def _points(along: Seen, measure: Seen, there: Sequence[int]) -> list[Point]:
    pairs = [(along.values[at], measure.values[at]) for at in there]
    return sorted(
        ((x, y if isinstance(y, (int, float)) else None) for x, y in pairs if x is not None),
        key=lambda point: point[0],
    )


def _chart(
    along: Seen,
    names: Sequence[str],
    lines: dict[str, list[Point]],
    reason: Message,
    *,
    told: Message,
    notes: Sequence[Message | None],
    of: Seen | None = None,
    zero: bool = False,
) -> Chart:
    series: list[Option] = [
        {
            "type": "line",
            "name": name,
            "data": [list(point) for point in points],
            "connectNulls": False,
            "showSymbol": len(points) <= _MARKED,
        }
        for name, points in lines.items()
    ]
    what = (
        msg("{measures} over {along}", measures=enumerated(names, mark=""), along=along.name)
        if of is None
        else msg("{measure} over {along}, by {category}", measure=names[0], along=along.name,
                 category=of.name)
    )  # fmt: skip
    summary = msg("A line chart of {what}. {told}", what=what, told=told)
    option = framed(series, summary, legend=len(lines) > 1, item=False)
    x = time_axis(along.name) if along.role is Role.TIME else value_axis(along.name, zero=False)
    low = min((y for points in lines.values() for _, y in points if y is not None), default=0)
    y = value_axis(names[0] if len(names) == 1 else "", zero=zero, low=low)
    columns = (along.name, *(() if of is None else (of.name,)), *([] if zero else names))
    return Chart("line", columns, reason, captioned(what, *notes), summary,
                 with_axes(option, x, y), aggregate=zero)  # fmt: skip


def _summary(points: Sequence[Point]) -> Message:
    """What one line shows, in a sentence."""
    there = [(x, y) for x, y in points if y is not None]
    if not there:
        return msg("No point has a value.")
    low, high = min(there, key=lambda p: (p[1], p[0])), max(there, key=lambda p: p[1])
    return msg(
        "{n:,} points from {first} to {last}: lowest {low} at {low_at}, highest {high} at"
        " {high_at}, {trend}.",
        n=len(there), first=there[0][0], last=there[-1][0], low=shown(low[1]), low_at=low[0],
        high=shown(high[1]), high_at=high[0], trend=figures.trend([y for _, y in there]),
    )  # fmt: skip


def _summaries(lines: dict[str, list[Point]]) -> Message:
    said = [msg("{name}: {told}", name=name, told=_summary(points))
            for name, points in lines.items()]  # fmt: skip
    made = said[0]
    for one in said[1:]:
        made = msg("{before} {after}", before=made, after=one)
    return made
