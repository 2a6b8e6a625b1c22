"""From what a file holds to typed values: the expressions, and when a value is not of a type.

The same expressions count in `examine` what lands in `load`. A cast that would change a value
without a word (1.5 to an integer, 1.239 to two decimals, a time of day to a date) is a fault
of type. Empty text is no value for every type but text; there, unquoted and empty is NULL,
quoted and empty is empty text.
"""

from __future__ import annotations

import re

from doumen.engines.duckdb.text import literals, type_name

_INTEGERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")
_DECIMAL = re.compile(r"DECIMAL\(\s*\d+\s*,\s*(\d+)\s*\)", re.IGNORECASE)

_FAITHFUL = 15
"""Most significant digits that a double tells apart (IEEE 754 binary64)."""


def value(raw: str, type_: str, formats: tuple[str, ...] = ()) -> str:
    """The typed value of text, NULL where it has none.

    Args:
        raw: Expression of the text.
        type_: The type asked for.
        formats: strptime formats tried in order; none: as the engine casts.
    """
    if type_.upper() == "VARCHAR":
        return raw
    if formats:
        return f"TRY_CAST(try_strptime({raw}, {literals(formats)}) AS {type_name(type_)})"
    return f"TRY_CAST({raw} AS {type_name(type_)})"


def faulty(raw: str, typed: str, type_: str, formats: tuple[str, ...] = ()) -> str | None:
    """The condition that text is there and is not of the type; None where it always is.

    Args:
        raw: Expression of the text.
        typed: Expression of what `value` made of it.
        type_: The type asked for.
        formats: Those given to `value`.
    """
    if type_.upper() == "VARCHAR":
        return None
    missing = f"{typed} IS NULL"
    changed = None if formats else _changed(raw, typed, type_.upper())
    broken = f"({missing} OR {changed})" if changed else missing
    return f"{raw} <> '' AND {broken}"


def differs(raw: str, typed: str, source: str) -> str:
    """The condition that a typed value of a file did not survive its conversion.

    Args:
        raw: Expression of the value in the file.
        typed: Expression of what it became.
        source: Its type in the file.
    """
    return (
        f"{raw} IS NOT NULL AND ({typed} IS NULL OR "
        f"TRY_CAST({typed} AS {type_name(source)}) IS DISTINCT FROM {raw})"
    )


def _changed(raw: str, typed: str, type_: str) -> str | None:
    """The condition that the engine's cast dropped a part of the value."""
    double = f"TRY_CAST({raw} AS DOUBLE) IS DISTINCT FROM CAST({typed} AS DOUBLE)"
    if _INTEGERS.fullmatch(type_):
        plain = f"CAST({typed} AS VARCHAR) = {raw}"
        pointed = f"regexp_matches({raw}, '[.eE]')"
        return f"CASE WHEN {plain} THEN false WHEN {pointed} THEN {double} ELSE false END"
    if decimal := _DECIMAL.fullmatch(type_):
        digits = f"strlen(rtrim({raw}, '0 ')) - strpos({raw}, '.') > {int(decimal[1])}"
        return (
            f"CASE WHEN strlen({raw}) <= {_FAITHFUL} OR regexp_matches({raw}, '[eE]') "
            f"THEN {double} WHEN contains({raw}, '.') THEN {digits} ELSE false END"
        )
    if type_ == "DATE":
        moment = f"TRY_CAST(trim({raw}) AS TIMESTAMP) IS DISTINCT FROM CAST({typed} AS TIMESTAMP)"
        return f"CASE WHEN strlen({raw}) > 10 THEN {moment} ELSE false END"
    return None
