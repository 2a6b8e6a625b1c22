"""What stands around every request: its id, what went wrong as a problem, one line of log.

The log names the operation, never values: no statement, no parameter, no token, no address
that is none of ours, and of an error nobody knows its kind and place, not what it says.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
import traceback
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doumen.faces.languages import catalogue, negotiated
from doumen.faces.web import problems
from doumen.faces.web.problems import Problem
from doumen.model.errors import DoumenError, OverBudget, Unavailable

LOG = logging.getLogger("doumen.access")
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Gone(Exception):
    """The client hung up, or does not take what is sent."""


class Outer:
    """The outermost application.

    Args:
        inner: What answers.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        line = _Line(scope)
        scope["state"] = {**scope.get("state", {}), "request": line.request, "line": line}
        scope["app"] = self

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                message = {**message, "headers": [*message["headers"], *line.headers()]}
            elif message["type"] == "http.response.body":
                line.bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._inner(scope, receive, sending)
        except Gone:
            line.said["ended"] = "client gone"
        except Exception as error:
            await _tell(error, line, sending)
        finally:
            LOG.info("%s", line.text())


class _Line:
    """What is known of a request for its line in the log."""

    def __init__(self, scope: Scope) -> None:
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"")
        self.request = given.decode() if _ID.fullmatch(given) else secrets.token_hex(8)
        tags = [v.decode("latin-1") for k, v in scope["headers"] if k == b"accept-language"]
        self.language = negotiated(",".join(tags))
        self.method = scope["method"] if scope["method"].isalpha() else "?"
        self.status = 0
        self.bytes = 0
        self.said: dict[str, Any] = {}
        self._since = time.monotonic()

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer carries."""
        return [
            (b"x-request-id", self.request.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]

    def text(self) -> str:
        """One line of JSON."""
        spent = round((time.monotonic() - self._since) * 1000, 1)
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": self.request,
            "method": self.method,
            "status": self.status,
            "ms": spent,
            "bytes": self.bytes,
        }
        return json.dumps({**line, **self.said})


async def _tell(error: Exception, line: _Line, send: Send) -> None:
    """Tell what went wrong; where the answer has begun, it is broken off."""
    problem = _problem(error)
    line.said["code"] = problem.error.code
    if problem.error.code == problems.INTERNAL:
        places = traceback.extract_tb(error.__traceback__)
        line.said["error"] = type(error).__name__
        line.said["at"] = [f"{place.name}:{place.lineno}" for place in places[-3:]]
    if line.status:
        line.said["ended"] = "broken off"
        return
    say = catalogue(line.language)
    body = problems.encoded(problems.body(problem.error, problem.status, line.request, say))
    headers = {
        "Content-Type": problems.MEDIA,
        "Content-Length": str(len(body)),
        "Content-Language": line.language,
        "Vary": "Accept-Language",
        **problem.headers,
    }
    coded = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": coded})
    await send({"type": "http.response.body", "body": body})


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, (OverBudget, Unavailable)):
        return Problem(error, headers={"Retry-After": "1"})
    if isinstance(error, DoumenError):
        return Problem(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        return problems.wrong_method(dict(error.headers or {}).get("Allow", ""))
    return Problem(problems.unknown(error), 500)
