"""Words for why rows were set aside, and where to find them. Pure; no value is ever shown."""

from __future__ import annotations

from collections.abc import Sequence

from doumen.model.load import Reason
from doumen.model.operation import Table
from doumen.model.ref import Ref

WORDS = {
    "type": "is not of the declared type",
    "required": "is empty, but required",
    "minimum": "is below the minimum",
    "maximum": "is above the maximum",
    "exclusive_minimum": "is not above its lower bound",
    "exclusive_maximum": "is not below its upper bound",
    "set": "is not one of the values allowed",
    "pattern": "does not have the form asked for",
    "min_length": "is too short",
    "max_length": "is too long",
    "ragged": "the line has too many or too few fields",
    "quotes": "a quote is opened and not closed",
    "too-long": "the line is too long",
    "encoding": "the line does not decode",
    "json": "the record is no JSON",
    "not-object": "the element is no object, so no record",
    "duplicate-key": "a member of the record comes twice",
    "number": "a number is NaN or infinite, which JSON does not have",
    "surrogate": "text holds half of a surrogate pair",
    "unnamed": "a member of the record has no name",
    "nested": "the record is nested too deeply",
    "error-cell": "a cell of the row holds an error such as #N/A",
    "cut": "the document ends before it is closed",
}
"""Reasons of `model.load` in words; a column's name goes before, a line's stands alone."""


def words(reason: Reason) -> str:
    """One reason as a phrase.

    Examples:
        >>> words(Reason("dep_time", "type", 3))
        '`dep_time` is not of the declared type'
    """
    said = WORDS.get(reason.reason, f"breaks the rule `{reason.reason}`")
    return f"`{reason.column}` {said}" if reason.column else said


def table(reasons: Sequence[Reason]) -> Table:
    """The reasons for people, most rows first."""
    ordered = sorted(reasons, key=lambda one: (-one.rows, one.column, one.reason))
    rows = tuple((one.rows, words(one)) for one in ordered)
    return Table(("rows", "reason"), rows, title="Quarantined")


def sentences(ref: Ref, quarantined: int) -> tuple[str, ...]:
    """Where the rows are and how to look at them; nothing where there are none."""
    if not quarantined:
        return ()
    rows = "row is" if quarantined == 1 else "rows are"
    look = f"SELECT _row, _column, _reason, _raw FROM {ref.quarantine} LIMIT 20"  # noqa: S608 - shown
    return (
        f"{quarantined:,} {rows} in `{ref.quarantine}`, each with its reason.",
        f'Look at them: doumen query "{look}"',
    )
