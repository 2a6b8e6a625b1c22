"""Types from counts: a column is T where at least 99.5 % of its filled values parse as T.

Pure, in whole numbers. The rest of such a column goes to quarantine; below the mark, a column
is text. Identifiers (leading zeros, more than 15 digits) stay text, for a number would change
them. What was chosen, and why, is said; nothing here looks at a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from doumen.model.load import ColumnCounts, Examination, LoadColumn
from doumen.rooms.collect.header import unique

PARTS, OF = 995, 1000
"""The mark: 995 of 1000 filled values."""

NAMED, GROUNDED = 12, 20
"""Columns of one type that are named, and grounds that are told; of the rest, the number."""

DIGITS = 15
"""Most digits of a number that a double holds exactly; longer ones are identifiers."""

_STORED = {
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "UUID": "VARCHAR",
    "TIME": "VARCHAR",
    "TIME WITH TIME ZONE": "VARCHAR",
    "INTERVAL": "VARCHAR",
    "BIT": "VARCHAR",
    "NULL": "VARCHAR",
    '"NULL"': "VARCHAR",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
}
"""Types that Parquet files declare and the lake does not keep, and what is kept in their place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The type of one column and the ground for it.

    Attributes:
        why: A phrase; empty where every filled value parses and nothing else was possible.
        broken: Filled values that do not parse and go to quarantine.
    """

    column: LoadColumn
    why: str = ""
    broken: int = 0


def infer(seen: Examination) -> tuple[Choice, ...]:
    """One choice per column of the files, in their order."""
    if seen.schema is not None:
        return tuple(_declared(column.name, column.type) for column in seen.schema)
    choices = [_counted(counts) for counts in seen.columns]
    names = unique([choice.column.name for choice in choices])
    return tuple(
        replace(choice, column=replace(choice.column, name=name))
        for choice, name in zip(choices, names, strict=True)
    )


def sentences(choices: Sequence[Choice]) -> tuple[str, ...]:
    """What was chosen, for people: one line per type, then one per column with a ground.

    Examples:
        >>> sentences([Choice(LoadColumn("a", "a", "BIGINT"))])
        ('BIGINT: a.',)
    """
    by_type: dict[str, list[str]] = {}
    for choice in choices:
        by_type.setdefault(_told(choice.column), []).append(choice.column.name)
    grounds = [f"`{c.column.name}` is {_told(c.column)}: {c.why}." for c in choices if c.why]
    if len(grounds) > GROUNDED:
        grounds[GROUNDED:] = [f"… and {len(grounds) - GROUNDED} more; the contract shows all."]
    return (*(f"{type_}: {_named(names)}." for type_, names in by_type.items()), *grounds)


def _named(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:NAMED])} and {more} more"


def _declared(name: str, type_: str) -> Choice:
    kept = "VARCHAR" if type_.startswith("ENUM") else _STORED.get(type_, type_)
    why = "" if kept == type_ else f"the file's {type_} is not kept in the lake"
    return Choice(LoadColumn(name, name, kept), why)


def _counted(counts: ColumnCounts) -> Choice:
    parses = dict(counts.parses)
    if not counts.filled:
        return _text(counts, "it has no value")
    plain = ("BOOLEAN", "BIGINT", "DOUBLE")
    type_ = next((one for one in plain if _reaches(parses.get(one, 0), counts)), None)
    if type_ is not None:
        why = _identifier(counts) if type_ != "BOOLEAN" else None
        return _text(counts, why) if why else _chosen(counts, type_, parses[type_])
    moments = (_moment(counts, one, parses) for one in ("DATE", "TIMESTAMP"))
    return next((one for one in moments if one), None) or _text(counts, _nearly(counts, parses))


def _identifier(counts: ColumnCounts) -> str | None:
    """Why digits of this column are no number."""
    if counts.leading_zero:
        return "values with leading zeros are identifiers"
    if counts.longest_digits > DIGITS:
        return f"values of more than {DIGITS} digits are identifiers"
    return None


def _reaches(parsed: int, counts: ColumnCounts) -> bool:
    return parsed * OF >= counts.filled * PARTS


def _text(counts: ColumnCounts, why: str) -> Choice:
    return Choice(LoadColumn(counts.name, counts.name, "VARCHAR"), why)


def _chosen(
    counts: ColumnCounts, type_: str, parsed: int, formats: tuple[str, ...] = (), why: str = ""
) -> Choice:
    broken = max(0, counts.filled - parsed)
    if broken:
        rest = "1 goes" if broken == 1 else f"{broken:,} go"
        share = f"{parsed:,} of {counts.filled:,} values parse, {rest} to quarantine"
        why = f"{share}; {why}" if why else share
    return Choice(LoadColumn(counts.name, counts.name, type_, formats), why, broken)


def _moment(counts: ColumnCounts, type_: str, parses: Mapping[str, int]) -> Choice | None:
    """A date or a time: in ISO form, or in the one format that most values are written in."""
    if type_ == "DATE" and _timed(counts, parses):
        return None
    iso = parses.get(type_, 0)
    if _reaches(iso, counts):
        return _chosen(counts, type_, iso)
    counted = {
        key.partition(":")[2]: parsed
        for key, parsed in parses.items()
        if key.startswith(f"{type_}:") and parsed
    }
    fitting = {form: parsed for form, parsed in counted.items() if _reaches(parsed, counts)}
    if not fitting:
        return None
    form = max(fitting, key=lambda one: (fitting[one], one.startswith("%d"), one))
    why = f"written {form}"
    if fitting.get(_swapped(form)) == fitting[form] and _swapped(form) != form:
        why += f"; {_swapped(form)} fits as well: if that is meant, say so in the contract"
    return _chosen(counts, type_, fitting[form], (form,), why)


def _timed(counts: ColumnCounts, parses: Mapping[str, int]) -> bool:
    """Whether dates in ISO form carry a time, which a cast to DATE would drop."""
    return counts.longest > len("2024-01-31") and _reaches(parses.get("TIMESTAMP", 0), counts)


def _swapped(form: str) -> str:
    """The same format with day and month in each other's place."""
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _nearly(counts: ColumnCounts, parses: Mapping[str, int]) -> str:
    """Said where most values are of one type, but too few: the user may want a contract."""
    if not parses:
        return ""
    key = max(parses, key=lambda one: parses[one])
    parsed, type_ = parses[key], key.partition(":")[0]
    if parsed * 2 < counts.filled:
        return ""
    return f"only {parsed:,} of {counts.filled:,} values parse as {type_}, 99.5 % are asked for"


def _told(column: LoadColumn) -> str:
    if column.type == "VARCHAR":
        return "text"
    return column.type
