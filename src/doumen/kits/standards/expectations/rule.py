"""What a rule of another tool becomes: one rule of ODCS, what is said already, or a reason.

Conditions are SQL of the reference dialect with the placeholders of ODCS, `{object}` and
`{property}`. A share (`mostly`) is of the rows that the tool counts: where that is not all
rows, which is what ODCS means by `percent`, the share is computed in the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from doumen.kits.sql import quoted
from doumen.model.message import Message, msg

COLUMN = "{property}"
_DIGITS = 400
"""Places before or behind the point of a number that is written out; a double has 309."""
_MARK = re.compile(r"\{(?:object|table|property|column)\}")
_IGNORED = frozenset({
    "allow_cross_type_comparisons", "auto", "batch_id", "catch_exceptions", "include_config",
    "meta", "output_strftime_format", "parse_strings_as_datetimes", "profiler_config",
    "result_format", "notes", "description", "severity",
})  # fmt: skip
Rule = dict[str, Any]


class UntranslatedError(Exception):
    """A rule that ODCS and the engine cannot say as it is meant; it is kept, with the reason."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def untranslated(why: Message) -> NoReturn:
    """Leave a rule to its own tool."""
    raise UntranslatedError(why)


@dataclass(frozen=True, slots=True)
class Translation:
    """What came of one rule of another tool.

    Attributes:
        name: What its tool calls it.
        column: The column it is about; None: the table, or several columns.
        item: A quality rule, or a relationship; None: there is nothing to add.
        key: `quality` or `relationships`.
        why: Why it is not translated; None where it is, or where the contract says it already.
    """

    name: str
    column: str | None = None
    item: Mapping[str, Any] | None = None
    key: str = "quality"
    why: Message | None = None


@dataclass(slots=True)
class Asked:
    """The options of one rule, taken one by one, so that none is overlooked.

    Attributes:
        columns: Name → logical type of each column of the contract; None: not known here.
        where: Condition of the rows that count; empty: all.
    """

    name: str
    options: Mapping[str, Any]
    columns: Mapping[str, str | None] | None = None
    where: str = ""
    taken: set[str] = field(default_factory=set)

    def take(self, name: str, default: Any = None) -> Any:
        """An option, or what its tool takes where it is not given."""
        self.taken.add(name)
        value = self.options.get(name)
        if isinstance(value, Mapping) and "$PARAMETER" in value:
            untranslated(msg("`{option}` is known when its tool runs only", option=name))
        return default if value is None else value

    def column(self, name: str = "column") -> str:
        """The name of a column."""
        value = self.take(name)
        if not isinstance(value, str) or not value:
            untranslated(msg("`{option}` names no column", option=name))
        return value

    def listed(self, name: str) -> list[Any]:
        """A list that is not empty."""
        value = self.take(name)
        if not isinstance(value, list) or not value:
            untranslated(msg("`{option}` is a list with something in it", option=name))
        return value

    def names(self, name: str) -> list[str]:
        """Quoted names of several columns."""
        listed = [str(value) for value in self.listed(name)]
        if len(listed) < 2:
            untranslated(msg("`{option}` names one column only", option=name))
        return [identifier(value) for value in listed]

    def number(self, name: str, default: Decimal | None = None) -> Decimal | None:
        """A number."""
        value = self.take(name, default)
        if value is None or is_number(value):
            return None if value is None else Decimal(value)
        return untranslated(msg("`{option}` is no number", option=name))

    def mostly(self) -> Decimal:
        """The share of rows that must be good, from 0 to 1."""
        share = self.number("mostly", Decimal(1))
        if share is None or not 0 <= share <= 1:
            untranslated(msg("`mostly` is a share from 0 to 1"))
        return share

    def done(self) -> None:
        """Refuse options that nobody took: they would change what the rule means."""
        for name, value in self.options.items():
            said = value is not None and value is not False and value not in ([], {})
            if said and name not in self.taken | _IGNORED:
                untranslated(msg("its option `{option}` has no counterpart", option=name))

    def rows(self, bad: str, base: str = f"{COLUMN} IS NOT NULL") -> Rule:
        """Rows at fault: none, or no more than `mostly` leaves of those that count."""
        if self.where:
            bad, base = f"({self.where}) AND ({bad})", f"({self.where}) AND ({base})"
        allowed = allowance(self.mostly())
        if not allowed:
            return sql(select("count(*)", bad), {"mustBe": 0})
        share = f"100.0 * sum(CASE WHEN {bad} THEN 1 ELSE 0 END)"
        of = f"nullif(sum(CASE WHEN {base} THEN 1 ELSE 0 END), 0)"
        return sql(select(f"coalesce({share} / {of}, 0)"), {"mustBeLessOrEqualTo": allowed})

    def measured(self, expression: str) -> Rule:
        """One number of all rows, between `min_value` and `max_value`."""
        low, high = self.take("min_value"), self.take("max_value")
        strict = bool(self.take("strict_min")), bool(self.take("strict_max"))
        expected = operators(low, high, *strict)
        if expected is not None:
            return sql(select(expression, self.where), expected)
        inside = within(expression, low, high, *strict)
        return sql(select(fault_unless(inside), self.where), {"mustBe": 0})


def select(expression: str, where: str = "", source: str = "{object}") -> str:
    """A statement over the dataset, or over what is made of it."""
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {expression} FROM {source}{condition}"  # noqa: S608 - names and values are quoted


def fault_unless(good: str) -> str:
    """1 where a condition does not hold, else 0."""
    return f"CASE WHEN {good} THEN 0 ELSE 1 END"


def sql(query: str, expected: Mapping[str, Any]) -> Rule:
    """A rule that holds the one number of a statement against what is expected."""
    return {"type": "sql", "query": query, **expected}


def allowance(mostly: Decimal) -> int | Decimal:
    """Percent of rows that may be at fault where `mostly` of them must be good."""
    return plain_number((1 - mostly) * 100)


def plain_number(number: Decimal) -> int | Decimal:
    """A number as short as it can be written."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be written out."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    number = Decimal(value)
    return number.is_finite() and abs(number.adjusted()) < _DIGITS


def operators(low: Any, high: Any, strict_low: bool, strict_high: bool) -> Rule | None:
    """Bounds as an operator of ODCS; None where none says them.

    Raises:
        UntranslatedError: there is no bound at all.
    """
    if low is None and high is None:
        untranslated(msg("it gives no bound"))
    if not all(is_number(bound) for bound in (low, high) if bound is not None):
        return None
    if high is None:
        return {"mustBeGreaterThan" if strict_low else "mustBeGreaterOrEqualTo": low}
    if low is None:
        return {"mustBeLessThan" if strict_high else "mustBeLessOrEqualTo": high}
    if strict_low or strict_high:
        return None
    return {"mustBe": low} if low == high else {"mustBeBetween": [low, high]}


def within(
    expression: str, low: Any, high: Any, strict_low: bool = False, strict_high: bool = False
) -> str:
    """The condition that a value lies in bounds."""
    parts = []
    if low is not None:
        parts.append(f"{expression} {'>' if strict_low else '>='} {literal(low)}")
    if high is not None:
        parts.append(f"{expression} {'<' if strict_high else '<='} {literal(high)}")
    return " AND ".join(parts) or untranslated(msg("it gives no bound"))


def literal(value: Any) -> str:
    """A value in a statement.

    Raises:
        UntranslatedError: it is none that a statement can hold.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if is_number(value):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, str):
        return "'" + _unmarked(value).replace("'", "''") + "'"
    return untranslated(msg("it names a value that is neither text, number nor truth value"))


def literals(values: Sequence[Any]) -> str:
    """Values as a list in a statement, each once."""
    return ", ".join(dict.fromkeys(literal(value) for value in values))


def identifier(name: str) -> str:
    """The name of a column in a statement."""
    return quoted(_unmarked(name))


def _unmarked(text: str) -> str:
    """A text without what ODCS would fill in."""
    if _MARK.search(text):
        untranslated(msg("it holds a word in braces, which a rule would fill in"))
    return text
