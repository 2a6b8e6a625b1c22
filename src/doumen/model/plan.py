"""What the gate hands to an engine, neutral of any engine, and what the engine gives back.

Every dataset of a statement comes as a governed table: its files, the rows that the rules
leave and, for each visible column, the expression that the actor sees. Expressions are in
the reference dialect over the raw columns; literals and keys of rules are variables, read by
`getvariable('name')` and bound by the engine, never written into the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from doumen.model.held import Which
from doumen.model.load import Examination, LoadColumn, LoadSpec, Reading, SourceFile
from doumen.model.loaded import Loaded, Rewritten, Surveyed
from doumen.model.merge import Counts, Merge
from doumen.model.message import Message
from doumen.model.ref import Ref
from doumen.model.retried import Retried
from doumen.model.schema import Schema
from doumen.model.snapshot import Bound, DataFile, Form

if TYPE_CHECKING:
    import pyarrow as pa

Scalar = str | int | float | bool | None | datetime
Value = Scalar | tuple[str, ...]
"""What a variable of a rule holds; a tuple is a list of texts."""


@dataclass(frozen=True, slots=True)
class GovernedColumn:
    """A column as the actor sees it.

    Attributes:
        name: Its name in the dataset.
        type: Declared type of what the actor sees.
        expression: Over the raw columns; None where the value is shown as it is.
    """

    name: str
    type: str
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class GovernedTable:
    """A dataset as the actor sees it.

    Attributes:
        schema: The raw columns in the files.
        files: Absolute paths of files, all of one version. May be empty.
        form: How attached files are read; None: they are Parquet of the lake, of this schema.
        stamps: Of each attached file what it was just before the job: an engine that keeps
            anything of a file may use it for the same stamp only.
        where: Conditions that all must be true; none: every row.
        bounds: Of each file what the values of some columns lie between; none: of no file. It
            is for planning, and no engine is told.
        inline: In place of files, an Arrow table (the `sys.*` tables), already filtered.
    """

    ref: Ref
    schema: Schema
    columns: tuple[GovernedColumn, ...]
    files: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    inline: pa.Table | None = None
    form: Form | None = None
    stamps: tuple[str, ...] = ()
    bounds: tuple[tuple[Bound, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one job in the sandbox.

    Attributes:
        memory: Bytes that the engine may hold.
        threads: Threads of the engine.
        seconds: Wall time; then the job is stopped.
        output: Bytes of Arrow data in the answer.
    """

    memory: int = 2 << 30
    threads: int = 2
    seconds: float = 300.0
    output: int = 8 << 30


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A statement over governed tables.

    Attributes:
        statement: The user's text, checked in both readings, with the changes of `splices`.
        parameters: Values of the user's `?` or `$1` parameters.
        variables: Values of the variables of rules.
        limit: Most rows of the final result; the engine sets `truncated` when it cuts.
        now: The job's time, which `now()` and its kin give; UTC.
        written: The user's own text, where it is not what runs.
        splices: What was changed in it: start and end there, and what took its place; places
            in errors are told in the user's own text.
        into: Absolute directory for Parquet files instead of an answer (derived datasets).
        sized: Whether the order of joins is chosen by how many rows tables with conditions show,
            never by how many they have.
        copied: Whether the rows that tables with conditions show are put into tables of their
            own first, so that no other row is among those that the statement meets.
        whole: Whether all of the answer is computed, though `limit` cuts it.
    """

    statement: str
    tables: tuple[GovernedTable, ...]
    now: datetime
    parameters: tuple[Scalar, ...] = ()
    variables: Mapping[str, Value] = field(default_factory=dict)
    limit: int | None = None
    written: str | None = None
    splices: tuple[tuple[int, int, str], ...] = ()
    into: str | None = None
    sized: bool = False
    copied: bool = False
    whole: bool = False
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def hides(self) -> bool:
        """Whether a table may have rows that are left out."""
        return any(table.where for table in self.tables)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """A collection: the files are read in the sandbox and written as Parquet, unseen yet.

    Attributes:
        into: Absolute directory for rows that land.
        quarantine: Absolute directory for rows that do not.
    """

    spec: LoadSpec
    into: str
    quarantine: str
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Rows of the lake, just loaded, that meet those of a dataset by their key.

    Attributes:
        base: Absolute paths of the files of the version in force.
        fresh: Of the files that were loaded.
        schema: Columns of the dataset, those that the merge keeps among them.
        moment: From when on the new rows are the ones.
        into: Absolute directory for the files that take the place of others, and the new one.
        aside_base: Files of the quarantine in force.
        aside_fresh: Files with what was set aside now.
        aside_into: Directory for those of its rows that are not there yet.
        whole: Whether these are all rows that come; else none that is there has vanished.
    """

    base: tuple[str, ...]
    fresh: tuple[str, ...]
    schema: Schema
    merge: Merge
    moment: datetime
    into: str
    aside_base: tuple[str, ...]
    aside_fresh: tuple[str, ...]
    aside_into: str
    bounds: Bounds = field(default_factory=Bounds)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """Rows that were set aside, held against a contract anew.

    Attributes:
        files: Absolute paths of the files of the quarantine in force.
        columns: Those of the contract that rows bring, with their names in files.
        strict: Whether a row stays where a field that the contract does not know holds a value.
        repaired: A file with repaired values by the ids of rows, and how it is read.
        into: Absolute directory for rows that pass.
        aside: Absolute directory for all others.
    """

    files: tuple[str, ...]
    columns: tuple[LoadColumn, ...]
    strict: bool
    repaired: tuple[SourceFile, Reading] | None
    into: str
    aside: str
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class DiscardPlan:
    """Rows that were set aside, some of which are given up.

    Attributes:
        files: Absolute paths of the files of the quarantine in force.
        which: Rows that go.
        aside: Absolute directory for those that stay.
    """

    files: tuple[str, ...]
    which: Which
    aside: str
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class ExaminePlan:
    """A look at all rows of some files, as text.

    Attributes:
        first: So many rows are given, those with which the files begin.
    """

    files: tuple[SourceFile, ...]
    reading: Reading
    bounds: Bounds = field(default_factory=Bounds)
    first: int = 0


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """All rows of files that stay where they lie, held against a contract; nothing is written."""

    spec: LoadSpec
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class CompactPlan:
    """Files of the lake, to be written anew with the same rows; unseen yet.

    Attributes:
        files: Absolute paths with their row counts, all of one dataset.
        schema: Its columns.
        by: Columns that the rows are put in the order of; the new files do not overlap in the
            first of them. None: rows stay in the order in which they are.
        rows: About how many rows a new file has.
        into: Absolute directory for the new files.
        aside: Absolute directory for what is written on the way.
    """

    files: tuple[tuple[str, int], ...]
    schema: Schema
    by: tuple[str, ...]
    rows: int
    into: str
    aside: str
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(slots=True)
class Trailer:
    """What is known only after the last batch."""

    rows: int = 0
    truncated: bool = False
    files: tuple[DataFile, ...] = ()


class Stream(Protocol):
    """An answer on its way: a schema, then batches, then a trailer.

    Iterating raises DoumenError where the statement failed or a bound was reached.
    `close` ends the job early and frees the engine; it may be called twice.
    """

    schema: Schema
    arrow: pa.Schema
    trailer: Trailer

    def __iter__(self) -> Iterator[pa.RecordBatch]: ...

    def close(self) -> None:
        """End the job early."""
        ...


class Progress(Protocol):
    """Told how far a long job is: a fraction in 0..1 (None where unknown) and a phrase."""

    def __call__(self, fraction: float | None, doing: Message) -> None:
        """Tell how far the job is."""
        ...


class Engine(Protocol):
    """What computes. One for all actors; it must never share state between two of them."""

    def read(self, statement: str) -> str:
        """The engine's own reading of a SELECT, as JSON text (DuckDB: json_serialize_sql)."""
        ...

    def describe(self, plan: QueryPlan, actor: str) -> Schema:
        """Output names and types without running."""
        ...

    def query(self, plan: QueryPlan, actor: str) -> Stream:
        """Run a statement."""
        ...

    def load(self, plan: LoadPlan, progress: Progress | None = None) -> Loaded:
        """Run a collection."""
        ...

    def merge(
        self, plan: MergePlan, progress: Progress | None = None
    ) -> tuple[Counts, tuple[int, ...]]:
        """Merge rows; gives what became of them, and which files of `base` were written anew."""
        ...

    def repair(self, plan: RepairPlan, progress: Progress | None = None) -> Retried:
        """Hold rows that were set aside against a contract anew."""
        ...

    def discard(self, plan: DiscardPlan, progress: Progress | None = None) -> tuple[int, int]:
        """Give rows up that were set aside; how many go, and how many stay."""
        ...

    def survey(self, plan: SurveyPlan, progress: Progress | None = None) -> Surveyed:
        """Hold all rows of files against a contract."""
        ...

    def examine(self, plan: ExaminePlan, progress: Progress | None = None) -> Examination:
        """Look at all rows of some files."""
        ...

    def compact(self, plan: CompactPlan, progress: Progress | None = None) -> Rewritten:
        """Write files of the lake anew with the same rows."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...
