"""What a collection asks for: files, their reading, the rules of a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from doumen.model.schema import Column, Schema


class Mode(StrEnum):
    """What a collection does to a dataset that is there: nothing is assumed."""

    NEW = "new"
    APPEND = "append"
    REPLACE = "replace"
    UPSERT = "upsert"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read.

    Attributes:
        path: Absolute path.
        name: The name told to people and kept in the ledger and in quarantine.
        size: Bytes.
        sha256: Hex digest of the content.
    """

    path: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files are read: format and, for text, encoding, dialect and header.

    Attributes:
        format: `csv`, `json`, `xlsx` or `parquet`.
        encoding: Python codec name (`utf-8`, `gb18030`, `utf-16-le` …); BOMs are dropped.
        delimiter: One character.
        quote: One character, or empty where the file quotes nothing.
        escape: One character, or empty.
        header: Whether the first record names the columns.
        skip: Lines before the header; of a workbook, rows before the first of data.
        columns: Names of the columns as read, in order of the file.
        layout: Of JSON: `lines` (a record to a line) or `document`. Of a workbook: `look` asks
            for its first rows only.
        path: Of JSON: where in the document the rows lie (RFC 9535); empty: at its root. Of a
            workbook: its sheet; `*`: all that are shown.
    """

    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    header: bool = True
    skip: int = 0
    columns: tuple[str, ...] = ()
    layout: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A row rule of a contract; a row that breaks it goes to quarantine with `reason`.

    Attributes:
        kind: `required`, `minimum`, `maximum`, `exclusive_minimum`, `exclusive_maximum`,
            `set`, `pattern`, `min_length`, `max_length`.
        value: What the kind compares with: a number or date as text, a tuple of texts, or a
            regular expression (RE2, must match the whole value).
    """

    kind: str
    value: str | int | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LoadColumn:
    """One column of the dataset to be made.

    Attributes:
        source: Name in the file.
        name: Name in the dataset.
        type: Type in the reference dialect.
        formats: strptime formats tried in order for dates and timestamps; empty: ISO 8601.
        checks: Row rules, in the order in which the first broken one is reported.
    """

    source: str
    name: str
    type: str
    formats: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


class Drift(StrEnum):
    """What a contract says of a column of the files that it does not know."""

    TAKE = "take"
    QUARANTINE = "quarantine"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Drifted:
    """Columns of the files that the contract did not know, and what becomes of them.

    Attributes:
        does: `TAKE`: the contract has them now; `QUARANTINE`: a row with a value in one of them
            does not land.
        columns: As the files call them.
        base: Text of the contract before it took them.
    """

    does: Drift
    columns: tuple[str, ...]
    base: str


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """A collection, complete: what to read, how, into which columns under which rules.

    Attributes:
        drift: What else the files have; None: nothing, or it is left out.
    """

    files: tuple[SourceFile, ...]
    reading: Reading
    columns: tuple[LoadColumn, ...]
    drift: Drifted | None = None

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns of the files in which no row that lands has a value."""
        if self.drift is None or self.drift.does is not Drift.QUARANTINE:
            return ()
        return self.drift.columns

    @property
    def schema(self) -> Schema:
        """The schema of the rows that land."""
        return Schema(tuple(Column(c.name, c.type) for c in self.columns))


@dataclass(frozen=True, slots=True)
class Reason:
    """How many rows broke one rule of one column: `type`, `required`, `ragged`, a check kind."""

    column: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """What the values of one text column could be read as, counted over all rows.

    Attributes:
        filled: Non-empty values.
        parses: type → how many of the filled values parse as it.
        leading_zero: Values of digits that begin with 0 and are longer than 1.
        longest_digits: Most digits in a value that is digits only.
        longest: Most characters in a value.
    """

    name: str
    filled: int
    parses: tuple[tuple[str, int], ...]
    leading_zero: int
    longest_digits: int
    longest: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The beginning of one sheet of a workbook.

    Attributes:
        file: Name of its file.
        shown: Whether a reader of the workbook sees it.
        rows: The first rows as text; where cells are merged, each has the value of the first.
        merged: Of these rows, the place (row, column) of each merged cell but the first.
        filled: Rows that hold anything.
        hidden: Rows among them that are hidden.
        trailing: Empty rows at its end.
    """

    file: str
    name: str
    shown: bool
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int], ...]
    filled: int
    hidden: int
    trailing: int


@dataclass(frozen=True, slots=True)
class Examination:
    """All rows of some files, looked at once, as text: the ground of type inference.

    For Parquet `columns` is empty and `schema` says what the files declare. Where a look at
    workbooks was asked for, there are `sheets` only. Where rows were asked for, `first` has them
    as text, long values cut.
    """

    rows: int
    columns: tuple[ColumnCounts, ...]
    schema: Schema | None = None
    sheets: tuple[Sheet, ...] = ()
    first: tuple[tuple[str | None, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the files, in their order."""
        return self.schema.names if self.schema else tuple(c.name for c in self.columns)
