"""Errors as the Dataspace Protocol tells them: the document of the route, and a status.

The code and the words are those of our errors; of one that Doumen does not know, nothing is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.faces.web import problems
from doumen.faces.web.problems import Problem
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp.catalog import CatalogError
from doumen.model.errors import (
    DoumenError,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
)
from doumen.model.message import msg

NOBODY = "urn:uuid:00000000-0000-0000-0000-000000000000"
"""The Nil UUID (RFC 9562, 5.9), for a process that the request did not name."""
_KEPT = (NotFound, Refused, OverBudget, Unavailable)
"""Errors that keep their status; one of the message or of the state is 400."""


def problem(error: Exception) -> Problem:
    """What goes wrong with a message, with its status."""
    if isinstance(error, DoumenError) and not isinstance(error, _KEPT):
        return Problem(error, dsp.WRONG_STATE)
    return problems.told(error)


def document(
    route: dsp.Route, identifiers: Mapping[str, str], message: object | None, error: DoumenError
) -> dict[str, Any]:
    """The document of an error, as the route asks for.

    Args:
        route: That failed.
        identifiers: What stands in its address.
        message: What came, as far as it could be read.
        error: What is told.
    """
    words = [str(each) for each in (error.what, error.why, error.next) if each is not None]
    told: dict[str, Any] = {"code": error.code, "reason": tuple(words)}
    if route.fails is not CatalogError:
        for name, attribute in (("providerPid", "provider_pid"), ("consumerPid", "consumer_pid")):
            named = identifiers.get(name) or getattr(message, attribute, None)
            told[attribute] = named or NOBODY
    assert route.fails is not None  # of all routes but that of versions
    return dsp.write(route.fails(**told))


def unknown() -> Problem:
    """Nobody that is known here signed the request for this node: never said which."""
    error = Refused(
        msg("The request carries no token by which a participant is known here."),
        why=msg("It is missing, malformed, expired, for another request or by somebody unknown."),
        next=msg("Sign it for this node, method, path and body; ask whoever runs this node."),
        detail="token",
    )
    return Problem(error, 401, {"WWW-Authenticate": 'Bearer realm="doumen"'})
