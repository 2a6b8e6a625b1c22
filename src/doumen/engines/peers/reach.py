"""Requests to other nodes, within bounds of time and size; lines are kept for the next one.

Nothing is sent twice: a line that was closed meanwhile is noticed before it is used, and what
breaks later is told. Redirects are answers like any other, and not followed.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from doumen.engines.peers.connect import Line, connect, trusting, unanswered
from doumen.kits.standards.dsp import Endpoint, Reach, callback
from doumen.model.errors import DoumenError, Faulty, Invalid
from doumen.model.message import Message, msg
from doumen.model.peer import Call, Reply, Streamed
from doumen.model.wanted import WANTED, given_up

WHOLE = 60.0
"""Longest time of a request whose answer comes whole, in seconds."""
SILENCE = 30.0
"""Longest wait for its next bytes."""
WORK = 600.0
"""Longest wait for the next bytes of an answer that is worked on while it comes."""
IDLE = 3.0
"""Longest time that a line is kept without use: less than the other side keeps it (uvicorn: 5)."""
KEPT = 8
"""Lines that are kept to one host."""
PIECE = 1 << 18
_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)+")
_SPLIT = re.compile(r"(https?://[^/?#]*)(/.*)", re.DOTALL)


class Reachable:
    """Implements `doumen.model.peer.Peers`.

    Args:
        reach: Where addresses may lead.
        authorities: File (PEM) of certificates trusted beside those of the system.
    """

    def __init__(self, reach: Reach, authorities: Path | None = None) -> None:
        self._reach = reach
        self._authorities = authorities
        self._lock = threading.Lock()
        self._idle: dict[str, list[Line]] = {}

    def call(self, call: Call, most: int) -> Reply:
        """Send a request, and take an answer of at most `most` bytes."""
        with self._exchange(call, SILENCE, WHOLE) as exchange:
            body = bytearray()
            for piece in exchange.pieces():
                body += piece
                if len(body) > most:
                    raise _faulty(
                        exchange.place, msg("It answers with more than {most} bytes.", most=most)
                    )
            return Reply(exchange.status, exchange.headers, bytes(body))

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        """Send a request, and take the answer as it comes."""
        with self._exchange(call, WORK, float("inf")) as exchange:
            yield Streamed(exchange.status, exchange.headers, exchange.pieces())

    def close(self) -> None:
        """End all lines that are kept."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for line in (line for lines in idle.values() for line in lines):
            line.close()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return trusting(self._authorities)

    @contextmanager
    def _exchange(self, call: Call, silence: float, whole: float) -> Iterator[_Exchange]:
        """A request that was sent, and the head of its answer."""
        place, path = _parsed(call.address, self._reach)
        line = self._taken(place) or connect(place, self._reach, self._context)
        exchange = _Exchange(place, line)
        try:
            line.begin(silence, whole)
            exchange.ask(call, path)
            yield exchange
        except BaseException:
            exchange.over()
            line.close()
            raise
        exchange.over()
        if exchange.reusable:
            self._keep(place, line)
        else:
            line.close()

    def _taken(self, place: Endpoint) -> Line | None:
        """A line that was kept, if one is still open."""
        while True:
            with self._lock:
                idle = self._idle.get(place.origin, [])
                if not idle:
                    self._idle.pop(place.origin, None)
                    return None
                line = idle.pop()
            if line.usable(IDLE):
                return line
            line.close()

    def _keep(self, place: Endpoint, line: Line) -> None:
        line.rest()
        with self._lock:
            idle = self._idle.setdefault(place.origin, [])
            idle.append(line)
            dropped = idle.pop(0) if len(idle) > KEPT else None
        if dropped is not None:
            dropped.close()


class _Exchange:
    """One request on a line, and its answer.

    Attributes:
        reusable: Whether the line is free for another, once the answer was taken whole.
    """

    def __init__(self, place: Endpoint, line: Line) -> None:
        self.place = place
        self.reusable = False
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._line: Line | None = line
        self._http = line.http
        self._lock = threading.Lock()
        self._wanted = WANTED.get()
        if self._wanted is not None:
            self._wanted.on_end(self._cut)

    def ask(self, call: Call, path: str) -> None:
        """Send the request, and read the head of the answer."""
        asked = {"User-Agent": "doumen", "Accept-Encoding": "identity", **call.headers}
        with self._told():
            self._http.request(call.method, path, call.body, asked)
            answer = self._answer = self._http.getresponse()
        self.status = answer.status
        self.headers = _headers(answer)
        if self.headers.get("content-encoding", "identity") != "identity":
            raise _faulty(self.place, msg("It packs its answer, unasked."))
        if answer.length is None and not answer.chunked:
            raise _faulty(self.place, msg("It does not say where its answer ends."))

    def pieces(self) -> Iterator[bytes]:
        """The body, as it comes.

        Raises:
            Unavailable: it breaks off. Faulty: it is no HTTP.
        """
        answer, left = self._answer, self._answer.length
        while left is None or left:
            with self._told():
                piece = answer.read1(PIECE if left is None else min(PIECE, left))
            if not piece and left is None:
                break
            if not piece:
                raise self._broken()
            left = None if left is None else left - len(piece)
            yield piece
        answer.close()
        self.reusable = not answer.will_close

    def over(self) -> None:
        """Leave the line to others."""
        with self._lock:
            self._line = None

    def _cut(self) -> None:
        with self._lock:
            if self._line is not None:
                self._line.cut()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what goes wrong in a step on the line."""
        try:
            yield
        except (OSError, http.client.IncompleteRead) as error:
            raise self._broken() from error
        except (http.client.HTTPException, ValueError) as error:
            raise _faulty(self.place, msg("It does not answer as HTTP asks for.")) from error

    def _broken(self) -> DoumenError:
        if self._wanted is not None and self._wanted.over:
            return given_up()
        return unanswered(self.place, msg("Its answer did not come, or broke off."))


def _parsed(address: str, reach: Reach) -> tuple[Endpoint, str]:
    """The host of an address, judged as it is written, and the path on it."""
    found = _SPLIT.fullmatch(address)
    if found is None or not _PATH.fullmatch(found[2]):
        raise Invalid(
            msg("The address of the request cannot be called."),
            why=msg("It must be written like `https://connector.example.org/dsp/catalog/request`."),
            detail="peer-address",
        )
    return callback(found[1], reach), found[2]


def _headers(answer: http.client.HTTPResponse) -> Mapping[str, str]:
    """By name in lower case; what is given twice is joined."""
    given: dict[str, str] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        given[key] = f"{given[key]}, {value}" if key in given else value
    return given


def _faulty(place: Endpoint, why: Message) -> DoumenError:
    return Faulty(
        msg("The node at `{origin}` does not answer as it should.", origin=place.origin),
        why=why,
        next=msg("Tell whoever runs it."),
        detail="peer",
    )
