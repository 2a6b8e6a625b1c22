"""What the verbs of sources do: options in, an outcome with its words out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Conflict, DoumenError, NotFound
from doumen.model.fact import Fact
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref, identifier
from doumen.model.source import CONNECTION, Source, Stream
from doumen.rooms.collect.sources import document, kept, running, telling
from doumen.rooms.collect.sources.reading import LISTED

PREVIEWED = 10
"""Rows of a preview."""


def add(desk: Desk, *, name: str, file: Path | str) -> Outcome:
    """Describe a source by a file; one of this name is replaced, and read on where it was.

    Raises:
        Refused: only the owner may.
        Invalid: the file has faults; all of them are told.
        NotFound, Unavailable: it cannot be read.
    """
    policy.may_collect(desk.actor)
    facts = desk.facts()
    source = document.read(identifier(name, msg("name of a source")), Path(file))
    before = facts.body(CONNECTION, source.name)
    if before is not None:
        source = replace(source, paused=bool(before["paused"]))
    receipt = _amend(desk, source)
    return Outcome(
        telling.described(source) | {"receipt": receipt},
        said=(
            msg("Source `{name}` is described.", name=source.name),
            msg("Receipt {receipt}. Next: doumen source test {name}", receipt=receipt,
                name=source.name),
        ),
    )  # fmt: skip


def show(desk: Desk, *, name: str) -> Outcome:
    """Tell all of a source but its secrets, and how far its streams are read.

    Raises:
        NotFound: there is none of this name.
    """
    facts = desk.facts()
    source = kept.found(facts, name)
    positions = {str(one.ref): kept.position(facts, source, one) for one in source.streams}
    shape = telling.described(source)
    for told in shape["streams"]:
        told["read"] = positions[told["dataset"]]
    pairs: list[tuple[Message, Any]] = [
        (msg("source"), source.name),
        (msg("kind"), source.kind),
        *((plain(key), value) for key, value in source.options.items() if value is not None),
        *(
            (plain(key), msg("kept at {keeps} `{name}`", keeps=one.keeps, name=one.name))
            for key, one in source.secrets.items()
        ),
        (msg("paused"), msg("yes") if source.paused else msg("no")),
    ]
    return Outcome(
        shape,
        (
            Fields(tuple(pairs)),
            telling.streams(source, [positions[str(s.ref)] for s in source.streams]),
        ),
    )


def listing(desk: Desk) -> Outcome:
    """List all sources."""
    facts = desk.facts()
    sources = list(kept.every(facts))
    rows = tuple(
        (one.name, one.kind, len(one.streams), telling.last(facts, one),
         msg("paused") if one.paused else msg("active"))
        for one in sources
    )  # fmt: skip
    heads = (msg("source"), msg("kind"), msg("streams"), msg("last read"), msg("state"))
    return Outcome(
        {
            "sources": [
                telling.described(one) | {"last": telling.last(facts, one) or None}
                for one in sources
            ]
        },
        (Table(heads, rows),),
        () if rows else (msg("Describe one: doumen source add NAME FILE"),),
    )


def test(desk: Desk, *, name: str) -> Outcome:
    """Reach a source, and look whether each stream may be read; nothing is collected.

    Raises:
        NotFound: there is none of this name, or a secret of it is not there.
        Unavailable, Refused, Invalid: the place is not reached; the error says what is wrong.
    """
    source = _allowed(desk, name)
    with running.opened(source) as place:
        results = [(stream, _tried(source, place, stream)) for stream in source.streams]
    faults = [error for _, error in results if error is not None]
    shape = {
        "source": source.name,
        "streams": [
            {"dataset": str(s.ref), "table": s.table, "error": e.as_json() if e else None}
            for s, e in results
        ],
    }
    rows = tuple(
        (str(s.ref), s.told, msg("can be read") if e is None else e.what) for s, e in results
    )
    nexts = tuple(error.next for error in faults if error.next is not None)
    return Outcome(
        shape,
        (Table((msg("dataset"), msg("table"), msg("found")), rows),),
        nexts or (msg("Next: doumen source run {name}", name=source.name),),
        exit=1 if faults else 0,
    )


def discover(desk: Desk, *, name: str) -> Outcome:
    """List what a source has that may be read: tables and views with their columns, or files.

    Raises:
        As `test`.
    """
    source = _allowed(desk, name)
    with running.opened(source) as place:
        found = running.reader(source).there(place)
    shape = [
        {
            "table": one.name,
            "kind": one.kind,
            "rows": one.rows,
            "key": list(one.key),
            "columns": [{"name": c.name, "type": c.type} for c in one.schema],
            "size": one.size,
            "title": one.title,
        }
        for one in found[:LISTED]
    ]
    said = (msg("There are more; these are the first {count:,} by name.", count=LISTED),)
    return Outcome(
        {"source": source.name, "tables": shape},
        (telling.there(found[:LISTED]),),
        said if len(found) > LISTED else (),
    )


def preview(desk: Desk, *, name: str, table: str) -> Outcome:
    """Show the first rows of a table, or of what becomes a dataset; nothing is kept.

    Raises:
        As `test`.
    """
    source = _allowed(desk, name)
    stream = next(
        (one for one in source.streams if str(one.ref) == table.casefold()),
        Stream(Ref("preview", "preview"), table),
    )
    with running.opened(source) as place:
        found = running.reader(source).shown(desk, place, stream, PREVIEWED)
    columns = [{"name": one.name, "type": one.type} for one in found.schema]
    rows = [list(row) for row in found.rows]
    shape = {"source": source.name, "table": table, "columns": columns, "rows": rows}
    return Outcome(shape, (Table(found.schema.names, tuple(map(tuple, rows))),))


def run(desk: Desk, *, name: str | None = None, dataset: tuple[str, ...] = ()) -> Outcome:
    """Read sources on; what fails stops no other, and is told at the end.

    Raises:
        NotFound: there is no such source or stream.
        Conflict: the source that is named is paused, or another worker has the job.
        Unavailable: the store of the node is away, or the run is not wanted any more.
    """
    policy.may_collect(desk.actor)
    facts = desk.facts()
    if name is None:
        sources = [one for one in kept.every(facts) if not one.paused]
    else:
        sources = [kept.found(facts, name)]
        if sources[0].paused:
            raise Conflict(
                msg("Source `{name}` is paused.", name=name),
                next=msg("Let it go on: doumen source resume {name}", name=name),
                detail="paused",
            )
    wanted = _wanted(sources, dataset)
    results = [one for source in sources for one in running.ran(desk, source, wanted)]
    return telling.ran(results)


def pause(desk: Desk, *, name: str) -> Outcome:
    """Leave a source out of runs.

    Raises:
        NotFound: there is none of this name. Refused: only the owner may.
    """
    return _paused(desk, name, paused=True)


def resume(desk: Desk, *, name: str) -> Outcome:
    """Let a source that is paused go on.

    Raises:
        As `pause`.
    """
    return _paused(desk, name, paused=False)


def remove(desk: Desk, *, name: str) -> Outcome:
    """Forget a source; what came from it stays, and so does how far it was read.

    Raises:
        As `pause`.
    """
    source = _allowed(desk, name)
    receipt = desk.amend([Fact(CONNECTION, source.name, None)], subject=f"source {source.name}")
    return Outcome(
        {"source": source.name, "receipt": receipt},
        said=(
            msg("Source `{name}` is forgotten. Receipt {receipt}.", name=source.name,
                receipt=receipt),
        ),
    )  # fmt: skip


def _wanted(sources: list[Source], datasets: tuple[str, ...]) -> frozenset[Ref]:
    wanted = frozenset(Ref.parse(one) for one in datasets)
    there = {stream.ref for source in sources for stream in source.streams}
    for ref in sorted(wanted - there, key=str):
        raise NotFound(
            msg("No stream becomes `{ref}`.", ref=ref),
            next=msg("`doumen source show NAME` lists the streams of a source."),
            detail="stream",
        )
    return wanted


def _tried(source: Source, place: Any, stream: Stream) -> DoumenError | None:
    try:
        running.reader(source).tried(place, stream)
    except DoumenError as error:
        return error
    return None


def _allowed(desk: Desk, name: str) -> Source:
    policy.may_collect(desk.actor)
    return kept.found(desk.facts(), name)


def _paused(desk: Desk, name: str, *, paused: bool) -> Outcome:
    source = replace(_allowed(desk, name), paused=paused)
    receipt = _amend(desk, source)
    return Outcome(
        {"source": source.name, "paused": paused, "receipt": receipt},
        said=(
            msg("Source `{name}` is paused. Receipt {receipt}.", name=source.name, receipt=receipt)
            if paused
            else msg("Source `{name}` goes on. Receipt {receipt}.", name=source.name,
                     receipt=receipt),
        ),
    )  # fmt: skip


def _amend(desk: Desk, source: Source) -> str:
    fact = Fact(CONNECTION, source.name, kept.as_json(source))
    return desk.amend([fact], subject=f"source {source.name}")
