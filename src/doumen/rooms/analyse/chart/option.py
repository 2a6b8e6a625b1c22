"""What the options of all charts have in common: frame, axes, colours, and the chart itself.

An option is a plain value of JSON as ECharts 6 reads it, without functions, so that one text
serves screen, report and command line. Tooltips are drawn, not written as HTML.

Colours tell series apart for people who see colours otherwise: those of Okabe and Ito (2008);
scales are cividis (Nuñez, Anderton and Renslow 2018), and blue to vermilion through white where
zero lies between. Patterns are drawn into areas too, so that no series is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.model.message import Message, msg, paragraph
from doumen.rooms.analyse.chart.figures import Number

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""Okabe and Ito, with grey in place of black, which a dark page would swallow."""
SCALE = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
DIVERGING = ("#0072B2", "#f7f7f7", "#D55E00")
SERIES = len(PALETTE)
"""Most series of a chart: as many as there are colours that can be told apart."""

Option = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is proposed.

    Attributes:
        kind: line, bar, scatter, histogram, heatmap, boxplot or pie.
        columns: What it shows, by name.
        reason: Why this chart for these columns.
        caption: What stands under it, with what was left out.
        summary: What it shows, for those who do not see it.
        option: For ECharts; messages in it are ours, all else comes from the answer.
        aggregate: Whether it counts rows in place of showing each.
    """

    kind: str
    columns: tuple[str, ...]
    reason: Message
    caption: Message
    summary: Message
    option: Mapping[str, Any]
    aggregate: bool = False

    def as_json(self) -> dict[str, Any]:
        """The shape of a proposal in the JSON of verbs."""
        return {
            "kind": self.kind,
            "columns": list(self.columns),
            "reason": self.reason,
            "caption": self.caption,
            "summary": self.summary,
            "option": dict(self.option),
        }


def framed(
    series: Sequence[Option], summary: Message, *, legend: bool = False, item: bool = True
) -> Option:
    """The option around series.

    Args:
        series: What is drawn.
        summary: Said to those who do not see it.
        legend: Whether series have names that tell them apart.
        item: Whether the tooltip speaks of one thing, not of all at a place of the axis.
    """
    option: Option = {
        "color": list(PALETTE),
        "animation": False,
        "aria": {"enabled": True, "decal": {"show": True}, "label": {"description": summary}},
        "tooltip": {"trigger": "item" if item else "axis", "renderMode": "richText"},
        "series": list(series),
    }
    if legend:
        option["legend"] = {"type": "scroll", "top": 0}
    return option


def with_axes(option: Option, x: Option, y: Option, *, below: int = 0) -> Option:
    """The option with two axes, named below and above; `below` pixels more are left free."""
    top = 56 if "legend" in option else 36
    grid = {"left": 8, "right": 24, "top": top, "bottom": 28 + below, "containLabel": True}
    named_below = {**x, "nameLocation": "middle", "nameGap": 28}
    return {**option, "grid": grid, "xAxis": named_below, "yAxis": y}


def value_axis(name: str, *, zero: bool, low: Number = 0) -> Option:
    """An axis of numbers; lengths are read from zero, positions need none (Cleveland 1985).

    Args:
        name: Of what it measures.
        zero: Whether it begins at zero.
        low: The lowest value; where it is below zero the axis holds zero and goes further.
    """
    axis: Option = {"type": "value", "name": name, "scale": not zero}
    return {**axis, "min": 0} if zero and low >= 0 else axis


def category_axis(name: str, names: Sequence[str]) -> Option:
    """An axis of names, in the order given."""
    return {"type": "category", "name": name, "data": list(names)}


def time_axis(name: str) -> Option:
    """An axis of dates or timestamps without zone, shown as they are written."""
    return {"type": "time", "name": name}


def scale(low: Number, high: Number) -> Option:
    """The colours of cells, from the lowest value to the highest."""
    option: Option = {
        "type": "continuous",
        "calculable": True,
        "orient": "horizontal",
        "left": "center",
        "bottom": 0,
    }
    if low < 0 < high:
        reach = max(-low, high)
        return {**option, "min": -reach, "max": reach, "inRange": {"color": list(DIVERGING)}}
    return {**option, "min": low, "max": high, "inRange": {"color": list(SCALE)}}


def captioned(what: Message, *notes: Message | None) -> Message:
    """A caption with what is to be known beside it."""
    said = [note for note in notes if note is not None]
    return paragraph([msg("{what}.", what=what), *said])


def left_out(rows: int) -> Message | None:
    """That rows have nothing to draw; None: all have."""
    if not rows:
        return None
    if rows == 1:
        return msg("1 row without a value is not shown.")
    return msg("{rows:,} rows without a value are not shown.", rows=rows)


def gaps(rows: int) -> Message | None:
    """That a line is broken where there is no value; None: it is whole."""
    if not rows:
        return None
    if rows == 1:
        return msg("1 value is missing: a gap.")
    return msg("{rows:,} values are missing: gaps.", rows=rows)


def named(value: str | None) -> str:
    """The name of a category; the one of rows without a value is ours."""
    return msg("no value") if value is None else value
