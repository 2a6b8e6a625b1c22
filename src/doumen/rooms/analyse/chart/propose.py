"""Charts for a result, best first, by the roles of its columns; or why there is none.

The order is that of what can be expressed and is judged best (Mackinlay 1986, APT; Cleveland and
McGill 1984, positions before lengths before angles and areas before colour), and which columns go
together that of Voyager (Wongsuphasawat et al. 2016, CompassQL): one measure over what is ordered,
measures side by side only where they are of like size, never two scales on one chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.model.message import Message, msg
from doumen.model.schema import Schema
from doumen.rooms.analyse.chart import bars, cells, figures, lines, points, spread
from doumen.rooms.analyse.chart.bars import Choice
from doumen.rooms.analyse.chart.option import Chart
from doumen.rooms.analyse.chart.result import Result, Role, Seen

ROWS = 100_000
"""Most rows of an answer that charts are made of."""
MEASURES = 8
"""Most numbers that are looked at side by side."""

Tried = Iterator[Chart | Message]
_TWO = 2


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed.

    Attributes:
        charts: Best first.
        reasons: Why others, or all, are none.
    """

    charts: tuple[Chart, ...]
    reasons: tuple[Message, ...] = ()


def propose(
    schema: Schema, rows: Iterable[Sequence[Any]], *, count: int, choice: Choice | None = None
) -> Proposed:
    """Charts for an answer.

    Args:
        schema: Its columns.
        rows: Its rows as JSON arrays; not read where there are too many.
        count: How many rows it has.
        choice: What of many categories is shown.
    """
    if count > ROWS:
        return Proposed((), (_too_many(count),))
    if not count:
        return Proposed((), (msg("The answer has no rows."),))
    result = Result.of(schema, rows)
    tried = list(_tried(result, choice or Choice()))
    return Proposed(
        tuple(one for one in tried if isinstance(one, Chart)),
        tuple(dict.fromkeys(one for one in tried if isinstance(one, Message))),
    )


def _too_many(count: int) -> Message:
    return msg(
        "{count:,} rows are more than the {most:,} that charts are made of: aggregate first, such"
        " as by GROUP BY.", count=count, most=ROWS,
    )  # fmt: skip


def _tried(result: Result, choice: Choice) -> Tried:
    times, numbers = result.of_role(Role.TIME), result.of_role(Role.NUMBER)
    names = result.of_role(Role.CATEGORY)
    if not (times or numbers or names):
        yield msg("No column is a time, a number or a category.")
        return
    if result.rows == 1:
        yield msg("One row is read as it stands.")
        return
    shape = len(times), len(names), min(len(numbers), _TWO)
    rule = _RULES.get(shape)
    if rule is None or len(numbers) > MEASURES:
        yield msg(
            "{columns} columns are too many for one chart: ask for one or two numbers, and what"
            " they go by.", columns=len(times) + len(names) + len(numbers),
        )  # fmt: skip
        return
    yield from rule(times, names, numbers, choice)


Seens = Sequence[Seen]


def _time(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield lines.counts(times[0])


def _time_number(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    line = lines.over(times[0], numbers)
    yield line
    if isinstance(line, Message):
        yield points.of_two(times[0], numbers[0])


def _time_numbers(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    together = lines.over(times[0], numbers)
    yield together
    if isinstance(together, Message):
        yield from (lines.over(times[0], [number]) for number in numbers)


def _time_name(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield cells.of_counts(times[0], names[0])
    yield bars.of_counts(names[0], choice)


def _time_name_number(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield lines.by_category(times[0], names[0], numbers[0])
    yield cells.of_values(times[0], names[0], numbers[0])


def _number(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield spread.histogram(numbers[0])
    yield spread.boxes(numbers[0])


def _numbers(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    first, *rest = numbers
    if first.whole and not first.gaps and first.unique and figures.evenly(first.numbers):
        yield lines.over(first, rest)
    if len(numbers) > _TWO:
        yield msg("Points show two numbers: ask for two of the {n}.", n=len(numbers))
        return
    yield points.of_two(first, rest[0])
    yield points.density(first, rest[0])


def _name(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield bars.of_counts(names[0], choice)


def _name_number(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield bars.of_values(names[0], numbers[0], choice)
    yield spread.boxes(numbers[0], names[0])
    yield bars.pie(names[0], numbers[0])


def _name_numbers(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    if names[0].unique:
        together = bars.grouped(names[0], numbers)
        yield together
        if isinstance(together, Message):
            yield from (bars.of_values(names[0], number, choice) for number in numbers)
    if len(numbers) == _TWO:
        by = None if names[0].unique else names[0]
        yield points.of_two(numbers[0], numbers[1], by)


def _names(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield cells.of_counts(names[0], names[1])


def _names_number(times: Seens, names: Seens, numbers: Seens, choice: Choice) -> Tried:
    yield cells.of_values(names[0], names[1], numbers[0])
    yield bars.pairs(names[0], names[1], numbers[0])


_RULES: Mapping[tuple[int, int, int], Callable[[Seens, Seens, Seens, Choice], Tried]] = {
    (1, 0, 0): _time,
    (1, 0, 1): _time_number,
    (1, 0, 2): _time_numbers,
    (1, 1, 0): _time_name,
    (1, 1, 1): _time_name_number,
    (0, 0, 1): _number,
    (0, 0, 2): _numbers,
    (0, 1, 0): _name,
    (0, 1, 1): _name_number,
    (0, 1, 2): _name_numbers,
    (0, 2, 0): _names,
    (0, 2, 1): _names_number,
}
"""By how many columns are times, categories and numbers; two numbers stand for more as well."""
