"""Files of a stream that are kept whole: each is one row, by its path, whatever it holds.

They land in pieces bounded by bytes. What a piece held is true with the arrival of its files, so a
run that was killed goes on where it was. One that cannot be taken stops no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from doumen.failpoint import passing
from doumen.model.errors import Conflict, DoumenError, NotFound, Unavailable
from doumen.model.merge import Vanished
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.filed import columns
from doumen.rooms.collect.filed.packing import Piece, digest, write_gone
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.sources.arrivals import what
from doumen.rooms.collect.sources.filing import Filing, Stopped
from doumen.rooms.collect.terms import Terms, read, terms
from doumen.rooms.collect.unpack import Holding, holding


@dataclass(slots=True)
class Whole(Filing):
    """The files of one stream that are kept whole."""

    def append(self, items: Sequence[Item]) -> None:
        """As `Filing.append`."""
        bound = columns.bound_of(self._terms())
        ahead = iter(enumerate(items))
        more = True
        while more and self.goes_on:
            with holding() as into:
                more = self._piece(ahead, len(items), bound, into)
        gone = self.arrivals.known.keys() - self.listed
        if self.lander.stream.vanished is not Vanished.KEEP and self.goes_on and self.listed:
            self._miss(sorted(gone), bound)

    def _miss(self, gone: Sequence[str], bound: int) -> None:
        """Mark or remove the files that are there no more."""
        if gone:
            with holding() as into:
                piece = Piece(into.place(), bound, uuid4().hex)
                self._land_piece(piece, [], into, gone)

    def _terms(self) -> Terms:
        """The contract that they land under.

        Raises:
            Invalid: it is none of files.
        """
        stream = self.lander.stream
        found = terms(stream.ref, None, self.seen)
        if found is None:
            text = stream.contract or columns.contract(stream.ref)
            found = read(text, msg("the contract of source `{name}`", name=self.lander.source.name))
        columns.check(found, stream.ref)
        return found

    def _piece(
        self, ahead: Iterator[tuple[int, Item]], total: int, bound: int, into: Holding
    ) -> bool:
        """Fill and land one piece; whether there may be more."""
        piece = Piece(into.place(), bound, uuid4().hex)
        taken: list[tuple[Item, str]] = []
        for number, item in ahead:
            found = self._taken(piece, number, total, item, into)
            taken += [] if found is None else [(item, found)]
            if piece.full or not self.goes_on:
                break
        else:
            self._land_piece(piece, taken, into)
            return False
        self._land_piece(piece, taken, into)
        return True

    def _taken(
        self, piece: Piece, number: int, total: int, item: Item, into: Holding
    ) -> str | None:
        """Bring a file into a piece; its digest, None where it does not land."""
        path = into.place()
        try:
            self.files.bring(item, path, self._progress(number, total))
        except Conflict:
            self.account.waiting.append(item.name)
        except NotFound:
            pass
        except Unavailable as error:
            self.ended = error
        except DoumenError as error:
            self.account.failed.append((item.name, error))
        else:
            passing("source.brought")
            found = digest(path)
            known: Mapping[str, Any] = self.arrivals.known.get(item.name, {})
            if known.get("sha256") == found:
                self.arrivals.note(item, found)
                found = ""
            else:
                piece.add(item, path, found)
            path.unlink()
            return found or None
        path.unlink(missing_ok=True)
        return None

    def _progress(self, number: int, total: int) -> Any:
        def progress(fraction: float | None, doing: Message) -> None:
            told = msg("file {number:,} of {total:,}: {doing}", number=number + 1, total=total,
                       doing=doing)  # fmt: skip
            try:
                self.lander.desk.progress((number + (fraction or 0)) / total, told)
            except DoumenError as error:
                raise Stopped(error) from error

        return progress

    def _land_piece(
        self,
        piece: Piece,
        taken: Sequence[tuple[Item, str]],
        into: Holding,
        gone: Sequence[str] = (),
    ) -> None:
        """Land files, or that some are gone; true with their arrival."""
        if not taken and not gone:
            return
        piece.close()
        weighed = self.lander.weighed([piece.path], into)
        arrived: dict[str, Mapping[str, Any] | None] = dict.fromkeys(gone)
        arrived |= {item.name: what(item, found) for item, found in taken}
        vanished = columns.kept(self._terms(), self.lander.stream.vanished)
        merge = columns.merge(vanished, write_gone(into.place(), gone))
        made = self.lander.land(weighed, wishes=Wishes(), arrived=arrived, merge=merge)
        self.made.append(made)
        for name in gone:
            del self.arrivals.known[name]
        for item, found in taken:
            self.arrivals.landed(item, found, made.receipt)
        passing("source.landed")
        self.lander.say(sum(each.rows_in for each in self.made))
