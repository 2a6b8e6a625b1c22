"""A stream being read: files of its rows go to the gate, and its state goes on with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.answer import Made
from doumen.model.errors import Conflict
from doumen.model.load import LoadSpec
from doumen.model.merge import Merge
from doumen.model.message import Message, msg
from doumen.model.source import Onward, Source, Stream, stream_key
from doumen.rooms.collect import intake, terms
from doumen.rooms.collect.connectors.interface import Mark
from doumen.rooms.collect.find import Weighed, weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.sources import kept, marks
from doumen.rooms.collect.unpack import Holding


@dataclass(slots=True)
class Lander:
    """One stream on its way to the gate.

    Attributes:
        state: How far it is read: the body of its fact; None: it never was.
    """

    desk: Desk
    source: Source
    stream: Stream
    state: Mapping[str, Any] | None

    @classmethod
    def of(cls, desk: Desk, source: Source, stream: Stream) -> Lander:
        """A stream as far as it is read now.

        Raises:
            Conflict: it was read by another cursor than now.
        """
        state = kept.position(desk.facts(), source, stream)
        if state is not None and state["cursor"] != stream.cursor:
            raise Conflict(
                msg("`{ref}` was read by another cursor until now.", ref=stream.ref),
                why=msg("Rows might come twice, or never."),
                next=msg("Name the cursor as before, or collect into another dataset."),
                detail="cursor",
            )
        return cls(desk, source, stream, state)

    @property
    def key(self) -> str:
        """The key of the fact of its state."""
        return stream_key(self.source.name, self.stream.ref)

    @property
    def mark(self) -> Mark | None:
        """The cursor up to which it is read; None: it has none, or was never read."""
        before = None if self.state is None else self.state["mark"]
        return None if before is None else marks.from_json(before)

    def same(self, weighed: Sequence[Weighed], mark: Mark | None) -> bool:
        """Whether it is what the last collection of the stream was, up to the same mark."""
        digests = [one.source.sha256 for one in weighed]
        return self.state is not None and self.state["digests"] == digests and self.mark == mark

    def say(self, rows: int) -> None:
        """Tell how many rows came so far."""
        words = msg("{rows:,} rows of `{table}`", rows=rows, table=self.stream.told)
        self.desk.progress(None, words)

    def weighed(
        self, paths: Sequence[Path], into: Holding, name: str | None = None
    ) -> tuple[Weighed, ...]:
        """Files of rows, under the name by which ledger and quarantine call them.

        Args:
            paths: The files.
            into: Where what is packed is unpacked.
            name: What they are called behind the name of the source; None: as the stream is.
        """
        called = f"{self.source.name}: {name or self.stream.told}"
        found = weigh(paths, lambda share, doing: None, into)
        return tuple(replace(one, source=replace(one.source, name=called)) for one in found)

    def land(
        self,
        weighed: Sequence[Weighed],
        *,
        mark: Mark | None = None,
        wishes: Wishes | None = None,
        arrived: Mapping[str, Mapping[str, Any] | None] | None = None,
        merge: Merge | None = None,
    ) -> Made:
        """One collection, under the contract in force, else the stream's, else an inferred one.

        Args:
            weighed: Files that are read alike.
            mark: The cursor up to which the stream is read with them.
            wishes: How they are to be read; None: as they look.
            arrived: Files of the place that they are: name → what is to be known of it; None: it
                is there no more.
            merge: How rows meet those that are there; None: as the stream says.

        Raises:
            DoumenError: they do not fit, or another run went on meanwhile; nothing is kept.
        """
        source, stream = self.source, self.stream
        held = terms.terms(stream.ref, None, self.desk.facts())
        if held is None and stream.contract is not None:
            held = terms.read(stream.contract, self._origin())
        request = intake.Request(
            source.name,
            stream.ref,
            wishes=wishes or Wishes(),
            accept_extra=stream.accept_extra,
            merge=merge or stream.merge,
        )
        fitted = intake.fit(self.desk, request, held, weighed)
        spec = LoadSpec(fitted.files, fitted.reading, fitted.columns, fitted.drift)
        then = {
            "cursor": stream.cursor,
            "mark": None if mark is None else marks.as_json(mark),
            "digests": [one.source.sha256 for one in weighed],
            "writes": stream.writes.value,
            "reads": dict(stream.reads),
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        onward = Onward(self.key, self.state, then, arrived or {})
        made = self.desk.collect(
            stream.ref,
            spec,
            stream.writes.mode,
            fitted.text,
            onward=onward,
            merge=fitted.merge,
        )
        if not made.unchanged:
            self.state = then
        return made

    def _origin(self) -> Message:
        return msg("the contract of source `{name}`", name=self.source.name)
