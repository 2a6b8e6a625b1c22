"""A request that does not wait for what it asks for: `Prefer: respond-async` (RFC 7240).

What is queued is answered with 202 and the address of the job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import Scope, Send

from doumen.faces.web import problems
from doumen.faces.web.work import Attended
from doumen.model.operation import Operation
from doumen.rooms.protect.tokens import Bearer
from doumen.session import Session

PREFER = "prefer"
WISH = "respond-async"


def wished(scope: Scope) -> bool:
    """Whether the client prefers not to wait."""
    given = b",".join(v for k, v in scope["headers"] if k == PREFER.encode())
    return WISH in (wish.strip().lower() for wish in given.decode("latin-1").split(","))


async def queue(
    attended: Attended,
    session: Callable[[], Session],
    operation: Operation,
    values: Mapping[str, Any],
    *,
    bearer: Bearer,
    send: Send,
) -> None:
    """Queue an operation, and tell the job.

    Raises:
        Invalid: it is not one that is queued.
        OverBudget: too many jobs wait already.
    """
    outcome = await attended.do(lambda: session().submit(operation, token=bearer.token, **values))
    body = problems.encoded(outcome.json)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"preference-applied", WISH.encode()),
        (b"location", f"/v1/job/show?job={outcome.json['job']}".encode()),
    ]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": body})
