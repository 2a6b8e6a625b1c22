"""An alert: who is told when a run is late, fails or drifts; what is told, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from doumen.model.message import Message
from doumen.model.source import Secret

ALERT = "alert"
"""Kind of fact: what an alert is, by its name."""

Secretly = str | Secret
"""A text that may be secret: itself, or where it is kept."""


class Kind(StrEnum):
    """What is told of."""

    FAILING = "failing"
    LATE = "late"
    DRIFTING = "drifting"


class Tls(StrEnum):
    """How a line to a mail server is made safe."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told by HTTP, as Standard Webhooks says.

    Attributes:
        url: Where it is.
        secret: Of the signature.
        headers: Further ones.
    """

    url: Secretly
    secret: Secret
    headers: Mapping[str, Secretly]


@dataclass(frozen=True, slots=True)
class Mail:
    """People who are told by mail.

    Attributes:
        user: Of the server; None: it takes mail from anybody here.
        sender: Address of the sender.
        to: Addresses.
    """

    host: str
    port: int
    tls: Tls
    user: str | None
    password: Secret | None
    sender: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert.

    Attributes:
        on: What is told.
        schedules: Of which; with `sources` both None: of all there are.
        sources: Schedules that run these, and their streams.
        late_after: Seconds after its time by which a run must have ended.
        stale_after: Seconds within which a stream must bring something new; None: it need not.
        quarantined_over: Share of the rows of a stream in a run, between 0 and 1: beyond it, what
            is set aside is told.
    """

    name: str
    way: Webhook | Mail
    on: frozenset[Kind]
    schedules: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    late_after: int = 3600
    stale_after: int | None = None
    quarantined_over: float = 0.05


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is told once, to whom an alert says.

    Attributes:
        id: The same at every try, so that what comes twice is known.
        type: Such as `failing.begun`, `late.over` or `test`.
        data: Names, counts, codes: no value of a row, and no secret.
        subject: In one line.
        lines: In sentences.
        attempt: How often it was tried.
        sent: When it was taken; None: it was not.
        given_up: When no further try was worth it.
        code: Of the error of the last try.
    """

    id: str
    alert: str
    type: str
    created: str
    data: Mapping[str, Any]
    subject: Message
    lines: tuple[Message, ...] = ()
    due: str = ""
    attempt: int = 0
    sent: str | None = None
    given_up: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong, and that an alert tells of: once as it begins, once as it ends."""

    alert: str
    kind: Kind
    subject: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a condition has come to.

    Attributes:
        holds: Whether it is there now.
        notice: Sent where that is another than it was; None: nobody is told.
    """

    condition: Condition
    holds: bool
    notice: Notice | None


class Outbox(Protocol):
    """Notices that wait to be sent; see `doumen.stores.queue.notices` for how."""

    def claim(self, now: str, until: str) -> Notice | None:
        """Take the notice that is due first, under a lease; None: none is."""
        ...

    def took(self, notice: Notice, now: str) -> None:
        """It was sent."""
        ...

    def give_up(self, notice: Notice, now: str, code: str) -> None:
        """It is not tried again."""
        ...

    def back(self, notice: Notice, due: str, code: str) -> None:
        """It could not be sent; it, and what else waits for the same alert, is tried later."""
        ...

    def hasten(self, alert: str, now: str) -> None:
        """Let what waits for an alert be tried now."""
        ...
