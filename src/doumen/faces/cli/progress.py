"""How far a long job is: one line on standard error, rewritten in place, gone when it is done."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TextIO

from doumen.faces.cli.terminal import clean
from doumen.faces.cli.wide import cut
from doumen.model.message import Catalogue, Message, as_written, spoken

PATIENCE = 0.7
"""Seconds before anything is shown: what ends sooner needs no progress."""
PAUSE = 0.1
"""Seconds between two drawings."""
WIDTH = 78
_ERASE = "\r\x1b[K"


class Line:
    """A `Progress` that draws itself. Use as a context manager, or call `close`."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], float] = monotonic,
        say: Catalogue = as_written,
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._say = say
        self._due = clock() + PATIENCE
        self._drawn = False

    def __call__(self, fraction: float | None, doing: Message) -> None:
        """Show the state, not more often than it can be read."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + PAUSE
        self._drawn = True
        share = "" if fraction is None else f"{min(max(fraction, 0.0), 1.0):4.0%} "
        phrase = clean(spoken(doing, self._say)).replace("\n", " ")
        self._stream.write(_ERASE + cut(f"{share}{phrase}", WIDTH))
        self._stream.flush()

    def close(self) -> None:
        """Erase the line."""
        if self._drawn:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._drawn = False

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def silent(fraction: float | None, doing: Message) -> None:
    """Progress where nobody looks."""
