"""Types that a column of text may be of, and how its values are counted for each."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.engines.duckdb import convert

_DATES = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y年%m月%d日",
)
_TIMES = ("%H:%M", "%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a column.

    Attributes:
        key: As `ColumnCounts.parses` names it: a type, or a type and a format.
        type: The type.
        formats: The format, if any.
    """

    key: str
    type: str
    formats: tuple[str, ...] = ()

    def parses(self, raw: str) -> str:
        """The condition that filled text reads as this type, nothing of it being lost."""
        if self.type == "BOOLEAN":
            return f"lower({raw}) IN ('true', 'false')"
        typed = convert.value(raw, self.type, self.formats)
        fault = convert.faulty(raw, typed, self.type, self.formats)
        return f"CASE WHEN {self._shaped(raw)} THEN NOT coalesce({fault}, true) ELSE false END"

    def _shaped(self, raw: str) -> str:
        """A cheap condition that all text of this type meets; casts that fail are dear."""
        if self.formats:
            marks = {mark for mark in "/.-年:" if mark in self.formats[0].replace("%H:%M", ":")}
            held = (f"contains({raw}, '{mark}')" for mark in sorted(marks))
            return " AND ".join((f"{raw} < ':' AND strlen({raw}) >= 8", *held))
        numeric = f"{raw} <> '' AND {raw} < ':'"
        if self.type == "DOUBLE":
            return f"{numeric} OR lower({raw}) IN ('nan', 'inf', 'infinity')"
        return numeric if self.type == "BIGINT" else f"{numeric} AND strlen({raw}) >= 8"


CANDIDATES = (
    Candidate("BOOLEAN", "BOOLEAN"),
    Candidate("BIGINT", "BIGINT"),
    Candidate("DOUBLE", "DOUBLE"),
    Candidate("DATE", "DATE"),
    Candidate("TIMESTAMP", "TIMESTAMP"),
    *(Candidate(f"DATE:{form}", "DATE", (form,)) for form in _DATES),
    *(
        Candidate(f"TIMESTAMP:{form} {time}", "TIMESTAMP", (f"{form} {time}",))
        for form in _DATES
        for time in _TIMES
    ),
)
"""All ways that are tried, in the order in which they are told."""
