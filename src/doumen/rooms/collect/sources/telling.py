"""Sources and runs of them, as machines and people are told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from doumen.model.answer import Made
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.fact import Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.source import Source, Stream
from doumen.rooms.collect import drifting
from doumen.rooms.collect.connectors.interface import There
from doumen.rooms.collect.labels import shown
from doumen.rooms.collect.sources import kept, marks
from doumen.rooms.collect.sources.reading import Ran


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one stream in a run: how far it was read, or what went wrong."""

    source: Source
    stream: Stream
    ran: Ran | None
    error: DoumenError | None


def ran(results: Sequence[Result]) -> Outcome:
    """What a run came to, stream by stream."""
    rows, shapes, said = [], [], list[Message]()
    for one in results:
        made = [] if one.ran is None else [m for m in one.ran.made if not m.unchanged]
        counts = [
            sum(getattr(m, key) for m in made) for key in ("rows_in", "landed", "quarantined")
        ]
        mark = None if one.ran is None or one.ran.mark is None else marks.shown(one.ran.mark)
        shapes.append(
            {
                "source": one.source.name,
                "dataset": str(one.stream.ref),
                "table": one.stream.table,
                **dict(zip(("rows_in", "landed", "quarantined"), counts, strict=True)),
                "reasons": _reasons(made),
                "unchanged": one.error is None and not made,
                "merged": _merged(made),
                "drift": drifting.as_json([m.drift for m in made]),
                "cursor": mark,
                "receipts": [m.receipt for m in made],
                "error": None if one.error is None else one.error.as_json(),
            }
        )
        state = _state(one)
        rows.append((one.source.name, str(one.stream.ref), *counts, mark or "", state))
        drifts = dict.fromkeys(drifting.words(m.drift) for m in made if m.drift is not None)
        for words in [] if one.ran is None else [*drifts, *one.ran.said]:
            said.append(msg("{place}: {what}", place=one.stream.ref, what=words))
        if one.error is not None:
            said.append(msg("{place}: {what}", place=one.stream.ref, what=one.error.what))
            said += [words for words in (one.error.why, one.error.next) if words is not None]
    heads = (msg("source"), msg("dataset"), msg("rows"), msg("landed"), msg("quarantined"),
             msg("read to"), msg("state"))  # fmt: skip
    errors = [one.error for one in results if one.error is not None]
    return Outcome(
        {"streams": shapes, "failed": len(errors)},
        (Table(heads, tuple(rows)),),
        tuple(dict.fromkeys(said)),
        exit=1 if errors else 0,
        passing=bool(errors) and all(map(_passes, errors)),
    )


def there(found: Sequence[There]) -> Table:
    """What a place has."""
    if found and all(one.kind == "file" for one in found):
        files = tuple((shown(one.name), "" if one.size is None else one.size) for one in found)
        return Table((msg("file"), msg("bytes")), files)
    heads = (msg("table"), msg("kind"), msg("rows, about"), msg("key"), msg("columns"))
    rows = tuple(
        (one.name, one.kind, one.rows if one.rows is not None else "", ", ".join(one.key),
         ", ".join(one.schema.names))
        for one in found
    )  # fmt: skip
    return Table(heads, rows)


def _passes(error: DoumenError) -> bool:
    """Whether a fault may be gone soon: the place is away, or another run read on meanwhile."""
    return isinstance(error, Unavailable) or error.code == "conflict.changed"


def _reasons(made: Sequence[Made]) -> list[dict[str, Any]]:
    """Why rows were set aside, over all collections of a stream; most rows first."""
    rows = Counter[tuple[str, str]]()
    for reason in (reason for one in made for reason in one.reasons):
        rows[reason.column, reason.reason] += reason.rows
    return [
        {"column": column, "reason": reason, "rows": count}
        for (column, reason), count in rows.most_common()
    ]


def described(source: Source) -> dict[str, Any]:
    """A source in JSON; of secrets the places."""
    body = kept.as_json(source)
    streams = [
        {"dataset": ref, "table": one.get("table"), "cursor": one.get("cursor"),
         "writes": one["writes"], "key": one.get("key", []), "late": one.get("late"),
         "vanished": one.get("vanished", "keep")}
        for ref, one in body["streams"].items()
    ]  # fmt: skip
    return {
        "source": source.name,
        "kind": source.kind,
        "options": body["options"],
        "secrets": body["secrets"],
        "streams": streams,
        "paused": source.paused,
    }


def streams(source: Source, positions: Sequence[Any]) -> Table:
    """The streams of a source, each with how far it is read."""
    heads = (msg("dataset"), msg("table"), msg("writes"), msg("cursor"), msg("read to"),
             msg("last read"))  # fmt: skip
    return Table(
        heads,
        tuple(
            (
                str(one.ref), one.told, one.writes.value, one.cursor or "",
                marks.shown(marks.from_json(at["mark"])) if at and at["mark"] else "",
                at["time"] if at else "",
            )
            for one, at in zip(source.streams, positions, strict=True)
        ),
    )  # fmt: skip


def last(facts: Facts, source: Source) -> str:
    """When a stream of it was last brought onward; empty: none was."""
    times = (kept.position(facts, source, one) for one in source.streams)
    return max((at["time"] for at in times if at is not None), default="")


def _merged(made: Sequence[Made]) -> dict[str, int] | None:
    """What became of the rows of all collections that met others by their key."""
    counts = [asdict(one.merged) for one in made if one.merged is not None]
    return {name: sum(one[name] for one in counts) for name in counts[0]} if counts else None


def _state(one: Result) -> Message:
    if one.error is not None:
        return msg("failed")
    return (
        msg("read on")
        if one.ran is not None and any(not m.unchanged for m in one.ran.made)
        else msg("nothing new")
    )
