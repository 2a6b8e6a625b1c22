"""Errors as problem details (RFC 9457): the fields of the standard, and ours beside them.

A problem tells what the command line would tell, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from doumen.model.errors import (
    INTERNAL,
    Conflict,
    DoumenError,
    Invalid,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
    unexpected,
)
from doumen.model.message import Catalogue, Message, as_written, msg, spoken

MEDIA = "application/problem+json"
TITLES: Mapping[str, Message] = {
    "invalid": msg("The request is malformed"),
    "refused": msg("A rule or a role forbids it"),
    "not-found": msg("There is no such thing"),
    "conflict": msg("The state is another"),
    "faulty": msg("Faults were found"),
    "over-budget": msg("A limit is reached"),
    "unavailable": msg("Not available now"),
    "tampered": msg("Evidence does not hold"),
    INTERNAL: msg("Something went wrong inside Doumen"),
}


class Problem(Exception):
    """An error with what only HTTP knows of: another status, or headers.

    Args:
        error: What it tells.
        status: Of the answer.
        headers: Further headers.
    """

    def __init__(
        self,
        error: DoumenError,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error.what)
        self.error = error
        self.status = status or error.http
        self.headers = dict(headers or {})


def told(error: Exception) -> Problem:
    """What is told of an error, with its status; of one that Doumen does not know, nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, (OverBudget, Unavailable)):
        return Problem(error, headers={"Retry-After": "1"})
    if isinstance(error, DoumenError):
        return Problem(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        return wrong_method(dict(error.headers or {}).get("Allow", ""))
    return Problem(unknown(error), 500)


def body(
    error: DoumenError, status: int, request: str, say: Catalogue = as_written
) -> dict[str, Any]:
    """The members of a problem; what is for people is in the language of a catalogue."""
    kind = error.code.partition(".")[0]
    members = {
        "type": f"/v1/problems/{kind}",
        "title": TITLES[kind],
        "status": status,
        "detail": error.what,
        "instance": f"urn:doumen:request:{request}",
        **error.as_json(),
    }
    return {name: spoken(member, say) for name, member in members.items()}


def encoded(value: Mapping[str, Any]) -> bytes:
    """JSON; half of a surrogate pair, which UTF-8 has no form for, as JSON's own escape."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def unknown(error: BaseException) -> DoumenError:
    """What is told of an error that Doumen does not know."""
    return unexpected(error, msg("Report it with the id of the request."))


def unauthenticated() -> Problem:
    """No token, or one that lets nobody in: never said which."""
    error = Refused(
        msg("The request carries no token that lets anyone in."),
        why=msg("It is missing, malformed, unknown, revoked or expired."),
        next=msg("Send `Authorization: Bearer TOKEN`; `doumen token add` makes one."),
        detail="token",
    )
    return Problem(error, 401, {"WWW-Authenticate": 'Bearer realm="doumen"'})


def too_large(most: int) -> Problem:
    """The body is longer than it may be."""
    error = OverBudget(
        msg("The body of the request is larger than {most:,} bytes.", most=most),
        next=msg("Send less, or raise the limit: `doumen serve --upload-mib`."),
        detail="body",
    )
    return Problem(error, 413, {"Connection": "close"})


def too_slow(seconds: float) -> Problem:
    """The body did not come."""
    error = Conflict(
        msg("No more of the body came for {seconds:g} seconds.", seconds=seconds),
        next=msg("Send it again."),
        detail="slow",
    )
    return Problem(error, 408, {"Connection": "close"})


def no_route() -> Problem:
    """No operation has this address."""
    return Problem(
        NotFound(
            msg("There is nothing at this address."),
            next=msg("GET /v1/openapi.json lists every address."),
            detail="route",
        )
    )


def wrong_method(allowed: str) -> Problem:
    """The address is right, the method is not."""
    error = Invalid(
        msg("This address is not used with this method."),
        why=msg("It takes {allowed}.", allowed=allowed),
        detail="method",
    )
    return Problem(error, 405, {"Allow": allowed})


def wrong_media(why: Message, status: int) -> Problem:
    """A form that was sent (415) or asked for (406) is none of those that there are."""
    error = Invalid(
        msg("The form of the message is not one of those taken."), why=why, detail="media"
    )
    return Problem(error, status)
