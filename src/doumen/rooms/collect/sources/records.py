"""The reader of places that give records: new ones are written to files, and brought to the gate.

Where they come in order of the cursor (`ordered`), they land piece by piece, each with its mark.
Else all that a run finds lands in one collection, for the greatest value may come first. Without
a cursor all of it comes each time, and takes the place of what is there, or meets it by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from doumen.failpoint import passing
from doumen.gate.desk import Desk
from doumen.model.errors import Faulty, Invalid
from doumen.model.message import msg
from doumen.model.schema import Column, Schema
from doumen.model.source import Stream, Writes
from doumen.rooms.collect.connectors.interface import Mark, Records, There
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.jsontext import Bare, encoded, written
from doumen.rooms.collect.sources import marks
from doumen.rooms.collect.sources.cursors import Cursor, later
from doumen.rooms.collect.sources.lander import Lander
from doumen.rooms.collect.sources.reading import Ran, Shown
from doumen.rooms.collect.unpack import Holding, holding

PIECE = 256 << 20
"""Bytes after which a file ends, as soon as it may."""
_WISHES = Wishes(encoding="utf-8")
_EXACT = 1 << 53


def tried(opened: Records, stream: Stream) -> None:
    """As `Reader.tried`."""
    cursor = _cursor(stream, None)
    with closing(opened.read(stream.table, stream.reads, None)) as pages:
        first = next(pages, ())
    if cursor is not None:
        marks = [cursor.of(record) for record in first]
        if first and not any(mark is not None for mark in marks):
            raise _without(cursor.name)


def there(opened: Records) -> Sequence[There]:
    """As `Reader.there`."""
    return opened.there()


def shown(_: Desk, opened: Records, stream: Stream, rows: int) -> Shown:
    """As `Reader.shown`."""
    found: list[Any] = []
    with closing(opened.read(stream.table, stream.reads, None)) as pages:
        for page in pages:
            found += page
            if len(found) >= rows:
                break
    records = [one if isinstance(one, Mapping) else {"": one} for one in found[:rows]]
    names = dict.fromkeys(name for record in records for name in record)
    schema = Schema(tuple(Column(name, _type([r.get(name) for r in records])) for name in names))
    return Shown(schema, [[_plain(r.get(name)) for name in names] for r in records])


def run(lander: Lander, opened: Records) -> Ran:
    """As `Reader.run`."""
    stream = lander.stream
    begin = marks.earlier(lander.mark, stream.late)
    cursor = None if stream.writes is Writes.REPLACE else _cursor(stream, begin)
    if cursor is None:
        return _whole(lander, opened)
    if stream.reads.get("ordered"):
        return _in_order(lander, opened, cursor)
    return _at_once(lander, opened, cursor)


def _in_order(lander: Lander, opened: Records, cursor: Cursor) -> Ran:
    """Land piece by piece; a piece ends between two values of the cursor."""
    ran = Ran(lander.stream, lander.mark)
    rows = _Peeked(_marked(lander, opened, cursor))
    while rows.peek() is not None:
        with holding() as into:
            path = into.place()
            with path.open("wb") as file:
                _piece(rows, file, into, cursor)
            ran.mark = _onward(ran.mark, cursor)
            ran.made.append(
                lander.land(lander.weighed([path], into), mark=ran.mark, wishes=_WISHES)
            )
        passing("source.landed")
        lander.say(sum(one.rows_in for one in ran.made))
    return ran


def _piece(rows: _Peeked, file: IO[bytes], into: Holding, cursor: Cursor) -> None:
    """Write records until the piece is full and another value begins."""
    size, last = 0, None
    while (found := rows.peek()) is not None:
        line, mark = found
        if size >= PIECE and mark is not None and last is not None and later(mark, last):
            return
        rows.take()
        into.count(len(line))
        file.write(line)
        size += len(line)
        if mark is not None:
            last = mark
            cursor.see(mark)


def _at_once(lander: Lander, opened: Records, cursor: Cursor) -> Ran:
    """Land all that is new in one collection."""
    ran = Ran(lander.stream, lander.mark)
    with holding() as into:
        rows = _marked(lander, opened, cursor)
        paths = _written(_seen(rows, cursor), into)
        if paths:
            if cursor.mark is None:
                raise _without(cursor.name)
            ran.mark = _onward(ran.mark, cursor)
            weighed = lander.weighed(paths, into)
            if lander.stream.late is not None and lander.same(weighed, ran.mark):
                return ran
            ran.made.append(lander.land(weighed, mark=ran.mark, wishes=_WISHES))
            passing("source.landed")
    return ran


def _onward(before: Mark | None, cursor: Cursor) -> Mark | None:
    """The greatest value that was read, in this run or before it."""
    if before is None or (cursor.mark is not None and later(cursor.mark, before)):
        return cursor.mark
    return before


def _whole(lander: Lander, opened: Records) -> Ran:
    """Bring all of it at once, where it is another content than the last time."""
    ran = Ran(lander.stream)
    with holding() as into:
        paths = _written((line for line, _ in _lines(lander, opened, None)), into)
        weighed = lander.weighed(paths, into)
        digests = [one.source.sha256 for one in weighed]
        before = None if lander.state is None else lander.state["digests"]
        if not paths and before:
            raise _emptied(lander.stream)
        if paths and before != digests:
            ran.made.append(lander.land(weighed, wishes=_WISHES))
    return ran


Line = tuple[bytes, Mark | None]
"""A record as a line of NDJSON, and the value of its cursor."""


def _marked(lander: Lander, opened: Records, cursor: Cursor) -> Iterator[Line]:
    """Records that were not read before.

    Those without a value of the cursor come with the first run; what is no record always does.
    """
    ordered = bool(lander.stream.reads.get("ordered"))
    last: Mark | None = None
    for line, record in _lines(lander, opened, cursor.mark):
        mark = cursor.of(record)
        if ordered and isinstance(record, Mapping):
            if mark is None or (last is not None and later(last, mark)):
                raise _disordered(cursor.name, lander.stream)
            last = mark
        if mark is None:
            if lander.state is None or not isinstance(record, Mapping):
                yield line, None
        elif not cursor.passed(mark):
            yield line, mark


def _lines(lander: Lander, opened: Records, after: Mark | None) -> Iterator[tuple[bytes, Any]]:
    """Every record that comes, beside its line."""
    stream, rows = lander.stream, 0
    with closing(opened.read(stream.table, stream.reads, after)) as pages:
        for page in pages:
            for record in page:
                yield _line(record, stream), record
            rows += len(page)
            lander.say(rows)


def _line(record: Any, stream: Stream) -> bytes:
    try:
        return encoded(written(record)) + b"\n"
    except ValueError:
        raise Faulty(
            msg("A record of `{table}` holds what cannot be kept.", table=stream.told),
            why=msg("It is nested too deeply, or holds a value that JSON has no form for."),
            next=msg("Leave it out at the source."),
            detail="value",
        ) from None


def _seen(rows: Iterator[Line], cursor: Cursor) -> Iterator[bytes]:
    for line, mark in rows:
        if mark is not None:
            cursor.see(mark)
        yield line


def _written(lines: Iterator[bytes], into: Holding) -> list[Path]:
    """Files of lines; none where there are none."""
    paths: list[Path] = []
    held = _Peeked(lines)
    while held.peek() is not None:
        path, size = into.place(), 0
        paths.append(path)
        with path.open("wb") as file:
            while size < PIECE and (line := held.peek()) is not None:
                held.take()
                into.count(len(line))
                file.write(line)
                size += len(line)
    return paths


class _Peeked:
    """What comes, with a look at the next of it."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next: Any = None

    def peek(self) -> Any:
        """The next; None: there is none."""
        if self._next is None:
            self._next = next(self._rows, None)
        return self._next

    def take(self) -> None:
        """Go behind it."""
        self._next = None


def _cursor(stream: Stream, mark: Mark | None) -> Cursor | None:
    if stream.cursor is None:
        return None
    return Cursor(stream.cursor, mark, text=stream.reads.get("cursor_is") == "text")


def _type(values: Sequence[Any]) -> str:
    """What a preview calls the values of a member."""
    filled = [value for value in values if value is not None]
    kinds = {_kind(value) for value in filled}
    return kinds.pop() if len(kinds) == 1 else "VARCHAR" if filled else "JSON"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, Bare | int | float):
        return "DOUBLE" if set(str(value)) & set(".eEn") else "BIGINT"
    return "JSON" if isinstance(value, Mapping | list) else "VARCHAR"


def _plain(value: Any) -> Any:
    """A value as answers in JSON have it."""
    if isinstance(value, Bare):
        text = str(value)
        whole = text.lstrip("-").isdigit() and len(text) < 20
        return int(text) if whole and abs(int(text)) < _EXACT else text
    if value is None or isinstance(value, bool | int | str):
        return value
    try:
        return written(value)
    except ValueError:
        return str(value)


def _without(name: str) -> Invalid:
    return Invalid(
        msg("No record has a member `{name}` to read by.", name=name),
        next=msg("Name as `cursor` a member that grows, or leave it out."),
        detail="cursor",
    )


def _disordered(name: str, stream: Stream) -> Faulty:
    return Faulty(
        msg("`{table}` does not come in order of `{name}`.", table=stream.told, name=name),
        why=msg("A value is less than one before it, or is not there."),
        next=msg(
            "Ask for that order. What landed may lack such records: read it anew without "
            "`ordered`, into another dataset."
        ),
        detail="order",
    )


def _emptied(stream: Stream) -> Faulty:
    return Faulty(
        msg("`{table}` gives no records where it gave some before.", table=stream.told),
        why=msg("That would empty `{ref}`; what is there stays.", ref=stream.ref),
        next=msg("Look what it gives; if it is meant, leave the stream out of the source."),
        detail="empty",
    )
