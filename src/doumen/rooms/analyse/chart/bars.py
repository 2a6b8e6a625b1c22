"""Bars: a number for each category, longest first, all of them from zero; and pies, never first.

Lengths on a common scale are judged best after positions, angles and areas worse (Cleveland and
McGill 1984); so parts of a whole are bars too, and a pie is only ever the other way to see them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doumen.model.message import Message, enumerated, msg
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

GROUPS, IN_GROUP = 12, 4
"""Most groups of bars, and most bars in each."""
PARTS = 6
"""Most parts of a pie."""
_LONG = 12
_MANY = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """What of many categories is shown.

    Attributes:
        top: Most bars, the longest.
        others: Whether the sum of all that are left out is a bar too.
    """

    top: int = 30
    others: bool = False


Bar = tuple[str, Number]


def of_values(category: Seen, measure: Seen, choice: Choice) -> Chart | Message:
    """A bar for each category; why not, where it is none."""
    if not category.unique or category.gaps > 1:
        return _repeated(category)
    bars = [
        (named(_text(name)), value)
        for name, value in zip(category.values, measure.values, strict=True)
        if isinstance(value, (int, float))
    ]
    if len(bars) < 2:
        return msg("There are fewer than two values to compare.")
    what = msg("{measure} by {category}", measure=measure.name, category=category.name)
    reason = msg("one category and one number: bars, the longest first")
    return _bars(category, measure.name, bars, choice, said=(what, reason), gaps=measure.gaps)


def of_counts(category: Seen, choice: Choice) -> Chart | Message:
    """A bar for how many rows each category has; why not, where it is none."""
    if category.unique and category.gaps < 2:
        return msg("Each `{column}` is there once: there is nothing to count.",
                   column=category.name)  # fmt: skip
    counted = Counter(map(_text, category.values))
    bars: list[Bar] = [(named(name), count) for name, count in counted.items()]
    if len(bars) < 2:
        return msg("There are fewer than two values to compare.")
    what = msg("rows by {category}", category=category.name)
    reason = msg("one category with several rows each: how many there are")
    return _bars(category, msg("rows"), bars, choice, said=(what, reason), aggregate=True)


def grouped(category: Seen, measures: Sequence[Seen]) -> Chart | Message:
    """Bars of several numbers side by side for each category; why not, where it is none."""
    if not category.unique or category.gaps > 1:
        return _repeated(category)
    names = [named(_text(name)) for name in category.values]
    if len(names) > GROUPS or len(measures) > IN_GROUP or len(names) < 2:
        return msg("Side by side are 2 to {groups} categories of up to {most} numbers each.",
                   groups=GROUPS, most=IN_GROUP)  # fmt: skip
    if not figures.comparable([m.numbers for m in measures]):
        return msg("The numbers are too different in size to share an axis.")
    held = {m.name: dict(zip(names, map(_value, m.values), strict=True)) for m in measures}
    what = msg("{measures} by {category}", measures=enumerated(held, mark=""),
               category=category.name)  # fmt: skip
    reason = msg("one category and {n} numbers of like size: bars side by side", n=len(measures))
    return _side_by_side(category.name, held, (what, reason), "", tuple(held))


def pairs(outer: Seen, inner: Seen, measure: Seen) -> Chart | Message:
    """Bars for two categories and one number; why not, where they are none."""
    if len({*outer.values}) < len({*inner.values}):
        outer, inner = inner, outer
    rows = list(zip(outer.values, inner.values, measure.values, strict=True))
    held: dict[str, dict[str, Number | None]] = {}
    for out, within, value in rows:
        held.setdefault(named(_text(within)), {})[named(_text(out))] = _value(value)
    if sum(map(len, held.values())) != len(rows):
        return msg("There are several rows for the same pair.")
    groups = len({*outer.values})
    if not measure.numbers:
        return msg("There are fewer than two values to compare.")
    if groups > GROUPS or len(held) > IN_GROUP:
        return msg("Side by side are 2 to {groups} categories of up to {most} numbers each.",
                   groups=GROUPS, most=IN_GROUP)  # fmt: skip
    what = msg("{measure} by {category} and {other}", measure=measure.name, category=outer.name,
               other=inner.name)  # fmt: skip
    reason = msg("two small categories and one number: bars side by side")
    columns = (inner.name, measure.name)
    ordered = {name: held[name] for name in sorted(held)}
    return _side_by_side(outer.name, ordered, (what, reason), measure.name, columns)


def pie(category: Seen, measure: Seen) -> Chart | Message:
    """Parts of a whole; why not, where they are none."""
    if not category.unique or category.gaps > 1 or measure.gaps:
        return _repeated(category)
    parts = [(named(_text(n)), v) for n, v in zip(category.values, measure.numbers, strict=True)]
    if not 2 <= len(parts) <= PARTS or min(v for _, v in parts) <= 0:
        return msg("A whole has 2 to {most} parts, all above zero.", most=PARTS)
    ordered = _longest_first(parts)
    whole = sum(value for _, value in ordered)
    what = msg("shares of {measure} by {category}", measure=measure.name, category=category.name)
    told = enumerated([f"{n} {v / whole:.1%}" for n, v in ordered], mark="")
    summary = msg("A pie of {what}: {told}.", what=what, told=told)
    series: Option = {
        "type": "pie",
        "radius": ["0%", "65%"],
        "label": {"formatter": "{b}: {d}%"},
        "data": [{"name": name, "value": value} for name, value in ordered],
    }
    return Chart(
        "pie",
        (category.name, measure.name),
        msg("few parts, if they make a whole: shares; lengths are read better than angles"),
        captioned(what),
        summary,
        framed([series], summary),
    )


def _text(value: str | int | float | None) -> str | None:
    return None if value is None else str(value)


def _repeated(category: Seen) -> Message:
    return msg("There are several rows for the same `{column}`.", column=category.name)


def _longest_first(bars: Sequence[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (-bar[1], bar[0]))


def _bars(
    category: Seen,
    measure: str,
    bars: Sequence[Bar],
    choice: Choice,
    *,
    said: tuple[Message, Message],
    gaps: int = 0,
    aggregate: bool = False,
) -> Chart:
    what, reason = said
    ordered = _longest_first(bars)
    shown_bars, rest = ordered[: choice.top], ordered[choice.top :]
    if rest and choice.others:
        shown_bars.append((msg("others"), sum(value for _, value in rest)))
    names, values = [name for name, _ in shown_bars], [value for _, value in shown_bars]
    (most, highest), (least, lowest) = ordered[0], ordered[-1]
    summary = msg(
        "A bar chart of {what}: {n:,} bars, from {most} with {highest} to {least} with {lowest}.",
        what=what, n=len(ordered), most=most, highest=shown(highest), least=least,
        lowest=shown(lowest),
    )  # fmt: skip
    across = len(names) > _MANY or max(map(len, names)) > _LONG
    along = category_axis(category.name, names)
    up = value_axis(measure, zero=True, low=min(values))
    series: Option = {"type": "bar", "name": measure, "data": values}
    x, y = (up, {**along, "inverse": True}) if across else (along, up)
    option = with_axes(framed([series], summary), x, y)
    columns = (category.name,) if aggregate else (category.name, measure)
    note = _cut(len(rest), choice)
    return Chart("bar", columns, reason, captioned(what, note, left_out(gaps)), summary, option,
                 aggregate=aggregate)  # fmt: skip


def _cut(rest: int, choice: Choice) -> Message | None:
    if not rest:
        return None
    if choice.others:
        return msg("The {top} longest are shown; {rest:,} more are together in one.",
                   top=choice.top, rest=rest)  # fmt: skip
    return msg("The {top} longest are shown; {rest:,} more are not.", top=choice.top, rest=rest)


def _side_by_side(
    category: str,
    held: Mapping[str, Mapping[str, Number | None]],
    said: tuple[Message, Message],
    measure: str,
    columns: Sequence[str],
) -> Chart:
    """Bars in groups; the groups in the order of the first series, its longest first."""
    what, reason = said
    first = next(iter(held.values()))
    names = sorted(
        {name for values in held.values() for name in values},
        key=lambda name: (-(first.get(name) or 0), name),
    )
    there = [
        (value, name, of)
        for of, values in held.items()
        for name, value in values.items()
        if value is not None
    ]
    high, low = max(there), min(there)
    summary = msg(
        "A bar chart of {what}: highest {high} for {high_at}, lowest {low} for {low_at}.",
        what=what, high=shown(high[0]), high_at=enumerated(high[1:], mark=""),
        low=shown(low[0]), low_at=enumerated(low[1:], mark=""),
    )  # fmt: skip
    series: list[Option] = [
        {"type": "bar", "name": of, "data": [values.get(name) for name in names]}
        for of, values in held.items()
    ]
    option = framed(series, summary, legend=True, item=False)
    option = with_axes(option, category_axis(category, names),
                       value_axis(measure, zero=True, low=low[0]))  # fmt: skip
    return Chart("bar", (category, *columns), reason, captioned(what), summary, option)


def _value(value: str | int | float | None) -> Number | None:
    return value if isinstance(value, (int, float)) else None
