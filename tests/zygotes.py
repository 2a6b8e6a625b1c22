"""One zygote for the engines of all nodes that a process of the tests opens.

To import DuckDB and Arrow costs most of a second; a node of a test needs workers of its own, not
an import of its own. Engines with a folder of their own share nothing, nor do tests/engines.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doumen.engines.sandbox import pool
from doumen.engines.sandbox.herd import Herd

_ZYGOTES: dict[tuple[str, str, int], Herd] = {}
"""Entry, folder, process → its zygote."""


class Flock:
    """Workers of one engine, forked by the zygote of all: does as `Herd` does."""

    def __init__(self, entry: str, scratch: str) -> None:
        place = (entry, scratch, os.getpid())
        found = _ZYGOTES.get(place)
        if found is not None and not found.alive:
            found.close()
            found = None
        if found is None:
            found = _ZYGOTES[place] = Herd(entry, scratch)
        self._herd = found
        self._living: set[int] = set()

    @property
    def alive(self) -> bool:
        return self._herd.alive

    @property
    def workers(self) -> int:
        return len(self._living)

    def fork(self) -> tuple[int, socket.socket]:
        number, mine = self._herd.fork()
        self._living.add(number)
        return number, mine

    def end(self, number: int) -> int | None:
        self._living.discard(number)
        return self._herd.end(number)

    def abandon(self) -> None:
        self._living.clear()

    def close(self) -> None:
        for number in tuple(self._living):
            self.end(number)


def _made(entry: str, scratch: str) -> Herd | Flock:
    return (Flock if scratch == tempfile.gettempdir() else Herd)(entry, scratch)


@contextmanager
def shared() -> Iterator[None]:
    """Engines that start meanwhile share a zygote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "Herd", _made)
        yield


def end() -> None:
    """End the zygotes of this process."""
    for (_, _, owner), herd in _ZYGOTES.items():
        if owner == os.getpid():
            herd.close()
    _ZYGOTES.clear()
