"""A run: the streams of sources, each read on by the reader of its sort of place.

What fails stops no other stream and no other source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import DoumenError
from doumen.model.queued import ENDING
from doumen.model.ref import Ref
from doumen.model.source import Source, Stream
from doumen.model.wanted import WANTED
from doumen.rooms.collect import connectors
from doumen.rooms.collect.connectors import Gives
from doumen.rooms.collect.sources import files, records, secrets, tables
from doumen.rooms.collect.sources.lander import Lander
from doumen.rooms.collect.sources.reading import Reader
from doumen.rooms.collect.sources.telling import Result

_READERS: Mapping[Gives, Reader] = {
    Gives.TABLES: tables,
    Gives.FILES: files,
    Gives.RECORDS: records,
}


def reader(source: Source) -> Reader:
    """The reader of the sort of place that a source is."""
    return _READERS[connectors.SHELF[source.kind].gives]


@contextmanager
def opened(source: Source) -> Iterator[Any]:
    """The place of a source, with its secrets fetched for this once.

    Raises:
        NotFound: a secret is not there. DoumenError: it is not reached, and what is wrong.
    """
    fetched = secrets.fetched(source.secrets)
    connector = connectors.SHELF[source.kind].connector(source.options, fetched)
    with connector.open() as place:
        yield place


def ran(desk: Desk, source: Source, wanted: frozenset[Ref]) -> Iterator[Result]:
    """Every stream of a source that is wanted; where it is not reached, each fails alike.

    Args:
        desk: Of the owner.
        source: What is read.
        wanted: Datasets; none: all of its streams.
    """
    streams = [one for one in source.streams if not wanted or one.ref in wanted]
    done: list[Stream] = []
    try:
        with opened(source) as place:
            for stream in streams:
                result = _one(desk, source, stream, place)
                done.append(stream)
                yield result
    except DoumenError as error:
        if _ends(error):
            raise
        for stream in streams:
            if stream not in done:
                yield Result(source, stream, None, error)


def _one(desk: Desk, source: Source, stream: Stream, place: Any) -> Result:
    try:
        lander = Lander.of(desk, source, stream)
        ran = reader(source).run(lander, place)
        return Result(source, stream, ran, ran.error)
    except DoumenError as error:
        if _ends(error):
            raise
        return Result(source, stream, None, error)


def _ends(error: DoumenError) -> bool:
    """Whether no other stream is read either: it is the node that fails, or nobody waits."""
    wanted = WANTED.get()
    return error.code in ENDING or (wanted is not None and wanted.over)
