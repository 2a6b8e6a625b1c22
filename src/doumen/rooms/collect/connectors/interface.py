"""What a connector is: it reaches one place outside, tells what is there, and reads it.

A connector is made of options that were checked, and of secrets that were fetched for this run
alone; it keeps, prints and logs neither. What it opens is one of three sorts (`Gives`): a session
over tables, read as Arrow and of one moment as far as the place can do that; files, which are
brought as they are; or records of an interface, page by page. Errors name the place, the cause and
the next step, and hold nothing that came from the place but its code.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from doumen.model.plan import Progress
from doumen.model.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

Mark = int | str | Decimal | date | datetime
"""A value of a cursor column."""


_NONE = Schema(())


class Gives(StrEnum):
    """What a place is made of."""

    TABLES = "tables"
    FILES = "files"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class There:
    """What a place has: a table, a view, a file, an address that gives records.

    Attributes:
        name: As the place calls it, with its schema: `public.orders`.
        kind: `table`, `view`, `file` or `records`.
        schema: Columns with types of the reference dialect, as they are declared: `describe` says
            what they are read as. A type that cannot be kept is written as the place calls it.
        key: Columns of its primary key; empty: it has none, or does not tell.
        rows: About how many it holds; None: it does not tell.
        size: Bytes of a file; None: it does not tell.
        title: What the place says of it to people; empty: nothing.
    """

    name: str
    kind: str
    schema: Schema = _NONE
    key: tuple[str, ...] = ()
    rows: int | None = None
    size: int | None = None
    title: str = ""


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


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a place.

    Attributes:
        name: Below the root of the place, with `/`; relative and free of `..`.
        size: Bytes; None: the place does not tell.
        tag: Another one where the content is another: an ETag, or size and time of the last
            change; None: the place tells nothing, so only reading it would show.
        changed: When it was last changed, in seconds of Unix by the clock of the place; None: it
            does not tell, or shows files only once they are whole.
    """

    name: str
    size: int | None
    tag: str | None
    changed: float | None = None


class Files(Protocol):
    """A place of files that was reached; it does one thing at a time."""

    def items(self, pattern: str) -> Iterator[Item]:
        """The files whose names match, by name; `*` stays within a folder, `**` does not.

        Names that begin with a dot or `~` match only where the pattern writes that out.

        Raises:
            Unavailable: the place went away. Refused: it does not let us look.
            NotFound: it has no such folder. Invalid: the pattern is none for such a place.
        """
        ...

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """Write the content of a file to `path`, whole; what breaks is taken up where it broke.

        Raises:
            Conflict: it is another content than the item says, or it changes meanwhile.
            Unavailable: the place went away for good. Refused: it may not be read.
            NotFound: it is there no more.
        """
        ...


class Records(Protocol):
    """An interface that gives records, page by page."""

    def there(self) -> Sequence[There]:
        """What it has, where it tells; empty: it does not.

        Raises:
            As `read`.
        """
        ...

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        """The records, in pages as they come; values as `jsontext` reads and writes them.

        What is no record, such as a line that is no JSON, is given too: it is set aside where
        records are loaded.

        Args:
            table: What is read, as the place calls it.
            reads: Options of the stream, as the kind has checked them.
            after: Where to go on; None: from the first. What it gives beside newer records is
                left out by the caller.

        Raises:
            Unavailable: it went away, or asks for patience again and again.
            Refused: it does not let us in. NotFound: there is no such address.
            Invalid: what it gives is not what the document says.
        """
        ...


class Connector(Protocol):
    """A place, not reached yet."""

    def open(self) -> AbstractContextManager[Any]:
        """Reach it; gives a `Session`, `Files` or `Records`, as the kind says.

        Raises:
            Unavailable: its address is wrong, or nobody answers there.
            Refused: it does not let us in: user, password or permission.
            NotFound: there is no such file or database.
            Invalid: what answers is no such place.
        """
        ...
