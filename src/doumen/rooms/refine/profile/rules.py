"""Rules of single columns that a profile suggests; conservative, for a wrong alarm costs trust.

Pure. A rule is drafted only where fresh rows of the same kind would keep it: a bound lies as far
beyond the last value as all values span, and further where the tail may go further; there is none
towards a long tail. A list of valid values has few, each of them often; a form is that of many
different texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from doumen.kits.quality import checks, identifiers
from doumen.kits.sql import quoted
from doumen.rooms.refine.profile.drafts import LEAST, Draft
from doumen.rooms.refine.profile.figures import NUMBER, TEXT, ColumnProfile, Profile, is_integer
from doumen.rooms.refine.profile.traits import enumerates

_MANY = 50
"""Different texts of one form, at least."""
_FAR = 9
"""Times the span of all values that a bound lies beyond the last one, at most."""
_IDENTIFIER = "identifier"
"""The kind of check that holds texts against a scheme."""


def column_drafts(profile: Profile) -> Iterator[Draft]:
    """Rules of single columns, in the order of the columns."""
    alone = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    for column in profile.columns:
        if profile.rows - int(column.get("nulls")) < LEAST:
            continue
        if column.get("missing") or column.get("empty"):
            continue  # what is missing is written in words, and is to be settled first
        yield from _required(column)
        if column.kind == NUMBER and column.name not in alone:
            yield from _range(column, profile)
        if column.kind == TEXT and column.type != "UUID":
            yield from _text(column, profile)


def _text(column: ColumnProfile, profile: Profile) -> Iterator[Draft]:
    values = list(_set(column, profile))
    yield from values
    if values:
        return
    patterns = [*_scheme(column), *_pattern(column, profile)][:1]
    yield from patterns
    if not patterns:
        yield from _lengths(column)


def _required(column: ColumnProfile) -> Iterator[Draft]:
    if not column.get("nulls"):
        broken = f"{quoted(column.name)} IS NULL"
        yield Draft("required", column.name, {"set": ["required", True]}, (), broken)


def _range(column: ColumnProfile, profile: Profile) -> Iterator[Draft]:
    quantiles = column.get("quantiles")
    if quantiles is None or (column.get("distinct") or 0) < 3:
        return
    low, high = Decimal(str(column.get("min"))), Decimal(str(column.get("max")))
    first, middle = (Decimal(str(quantiles[p])) for p in ("0.01", "0.5"))
    down, up = (None if far is None else Decimal(str(far)) for far in profile.reach[column.name])
    span = high - low
    near = low >= 0 and (low * 10 <= middle or (low <= 1 and is_integer(column.type)))
    ends = down is not None and down * -10 <= middle
    if near and (ends or first - low <= (middle - first) / 10):
        yield _bound("minimum", column, Decimal(0), "<")
    elif down is not None and down >= low - _FAR * span:
        yield _bound("minimum", column, _outward(min(low - span, down), ROUND_FLOOR), "<")
    if up is not None and up <= high + _FAR * span:
        yield _bound("maximum", column, _outward(max(high + span, up), ROUND_CEILING), ">")


def _bound(kind: str, column: ColumnProfile, value: Decimal, sign: str) -> Draft:
    number: int | float = int(value) if value == value.to_integral_value() else float(value)
    broken = f"{quoted(column.name)} {sign} {format(value, 'f')}"
    change = {"set": [f"logicalTypeOptions.{kind}", number]}
    return Draft(kind, column.name, change, (column.name,), broken)


def _outward(value: Decimal, rounding: str) -> Decimal:
    """A bound to two significant digits, never tighter."""
    if not value:
        return Decimal(0)
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 1), rounding=rounding)


def _set(column: ColumnProfile, profile: Profile) -> Iterator[Draft]:
    counts = profile.values.get(column.name)
    if counts is None or not enumerates(counts):
        return
    values = sorted(counts)
    marks = ", ".join("?" for _ in values)
    rule = {
        "metric": "invalidValues",
        "mustBe": 0,
        "arguments": {"validValues": values},
    }
    broken = f"CAST({quoted(column.name)} AS VARCHAR) NOT IN ({marks})"
    more = {"values": len(values), "rarest": min(counts.values())}
    yield Draft(
        "set", column.name, {"quality": rule}, (column.name,), broken, tuple(values), more=more
    )


def _pattern(column: ColumnProfile, profile: Profile) -> Iterator[Draft]:
    form = profile.forms.get(column.name)
    if form is None or (column.get("distinct") or 0) < _MANY:
        return
    rule = {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": form}}
    broken = f"NOT regexp_full_match(CAST({quoted(column.name)} AS VARCHAR), ?)"
    yield Draft("pattern", column.name, {"quality": rule}, (column.name,), broken, (form,))


def _scheme(column: ColumnProfile) -> Iterator[Draft]:
    looks = column.get("looks") or {}
    scheme = identifiers.BY_NAME.get(looks.get("as", ""))
    if scheme is None or looks["share"] < 1 or _IDENTIFIER not in checks.BY_NAME:
        return
    implementation = {"check": _IDENTIFIER, "scheme": scheme.name}
    rule = {"type": "custom", "engine": "doumen", "implementation": implementation}
    name = quoted(column.name)
    text = name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    broken = scheme.invalid(text)
    yield Draft(_IDENTIFIER, column.name, {"quality": rule}, (column.name,), broken)


def _lengths(column: ColumnProfile) -> Iterator[Draft]:
    shortest, longest = column.get("shortest"), column.get("longest")
    length = f"length(CAST({quoted(column.name)} AS VARCHAR))"

    def bound(kind: str, option: str, value: int, sign: str) -> Draft:
        change = {"set": [f"logicalTypeOptions.{option}", value]}
        return Draft(kind, column.name, change, (column.name,), f"{length} {sign} {value}")

    if shortest == longest and (column.get("distinct") or 0) >= _MANY:
        yield bound("min_length", "minLength", longest, "<")
        yield bound("max_length", "maxLength", longest, ">")
        return
    if shortest:
        yield bound("min_length", "minLength", 1, "<")
    if longest <= 3 * float(column.get("length_mean")):
        yield bound("max_length", "maxLength", 10 * math.ceil(2 * longest / 10), ">")
