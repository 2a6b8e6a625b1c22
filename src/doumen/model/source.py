"""A source: a place outside that data come from again and again, by streams that are read on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from doumen.model.ref import Ref

CONNECTION, STREAM = "connection", "stream"
"""Kinds of facts: what a source is, by name; how far a stream is read, by source and dataset."""


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


@dataclass(frozen=True, slots=True)
class Stream:
    """One table or query of a source, and the dataset that it becomes.

    Attributes:
        table: As the place calls it; None: `query` is given.
        query: In the dialect of the place.
        cursor: Column by whose values it is read on; None: each run reads all of it.
        writes: `append` needs a cursor, so that nothing comes twice.
        contract: Text of the ODCS contract that its rows are held to; None: the dataset's, else
            one is inferred.
        accept_extra: Leave out columns that the contract does not know.
    """

    ref: Ref
    table: str | None = None
    query: str | None = None
    cursor: str | None = None
    writes: Writes = Writes.REPLACE
    contract: str | None = None
    accept_extra: bool = False

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
    """

    key: str
    seen: Mapping[str, Any] | None
    then: Mapping[str, Any]


def stream_key(source: str, ref: Ref) -> str:
    """The key of the fact of a stream."""
    return f"{source}/{ref}"
