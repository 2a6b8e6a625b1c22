"""The row rules of a contract as one expression: the number of the first that a row breaks.

Columns are taken in their order; within one, its type comes first, then its checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from doumen.engines.duckdb import convert
from doumen.engines.duckdb.text import literal, type_name
from doumen.model.errors import Invalid
from doumen.model.held import UNKNOWN
from doumen.model.load import Check, LoadColumn
from doumen.model.message import msg

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_NUMERIC = re.compile(
    r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL.*|DOUBLE|FLOAT)", re.IGNORECASE
)
_COMPARED = {
    "minimum": "<",
    "maximum": ">",
    "exclusive_minimum": "<=",
    "exclusive_maximum": ">=",
}
_LENGTHS = {"min_length": "<", "max_length": ">"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row is held against.

    Attributes:
        code: Expression: NULL for a row that breaks nothing, else the number of a rule.
        names: Column and reason of each rule; rule 1 is the first.
    """

    code: str
    names: tuple[tuple[str, str], ...]


def rules(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[LoadColumn],
    faults: Sequence[str | None],
    typed: Sequence[str],
    unknown: Sequence[tuple[str, str]] = (),
) -> Rules:
    """The rules of these columns.

    Args:
        connection: Says whether bounds and patterns can be read.
        columns: Columns with their checks.
        faults: For each, the condition that its value is not of its type, if it can be.
        typed: For each, the column of its typed value.
        unknown: Names and expressions of what must hold no value; these rules come first.

    Raises:
        Invalid: a check has a bound or pattern that its type cannot take; all are named.
    """
    cases = [f"CAST({raw} AS VARCHAR) <> ''" for _, raw in unknown]
    names = [(name, UNKNOWN) for name, _ in unknown]
    wrong = []
    for column, fault, value in zip(columns, faults, typed, strict=True):
        if fault is not None:
            cases.append(fault)
            names.append((column.name, "type"))
        for check in column.checks:
            broken = _broken(check, column, value)
            if broken is None or not _runs(connection, *broken, column, value):
                wrong.append(f"`{check.kind}` of `{column.name}`")
                continue
            cases.append(broken[0])
            names.append((column.name, check.kind))
    if wrong:
        raise Invalid(
            msg("The contract has checks that cannot be run: {wrong}.", wrong=", ".join(wrong)),
            why=msg("The bound does not fit the column's type, or the pattern is no RE2 pattern."),
            next=msg("Correct the contract: `doumen contract edit`."),
            detail="check",
        )
    whens = " ".join(f"WHEN {case} THEN {number}" for number, case in enumerate(cases, start=1))
    return Rules(f"CASE {whens} END" if cases else "CAST(NULL AS INTEGER)", tuple(names))


def of_text(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[LoadColumn],
    raws: Sequence[str],
    unknown: Sequence[tuple[str, str]] = (),
) -> tuple[str, Rules]:
    """The typed values of columns of text, called v0, v1 …, and the rules over them.

    Args:
        connection: As for `rules`.
        columns: Columns with their checks.
        raws: For each, the column that holds its text.
        unknown: As for `rules`.

    Raises:
        Invalid: as `rules`.
    """
    typed = [f"v{n}" for n in range(len(columns))]
    each = list(zip(columns, raws, typed, strict=True))
    values = ", ".join(f"{convert.value(raw, c.type, c.formats)} AS {v}" for c, raw, v in each)
    faults = [convert.faulty(raw, v, c.type, c.formats) for c, raw, v in each]
    return values, rules(connection, columns, faults, typed, unknown)


def _broken(check: Check, column: LoadColumn, value: str) -> tuple[str, list[str]] | None:
    """The condition that a value breaks a check, with its bounds; None where there is none."""
    if check.kind == "required":
        return f"{value} IS NULL", []
    if check.kind in _COMPARED and isinstance(check.value, str | int | float):
        bounds = _bounds((str(check.value),), column.type)
        return (f"{value} {_COMPARED[check.kind]} {bounds[0]}", bounds) if bounds else None
    if check.kind in _LENGTHS and isinstance(check.value, int):
        return f"length(CAST({value} AS VARCHAR)) {_LENGTHS[check.kind]} {check.value:d}", []
    if check.kind == "pattern" and isinstance(check.value, str):
        return f"NOT regexp_full_match(CAST({value} AS VARCHAR), {literal(check.value)})", []
    if check.kind == "set" and isinstance(check.value, tuple) and check.value:
        bounds = _bounds(check.value, column.type)
        return (f"{value} NOT IN ({', '.join(bounds)})", bounds) if bounds else None
    return None


def _bounds(texts: Sequence[str], type_: str) -> list[str] | None:
    """Bounds as literals: numbers as they are written, so that 0.5 stays 0.5 beside integers."""
    if not _NUMERIC.fullmatch(type_):
        return [f"CAST({literal(text)} AS {type_name(type_)})" for text in texts]
    return list(texts) if all(map(_NUMBER.fullmatch, texts)) else None


def _runs(
    connection: duckdb.DuckDBPyConnection,
    condition: str,
    bounds: Sequence[str],
    column: LoadColumn,
    value: str,
) -> bool:
    table = f"(SELECT CAST(NULL AS {type_name(column.type)}) AS {value})"
    outputs = ", ".join((condition, *bounds))
    try:
        connection.execute(f"SELECT {outputs} FROM {table}").fetchall()  # noqa: S608
    except duckdb.Error:
        return False
    return True
