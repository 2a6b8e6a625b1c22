"""Whether a job is still wanted: its asker may go away while it runs.

A face that can notice this puts a `Wanted` into the context in which it asks; an engine that
can end a job early registers how. Where nobody put one, jobs run to their end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from doumen.model.errors import Unavailable
from doumen.model.message import msg


class Wanted:
    """One request that may be given up. Safe for any number of threads.

    Attributes:
        over: Whether it was given up.
    """

    def __init__(self) -> None:
        self.over = False
        self._ends: list[Callable[[], None]] = []

    def on_end(self, end: Callable[[], None]) -> None:
        """Call this when the request is given up, or now where it was already."""
        self._ends.append(end)
        if self.over:
            end()

    def end(self) -> None:
        """Give the request up."""
        self.over = True
        for end in list(self._ends):
            end()


def given_up() -> Unavailable:
    """The asker went away, so the job was ended."""
    return Unavailable(
        msg("The job was ended before it was done."),
        why=msg("Nobody waits for it any more."),
        next=msg("Ask again."),
        detail="abandoned",
    )


WANTED: ContextVar[Wanted | None] = ContextVar("doumen_wanted", default=None)
