"""A source: a place outside that data come from again and again, by streams that are read on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from doumen.model.load import Mode
from doumen.model.merge import Merge, Vanished
from doumen.model.ref import Ref

CONNECTION, STREAM, ARRIVAL = "connection", "stream", "arrival"
"""Kinds of facts: what a source is, by name; how far a stream is read, by source and dataset; which
file of a place was read, by source, dataset and name."""


class Keeps(StrEnum):
    """Where a secret is kept; a source holds but its name there."""

    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by reference.

    Attributes:
        name: Of a variable of the environment; path of a file; service and user as `service/user`.
    """

    keeps: Keeps
    name: str


class Writes(StrEnum):
    """What a run does with the rows that are there."""

    APPEND = "append"
    REPLACE = "replace"
    UPSERT = "upsert"
    HISTORY = "history"

    @property
    def mode(self) -> Mode:
        """As the gate calls it."""
        return Mode(self.value)

    @property
    def merges(self) -> bool:
        """Whether rows meet those that are there by their key."""
        return self in {Writes.UPSERT, Writes.HISTORY}


@dataclass(frozen=True, slots=True)
class Stream:
    """One table, query, set of files or address of a source, and the dataset that it becomes.

    Attributes:
        table: What is read, as the place calls it: a table, a pattern of files, a path of an
            interface; None: `query` is given.
        query: In the dialect of the place.
        reads: How it is read beyond that: options of the kind of place, as it has checked them.
        cursor: Column by whose values it is read on; None: each run reads all of it.
        writes: `append` needs a cursor or files, so that nothing comes twice.
        key: Columns by which rows meet, where they are merged.
        vanished: What becomes of rows that are no longer in the place; where they are merged, and
            all of them come each time.
        late: How far before the mark it is read again, for rows that come late; None: not at all.
        contract: Text of the ODCS contract that its rows are held to; None: the dataset's, else
            one is inferred.
        accept_extra: Leave out columns that the contract does not know.
    """

    ref: Ref
    table: str | None = None
    query: str | None = None
    reads: Mapping[str, Any] = field(default_factory=dict)
    cursor: str | None = None
    writes: Writes = Writes.REPLACE
    key: tuple[str, ...] = ()
    vanished: Vanished = Vanished.KEEP
    late: str | None = None
    contract: str | None = None
    accept_extra: bool = False

    @property
    def merge(self) -> Merge | None:
        """How its rows meet those that are there; None: they do not."""
        if not self.writes.merges:
            return None
        return Merge(self.writes.mode, self.key, self.cursor, self.vanished)

    @property
    def told(self) -> str:
        """The table, or that it is a query: a query may hold what is not for everybody."""
        return self.table or "query"


@dataclass(frozen=True, slots=True)
class Source:
    """A source.

    Attributes:
        kind: Name of its connector.
        options: As the connector has checked them.
        secrets: Option → where its secret is kept.
        streams: By the names of their datasets.
        paused: Whether it is left out of runs that name no source.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    secrets: Mapping[str, Secret]
    streams: tuple[Stream, ...]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Onward:
    """How far a stream is read once a collection has landed: true together with it, or not at all.

    Attributes:
        key: Of the fact, `source/domain.name`.
        seen: Its body when the run looked; None: the stream was never run.
        then: Its body with the rows of this collection.
        arrived: Which files were read with it: the name in its place → what it was; None: it is
            there no more.
    """

    key: str
    seen: Mapping[str, Any] | None
    then: Mapping[str, Any]
    arrived: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)


def stream_key(source: str, ref: Ref) -> str:
    """The key of the fact of a stream."""
    return f"{source}/{ref}"


def arrival_key(stream: str, name: str) -> str:
    """The key of the fact of a file that was read: of its stream, and its name in the place."""
    return f"{stream}#{name}"
