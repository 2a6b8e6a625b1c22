"""The reader of places of tables: what was not read yet, brought to the gate piece by piece.

Each piece is a collection of its own, and how far the stream is read becomes true with it: so a
run that is killed goes on where the last piece ended, and no row lands twice.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow as pa

from doumen.failpoint import passing
from doumen.gate.desk import Desk
from doumen.kits.policy.target import folded
from doumen.model.message import msg
from doumen.model.source import Stream, Writes
from doumen.model.values import json_rows
from doumen.rooms.collect.connectors.interface import Part, Session, There
from doumen.rooms.collect.sources import marks
from doumen.rooms.collect.sources.lander import Lander
from doumen.rooms.collect.sources.pieces import Piece, Pieces
from doumen.rooms.collect.sources.reading import Ran, Shown
from doumen.rooms.collect.unpack import holding


def tried(opened: Session, stream: Stream) -> None:
    """As `Reader.tried`."""
    opened.describe(_part(stream))
    if stream.cursor is not None:
        opened.last(_part(stream))


def there(opened: Session) -> Sequence[There]:
    """As `Reader.there`."""
    return opened.tables()


def shown(desk: Desk, opened: Session, stream: Stream, rows: int) -> Shown:
    """As `Reader.shown`."""
    part = replace(_part(stream), cursor=None)
    schema = opened.describe(part)
    found: list[list[Any]] = []
    with closing(opened.read(part)) as batches:
        for batch in batches:
            found += islice(json_rows(batch, schema), rows - len(found))
            if len(found) >= rows:
                break
    return Shown(schema, found)


def run(lander: Lander, opened: Session) -> Ran:
    """As `Reader.run`."""
    stream = lander.stream
    if stream.cursor is not None and stream.writes is not Writes.REPLACE:
        return _onward(lander, opened)
    return _whole(lander, opened)


def _onward(lander: Lander, session: Session) -> Ran:
    """Bring what comes after the mark, or from a while before it, piece by piece."""
    ran = Ran(lander.stream, lander.mark)
    late = lander.stream.late
    part = replace(_part(lander.stream), after=marks.earlier(ran.mark, late))
    upto = session.last(part)
    again = lander.state is not None
    if upto is None and again:
        return ran
    cursor = _cursor(session, part)
    with (
        closing(session.read(replace(part, upto=upto))) as read,
        closing(_filled(read, cursor) if again and ran.mark is None else read) as rows,
        closing(Pieces(rows, cursor).ahead()) as pieces,
    ):
        for piece, into in pieces:
            weighed = lander.weighed([piece.path], into)
            if late is not None and not ran.made and lander.same(weighed, upto):
                break
            ran.mark = marks.later(ran.mark, piece.mark)
            ran.made.append(lander.land(weighed, mark=ran.mark))
            passing("source.landed")
            lander.say(sum(one.rows_in for one in ran.made))
    return ran


def _whole(lander: Lander, session: Session) -> Ran:
    """Bring all of it at once, where it is another content than the last time."""
    ran = Ran(lander.stream)
    part = replace(_part(lander.stream), cursor=None)
    with holding() as into, closing(session.read(part)) as rows:
        pieces = Pieces(rows, None)
        found: list[Piece] = []
        while (piece := pieces.written(into.place())) is not None:
            found.append(piece)
            lander.say(sum(one.rows for one in found))
        weighed = lander.weighed([one.path for one in found], into)
        if found and not lander.same(weighed, None):
            ran.made.append(lander.land(weighed))
        if not found and lander.state is not None:
            table = lander.stream.told
            ran.said.append(msg("`{table}` gives no row; what is there stays.", table=table))
    return ran


def _filled(rows: Iterator[pa.RecordBatch], cursor: str) -> Generator[pa.RecordBatch, None, None]:
    """Rows with a value of the cursor: those without one landed before."""
    for batch in rows:
        yield batch.filter(batch.column(cursor).is_valid())


def _part(stream: Stream) -> Part:
    return Part(stream.table, stream.query, stream.cursor)


def _cursor(session: Session, part: Part) -> str:
    """The column of the cursor as the place writes it: the document may have another case."""
    names = session.describe(part).names
    asked = str(part.cursor)
    return asked if asked in names else next(n for n in names if folded(n) == folded(asked))
