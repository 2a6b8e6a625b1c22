"""The one tree of errors: what happened, why, and what to do next.

DoumenError
├── Invalid       the request or a document is malformed            exit 2  HTTP 400
├── Refused       a rule or the allow-list forbids it               exit 3  HTTP 403
├── NotFound      it does not exist, or the actor may not know it   exit 3  HTTP 404
├── Conflict      the state changed, or the name is taken           exit 1  HTTP 409
├── Faulty        a check found faults in data or documents         exit 1  HTTP 422
├── OverBudget    a balance, quota, memory, time or size ran out    exit 3  HTTP 429
├── Unavailable   a store, an engine or a file cannot be reached    exit 4  HTTP 503
└── Tampered      evidence does not hold                            exit 5  HTTP 409

Rules: a message names the thing, the value received and the values allowed; it never
carries a row value. `code` is stable and dotted; its first part names the class.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import ClassVar

from doumen.model.message import Message, msg, plain

INTERNAL = "internal"
"""Code of an error that Doumen does not know."""


class DoumenError(Exception):
    """Base of every error that Doumen raises on purpose.

    Args:
        what: One sentence: what happened, to what.
        why: The cause, when it is not plain from `what`.
        next: The next step, if possible a command.
        rule: Id of the rule that decided, if one did.
        detail: Second part of the code, such as `construct` in `refused.construct`.
    """

    kind: ClassVar[str] = "error"
    exit: ClassVar[int] = 1
    http: ClassVar[int] = 500

    def __init__(
        self,
        what: Message,
        *,
        why: Message | None = None,
        next: Message | None = None,
        rule: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next = next
        self.rule = rule
        self.code = f"{self.kind}.{detail}" if detail else self.kind

    def as_json(self) -> dict[str, str | None]:
        """The frozen JSON shape of a failure: code, what, why, next, rule."""
        return {
            "code": self.code,
            "what": self.what,
            "why": self.why,
            "next": self.next,
            "rule": self.rule,
        }


def unexpected(error: BaseException, next: Message) -> DoumenError:
    """What is told of an error that Doumen does not know: its kind, and nothing that it says.

    That a disk is full is known, wherever it shows.
    """
    if is_full(error):
        return no_room()
    told = DoumenError(
        msg("Something went wrong inside Doumen."),
        why=msg("An error that it does not know: {kind}.", kind=type(error).__name__),
        next=next,
    )
    told.code = INTERNAL
    return told


def told_by(body: Mapping[str, object], fallen: type[DoumenError] | None = None) -> DoumenError:
    """The error that another node tells of, from the JSON shape of a failure.

    Args:
        body: As it came; nothing of it is trusted but to be shown.
        fallen: The class where its own is not known here.

    Raises:
        KeyError, TypeError: it does not have that shape.
    """
    code, what = body["code"], body["what"]
    why, next, rule = (body[name] for name in ("why", "next", "rule"))
    if not isinstance(code, str) or not isinstance(what, str):
        raise TypeError
    if not all(text is None or isinstance(text, str) for text in (why, next, rule)):
        raise TypeError
    kind, _, detail = code.partition(".")
    classes = {each.kind: each for each in DoumenError.__subclasses__()}
    error = classes.get(kind, fallen or DoumenError)(
        plain(what),
        why=None if why is None else plain(str(why)),
        next=None if next is None else plain(str(next)),
        rule=None if rule is None else str(rule),
        detail=detail or None,
    )
    error.code = code
    return error


class Invalid(DoumenError):
    """The request, an option, a name or a document is malformed."""

    kind = "invalid"
    exit = 2
    http = 400


class Refused(DoumenError):
    """A rule, a role or the allow-list of the gate forbids it."""

    kind = "refused"
    exit = 3
    http = 403


class NotFound(DoumenError):
    """It does not exist, or the actor may not know that it does: both answer alike."""

    kind = "not-found"
    exit = 3
    http = 404


class Conflict(DoumenError):
    """The state is not the one the request was made for, or the name is taken."""

    kind = "conflict"
    exit = 1
    http = 409


class Faulty(DoumenError):
    """A check found faults in data or in a document: a query failed on a visible value."""

    kind = "faulty"
    exit = 1
    http = 422


class OverBudget(DoumenError):
    """A balance, a quota, or a limit of memory, time or size is exhausted."""

    kind = "over-budget"
    exit = 3
    http = 429


class Unavailable(DoumenError):
    """A store, an engine or a file cannot be reached now."""

    kind = "unavailable"
    exit = 4
    http = 503


class Tampered(DoumenError):
    """Evidence does not hold: a signature, a proof or a digest is wrong."""

    kind = "tampered"
    exit = 5
    http = 409


FULL = (errno.ENOSPC, errno.EDQUOT)
"""Numbers by which the system says that a disk, or one's share of it, is full."""


def is_full(error: BaseException) -> bool:
    """Whether the system says that a disk, or one's share of it, is full."""
    return isinstance(error, OSError) and error.errno in FULL


def no_room() -> Unavailable:
    """The error for a disk that is full."""
    return Unavailable(
        msg("The disk is full."),
        next=msg("Make room on it, then try again."),
        detail="disk",
    )
