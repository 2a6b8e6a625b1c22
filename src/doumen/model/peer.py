"""The node of another participant, as the gate reaches it: a request out, an answer back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """A request to another node.

    Attributes:
        address: Whole address; judged before it is connected to, and never redirected.
        headers: By name in lower case.
        body: None with a GET.
    """

    method: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole.

    Attributes:
        headers: By name in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Streamed:
    """What comes back, piece by piece."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a participant answered to a signed request.

    Attributes:
        token: Of the request.
        reply: Of the answer, verified; None: it is not signed.
    """

    status: int
    body: bytes
    token: str
    reply: str | None


class Peers(Protocol):
    """How other nodes are reached. Safe for any number of threads."""

    def call(self, call: Call, most: int) -> Reply:
        """Send a request, and take an answer of at most `most` bytes.

        Raises:
            Refused: the address leads where it may not. Invalid: it is none.
            Unavailable: nobody answers, its certificate does not hold, or the answer breaks off.
            Faulty: the answer is longer than it may be, or no HTTP.
        """
        ...

    def stream(self, call: Call) -> AbstractContextManager[Streamed]:
        """Send a request, and take the answer as it comes; raises as `call` does."""
        ...
