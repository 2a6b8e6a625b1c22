"""Mask method `generalise`: a value is shown as the more general one that it belongs to.

Dates and timestamps as the first day of their month, quarter or year (in UTC), numbers as the
multiple of a step that lies at or below them, texts as what a mapping gives for them. What has
no general value in the type of the column (beyond its range, absent from the mapping) is NULL.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from doumen.kits.policy.masks.interface import WITHHELD, Binding, MaskForm, Options
from doumen.kits.sql.literal import ZONED, Family, family, value_of
from doumen.model.plan import Scalar
from doumen.model.rule import Option
from doumen.model.schema import Column

UNITS = ("month", "quarter", "year")
LARGEST = 10**15
"""No step and no edge of a range lies farther from zero."""

_FINEST = -9
_MOST_PAIRS = 1000
_LONGEST = 1000


def plain_number(value: int | float) -> int | float:
    """A number of a document in the one form in which it is kept: whole ones as integers.

    Raises:
        ValueError: it is too far from zero, or has too many digits behind the point.
    """
    if not -LARGEST <= value <= LARGEST:
        raise ValueError(f"`{str(value)[:40]}` is not a number up to {LARGEST:,}")
    if value == int(value):
        return int(value)
    if int(Decimal(repr(value)).as_tuple().exponent) < _FINEST:
        raise ValueError(f"`{value}` has more than {-_FINEST} digits behind the point")
    return value


def number_text(value: Option) -> str:
    """A number as it is written, without an exponent."""
    return format(Decimal(repr(value)), "f")


def _levels(value: Any) -> Any:
    if isinstance(value, str) and value in UNITS:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        step = plain_number(value)
        if step <= 0:
            raise ValueError("a step is above 0")
        return step
    if isinstance(value, Mapping):
        return _pairs(value)
    raise ValueError(
        "levels are `month`, `quarter` or `year`, a step such as 10, or a mapping of each value "
        "to a general one"
    )


def _pairs(mapping: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    texts = [*mapping.keys(), *mapping.values()]
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts):
        raise ValueError(
            f"a mapping holds texts of at most {_LONGEST:,} characters; write others in quotes"
        )
    if not 0 < len(mapping) <= _MOST_PAIRS:
        raise ValueError(f"a mapping has 1 to {_MOST_PAIRS:,} values, not {len(mapping):,}")
    return tuple(sorted(mapping.items()))


class GeneraliseForm(MaskForm):
    """`{column: NAME, method: generalise, levels: month}`, or a step, or a mapping."""

    method: Literal["generalise"]
    levels: Annotated[Any, AfterValidator(_levels)]


class GeneraliseMask:
    """Every value becomes a more general one of the same kind."""

    name: str = "generalise"
    strength: int = 2
    form: type[MaskForm] = GeneraliseForm

    def misfit(self, column: Column, options: Options) -> str | None:
        """Units suit dates and timestamps, steps numbers that can hold them, mappings texts."""
        levels, kind = options["levels"], family(column.type)
        if isinstance(levels, tuple):
            return None if kind is Family.TEXT else _unsuited("a mapping", "text", column)
        if isinstance(levels, str):
            fits = kind is Family.TIME
            return None if fits else _unsuited(f"`{levels}`", "a date or a timestamp", column)
        if kind is not Family.NUMBER:
            return _unsuited("a step", "a number", column)
        try:
            _step(levels, column)
        except ValueError:
            return f"{column.type} of column `{column.name}` cannot hold the step {levels}"
        return None

    def type(self, column: Column, options: Options) -> str:
        """The first day of a unit is a DATE; everything else keeps the type of the column."""
        return "DATE" if isinstance(options["levels"], str) else column.type

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """TRY gives NULL in place of the error of what has no general value in the type."""
        levels = options["levels"]
        if isinstance(levels, tuple):
            sides = [tuple(str(side) for side in each) for each in zip(*_read(levels), strict=True)]
            keys, values = (binding.bind(side, "VARCHAR[]") for side in sides)
            return f"map_extract_value(map({keys}, {values}), {value})"
        if isinstance(levels, str):
            moment = f"({value} AT TIME ZONE 'UTC')" if column.type == ZONED else value
            return f"TRY(CAST(date_trunc('{levels}', {moment}) AS DATE))"
        step = binding.bind(_step(levels, column), column.type)
        if column.type in {"DOUBLE", "FLOAT"}:
            return f"CAST(floor({value} / {step}) * {step} AS {column.type})"
        rest = f"{value} % {step}"
        floor = f"CASE WHEN {rest} < 0 THEN {value} - {rest} - {step} ELSE {value} - {rest} END"
        return f"TRY(CAST({floor} AS {column.type}))"

    def words(self, options: Options) -> str:
        """To what it is generalised; not the mapping, whose values may be those of rows."""
        levels = options["levels"]
        if isinstance(levels, tuple):
            return "as a more general value"
        if isinstance(levels, str):
            return f"as the first day of its {levels}"
        return f"as the next multiple of {number_text(levels)} at or below it"

    def withheld(self, options: Options) -> Options:
        """No mapping: its values may be those of rows."""
        if isinstance(options["levels"], tuple):
            return {"levels": ((WITHHELD, WITHHELD),)}
        return options


def _unsuited(levels: str, kind: str, column: Column) -> str:
    return f"{levels} generalises {kind}; column `{column.name}` is {column.type}"


def _step(step: Option, column: Column) -> Scalar:
    """The step as a value of the column's type; a ValueError where it is none."""
    return value_of(number_text(step), column.type)


def _read(levels: tuple[Option, ...]) -> list[tuple[Option, ...]]:
    return [pair for pair in levels if isinstance(pair, tuple)]
