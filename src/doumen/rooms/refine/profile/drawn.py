"""A profile for a terminal: figures with small histograms, top values, what spans columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doumen.model.message import Message, joined, msg, plain
from doumen.model.operation import Fields, Table
from doumen.rooms.refine.profile.figures import EXACT, ColumnProfile, Profile

_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDTH = 10
"""Bins of a histogram on a terminal."""
_CELL = 24
"""Characters of a value in a table."""
_SHOWN = 3
"""Top values that are drawn."""
_FREQUENT = 0.01
"""Share of the rows of the sample from which a top value is drawn."""
_STRONG = 0.5
"""Coefficient from which a correlation is drawn."""
_MOST = 10
"""Lines of a table of what spans columns."""


def drawn(profile: Profile) -> tuple[Fields | Table, ...]:
    """The drawings, in order; what has nothing in it is left out."""
    tables = [_columns(profile), _values(profile), _spanning(profile)]
    return (_head(profile), *(table for table in tables if table.rows))


def shape(counts: Sequence[int]) -> str:
    """A histogram as blocks, each the higher the more rows it has.

    Example:
        >>> shape([0, 1, 4, 8])
        ' ▁▄█'
    """
    most = max(counts, default=0)
    return "".join(_BLOCKS[-(-8 * count // most)] if most else " " for count in counts)


def _head(profile: Profile) -> Fields:
    pairs: list[tuple[Message, Any]] = [
        (msg("rows"), f"{profile.rows:,}"),
        (msg("columns"), f"{len(profile.columns):,}"),
    ]
    if profile.sample is not None and not profile.sample.whole:
        pairs.append((msg("sample"), f"{profile.sample.rows:,}"))
    return Fields(tuple(pairs), title=plain(profile.dataset))


def _columns(profile: Profile) -> Table:
    names = (
        msg("column"),
        msg("type"),
        msg("absent"),
        msg("distinct"),
        msg("range"),
        msg("shape"),
    )
    rows = tuple(
        (
            column.name,
            column.type,
            _share(_absent(column), profile.rows),
            _distinct(column),
            _range(column),
            _shape(column),
        )
        for column in profile.columns
    )
    return Table(names, rows)


def _values(profile: Profile) -> Table:
    seen = profile.sample.rows if profile.sample else 0
    rows = []
    for column in profile.columns:
        top = [one for one in column.get("top") or [] if one["count"] >= _FREQUENT * seen]
        told = [plain(f"{_cut(o['value'])} {_share(o['count'], seen)}") for o in top[:_SHOWN]]
        like = _like(column)
        if told or like:
            rows.append((column.name, joined(msg(", "), told), like))
    return Table((msg("column"), msg("top values"), msg("looks like")), tuple(rows))


def _like(column: ColumnProfile) -> Message:
    """What else is to be said of a column, in a few words."""
    found: list[Message] = []
    if column.get("constant"):
        found.append(msg("constant"))
    if column.get("enumeration"):
        found.append(msg("list of values"))
    if column.get("unit"):
        found.append(plain(f"[{column.get('unit')}]"))
    looks, patterns = column.get("looks"), column.get("patterns") or []
    if looks is not None:
        found.append(plain(looks["as"]))
    elif not found:
        found += [plain(_cut(one["pattern"])) for one in patterns[:_SHOWN]]
    return joined(msg(", "), found)


def _spanning(profile: Profile) -> Table:
    rows: list[tuple[Any, ...]] = [
        (msg("key"), joined(msg(", "), key.columns), "") for key in profile.keys
    ]
    rows += [
        (msg("depends"), f"{one.determinant} → {one.dependent}", "") for one in profile.dependencies
    ]
    strong = [one for one in profile.correlations if abs(one.pearson) >= _STRONG]
    strong.sort(key=lambda one: -abs(one.pearson))
    rows += [
        (msg("correlation"), f"{one.columns[0]} ~ {one.columns[1]}", f"{one.pearson:.2f}")
        for one in strong[:_MOST]
    ]
    return Table((msg("found"), msg("columns"), msg("value")), tuple(rows))


def _absent(column: ColumnProfile) -> int:
    """Rows without a value, however they say it."""
    return int(column.get("nulls")) + sum(column.get(n) or 0 for n in ("empty", "missing"))


def _distinct(column: ColumnProfile) -> str:
    distinct = column.get("distinct")
    if distinct is None:
        return ""
    return f"{'' if column.how['distinct'] == EXACT else '~'}{distinct:,}"


def _range(column: ColumnProfile) -> str:
    if column.get("longest") is not None and column.get("min") is None:
        return f"{column.get('shortest')} … {column.get('longest')}"
    low, high = column.get("min"), column.get("max")
    if low is None:
        return "" if column.get("mean") is None else f"⌀ {column.get('mean')}"
    return _cut(low) if low == high else f"{_cut(low)} … {_cut(high)}"


def _shape(column: ColumnProfile) -> str:
    histogram = column.get("histogram")
    if histogram is None:
        return ""
    counts = histogram["counts"]
    size = len(counts) // _WIDTH
    return shape([sum(counts[at : at + size]) for at in range(0, len(counts), size)])


def _cut(value: Any) -> str:
    text = str(value).replace("\n", "⏎")
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _share(count: int, rows: int) -> str:
    if not count or not rows:
        return "0"
    percent = 100 * count / rows
    return "<0.1%" if percent < 0.1 else f"{percent:.1f}%"
