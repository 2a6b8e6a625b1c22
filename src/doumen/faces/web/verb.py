"""One operation at its address: who asks, what was sent, the outcome as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from doumen.faces.web import detached, entrance, problems, uploads
from doumen.faces.web.entrance import Rate
from doumen.faces.web.inputs import from_json, inputs, offered
from doumen.faces.web.terms import Terms
from doumen.faces.web.uploads import FORM, Folder
from doumen.faces.web.work import Attended, Work
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import either, msg
from doumen.model.operation import Operation, Outcome
from doumen.rooms.protect.tokens import Bearer, need
from doumen.session import Node, Session

PURPOSE = "doumen-purpose"
EXIT = "doumen-exit"
"""Header that says 1 or 5 where a check found faults, as the exit code of a command does."""
RECEIPT = "doumen-receipt"


@dataclass(frozen=True, slots=True)
class House:
    """What every operation needs.

    Attributes:
        door: The owner, by whose facts it is known who comes in.
        tries: How often one address of the network may try to sign in.
        wake: Tells the courier that something came that it may lead on.
    """

    node: Node
    door: Session
    terms: Terms
    work: Work
    rate: Rate
    tries: Rate
    wake: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Verb:
    """An operation as an application of its own."""

    house: Callable[[], House]
    operation: Operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        house, operation = self.house(), self.operation
        bearer = await admitted(house, operation, scope)
        folder = Folder() if any(p.kind == "path" for p in offered(operation)) else None
        try:
            values = await self._values(house, scope, receive, folder)
            async with house.work.attended(receive) as attended:
                if detached.wished(scope) and operation.queues is not None:
                    await detached.queue(
                        attended,
                        lambda: asked(house, bearer, scope),
                        operation,
                        values,
                        bearer=bearer,
                        send=send,
                    )
                    return
                outcome = await attended.do(
                    lambda: asked(house, bearer, scope).do(operation, **values)
                )
                note(scope, outcome)
                await self.send_outcome(attended, outcome, folder, send)
        except DoumenError as error:
            raise (error if folder is None else folder.hidden(error)) from None
        finally:
            if folder is not None:
                await house.work.at_door(folder.close)

    async def _values(
        self, house: House, scope: Scope, receive: Receive, folder: Folder | None
    ) -> Mapping[str, Any]:
        """The inputs: of the query string, of a JSON object, or of a form."""
        operation = self.operation
        if scope["method"] in {"GET", "HEAD"}:
            query = Request(scope).query_params
            given = {name: query.getlist(name) for name in query}
            return inputs(operation, given, texts=True)
        if scope["query_string"]:
            raise Invalid(
                msg("A POST takes its inputs in the body."),
                next=msg("Leave out what stands after `?`."),
                detail="request",
            )
        media = media_of(scope)
        if media == FORM and folder is not None:
            most = house.terms.upload
            request = sized(scope, uploads.bounded(receive, house.terms, most), most)
            fields = await uploads.form(request)
            try:
                parts = await house.work.at_door(lambda: uploads.parts(fields, folder.keep))
            finally:
                await fields.close()
            return inputs(operation, parts, texts=True)
        if media not in {"application/json", ""}:
            taken = either(["application/json", FORM] if folder else ["application/json"])
            raise problems.wrong_media(msg("It takes {taken}.", taken=taken), 415)
        most = house.terms.body
        request = sized(scope, uploads.bounded(receive, house.terms, most), most)
        return inputs(operation, from_json(await uploads.body(request)), texts=False)

    async def send_outcome(
        self, attended: Attended, outcome: Outcome, folder: Folder | None, send: Send
    ) -> None:
        """Send the JSON of an outcome."""
        told = outcome.json if folder is None else folder.hide(outcome.json)
        body = await attended.do(lambda: problems.encoded(told))
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        if outcome.exit:
            headers.append((EXIT.encode(), str(outcome.exit).encode()))
        receipt = told.get("receipt")
        if self.operation.scope == "write" and isinstance(receipt, str):
            headers.append((RECEIPT.encode(), receipt.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def note(scope: Scope, outcome: Outcome) -> None:
    """Keep for the log and the metrics what a job came to: ids and counts, no values."""
    said = scope["state"]["line"].said
    counted = (("landed", int), ("quarantined", int)) if "rows_in" in outcome.json else ()
    for name, kind in (("receipt", str), ("job", str), *counted):
        value = outcome.json.get(name)
        if isinstance(value, kind):
            said[name] = value


async def admitted(house: House, operation: Operation, scope: Scope) -> Bearer:
    """Who asks, once it is sure that their token is for this.

    Raises:
        Problem: nobody, or too often. Refused: the token is not for this.
    """
    words = " ".join(operation.name)
    line = scope["state"]["line"]
    line.said["operation"] = words
    headers = Request(scope).headers
    bearer = await house.work.at_door(lambda: entrance.enter(house.door, headers))
    line.said |= {"actor": bearer.actor, "token": bearer.token}
    house.rate.take(bearer.token)
    need(bearer, operation.scope, words)
    return bearer


def asked(house: House, bearer: Bearer, scope: Scope) -> Session:
    """The session of who asks, for the purpose that the request states."""
    given = next((v for k, v in scope["headers"] if k == PURPOSE.encode()), None)
    purpose = None
    if given is not None:
        with suppress(UnicodeDecodeError):
            purpose = given.decode("utf-8").strip()
        if not purpose:
            raise Invalid(msg("The purpose is no text in UTF-8."), detail="purpose")
    return house.node.session(bearer.actor, purpose)


def media_of(scope: Scope) -> str:
    """The media type of what was sent, without its parameters."""
    given = Request(scope).headers.get("content-type", "")
    return given.partition(";")[0].strip().lower()


def sized(scope: Scope, receive: Receive, most: int) -> Request:
    """The request, unless it says itself that it is too large.

    Raises:
        Problem: it does.
    """
    length = Request(scope).headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise problems.too_large(most)
    return Request(scope, receive)
