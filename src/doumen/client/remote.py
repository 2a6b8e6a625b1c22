"""Operations asked of a service: parameters out, an outcome or the error of the node back."""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from doumen.client.answer import RemoteAnswer
from doumen.client.problems import raised, unreachable
from doumen.model.answer import ARROW_STREAM
from doumen.model.errors import Invalid, Refused
from doumen.model.message import msg, plain, verbatim
from doumen.model.operation import Operation, Outcome, Param
from doumen.model.plan import Scalar
from doumen.model.queued import OVER, not_queued
from doumen.operations import find

PAUSE = 0.5
"""Seconds between two looks at a job that is waited for."""
CONNECT = 10.0
"""Seconds to wait for a connection."""


class Remote:
    """One actor, whom a token names, and one purpose, at a node elsewhere.

    Args:
        url: Address of the service, such as `https://data.example.org:8470`.
        token: A token of that node.
        purpose: What for, from the purposes assigned to the actor.
        ca: Certificate authorities (PEM) to trust in place of those of the system.
        timeout: Seconds to wait for the next piece of an answer.
        lang: Language of errors, such as `zh`; None: English.

    Example:
        >>> with doumen.connect(url, token, purpose="research") as node:    # doctest: +SKIP
        ...     node.query("select count(*) from transport.flights").rows()
        [(336776,)]
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        purpose: str | None = None,
        ca: Path | str | None = None,
        timeout: float = 600.0,
        lang: str | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if purpose is not None:
            headers["Doumen-Purpose"] = purpose
        if lang is not None:
            headers["Accept-Language"] = lang
        self._http = httpx2.Client(
            base_url=url,
            headers=httpx2.Headers(headers, encoding="utf-8"),
            timeout=httpx2.Timeout(timeout, connect=CONNECT),
            verify=True if ca is None else ssl.create_default_context(cafile=str(ca)),
        )

    def query(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> RemoteAnswer:
        """Ask; the answer gives `.arrow()`, `.df()`, `.rows()`, `.batches()` and `.receipt`.

        `as_of` reads datasets as they were at a moment (UTC, where it names no zone), or one of
        them at a version.
        """
        body: dict[str, Any] = {"sql": sql, "param": [_sendable(value) for value in parameters]}
        if agreement is not None:
            body["agreement"] = [agreement] if isinstance(agreement, str) else list(agreement)
        if as_of is not None:
            body["as_of"] = as_of.isoformat() if isinstance(as_of, datetime) else str(as_of)
        request = self._http.build_request(
            "POST", "/v1/query", json=body, headers={"Accept": ARROW_STREAM}
        )
        return RemoteAnswer(self._sent(request))

    def do(self, operation: Operation | str, /, **params: Any) -> Outcome:
        """Run an operation, by itself or by its words: `do("contract show", dataset="a.b")`.

        Files (`do("collect", path="flights.csv", …)`) are read here and sent.

        Raises:
            Refused: it can only be done on the machine of the node.
        """
        found = find(tuple(operation.split())) if isinstance(operation, str) else operation
        return self._done(found, params, {})

    def _done(
        self, operation: Operation, params: dict[str, Any], headers: dict[str, str]
    ) -> Outcome:
        """What an operation gives at the node."""
        words = " ".join(operation.name)
        if operation.local is not None:
            raise Refused(
                msg("`{words}` is done on the machine of the node only.", words=words),
                why=verbatim(operation.local),
                next=plain(f"doumen {words}"),
                detail="local",
            )
        known = {param.name: param for param in operation.params}
        unknown = [name for name in params if name not in known]
        if unknown:
            raise TypeError(f"{words} has no parameter {', '.join(unknown)}")
        given = {known[name]: value for name, value in params.items() if value is not None}
        with ExitStack() as stack:
            request = self._request(operation, given, stack)
            request.headers.update(headers)
            response = self._sent(request)
            response.read()
        return Outcome(json=response.json(), exit=int(response.headers.get("doumen-exit", 0)))

    def submit(self, operation: Operation | str, /, **params: Any) -> Outcome:
        """Queue an operation as a job at the node; gives the job as JSON.

        Raises:
            Invalid: it is not one that is queued.
            OverBudget: too many jobs wait already.
        """
        found = find(tuple(operation.split())) if isinstance(operation, str) else operation
        if found.queues is None:
            raise not_queued(found)
        return self._done(found, params, {"Prefer": "respond-async"})

    def wait(self, job: str, *, seconds: float | None = None) -> Outcome:
        """Return when a job is over, or after so many seconds, with the job as it is then."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            outcome = self.do("job show", job=job)
            late = until is not None and time.monotonic() >= until
            if outcome.json["state"] in OVER or late:
                return outcome
            time.sleep(PAUSE)

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _request(
        self, operation: Operation, given: dict[Param, Any], stack: ExitStack
    ) -> httpx2.Request:
        path = "/".join(("/v1", *operation.name))
        paths = {param.name: Path(value) for param, value in given.items() if param.upload}
        files = {
            name: (path.name, stack.enter_context(path.open("rb"))) for name, path in paths.items()
        }
        if not files:
            body = {param.name: value for param, value in given.items()}
            return self._http.build_request("POST", path, json=body)
        data = {param.name: _texts(value) for param, value in given.items() if not param.upload}
        return self._http.build_request("POST", path, data=data, files=files)

    def _sent(self, request: httpx2.Request) -> httpx2.Response:
        """The response, of which only the head has been read.

        Raises:
            DoumenError: what the node raised. Unavailable: it cannot be reached.
        """
        try:
            response = self._http.send(request, stream=True)
            if response.is_success:
                return response
            response.read()
        except httpx2.HTTPError as error:
            raise unreachable(error) from None
        response.close()
        raise raised(response)


def _sendable(value: Scalar) -> Scalar:
    """A value that JSON holds as it is.

    Raises:
        Invalid: it would come there as something else.
    """
    if isinstance(value, datetime) or (isinstance(value, float) and not math.isfinite(value)):
        raise Invalid(
            msg("A parameter of type {kind} cannot be sent as it is.", kind=type(value).__name__),
            next=msg("Send it as text and cast it: `CAST(? AS TIMESTAMP)`, `CAST(? AS DOUBLE)`."),
            detail="parameters",
        )
    return value


def _texts(value: Any) -> list[str]:
    """A value as parts of a form."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    many = isinstance(value, (list, tuple))
    return [str(one) for one in value] if many else [str(value)]
