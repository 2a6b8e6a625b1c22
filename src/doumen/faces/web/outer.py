"""What stands around every request: its id, what went wrong as a problem, its line in the log."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doumen.faces.languages import catalogue
from doumen.faces.web import problems
from doumen.faces.web.log import Line
from doumen.faces.web.metrics import Metrics
from doumen.model.errors import INTERNAL

GUARDS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)
"""What binds a browser on every answer that says nothing of its own of it."""


class Gone(Exception):
    """The client hung up, or does not take what is sent."""


class Outer:
    """The outermost application.

    Args:
        inner: What answers.
        metrics: What counts; None: nothing is counted.
    """

    def __init__(self, inner: ASGIApp, metrics: Metrics | None = None) -> None:
        self._inner = inner
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        line = Line(scope)
        scope["state"] = {**scope.get("state", {}), "request": line.request, "line": line}
        scope["app"] = self

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                message = {**message, "headers": _guarded(message["headers"], line)}
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
            line.write()
            if self._metrics is not None:
                self._metrics.finished(line)


def _guarded(given: Iterable[tuple[bytes, bytes]], line: Line) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every answer carries; what it says itself stays."""
    own = list(given)
    names = {name.lower() for name, _ in own}
    return own + [pair for pair in (*line.headers(), *GUARDS) if pair[0] not in names]


async def _tell(error: Exception, line: Line, send: Send) -> None:
    """Tell what went wrong; where the answer has begun, it is broken off."""
    problem = problems.told(error)
    line.said["code"] = problem.error.code
    if problem.error.code == INTERNAL:
        line.failed(error)
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
