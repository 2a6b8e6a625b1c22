"""What a job gives back to the one who asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from doumen.model.errors import Invalid
from doumen.model.life import Notice
from doumen.model.load import Drifted, Reason
from doumen.model.merge import Counts
from doumen.model.message import Message, msg
from doumen.model.ref import Ref
from doumen.model.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

ARROW_STREAM = "application/vnd.apache.arrow.stream"
"""Media type of the form in which answers travel between nodes."""

COLUMNS, RECEIPT, TRUNCATED, EXPIRES, WHOLE, NOTICES = (
    b"doumen.columns",
    b"doumen.receipt",
    b"doumen.truncated",
    b"doumen.expires",
    b"doumen.receipt.text",
    b"doumen.notices",
)
"""Names in the metadata of an answer as Arrow or Parquet; all but the first stand at its end."""


AS_IT_IS: Message = msg("as it is")
"""How an explanation tells of a column that no rule masks."""


def python_rows(batch: pa.RecordBatch, schema: Schema) -> Iterator[tuple[Any, ...]]:
    """Rows as Python values; whole numbers of 128 bits come from Arrow as decimals.

    Raises:
        Invalid: a date or a time is outside of what Python can hold.
    """
    try:
        columns = [column.to_pylist() for column in batch.columns]
    except (OverflowError, ValueError):
        raise Invalid(
            msg("The answer holds a date or a time outside of the years 1 to 9999."),
            next=msg("Take it with `arrow()`, or cast it: `CAST(… AS VARCHAR)`."),
            detail="type",
        ) from None
    for place, column in enumerate(schema):
        if column.type in {"HUGEINT", "UHUGEINT"}:
            columns[place] = [None if value is None else int(value) for value in columns[place]]
    return zip(*columns, strict=True)


class Answer(Protocol):
    """The answer of a query. Batches can be read once; `arrow`, `df` and `rows` read them all.

    `receipt` and `truncated` are known when the last batch has been read.
    """

    schema: Schema

    @property
    def receipt(self) -> str:
        """Id of the receipt."""
        ...

    @property
    def truncated(self) -> bool:
        """Whether a limit of a rule cut the result."""
        ...

    @property
    def expires(self) -> date | None:
        """Last day (UTC) on which the answer may be kept; None: no end."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is said of datasets that are deprecated; known with the receipt."""
        ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch."""
        ...

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        ...

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows as Python values."""
        ...

    def df(self) -> pd.DataFrame:
        """All rows as a pandas frame; needs the extra `doumen[df]`."""
        ...

    def close(self) -> None:
        """End the job early; the rows given so far count as read."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """A dataset was written, by a collection or from a query.

    Attributes:
        snapshot: Version that now is in force.
        unchanged: The same content under the same contract was there already: nothing changed.
        merged: What became of rows that met others by their key; None: they were not merged.
        notices: What is said of datasets that it was made from.
        drift: Columns that the contract did not know; None: there were none, or they are left out.
    """

    ref: Ref
    rows_in: int
    landed: int
    quarantined: int
    reasons: tuple[Reason, ...]
    snapshot: int
    receipt: str
    unchanged: bool = False
    merged: Counts | None = None
    notices: tuple[Notice, ...] = ()
    drift: Drifted | None = None


@dataclass(frozen=True, slots=True)
class Compacted:
    """The files of a dataset are as they should be.

    Attributes:
        snapshot: Version in force.
        before: How many files the version had that was in force before.
        after: How many it has now.
        rows: How many rows were written anew.
        receipt: Id of the event; None: nothing had to be done.
    """

    ref: Ref
    snapshot: int
    before: int
    after: int
    rows: int = 0
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Swept:
    """What of one dataset was given up.

    Attributes:
        versions: Those that were given up.
        spared: Those that would have been, were they not needed by a receipt.
        files: How many files went.
        bytes: How much room that made.
    """

    ref: Ref
    versions: tuple[int, ...]
    spared: tuple[int, ...]
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What was given up; `receipt` is the id of the event, None where nothing was."""

    swept: tuple[Swept, ...]
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What a query would do and under which rules, without running or paying.

    Attributes:
        statement: The user's statement, as it would run.
        tables: One mapping per dataset: `dataset`, `columns` [{name, type, shown}], `rows`
            (`all` or `filtered`), `rules` [{id, duties in words}], `view` (what the statement
            reads in place of the dataset, as SQL for people).
        charges: What running it would charge: [{account, unit, amount}].
        columns: Output names and types.
        expires: Last day (UTC) on which the answer may be kept; None: no end.
    """

    statement: str
    tables: tuple[Mapping[str, Any], ...]
    charges: tuple[Mapping[str, Any], ...]
    columns: Schema
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found.

    Attributes:
        exact: All columns but the floating ones are the same multiset of rows.
        sequence: They are also in the same order; None where the statement has no order.
        floating: `none`, `equal`, `close` (within 1e-9), `differs`, or `unknown` where they
            are not bytewise equal and no delivered result was given.
        event: Id of the event (and receipt) of the replay itself.
    """

    receipt: str
    rows: int
    exact: bool
    sequence: bool | None
    floating: str
    event: str
