"""Small drawings made on the server, as places and sizes for a template: they need no script.

Bars of a count a day, and a lineage as boxes in columns with lines between them. All of it is
attributes of SVG, since the policy of the pages forbids inline styles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BOX, BAND, GAP, ROW = 190, 40, 60, 56
"""Width and height of a box, space between columns, and height of a row, in units of the SVG."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place, and what it says."""

    x: float
    y: float
    width: float
    height: float
    day: str
    count: int


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a lineage."""

    x: float
    y: float
    key: str
    kind: str
    label: str
    own: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """A lineage in its places; `lines` are paths of SVG."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[str]


def bars(days: Sequence[Mapping[str, Any]], width: float = 600, height: float = 80) -> list[Bar]:
    """A bar for each day; the highest is as high as the drawing.

    Args:
        days: `day` and `count` of each.
        width: Of the drawing.
        height: Of the drawing.
    """
    most = max((one["count"] for one in days), default=0) or 1
    step = width / max(len(days), 1)
    return [
        Bar(
            x=round(at * step + step * 0.15, 2),
            y=round(height - one["count"] / most * height, 2),
            width=round(step * 0.7, 2),
            height=round(one["count"] / most * height, 2),
            day=one["day"],
            count=one["count"],
        )
        for at, one in enumerate(days)
    ]


def graph(lineage: Mapping[str, Any]) -> Graph:
    """A lineage as `dataset lineage` tells it, in columns by their step."""
    columns: dict[int, list[Mapping[str, Any]]] = {}
    for node in lineage["nodes"]:
        columns.setdefault(node["step"], []).append(node)
    first = min(columns)
    height = max(map(len, columns.values())) * ROW
    places: dict[str, tuple[float, float]] = {}
    boxes = []
    for step, nodes in sorted(columns.items()):
        top = (height - len(nodes) * ROW) / 2
        for row, node in enumerate(nodes):
            x, y = (step - first) * (BOX + GAP), top + row * ROW + (ROW - BAND) / 2
            places[node["key"]] = (x, y)
            name = node["key"].partition(":")[2] or node["key"]
            own = node["key"] == lineage["dataset"]
            boxes.append(Box(x, y, node["key"], node["kind"], _cut(name), own))
    lines = [_line(places[a], places[b]) for a, b in lineage["edges"]]
    width = (max(columns) - first) * (BOX + GAP) + BOX
    return Graph(width, height, boxes, lines)


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + BOX, start[1] + BAND / 2, end[0], end[1] + BAND / 2
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _cut(name: str, most: int = 24) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
