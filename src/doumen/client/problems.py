"""Problem details of a service, as the errors that they were there."""

from __future__ import annotations

import httpx2

from doumen.model.errors import DoumenError, Unavailable


def raised(response: httpx2.Response) -> DoumenError:
    """The error that a response tells of; its body has been read."""
    try:
        body = response.json()
        kind, _, detail = str(body["code"]).partition(".")
        said = {name: body[name] for name in ("why", "next", "rule")}
        what = str(body["what"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            f"What answers at `{response.url.host}` is no service of Doumen.",
            why=f"It answered with status {response.status_code}.",
            next="Check the address, and what stands between.",
            detail="service",
        )
    classes = {each.kind: each for each in DoumenError.__subclasses__()}
    error = classes.get(kind, DoumenError)(what, detail=detail or None, **said)
    error.code = str(body["code"])
    return error


def unreachable(error: httpx2.HTTPError) -> Unavailable:
    """The service cannot be reached, or the connection broke."""
    return Unavailable(
        "The service cannot be reached, or stopped in the middle of an answer.",
        why=f"{type(error).__name__}.",
        next="Check that it runs and that the address is right, then ask again.",
        detail="connection",
    )
