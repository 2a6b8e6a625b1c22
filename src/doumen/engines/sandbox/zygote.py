"""A process that imports the engine once and forks workers on request.

It runs with a clean environment and no files but its socket, never has a second thread, and
does nothing but fork, kill and clean up: so a fork is safe and costs a few milliseconds.
Requests on its socket: `F` + number with a descriptor (fork a worker that serves on it) and
`E` + number (end that worker; answered by its wait status). When the socket closes, all
workers and their directories go, then the zygote itself.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from doumen.engines.sandbox import confine
from doumen.engines.sandbox.frames import Channel

REQUEST = struct.Struct(">cQ")
STATUS = struct.Struct(">q")
NEVER = -1
"""Answered for a worker that was never there."""

Serve = Callable[[Channel], None]


class Zygote:
    """The workers of one parent: number → process, each with its own directory.

    Args:
        control: Requests come here.
        serve: What a worker does, given its channel.
        root: Directory for the workers' directories; removed at the end.
    """

    def __init__(self, control: socket.socket, serve: Serve, root: Path) -> None:
        self._control = control
        self._serve = serve
        self._root = root
        self._children: dict[int, int] = {}

    def run(self) -> None:
        """Serve requests until the parent is gone."""
        try:
            while request := self._next():
                command, number, descriptors = request
                if command == b"F" and descriptors:
                    self._fork(number, descriptors[0])
                elif command == b"E":
                    self._control.sendall(STATUS.pack(self._end(number)))
        finally:
            for number in tuple(self._children):
                self._end(number)
            shutil.rmtree(self._root, ignore_errors=True)

    def _next(self) -> tuple[bytes, int, list[int]] | None:
        body, descriptors = b"", []
        while len(body) < REQUEST.size:
            try:
                part, fds, _, _ = socket.recv_fds(self._control, REQUEST.size - len(body), 1)
            except OSError:
                return None
            if not part:
                return None
            body += part
            descriptors += fds
        command, number = REQUEST.unpack(body)
        return command, number, descriptors

    def _fork(self, number: int, descriptor: int) -> None:
        directory = self._root / str(number)
        directory.mkdir(mode=0o700)
        try:
            pid = os.fork()
        except OSError:
            os.close(descriptor)
            return
        if pid == 0:
            self._become(descriptor, directory)
        self._children[number] = pid
        os.close(descriptor)

    def _become(self, descriptor: int, directory: Path) -> None:
        """Be a worker, to the end of this process."""
        status = 1
        try:
            self._control.close()
            confine.process(directory)
            self._serve(Channel(socket.socket(fileno=descriptor)))
            status = 0
        finally:
            os._exit(status)

    def _end(self, number: int) -> int:
        pid = self._children.pop(number, None)
        if pid is None:
            return NEVER
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        shutil.rmtree(self._root / str(number), ignore_errors=True)
        return status
