"""Work at the gate, which blocks: in a bounded number of threads, never on the event loop.

A request has its place from its first step at the gate to the last byte of its answer. When
its client hangs up, its job is ended.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import TypeVar

from starlette.types import Receive

from doumen.faces.web.outer import Gone
from doumen.faces.web.terms import Terms
from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.model.wanted import WANTED, Wanted

T = TypeVar("T")


class Attended:
    """One request at the gate, as long as its client is there."""

    def __init__(self, threads: ThreadPoolExecutor, receive: Receive) -> None:
        self._threads = threads
        self._wanted = Wanted()
        self._context = copy_context()
        self._context.run(WANTED.set, self._wanted)
        self._gone = asyncio.create_task(_hang_up(receive))

    async def do(self, step: Callable[[], T]) -> T:
        """Do one step in a thread.

        Raises:
            Gone: the client hung up meanwhile; the job is ended.
        """
        doing = asyncio.get_running_loop().run_in_executor(self._threads, self._context.run, step)
        both: set[asyncio.Future[T] | asyncio.Task[None]] = {doing, self._gone}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not doing.done():
                self._give_up()
        if not doing.done():
            with suppress(Exception):
                await doing
            raise Gone
        return doing.result()

    async def drop(self, doing: asyncio.Task[T]) -> None:
        """End a step that nobody waits for any more, and its job."""
        self._give_up()
        with suppress(Exception):
            await doing

    async def end(self) -> None:
        """Stop watching the client."""
        self._gone.cancel()
        with suppress(asyncio.CancelledError):
            await self._gone

    def _give_up(self) -> None:
        threading.Thread(target=self._wanted.end, name="doumen-give-up").start()


class Work:
    """The places at the gate.

    Args:
        terms: How many there are, and how many may wait.
        told: Hears how many jobs run and how many wait, whenever that changes.
    """

    def __init__(self, terms: Terms, told: Callable[[int, int], None] | None = None) -> None:
        self._told = told
        self._running = 0
        self._threads = ThreadPoolExecutor(terms.jobs, thread_name_prefix="doumen-job")
        self._door = ThreadPoolExecutor(2, thread_name_prefix="doumen-door")
        self._places = asyncio.Semaphore(terms.jobs)
        self._room = terms.jobs + terms.waiting
        self._inside = 0

    @asynccontextmanager
    async def attended(self, receive: Receive) -> AsyncIterator[Attended]:
        """Take a place, or wait for one.

        Raises:
            Unavailable: too many wait already.
        """
        if self._inside >= self._room:
            raise Unavailable(
                msg("The service has more to do than it can."),
                next=msg("Try again soon."),
                detail="busy",
            )
        self._count(inside=1)
        try:
            async with self._places:
                self._count(running=1)
                attended = Attended(self._threads, receive)
                try:
                    yield attended
                finally:
                    self._count(running=-1)
                    await attended.end()
        finally:
            self._count(inside=-1)

    async def at_door(self, step: Callable[[], T]) -> T:
        """Do something short, apart from the jobs: who is there, is all well."""
        return await asyncio.get_running_loop().run_in_executor(self._door, step)

    def _count(self, *, inside: int = 0, running: int = 0) -> None:
        self._inside += inside
        self._running += running
        if self._told is not None:
            self._told(self._running, self._inside - self._running)

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._door.shutdown(wait=False, cancel_futures=True)


async def _hang_up(receive: Receive) -> None:
    """Return when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
