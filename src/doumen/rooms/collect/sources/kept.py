"""The facts of sources and of their streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.merge import Vanished
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.source import (
    CONNECTION,
    STREAM,
    Keeps,
    Secret,
    Source,
    Stream,
    Writes,
    stream_key,
)


def as_json(source: Source) -> dict[str, Any]:
    """A source as its fact has it."""
    return {
        "kind": source.kind,
        "options": dict(source.options),
        "secrets": {option: {one.keeps.value: one.name} for option, one in source.secrets.items()},
        "streams": {str(one.ref): _stream(one) for one in source.streams},
        "paused": source.paused,
    }


def from_json(name: str, body: Mapping[str, Any]) -> Source:
    """A source as its fact had it."""
    secrets = {}
    for option, kept in body["secrets"].items():
        ((keeps, where),) = kept.items()
        secrets[option] = Secret(Keeps(keeps), where)
    streams = tuple(
        Stream(
            Ref.parse(ref),
            table=one.get("table"),
            query=one.get("query"),
            reads=one.get("reads", {}),
            cursor=one.get("cursor"),
            writes=Writes(one["writes"]),
            key=tuple(one.get("key", ())),
            vanished=Vanished(one.get("vanished", Vanished.KEEP)),
            late=one.get("late"),
            contract=one.get("contract"),
            accept_extra=one.get("accept_extra", False),
        )
        for ref, one in sorted(body["streams"].items())
    )
    return Source(name, body["kind"], body["options"], secrets, streams, body["paused"])


def every(facts: Facts) -> Iterator[Source]:
    """All sources, by name."""
    for name, body in sorted(facts.all(CONNECTION)):
        yield from_json(name, body)


def found(facts: Facts, name: str) -> Source:
    """One source.

    Raises:
        NotFound: there is none of this name.
    """
    body = facts.body(CONNECTION, name)
    if body is None:
        raise NotFound(
            msg("There is no source `{name}`.", name=name),
            next=msg("`doumen source list` shows those there are."),
            detail="connection",
        )
    return from_json(name, body)


def position(facts: Facts, source: Source, stream: Stream) -> Mapping[str, Any] | None:
    """How far a stream was read; None: it never was."""
    return facts.body(STREAM, stream_key(source.name, stream.ref))


def _stream(stream: Stream) -> dict[str, Any]:
    told = {
        "table": stream.table,
        "query": stream.query,
        "reads": dict(stream.reads) or None,
        "cursor": stream.cursor,
        "key": list(stream.key) or None,
        "vanished": None if stream.vanished is Vanished.KEEP else stream.vanished.value,
        "late": stream.late,
        "contract": stream.contract,
        "accept_extra": stream.accept_extra or None,
    }
    given = {name: value for name, value in told.items() if value is not None}
    return {"writes": stream.writes.value, **given}
