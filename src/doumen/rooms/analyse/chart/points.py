"""Points: two numbers against each other, or a number at times; many of them as a density.

Position on two common scales shows how two numbers go together (Cleveland and McGill 1984). Where
points would cover one another, cells that count them are drawn (Carr et al. 1987).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from doumen.model.message import Message, msg
from doumen.rooms.analyse.chart import figures
from doumen.rooms.analyse.chart.figures import Number, shown
from doumen.rooms.analyse.chart.option import (
    SERIES,
    Chart,
    Option,
    captioned,
    category_axis,
    framed,
    left_out,
    named,
    scale,
    time_axis,
    value_axis,
    with_axes,
)
from doumen.rooms.analyse.chart.result import Role, Seen, Value

POINTS = 5_000
"""Most points that are drawn one by one."""
CELLS = 40
"""Most cells on each side of a density."""

Pair = tuple[Number, Number]


def of_two(x: Seen, y: Seen, by: Seen | None = None) -> Chart | Message:
    """A point for each row, coloured by a category where there is one; why not, where none."""
    rows = [
        (across, up, None if by is None else by.values[at])
        for at, (across, up) in enumerate(zip(x.values, y.values, strict=True))
        if across is not None and isinstance(up, (int, float))
    ]
    if len(rows) < 2:
        return msg("There are fewer than two points.")
    if len(rows) > POINTS:
        return msg("{n:,} points would cover one another.", n=len(rows))
    names = sorted({name for _, _, name in rows}, key=lambda n: (n is None, str(n)))
    if len(names) > SERIES:
        return msg("More than {most} colours cannot be told apart.", most=SERIES)
    series: list[Option] = [
        {
            "type": "scatter",
            "name": y.name if by is None else named(None if name is None else str(name)),
            "data": sorted([a, b] for a, b, one in rows if one == name),
            "symbolSize": 8 if len(rows) <= POINTS // 10 else 4,
        }
        for name in names
    ]
    what = msg("{y} against {x}", y=y.name, x=x.name)
    if by is not None:
        what = msg("{y} against {x}, by {category}", y=y.name, x=x.name, category=by.name)
    summary = msg(
        "A scatter plot of {what}. {told}", what=what, told=_told(x, [(a, b) for a, b, _ in rows])
    )
    option = framed(series, summary, legend=by is not None)
    across_axis = time_axis(x.name) if x.role is Role.TIME else value_axis(x.name, zero=False)
    option = with_axes(option, across_axis, value_axis(y.name, zero=False))
    columns = (x.name, y.name, *(() if by is None else (by.name,)))
    caption = captioned(what, left_out(len(x.values) - len(rows)))
    return Chart("scatter", columns, _reason(x, by), caption, summary, option)


def density(x: Seen, y: Seen) -> Chart | Message:
    """Cells that count the points in them; why not, where they are none."""
    pairs = _pairs(zip(x.values, y.values, strict=True))
    if len(pairs) <= POINTS:
        return msg("There are few enough points to show each.")
    across, up = [a for a, _ in pairs], [b for _, b in pairs]
    if not (figures.divisible(across) and figures.divisible(up)):
        return msg("One of the numbers has no range that can be divided.")
    wide = figures.bins(across, whole=x.whole, most=CELLS)
    high = figures.bins(up, whole=y.whole, most=CELLS)
    counted = Counter((wide.place(a), high.place(b)) for a, b in pairs)
    cells = sorted([a, b, count] for (a, b), count in counted.items())
    what = msg("rows by {x} and {y}", x=x.name, y=y.name)
    summary = msg("A density of {what}. {told}", what=what, told=_told(x, pairs))
    series: Option = {"type": "heatmap", "name": msg("rows"), "data": cells}
    option = framed([series], summary)
    option["visualMap"] = scale(0, max(counted.values()))
    option = with_axes(option, category_axis(x.name, _edges(wide)),
                       category_axis(y.name, _edges(high)), below=40)  # fmt: skip
    return Chart(
        "heatmap",
        (x.name, y.name),
        msg("two numbers and many rows: how many points lie where"),
        captioned(what, left_out(len(x.values) - len(pairs))),
        summary,
        option,
        aggregate=True,
    )


def _reason(x: Seen, by: Seen | None) -> Message:
    if by is not None:
        return msg("two numbers and few categories: points in colours")
    if x.role is Role.TIME:
        return msg("numbers, several at one time: points")
    return msg("two numbers: points show how they go together")


def _pairs(rows: Iterable[tuple[Value, Value]]) -> list[Pair]:
    return [(a, b) for a, b in rows if isinstance(a, (int, float)) and isinstance(b, (int, float))]


def _edges(bins: figures.Bins) -> list[str]:
    return [shown(edge) for edge in bins.edges[:-1]]


def _told(x: Seen, rows: Sequence[tuple[str | Number, Number]]) -> Message:
    up = [y for _, y in rows]
    low, high = shown(min(up)), shown(max(up))
    if x.role is Role.TIME:
        times = [str(when) for when, _ in rows]
        first, last = min(times), max(times)
    else:
        numbers = [a for a, _ in _pairs(rows)]
        first, last = shown(min(numbers)), shown(max(numbers))
    found = figures.correlation(_pairs(rows))
    if found is None:
        return msg("{n:,} points, across from {first} to {last}, up from {low} to {high}.",
                   n=len(rows), first=first, last=last, low=low, high=high)  # fmt: skip
    return msg(
        "{n:,} points, across from {first} to {last}, up from {low} to {high}; correlation {r}.",
        n=len(rows), first=first, last=last, low=low, high=high, r=f"{found:.2f}",
    )  # fmt: skip
