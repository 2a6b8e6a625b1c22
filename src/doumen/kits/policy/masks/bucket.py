"""Mask method `bucket`: a number, a date or a timestamp is shown as the range that it lies in.

Ranges are texts: `< 10`, `[10, 20)` (10 belongs to it, 20 does not), `>= 20`. What is not a
number (NaN) lies in none and is NULL; infinite values lie in the outer ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Context, Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from doumen.kits.policy.masks.generalise import number_text, plain_number
from doumen.kits.policy.masks.interface import Binding, MaskForm, Options
from doumen.kits.sql.literal import Family, family, value_of
from doumen.model.message import Message, enumerated, msg
from doumen.model.rule import Option
from doumen.model.schema import Column

_MOST = 100
_EXACT = Context(prec=100)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}"
    r"([ T]\d{2}:\d{2}(:\d{2}(\.(\d{3}|\d{6}))?)?(Z|[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)


def _edges(edges: Any) -> tuple[int | float | str, ...]:
    if not isinstance(edges, list) or not 0 < len(edges) <= _MOST:
        raise ValueError(
            msg("edges are a list of 1 to {most} numbers, dates or timestamps", most=_MOST)
        )
    if all(isinstance(edge, int | float) and not isinstance(edge, bool) for edge in edges):
        numbers = tuple(plain_number(edge) for edge in edges)
        _ascend(numbers, edges)
        return numbers
    if all(isinstance(edge, str) for edge in edges):
        _ascend([_moment(edge) for edge in edges], edges)
        return tuple(edges)
    raise ValueError(msg("edges are all numbers, or all dates and timestamps"))


def _moment(text: str) -> datetime:
    """A date or a timestamp, for comparison; without a zone in UTC."""
    try:
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        pass
    raise ValueError(
        msg("`{text}` is no date or timestamp such as 2027-12-31 or 2027-12-31 12:00", text=text)
    )


def _ascend(values: Sequence[Any], edges: Sequence[Any]) -> None:
    for (low, high), edge in zip(pairwise(values), edges[1:], strict=True):
        if low >= high:
            raise ValueError(
                msg("edges ascend; `{edge}` is not above the one before it", edge=edge)
            )


class BucketForm(MaskForm):
    """`{column: NAME, method: bucket, edges: [10, 20, 90]}`."""

    method: Literal["bucket"]
    edges: Annotated[Any, AfterValidator(_edges)]


class BucketMask:
    """Every value becomes the text of its range."""

    name: str = "bucket"
    strength: int = 2
    form: type[MaskForm] = BucketForm

    def misfit(self, column: Column, options: Options) -> Message | None:
        """Numbers suit numbers, dates dates; a timestamp suits those of its kind and a zone."""
        edges, kind = _tuple(options), family(column.type)
        place = msg("column `{column}` is {type}", column=column.name, type=column.type)
        if not isinstance(edges[0], str):
            return None if kind is Family.NUMBER else msg("edges are numbers; {place}", place=place)
        if kind is not Family.TIME:
            return msg("edges are dates or timestamps; {place}", place=place)
        for edge in edges:
            try:
                value_of(str(edge), column.type)
            except ValueError:
                return msg("edge `{edge}` does not suit it: {place}", edge=edge, place=place)
        return None

    def type(self, column: Column, options: Options) -> str:
        """Text."""
        return "VARCHAR"

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """The label at the place of the first edge that the value is below."""
        edges = _tuple(options)
        labels = binding.bind(tuple(_labels(edges)), "VARCHAR[]")
        floats = column.type in {"DOUBLE", "FLOAT"}
        none = f"{value} IS NULL OR isnan({value})" if floats else f"{value} IS NULL"
        places = " ".join(
            f"WHEN {_below(value, edge, 'DOUBLE' if floats else column.type, binding)} THEN {place}"
            for place, edge in enumerate(edges, start=1)
        )
        last = len(edges) + 1
        return f"list_extract({labels}, CASE WHEN {none} THEN NULL {places} ELSE {last} END)"

    def words(self, options: Options) -> Message:
        """Between which edges; every answer tells them."""
        return msg(
            "as a range with the edges {edges}",
            edges=enumerated(map(_text, _tuple(options)), mark=""),
        )

    def withheld(self, options: Options) -> Options:
        """The edges themselves: they show in what they leave."""
        return options


def _tuple(options: Options) -> tuple[Option, ...]:
    edges = options["edges"]
    assert isinstance(edges, tuple)
    return edges


def _text(edge: Option) -> str:
    return edge if isinstance(edge, str) else number_text(edge)


def _labels(edges: Sequence[Option]) -> Iterator[str]:
    texts = [_text(edge) for edge in edges]
    yield f"< {texts[0]}"
    yield from (f"[{low}, {high})" for low, high in pairwise(texts))
    yield f">= {texts[-1]}"


def _below(value: str, edge: Option, type: str, binding: Binding) -> str:
    """Whether the value is below the edge, compared in the type of the column.

    An edge between two values of the type is moved up to the next one, which changes nothing.
    One beyond the type is above or below all of its values.
    """
    if isinstance(edge, str):
        return f"{value} < {binding.bind(value_of(edge, type), type)}"
    exact = Decimal(repr(edge))
    if type != "DOUBLE":
        scale = int(type.rstrip(")").split(",")[1]) if "," in type else 0
        exact = exact.quantize(Decimal(1).scaleb(-scale), ROUND_CEILING, _EXACT)
    try:
        return f"{value} < {binding.bind(value_of(format(exact, 'f'), type), type)}"
    except ValueError:
        return binding.bind(exact > 0, "BOOLEAN")
