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
from doumen.model.message import Message, msg, plain
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
        raise ValueError(
            msg(
                "`{value}` is not a number up to {largest:,}",
                value=str(value)[:40],
                largest=LARGEST,
            )
        )
    if value == int(value):
        return int(value)
    if int(Decimal(repr(value)).as_tuple().exponent) < _FINEST:
        raise ValueError(
            msg(
                "`{value}` has more than {digits} digits behind the point",
                value=value,
                digits=-_FINEST,
            )
        )
    return value


def number_text(value: Option) -> str:
    """A number as it is written, without an exponent."""
    return format(Decimal(repr(value)), "f")


_FIRST_DAY: Mapping[str, Message] = {
    "month": msg("as the first day of its month"),
    "quarter": msg("as the first day of its quarter"),
    "year": msg("as the first day of its year"),
}


def _levels(value: Any) -> Any:
    if isinstance(value, str) and value in UNITS:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        step = plain_number(value)
        if step <= 0:
            raise ValueError(msg("a step is above 0"))
        return step
    if isinstance(value, Mapping):
        return _pairs(value)
    raise ValueError(
        msg(
            "levels are `month`, `quarter` or `year`, a step such as 10, or a mapping of each "
            "value to a general one"
        )
    )


def _pairs(mapping: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    texts = [*mapping.keys(), *mapping.values()]
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts):
        raise ValueError(
            msg(
                "a mapping holds texts of at most {longest:,} characters; write others in quotes",
                longest=_LONGEST,
            )
        )
    if not 0 < len(mapping) <= _MOST_PAIRS:
        raise ValueError(
            msg(
                "a mapping has 1 to {most_pairs:,} values, not {count:,}",
                most_pairs=_MOST_PAIRS,
                count=len(mapping),
            )
        )
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

    def misfit(self, column: Column, options: Options) -> Message | None:
        """Units suit dates and timestamps, steps numbers that can hold them, mappings texts."""
        levels, kind = options["levels"], family(column.type)
        if isinstance(levels, tuple):
            return None if kind is Family.TEXT else _unsuited(msg("a mapping"), msg("text"), column)
        if isinstance(levels, str):
            fits = kind is Family.TIME
            return (
                None
                if fits
                else _unsuited(plain(f"`{levels}`"), msg("a date or a timestamp"), column)
            )
        if kind is not Family.NUMBER:
            return _unsuited(msg("a step"), msg("a number"), column)
        try:
            _step(levels, column)
        except ValueError:
            return msg(
                "{type} of column `{column}` cannot hold the step {levels}",
                type=column.type,
                column=column.name,
                levels=levels,
            )
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

    def words(self, options: Options) -> Message:
        """To what it is generalised; not the mapping, whose values may be those of rows."""
        levels = options["levels"]
        if isinstance(levels, tuple):
            return msg("as a more general value")
        if isinstance(levels, str):
            return _FIRST_DAY[levels]
        return msg("as the next multiple of {step} at or below it", step=number_text(levels))

    def withheld(self, options: Options) -> Options:
        """No mapping: its values may be those of rows."""
        if isinstance(options["levels"], tuple):
            return {"levels": ((WITHHELD, WITHHELD),)}
        return options


def _unsuited(levels: Message, kind: Message, column: Column) -> Message:
    return msg(
        "{levels} generalises {kind}; column `{column}` is {type}",
        levels=levels,
        kind=kind,
        column=column.name,
        type=column.type,
    )


def _step(step: Option, column: Column) -> Scalar:
    """The step as a value of the column's type; a ValueError where it is none."""
    return value_of(number_text(step), column.type)


def _read(levels: tuple[Option, ...]) -> list[tuple[Option, ...]]:
    return [pair for pair in levels if isinstance(pair, tuple)]
