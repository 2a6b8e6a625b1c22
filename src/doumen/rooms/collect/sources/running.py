"""A run: what a source has that was not read yet, brought to the gate piece by piece.

Each piece is a collection of its own, and how far the stream is read becomes true with it: so a
run that is killed goes on where the last piece ended, and no row lands twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from doumen.failpoint import passing
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.policy.target import folded
from doumen.model.answer import Made
from doumen.model.errors import Conflict
from doumen.model.load import LoadSpec, Mode
from doumen.model.message import msg
from doumen.model.source import Onward, Source, Stream, Writes, stream_key
from doumen.rooms.collect import intake, terms
from doumen.rooms.collect.connectors.interface import Mark, Part, Session
from doumen.rooms.collect.find import Weighed, weigh
from doumen.rooms.collect.sources import kept, marks
from doumen.rooms.collect.sources.pieces import Piece, Pieces
from doumen.rooms.collect.unpack import Holding, holding


@dataclass(slots=True)
class Ran:
    """What a run did with one stream.

    Attributes:
        made: The collections, in order; none: there was nothing new.
        mark: The cursor up to which it is read now; None: it has none.
    """

    stream: Stream
    mark: Mark | None
    made: list[Made] = field(default_factory=list)


def run(desk: Desk, source: Source, stream: Stream, session: Session) -> Ran:
    """Read one stream on.

    Raises:
        Conflict: it is read by another cursor than before, or another run went on meanwhile.
        DoumenError: the place fails, or what it gives does not fit; what landed before stays.
    """
    policy.may_collect(desk.actor)
    state = kept.position(desk.facts(), source, stream)
    if state is not None and state["cursor"] != stream.cursor:
        raise Conflict(
            msg("`{ref}` was read by another cursor until now.", ref=stream.ref),
            why=msg("Rows might come twice, or never."),
            next=msg("Name the cursor as before, or collect into another dataset."),
            detail="cursor",
        )
    reading = _Reading(desk, source, stream, session, state)
    return reading.append() if stream.writes is Writes.APPEND else reading.replace()


@dataclass(slots=True)
class _Reading:
    """A stream that is being read.

    Attributes:
        state: How far it is read: the body of its fact.
    """

    desk: Desk
    source: Source
    stream: Stream
    session: Session
    state: Mapping[str, Any] | None

    def append(self) -> Ran:
        """Append what comes after the mark, piece by piece."""
        before = None if self.state is None else self.state["mark"]
        ran = Ran(self.stream, None if before is None else marks.from_json(before))
        part = Part(self.stream.table, self.stream.query, self.stream.cursor, after=ran.mark)
        upto = self.session.last(part)
        if upto is None and ran.mark is not None:
            return ran
        cursor = self._cursor(part)
        with closing(self.session.read(replace(part, upto=upto))) as rows:
            pieces = Pieces(rows, cursor)
            while True:
                with holding() as into:
                    piece = pieces.written(into.place())
                    if piece is None:
                        return ran
                    ran.mark = ran.mark if piece.mark is None else piece.mark
                    ran.made.append(self._landed(self._weighed([piece], into), ran.mark))
                passing("source.landed")
                self._say(sum(one.rows_in for one in ran.made))

    def replace(self) -> Ran:
        """Put all of it in the place of what is there, where it is another content."""
        ran = Ran(self.stream, None)
        part = Part(self.stream.table, self.stream.query)
        with holding() as into, closing(self.session.read(part)) as rows:
            pieces = Pieces(rows, None)
            found: list[Piece] = []
            while (piece := pieces.written(into.place())) is not None:
                found.append(piece)
                self._say(sum(one.rows for one in found))
            weighed = self._weighed(found, into)
            digests = [one.source.sha256 for one in weighed]
            if found and (self.state is None or self.state["digests"] != digests):
                ran.made.append(self._landed(weighed, None))
        return ran

    def _cursor(self, part: Part) -> str:
        """The column of the cursor as the place writes it: the document may have another case."""
        names = self.session.describe(part).names
        asked = str(part.cursor)
        return asked if asked in names else next(n for n in names if folded(n) == folded(asked))

    def _say(self, rows: int) -> None:
        words = msg("{rows:,} rows of `{table}`", rows=rows, table=self.stream.told)
        self.desk.progress(None, words)

    def _weighed(self, pieces: Sequence[Piece], into: Holding) -> tuple[Weighed, ...]:
        """The files, under the name by which ledger and quarantine call them."""
        name = f"{self.source.name}: {self.stream.told}"
        found = weigh([piece.path for piece in pieces], lambda share, doing: None, into)
        return tuple(replace(one, source=replace(one.source, name=name)) for one in found)

    def _landed(self, weighed: Sequence[Weighed], mark: Mark | None) -> Made:
        """One collection, under the contract in force, else the stream's, else an inferred one."""
        source, stream = self.source, self.stream
        held = terms.terms(stream.ref, None, self.desk.facts())
        if held is None and stream.contract is not None:
            origin = msg("the contract of source `{name}`", name=source.name)
            held = terms.read(stream.contract, origin)
        request = intake.Request(source.name, stream.ref, accept_extra=stream.accept_extra)
        fitted = intake.fit(self.desk, request, held, weighed)
        spec = LoadSpec(fitted.files, fitted.reading, fitted.columns)
        mode = Mode.APPEND if stream.writes is Writes.APPEND else Mode.REPLACE
        then = {
            "cursor": stream.cursor,
            "mark": None if mark is None else marks.as_json(mark),
            "digests": [one.source.sha256 for one in weighed],
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        onward = Onward(stream_key(source.name, stream.ref), self.state, then)
        made = self.desk.collect(stream.ref, spec, mode, fitted.text, onward)
        self.state = then
        return made
