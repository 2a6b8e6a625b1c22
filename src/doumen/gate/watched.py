"""Answers over attached files: none is given to its end unless the files stayed what they were.

The files are looked at before the engine opens them and after it has read them. What goes wrong
in between is told as a change of the files where they did change: an error that changed content
made is no error of the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa

from doumen.gate.stages import Planned
from doumen.model.errors import DoumenError
from doumen.model.plan import QueryPlan, Stream
from doumen.model.ref import Ref
from doumen.model.snapshot import Snapshot
from doumen.stores.attached import Attached, Look


class Watch:
    """The attached files of one question, as they were when it was begun.

    Raises:
        Conflict: one is not the content that was attached. Unavailable: one is not there.
    """

    def __init__(self, planned: Planned, attached: Attached) -> None:
        known = planned.ruled.known
        self._attached = attached
        self._names = known.actor.governs
        self._looks: dict[Ref, tuple[Snapshot, tuple[Look, ...]]] = {
            ref: (snapshot, attached.check(snapshot, names=self._names))
            for ref, snapshot in sorted(known.snapshots.items())
            if snapshot.form is not None
        }

    def stamped(self, plan: QueryPlan) -> QueryPlan:
        """The plan, so that an engine keeps nothing of a file beyond what it is now."""
        tables = tuple(
            replace(table, stamps=tuple(look.stamp for look in self._looks[table.ref][1]))
            if table.ref in self._looks
            else table
            for table in plan.tables
        )
        return replace(plan, tables=tables)

    @property
    def idle(self) -> bool:
        """Whether the question is of no attached file."""
        return not self._looks

    def end(self) -> None:
        """Look again.

        Raises:
            Conflict: a file was changed or touched. Unavailable: one is gone.
        """
        for snapshot, looks in self._looks.values():
            self._attached.unmoved(snapshot, looks, names=self._names)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While the engine reads: what fails then is looked into."""
        try:
            yield
        except DoumenError:
            self.end()
            raise


class WatchedStream:
    """A stream that ends well only where the files did not change."""

    def __init__(self, stream: Stream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch
        self.schema = stream.schema
        self.arrow = stream.arrow
        self.trailer = stream.trailer

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        with self._watch.reading():
            yield from self._stream
        self._watch.end()

    def close(self) -> None:
        """End the job early."""
        self._stream.close()
