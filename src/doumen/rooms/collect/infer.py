"""Types from counts: a column is T where at least 99.5 % of its filled values parse as T.

Pure, in whole numbers. The rest of such a column goes to quarantine; below the mark, a column
is text. Identifiers (leading zeros, more than 15 digits) stay text, for a number would change
them. What was chosen, and why, is said; nothing here looks at a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from doumen.model.load import ColumnCounts, Examination, LoadColumn
from doumen.model.message import Message, enumerated, joined, msg, plain
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
        why: A phrase; None where every filled value parses and nothing else was possible.
        broken: Filled values that do not parse and go to quarantine.
    """

    column: LoadColumn
    why: Message | None = None
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


def sentences(choices: Sequence[Choice]) -> tuple[Message, ...]:
    """What was chosen, for people: one line per type, then one per column with a ground.

    Examples:
        >>> sentences([Choice(LoadColumn("a", "a", "BIGINT"))])
        ('BIGINT: a.',)
    """
    by_type: dict[Message, list[str]] = {}
    for choice in choices:
        by_type.setdefault(_told(choice.column), []).append(choice.column.name)
    grounds = [
        msg("`{column}` is {type}: {why}.", column=c.column.name, type=_told(c.column), why=c.why)
        for c in choices
        if c.why
    ]
    if len(grounds) > GROUNDED:
        left = len(grounds) - GROUNDED
        grounds[GROUNDED:] = [msg("… and {count} more; the contract shows all.", count=left)]
    return (
        *(
            msg("{type}: {names}.", type=type_, names=_named(names))
            for type_, names in by_type.items()
        ),
        *grounds,
    )


def _named(names: Sequence[str]) -> Message:
    more = len(names) - NAMED
    first = enumerated(names[:NAMED], mark="")
    return first if more <= 0 else msg("{names} and {count} more", names=first, count=more)


def _declared(name: str, type_: str) -> Choice:
    kept = "VARCHAR" if type_.startswith("ENUM") else _STORED.get(type_, type_)
    why = None if kept == type_ else msg("the file's {type} is not kept in the lake", type=type_)
    return Choice(LoadColumn(name, name, kept), why)


def _counted(counts: ColumnCounts) -> Choice:
    parses = dict(counts.parses)
    if not counts.filled:
        return _text(counts, msg("it has no value"))
    simple = ("BOOLEAN", "BIGINT", "DOUBLE")
    type_ = next((one for one in simple if _reaches(parses.get(one, 0), counts)), None)
    if type_ is not None:
        why = _identifier(counts) if type_ != "BOOLEAN" else None
        return _text(counts, why) if why else _chosen(counts, type_, parses[type_])
    moments = (_moment(counts, one, parses) for one in ("DATE", "TIMESTAMP"))
    return next((one for one in moments if one), None) or _text(counts, _nearly(counts, parses))


def _identifier(counts: ColumnCounts) -> Message | None:
    """Why digits of this column are no number."""
    if counts.leading_zero:
        return msg("values with leading zeros are identifiers")
    if counts.longest_digits > DIGITS:
        return msg("values of more than {digits} digits are identifiers", digits=DIGITS)
    return None


def _reaches(parsed: int, counts: ColumnCounts) -> bool:
    return parsed * OF >= counts.filled * PARTS


def _text(counts: ColumnCounts, why: Message | None) -> Choice:
    return Choice(LoadColumn(counts.name, counts.name, "VARCHAR"), why)


def _chosen(
    counts: ColumnCounts,
    type_: str,
    parsed: int,
    formats: tuple[str, ...] = (),
    why: Message | None = None,
) -> Choice:
    broken = max(0, counts.filled - parsed)
    if broken:
        share = (
            msg(
                "{parsed:,} of {filled:,} values parse, 1 goes to quarantine",
                parsed=parsed,
                filled=counts.filled,
            )
            if broken == 1
            else msg(
                "{parsed:,} of {filled:,} values parse, {broken:,} go to quarantine",
                parsed=parsed,
                filled=counts.filled,
                broken=broken,
            )
        )
        why = joined(msg("; "), (share, why)) if why else share
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
    why = msg("written {form}", form=form)
    if fitting.get(_swapped(form)) == fitting[form] and _swapped(form) != form:
        why = msg(
            "written {form}; {other} fits as well: if that is meant, say so in the contract",
            form=form,
            other=_swapped(form),
        )
    return _chosen(counts, type_, fitting[form], (form,), why)


def _timed(counts: ColumnCounts, parses: Mapping[str, int]) -> bool:
    """Whether dates in ISO form carry a time, which a cast to DATE would drop."""
    return counts.longest > len("2024-01-31") and _reaches(parses.get("TIMESTAMP", 0), counts)


def _swapped(form: str) -> str:
    """The same format with day and month in each other's place."""
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _nearly(counts: ColumnCounts, parses: Mapping[str, int]) -> Message | None:
    """Said where most values are of one type, but too few: the user may want a contract."""
    if not parses:
        return None
    key = max(parses, key=lambda one: parses[one])
    parsed, type_ = parses[key], key.partition(":")[0]
    if parsed * 2 < counts.filled:
        return None
    return msg(
        "only {parsed:,} of {filled:,} values parse as {type}, 99.5 % are asked for",
        parsed=parsed,
        filled=counts.filled,
        type=type_,
    )


def _told(column: LoadColumn) -> Message:
    if column.type == "VARCHAR":
        return msg("text")
    return plain(column.type)
