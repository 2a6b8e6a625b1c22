"""The parent's side of a zygote: starts it, asks it for workers, ends them.

The zygote is started by an absolute interpreter with `-I` and a clean environment; asking it
does not wait for it, so that its start lies off the path.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading

from doumen.engines.sandbox.zygote import REQUEST, STATUS
from doumen.model.errors import Unavailable
from doumen.model.message import msg

_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def unavailable() -> Unavailable:
    """The error for a sandbox that cannot be had."""
    return Unavailable(
        msg("The sandbox in which queries run cannot be started."),
        why=msg("A worker process could not be made: memory, processes or files may have run out."),
        next=msg("Try again; if it persists, run `doumen doctor`."),
        detail="sandbox",
    )


class Herd:
    """One zygote and the workers it forked.

    Args:
        entry: Module whose `serve` the workers run.
        scratch: Existing folder in which workers get their directories.
    """

    def __init__(self, entry: str, scratch: str) -> None:
        mine, theirs = socket.socketpair()
        environment = _ENVIRONMENT | {k: os.environ[k] for k in _KEPT if k in os.environ}
        arguments = [str(theirs.fileno()), entry, scratch]
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-I", "-m", "doumen.engines.sandbox", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError:
                mine.close()
                raise unavailable() from None
        self._control = mine
        self._numbers = itertools.count()
        self._living: set[int] = set()
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether the zygote is there."""
        return self._process.poll() is None

    @property
    def workers(self) -> int:
        """Workers that were forked and have not been ended."""
        return len(self._living)

    def fork(self) -> tuple[int, socket.socket]:
        """Ask for a worker: its number, and the socket on which it will serve."""
        mine, theirs = socket.socketpair()
        with theirs, self._lock:
            number = next(self._numbers)
            try:
                socket.send_fds(self._control, [REQUEST.pack(b"F", number)], [theirs.fileno()])
            except OSError:
                mine.close()
                raise unavailable() from None
            self._living.add(number)
        return number, mine

    def end(self, number: int) -> int | None:
        """End a worker; its wait status, or None where it cannot be known."""
        body = b""
        with self._lock:
            self._living.discard(number)
            try:
                self._control.sendall(REQUEST.pack(b"E", number))
                while len(body) < STATUS.size:
                    part = self._control.recv(STATUS.size - len(body))
                    if not part:
                        return None
                    body += part
            except OSError:
                return None
        status: int = STATUS.unpack(body)[0]
        return status if status >= 0 else None

    def abandon(self) -> None:
        """Let go of the zygote without ending it: it belongs to another process."""
        self._control.close()

    def close(self) -> None:
        """End the zygote with all its workers, and wait for it; at once where it still starts."""
        self._control.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
