"""What stands around every request: its id, what went wrong as a problem, its line in the log."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doumen.faces.languages import catalogue
from doumen.faces.web import problems
from doumen.faces.web.log import Line
from doumen.faces.web.metrics import Metrics
from doumen.faces.web.problems import Problem
from doumen.model.errors import INTERNAL, DoumenError, OverBudget, Unavailable


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
            line.write()
            if self._metrics is not None:
                self._metrics.finished(line)


async def _tell(error: Exception, line: Line, send: Send) -> None:
    """Tell what went wrong; where the answer has begun, it is broken off."""
    problem = _problem(error)
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
