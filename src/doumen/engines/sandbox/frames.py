"""Length-prefixed frames on a socket: one byte of kind, eight of length, then the payload.

Payloads are JSON or Arrow bytes, never pickles: whoever reads may distrust whoever writes.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

_HEAD = struct.Struct(">cQ")

Part = bytes | bytearray | memoryview


class Closed(Exception):
    """The other side is gone."""


class TooLarge(Exception):
    """The other side announced a frame longer than the reader takes."""


class Channel:
    """One end of a conversation in frames. Sending blocks while the other side does not read."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    def send(self, kind: bytes, *parts: Part) -> None:
        """Send one frame of one-byte kind.

        Raises:
            Closed: nobody reads any more.
        """
        length = sum(len(memoryview(part).cast("B")) for part in parts)
        try:
            self.end.settimeout(None)
            self.end.sendall(_HEAD.pack(kind, length))
            for part in parts:
                self.end.sendall(part)
        except OSError:
            raise Closed from None

    def send_json(self, kind: bytes, body: Any) -> None:
        """Send a frame that holds JSON."""
        self.send(kind, json.dumps(body).encode("ascii"))

    def receive(self, most: int, deadline: float | None = None) -> tuple[bytes, bytearray]:
        """The next frame: kind and payload.

        Args:
            most: Longest payload taken, in bytes.
            deadline: On `time.monotonic`; None waits for ever.

        Raises:
            Closed: the other side is gone.
            TooLarge: the payload is longer than `most`.
            TimeoutError: the deadline passed.
        """
        head = bytearray(_HEAD.size)
        self._fill(head, deadline)
        kind, length = _HEAD.unpack(head)
        if length > most:
            raise TooLarge
        payload = bytearray(length)
        self._fill(payload, deadline)
        return kind, payload

    def idle(self) -> bool:
        """Whether the other side is there and has said nothing."""
        try:
            self.end.settimeout(0)
            self.end.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """End the conversation."""
        self.end.close()

    def _fill(self, target: bytearray, deadline: float | None) -> None:
        view = memoryview(target)
        while view:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            try:
                self.end.settimeout(left)
                got = self.end.recv_into(view)
            except TimeoutError:
                raise
            except OSError:
                raise Closed from None
            if not got:
                raise Closed
            view = view[got:]
