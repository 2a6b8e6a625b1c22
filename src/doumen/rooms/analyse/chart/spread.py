"""How numbers are spread: a histogram of one column, boxes where there are several groups.

A box shows quartiles and median, whiskers reach the furthest value within one and a half times
their distance (Tukey 1977); what lies beyond is a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from doumen.model.message import Message, msg
from doumen.rooms.analyse.chart import figures
from doumen.rooms.analyse.chart.figures import Number, shown
from doumen.rooms.analyse.chart.option import (
    Chart,
    Option,
    captioned,
    category_axis,
    framed,
    left_out,
    named,
    value_axis,
    with_axes,
)
from doumen.rooms.analyse.chart.result import Seen

FEWEST = 10
"""Fewest values of a histogram."""
BOXES = 30
"""Most boxes side by side."""
IN_BOX = 5
"""Fewest values of a box: it is made of five."""
BEYOND = 500
"""Most points beyond whiskers that are drawn."""


def histogram(column: Seen) -> Chart | Message:
    """How many rows have values in each range; why not, where it is none."""
    values = column.numbers
    if len(values) < FEWEST:
        return msg("A histogram needs {fewest} values or more.", fewest=FEWEST)
    if not figures.divisible(values):
        return msg("The values of `{column}` have no range that can be divided.",
                   column=column.name)  # fmt: skip
    bins = figures.bins(values, whole=column.whole)
    counts = bins.count(values)
    names = [_range(a, b) for a, b in zip(bins.edges, bins.edges[1:], strict=False)]
    fullest = max(counts)
    what = msg("rows by {column}", column=column.name)
    summary = msg(
        "A histogram of {what}: {n:,} values from {low} to {high}, half of them below {median};"
        " most of them, {count:,}, in {range}.",
        what=what, n=len(values), low=shown(min(values)), high=shown(max(values)),
        median=shown(median(values)), count=fullest, range=names[counts.index(fullest)],
    )  # fmt: skip
    series: Option = {"type": "bar", "name": msg("rows"), "data": counts, "barCategoryGap": "2%"}
    option = with_axes(framed([series], summary), category_axis(column.name, names),
                       value_axis(msg("rows"), zero=True))  # fmt: skip
    return Chart(
        "histogram",
        (column.name,),
        msg("one number with many values: how they are spread"),
        captioned(what, left_out(column.gaps)),
        summary,
        option,
        aggregate=True,
    )


def boxes(column: Seen, by: Seen | None = None) -> Chart | Message:
    """A box for all values, or for those of each category; why not, where it is none."""
    groups: dict[str, list[Number]] = {}
    of = by.values if by is not None else (column.name,) * len(column.values)
    for name, value in zip(of, column.values, strict=True):
        if isinstance(value, (int, float)):
            groups.setdefault(named(None if name is None else str(name)), []).append(value)
    if not groups or len(groups) > BOXES:
        return msg("Side by side are 1 to {most} boxes.", most=BOXES)
    if sum(len(values) < IN_BOX for values in groups.values()) * 2 > len(groups):
        return msg("Most groups have fewer than {fewest} values.", fewest=IN_BOX)
    ordered = sorted(groups.items(), key=lambda group: (-median(group[1]), group[0]))
    names = [name for name, _ in ordered]
    made = [_box(values) for _, values in ordered]
    beyond = [[at, value] for at, (_, outside) in enumerate(made) for value in outside]
    series: list[Option] = [
        {"type": "boxplot", "name": column.name, "data": [five for five, _ in made]}
    ]
    if beyond and len(beyond) <= BEYOND:
        series.append({"type": "scatter", "name": msg("beyond"), "data": beyond, "symbolSize": 4})
    what = (
        msg("spread of {column}", column=column.name)
        if by is None
        else msg("{measure} by {category}", measure=column.name, category=by.name)
    )
    first, middle, third = figures.quartiles(column.numbers)
    summary = msg(
        "A box of {column}: half of the values from {first} to {third}, the median {median}.",
        column=column.name, first=shown(first), third=shown(third), median=shown(middle),
    ) if by is None else msg(
        "Boxes of {what}: medians from {high} for {high_at} to {low} for {low_at}.",
        what=what, high=shown(median(ordered[0][1])), high_at=names[0],
        low=shown(median(ordered[-1][1])), low_at=names[-1],
    )  # fmt: skip
    option = with_axes(framed(series, summary), category_axis("" if by is None else by.name, names),
                       value_axis(column.name, zero=False))  # fmt: skip
    reason = (
        msg("one number: its median and quartiles")
        if by is None
        else msg("one number with many values for each category: boxes")
    )
    return Chart(
        "boxplot",
        (column.name,) if by is None else (by.name, column.name),
        reason,
        captioned(what, _undrawn(len(beyond)), left_out(column.gaps)),
        summary,
        option,
        aggregate=True,
    )


def _range(low: Number, high: Number) -> str:
    return f"[{shown(low)}, {shown(high)})"


def _box(values: Sequence[Number]) -> tuple[list[Number], list[Number]]:
    """The five numbers of a box, and what lies beyond its whiskers."""
    first, middle, third = figures.quartiles(values)
    reach = 1.5 * (third - first)
    inside = [value for value in values if first - reach <= value <= third + reach]
    outside = sorted(value for value in values if not first - reach <= value <= third + reach)
    return [min(inside), first, middle, third, max(inside)], outside


def _undrawn(beyond: int) -> Message | None:
    if beyond <= BEYOND:
        return None
    return msg("{n:,} values beyond the whiskers are not drawn.", n=beyond)
