"""The statements over all rows, and what their one row says of each column.

Pure. Numbers that are not finite are counted, and left out of the other figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits.sql import quoted, table
from doumen.model.ref import Ref
from doumen.model.schema import Column
from doumen.rooms.refine.profile.figures import (
    BINARY,
    BOOLEAN,
    ESTIMATED,
    EXACT,
    NUMBER,
    OTHER,
    TEXT,
    TIME,
    WIDE,
    ColumnProfile,
    is_floating,
    is_integer,
    kind_of,
    told,
)

AT_ONCE = 40
"""Columns of one statement; a dataset has seldom more, and the readers of SQL take their time."""
SHOWN = 256
"""Characters of a text that are looked at and told."""
MARKS = ("NA", "N/A", "n/a", "#N/A", "na", "NULL", "null", "None", "none", "NaN", "nan", "nil", "-",
         "--", "?", "无", "空", "未知", "不详", "缺失")  # fmt: skip
"""Texts that say that there is no value."""
_MARKS = ", ".join(f"'{mark}'" for mark in MARKS)
_FLOATING = frozenset({"mean", "stddev", "length_mean"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one column and the expression that gives it."""

    name: str
    expression: str
    column: Column


@dataclass(frozen=True, slots=True)
class Statement:
    """A question for figures of some columns, in one row; the number of rows comes first."""

    sql: str
    figures: tuple[Figure, ...]


def statements(ref: Ref, columns: Sequence[Column]) -> list[Statement]:
    """The questions over all rows; one, where there are not very many columns.

    Args:
        ref: The dataset.
        columns: As the asker sees them.
    """
    made = []
    for start in range(0, max(len(columns), 1), AT_ONCE):
        asked = tuple(
            figure for column in columns[start : start + AT_ONCE] for figure in _figures(column)
        )
        made.append(_statement(ref, asked))
    return made


def grouped(ref: Ref, columns: Sequence[Column]) -> Statement:
    """What may be asked where rows are shown in groups only: counts, and means of numbers."""
    asked = []
    for column in columns:
        name = quoted(column.name)
        asked.append(Figure("filled", f"count({name})", column))
        if kind_of(column.type) == NUMBER and not is_floating(column.type) | (column.type in WIDE):
            asked.append(Figure("mean", f"avg({name})", column))
    return _statement(ref, tuple(asked))


def profiled(columns: Sequence[Column], answered: Sequence[tuple[Figure, Any]], rows: int) -> tuple[
    ColumnProfile, ...
]:  # fmt: skip
    """The columns with the figures of the scan.

    Args:
        columns: As the asker sees them.
        answered: Each figure with what the engine gave for it.
        rows: All rows.
    """
    found: dict[str, dict[str, Any]] = {column.name: {} for column in columns}
    for figure, value in answered:
        found[figure.column.name][figure.name] = _read(figure, value)
    return tuple(_column(column, found[column.name], rows) for column in columns)


def _statement(ref: Ref, figures: tuple[Figure, ...]) -> Statement:
    listed = "".join(f", {figure.expression}" for figure in figures)
    return Statement(f"SELECT count(*){listed} FROM {table(ref)}", figures)  # noqa: S608 - names are quoted


def _column(column: Column, found: dict[str, Any], rows: int) -> ColumnProfile:
    kind = kind_of(column.type)
    figures = {"nulls": rows - found.pop("filled", 0)}
    distinct = found.pop("distinct", None)
    if kind == NUMBER and "min" in found:
        figures |= {name: found.pop(name, None) for name in ("min", "max", "mean", "stddev")}
    profile = ColumnProfile(column.name, column.type, kind).with_figures(
        {**figures, **found}, EXACT
    )
    if kind == BOOLEAN:
        falses = rows - figures["nulls"] - found["trues"]
        return profile.with_figures({"distinct": (found["trues"] > 0) + (falses > 0)}, EXACT)
    return profile.with_figures({"distinct": distinct}, ESTIMATED)


def _read(figure: Figure, value: Any) -> Any:
    if value is None:
        return 0 if figure.name in _COUNTED else None
    if figure.name in _FLOATING:
        return told(float(value)) if math.isfinite(value) else None  # a square was too large
    if figure.name in ("min", "max") and is_integer(figure.column.type):
        number = int(value)
        return number if abs(number) <= 2**53 else str(number)
    if figure.name in ("min", "max") and is_floating(figure.column.type):
        return told(float(value))
    return value


_COUNTED = frozenset({"zeros", "negatives", "nan", "infinite", "empty", "missing", "trues"})
"""Counts by `count_if`, which gives NULL over no rows."""


def _figures(column: Column) -> Iterator[Figure]:
    name, kind = quoted(column.name), kind_of(column.type)
    yield Figure("filled", f"count({name})", column)
    if kind not in (OTHER, BOOLEAN):
        yield Figure("distinct", f"approx_count_distinct({name})", column)
    for figure, expression in _OF_KIND.get(kind, _none)(name, column.type):
        yield Figure(figure, expression, column)


def _none(name: str, type: str) -> Iterator[tuple[str, str]]:
    return iter(())


def _number(name: str, type: str) -> Iterator[tuple[str, str]]:
    finite = name
    if is_floating(type):
        finite = f"CASE WHEN isfinite({name}) THEN {name} END"
        yield "nan", f"count_if(isnan({name}))"
        yield "infinite", f"count_if(isinf({name}))"
    yield "min", f"CAST(min({finite}) AS VARCHAR)"
    yield "max", f"CAST(max({finite}) AS VARCHAR)"
    yield "mean", f"avg({_summable(finite, type)})"
    yield "stddev", f"stddev_samp({finite})"
    yield "zeros", f"count_if({name} = 0)"
    yield "negatives", f"count_if({name} < 0)"


def _summable(name: str, type: str) -> str:
    """Numbers whose sum may have more than 38 digits are added as floating ones."""
    wide = type in WIDE or (type.startswith("DECIMAL") and int(type[8:].partition(",")[0]) > 18)
    return f"CAST({name} AS DOUBLE)" if wide else name


def _text(name: str, type: str) -> Iterator[tuple[str, str]]:
    text = name if type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    yield "min", f"left(min({text}), {SHOWN})"
    yield "max", f"left(max({text}), {SHOWN})"
    yield "shortest", f"min(length({text}))"
    yield "longest", f"max(length({text}))"
    yield "length_mean", f"avg(length({text}))"
    yield "empty", f"count_if({text} = '')"
    yield "missing", f"count_if(length({text}) < 5 AND {text} IN ({_MARKS}))"


def _time(name: str, type: str) -> Iterator[tuple[str, str]]:
    yield "min", f"CAST(min({name}) AS VARCHAR)"
    yield "max", f"CAST(max({name}) AS VARCHAR)"


def _boolean(name: str, type: str) -> Iterator[tuple[str, str]]:
    yield "trues", f"count_if({name})"


def _binary(name: str, type: str) -> Iterator[tuple[str, str]]:
    yield "shortest", f"min(octet_length({name}))"
    yield "longest", f"max(octet_length({name}))"


_OF_KIND = {NUMBER: _number, TEXT: _text, TIME: _time, BOOLEAN: _boolean, BINARY: _binary}
