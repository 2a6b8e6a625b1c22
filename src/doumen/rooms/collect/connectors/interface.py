"""What a connector is: it reaches one place outside, tells what is there, and reads it as Arrow.

A connector is made of options that were checked, and of secrets that were fetched for this run
alone; it keeps, prints and logs neither. It opens one session, in which all that it reads is of
one moment as far as the place can do that. Errors name the place, the cause and the next step, and
hold nothing that came from the place but its code.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from doumen.model.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

Mark = int | str | Decimal | date | datetime
"""A value of a cursor column."""


@dataclass(frozen=True, slots=True)
class There:
    """A table or view of a place.

    Attributes:
        name: As the place calls it, with its schema: `public.orders`.
        kind: `table` or `view`.
        schema: Columns with types of the reference dialect, as they are declared: `describe` says
            what they are read as. A type that cannot be kept is written as the place calls it.
        key: Columns of its primary key; empty: it has none, or does not tell.
        rows: About how many it holds; None: it does not tell.
    """

    name: str
    kind: str
    schema: Schema
    key: tuple[str, ...] = ()
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be read.

    Attributes:
        table: Name of a table, as `There` has it; None: `query` is given.
        query: A statement in the dialect of the place, which gives rows; None: `table` is given.
        cursor: Column by whose values it is read on; None: it is read whole.
        after: Only rows whose cursor is greater; None: from the first on. Rows whose cursor is
            NULL are read where this is None.
        upto: Only rows whose cursor is at most this; None: no bound.
    """

    table: str | None = None
    query: str | None = None
    cursor: str | None = None
    after: Mark | None = None
    upto: Mark | None = None


class Session(Protocol):
    """A connection that is open, at one moment of the place; it does one thing at a time."""

    def tables(self) -> Sequence[There]:
        """All tables and views that may be read, by name.

        Raises:
            Unavailable: the place went away. Refused: it does not let us look.
        """
        ...

    def describe(self, part: Part) -> Schema:
        """The columns of a part, with types of the reference dialect.

        Raises:
            NotFound: there is no such table, or no such column as its cursor.
            Invalid: the query is none, or a type cannot be kept.
            Refused: it may not be read.
        """
        ...

    def last(self, part: Part) -> Mark | None:
        """The greatest value of the cursor; None: there are no rows, or all are NULL.

        Raises:
            As `describe`.
        """
        ...

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """The rows, in order of the cursor where there is one; columns as `describe` has them.

        Rows whose cursor is NULL come first: who goes on after a mark has them already. What is
        read ends where another call begins.

        Raises:
            Unavailable: the place went away on the way. Faulty: a value cannot be kept as it is.
            Else as `describe`.
        """
        ...


class Connector(Protocol):
    """A place, not reached yet."""

    def open(self) -> AbstractContextManager[Session]:
        """Reach it.

        Raises:
            Unavailable: its address is wrong, or nobody answers there.
            Refused: it does not let us in: user, password or permission.
            NotFound: there is no such file or database.
            Invalid: what answers is no such place.
        """
        ...
