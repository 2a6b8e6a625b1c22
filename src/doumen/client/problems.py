"""Problem details of a service, as the errors that they were there."""

from __future__ import annotations

import httpx2

from doumen.model.errors import DoumenError, Unavailable, told_by
from doumen.model.message import msg


def raised(response: httpx2.Response) -> DoumenError:
    """The error that a response tells of; its body has been read."""
    try:
        return told_by(response.json())
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            msg("What answers at `{host}` is no service of Doumen.", host=response.url.host),
            why=msg("It answered with status {status_code}.", status_code=response.status_code),
            next=msg("Check the address, and what stands between."),
            detail="service",
        )


def unreachable(error: httpx2.HTTPError) -> Unavailable:
    """The service cannot be reached, or the connection broke."""
    return Unavailable(
        msg("The service cannot be reached, or stopped in the middle of an answer."),
        why=msg("{kind}.", kind=type(error).__name__),
        next=msg("Check that it runs and that the address is right, then ask again."),
        detail="connection",
    )
