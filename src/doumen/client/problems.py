"""Problem details of a service, as the errors that they were there."""

from __future__ import annotations

import httpx2

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg, plain


def raised(response: httpx2.Response) -> DoumenError:
    """The error that a response tells of; its body has been read."""
    try:
        body = response.json()
        kind, _, detail = str(body["code"]).partition(".")
        why, next = (None if body[name] is None else plain(body[name]) for name in ("why", "next"))
        what, rule = plain(body["what"]), body["rule"]
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            msg("What answers at `{host}` is no service of Doumen.", host=response.url.host),
            why=msg("It answered with status {status_code}.", status_code=response.status_code),
            next=msg("Check the address, and what stands between."),
            detail="service",
        )
    classes = {each.kind: each for each in DoumenError.__subclasses__()}
    error = classes.get(kind, DoumenError)(
        what, why=why, next=next, rule=rule, detail=detail or None
    )
    error.code = str(body["code"])
    return error


def unreachable(error: httpx2.HTTPError) -> Unavailable:
    """The service cannot be reached, or the connection broke."""
    return Unavailable(
        msg("The service cannot be reached, or stopped in the middle of an answer."),
        why=msg("{kind}.", kind=type(error).__name__),
        next=msg("Check that it runs and that the address is right, then ask again."),
        detail="connection",
    )
