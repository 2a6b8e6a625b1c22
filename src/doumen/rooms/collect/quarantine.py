"""Words for why rows were set aside, and where to find them. Pure; no value is ever shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doumen.model.load import Reason
from doumen.model.message import Message, msg
from doumen.model.operation import Table
from doumen.model.ref import Ref

WORDS: Mapping[str, Message] = {
    "type": msg("is not of the declared type"),
    "required": msg("is empty, but required"),
    "minimum": msg("is below the minimum"),
    "maximum": msg("is above the maximum"),
    "exclusive_minimum": msg("is not above its lower bound"),
    "exclusive_maximum": msg("is not below its upper bound"),
    "set": msg("is not one of the values allowed"),
    "pattern": msg("does not have the form asked for"),
    "min_length": msg("is too short"),
    "max_length": msg("is too long"),
    "ragged": msg("the line has too many or too few fields"),
    "quotes": msg("a quote is opened and not closed"),
    "too-long": msg("the line is too long"),
    "encoding": msg("the line does not decode"),
    "json": msg("the record is no JSON"),
    "not-object": msg("the element is no object, so no record"),
    "duplicate-key": msg("a member of the record comes twice"),
    "number": msg("a number is NaN or infinite, which JSON does not have"),
    "surrogate": msg("text holds half of a surrogate pair"),
    "unnamed": msg("a member of the record has no name"),
    "nested": msg("the record is nested too deeply"),
    "error-cell": msg("a cell of the row holds an error such as #N/A"),
    "unknown": msg("holds a value, and the contract does not know it"),
    "missing": msg("is not among the fields, and others are that the contract does not know"),
    "cut": msg("the document ends before it is closed"),
}
"""Reasons of `model.load` in words; a column's name goes before, a line's stands alone."""


def words(reason: Reason) -> Message:
    """One reason as a phrase.

    Examples:
        >>> words(Reason("dep_time", "type", 3))
        '`dep_time` is not of the declared type'
    """
    said = WORDS.get(reason.reason) or msg("breaks the rule `{rule}`", rule=reason.reason)
    return msg("`{column}` {said}", column=reason.column, said=said) if reason.column else said


def table(reasons: Sequence[Reason]) -> Table:
    """The reasons for people, most rows first."""
    ordered = sorted(reasons, key=lambda one: (-one.rows, one.column, one.reason))
    rows = tuple((one.rows, words(one)) for one in ordered)
    return Table((msg("rows"), msg("reason")), rows, title=msg("Quarantined"))


def sentences(ref: Ref, quarantined: int) -> tuple[Message, ...]:
    """Where the rows are and how to look at them; nothing where there are none."""
    if not quarantined:
        return ()
    look = f"SELECT _row, _column, _reason, _raw FROM {ref.quarantine} LIMIT 20"  # noqa: S608 - shown
    return (
        msg("1 row is in `{quarantine}`, each with its reason.", quarantine=ref.quarantine)
        if quarantined == 1
        else msg(
            "{count:,} rows are in `{quarantine}`, each with its reason.",
            count=quarantined,
            quarantine=ref.quarantine,
        ),
        msg('Look at them: doumen query "{look}"', look=look),
    )
