"""The address of `query`: an answer streamed in the form asked for, its receipt with it.

A small answer is recorded before any of it is sent, so its receipt stands in a header. The
receipt of a large one is known after the last row: it stands at the end of JSON and NDJSON, in
the metadata of Parquet, and in those of the last batch of an Arrow stream.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope, Send

from doumen.faces.web import detached, problems, uploads
from doumen.faces.web.inputs import from_json, inputs
from doumen.faces.web.log import Line
from doumen.faces.web.outer import Gone
from doumen.faces.web.verb import RECEIPT, House, Verb, admitted, asked, media_of, note, sized
from doumen.faces.web.work import Attended
from doumen.model.answer import ARROW_STREAM, Answer
from doumen.model.errors import Unavailable
from doumen.model.message import joined, msg
from doumen.model.operation import Operation
from doumen.rooms.analyse import forms
from doumen.rooms.analyse.forms import Form
from doumen.rooms.analyse.query import moment, scalar
from doumen.rooms.protect.tokens import need
from doumen.session import Session

MEDIA: Mapping[str, Form] = {
    "application/json": forms.document,
    "application/x-ndjson": forms.lines,
    "text/csv": forms.csv,
    ARROW_STREAM: forms.arrow_stream,
    "application/vnd.apache.parquet": forms.parquet,
}
"""Forms that a client may ask for; the first where it does not care."""

PIECE = 1 << 18
"""Bytes that are sent at once, each within the patience of the service."""


class Pieces(io.RawIOBase):
    """A stream that is written to here and taken away there; it cannot seek."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Hold a copy of these bytes."""
        piece = bytes(data)
        self._held.append(piece)
        self._place += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._place

    def taken(self) -> bytes:
        """What was written since this was last asked for."""
        held, self._held = b"".join(self._held), []
        return held


class Flow:
    """An answer on its way out. Its question is asked with the first step.

    Args:
        ask: Asks it.
        media: Media type of the form that the answer comes in.
        form: Writes that form; None: the one that is known of the media type.

    Attributes:
        rows: Rows that were written so far.
        over: Whether all is written.
    """

    def __init__(self, ask: Callable[[], Answer], media: str, form: Form | None = None) -> None:
        self.media = media
        self._form = form or MEDIA[media]
        self.rows = 0
        self.over = False
        self._ask = ask
        self._pieces = Pieces()
        self._answer: Answer | None = None
        self._steps: Iterator[int] = iter(())

    @property
    def answer(self) -> Answer:
        """The answer, once the first step is done."""
        assert self._answer is not None
        return self._answer

    def step(self) -> bytes:
        """The next bytes: at least a piece, if there are so many."""
        if self._answer is None:
            self._answer = self._ask()
            self._steps = self._form(self._pieces, self._answer)  # type: ignore[arg-type]  # all of BinaryIO it needs
        begun = self._pieces.tell()
        while not self.over and self._pieces.tell() - begun < PIECE:
            rows = next(self._steps, None)
            self.rows += rows or 0
            self.over = rows is None
        return self._pieces.taken()

    def close(self) -> None:
        """End the job where it is not over."""
        if self._answer is not None:
            self._answer.close()


@dataclass(frozen=True, slots=True)
class Query:
    """The operation `query` as an application."""

    house: Callable[[], House]
    operation: Operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one question; a dataset to be written, or an explanation, is an outcome."""
        house = self.house()
        bearer = await admitted(house, self.operation, scope)
        if media_of(scope) not in {"application/json", ""}:
            raise problems.wrong_media(msg("It takes application/json."), 415)
        most = house.terms.body
        request = sized(scope, uploads.bounded(receive, house.terms, most), most)
        values = inputs(self.operation, from_json(await uploads.body(request)), texts=False)
        if values.get("into") is not None:
            need(bearer, "write", "query --into")
        if values.get("into") is not None or values.get("explain"):
            async with house.work.attended(receive) as attended:
                if detached.wished(scope):
                    await detached.queue(
                        attended,
                        lambda: asked(house, bearer, scope),
                        self.operation,
                        values,
                        bearer=bearer,
                        send=send,
                    )
                    return
                outcome = await attended.do(
                    lambda: asked(house, bearer, scope).do(self.operation, **values)
                )
                note(scope, outcome)
                verb = Verb(self.house, self.operation)
                await verb.send_outcome(attended, outcome, None, send)
            return
        media = chosen(request.headers.get("accept", ""))
        flow = Flow(lambda: _ask(asked(house, bearer, scope), values), media)
        line, patience = scope["state"]["line"], house.terms.patience
        async with house.work.attended(receive) as attended:
            try:
                data = await attended.do(flow.step)
                await stream(attended, flow, send, first=data, patience=patience, line=line)
            finally:
                if not flow.over:
                    await house.work.at_door(flow.close)


def chosen(accept: str) -> str:
    """The form that a client prefers among those that there are (RFC 9110, 12.5.1).

    Raises:
        Problem: there is none that it takes.
    """
    wishes = []
    for place, part in enumerate(accept.split(",") if accept.strip() else ["*/*"]):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        fits = re.fullmatch(r"[01](\.[0-9]{0,3})?", weight)
        wishes.append((-float(weight) if fits else 0.0, place, kind))
    for refused, _, kind in sorted(wishes):
        for media in MEDIA if refused < 0 else ():
            if kind in {media, "*/*", f"{media.partition('/')[0]}/*"}:
                return media
    raise problems.wrong_media(
        msg("An answer comes as {media}.", media=joined(msg(", "), MEDIA)), 406
    )


def _ask(session: Session, values: Mapping[str, Any]) -> Answer:
    parameters = tuple(scalar(text) for text in values.get("param", ()))
    return session.query(
        values["sql"],
        parameters,
        agreement=values.get("agreement", ()),
        as_of=moment(values.get("as_of")),
    )


async def stream(
    attended: Attended,
    flow: Flow,
    send: Send,
    *,
    first: bytes,
    patience: float,
    line: Line,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Send an answer; while some bytes of it are sent, the next ones are made.

    Args:
        attended: Where steps are done.
        flow: The answer, of which the first step is done.
        send: Takes what is sent.
        first: What that step gave.
        patience: Seconds in which the client must take the next piece.
        line: Of the log.
        headers: Beside those that every answer has.
    """
    data: bytes | None = first
    known = [(b"content-type", flow.media.encode()), (b"vary", b"accept"), *_known(flow.answer)]
    head = {"type": "http.response.start", "status": 200, "headers": [*known, *headers]}
    await send(head)
    while data is not None:
        line.rows = flow.rows
        ahead = None if flow.over else asyncio.create_task(attended.do(flow.step))
        try:
            for piece in _cut(data):
                await sent(send, piece, patience)
        except BaseException:
            if ahead is not None:
                await attended.drop(ahead)
            raise
        data = None if ahead is None else await ahead
    line.said["receipt"] = flow.answer.receipt
    await send({"type": "http.response.body", "body": b""})


def _known(answer: Answer) -> Iterator[tuple[bytes, bytes]]:
    """What is known of an answer before it is sent."""
    if answer.expires is not None:
        yield b"doumen-expires", answer.expires.isoformat().encode()
    try:
        receipt = answer.receipt
    except Unavailable:
        return
    yield RECEIPT.encode(), receipt.encode()
    yield b"doumen-truncated", b"true" if answer.truncated else b"false"


def _cut(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    for start in range(0, len(data), PIECE):
        yield bytes(view[start : start + PIECE])


async def sent(send: Send, piece: bytes, patience: float) -> None:
    """Send a piece of an answer.

    Raises:
        Gone: it was not taken within so many seconds.
    """
    try:
        async with asyncio.timeout(patience):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise Gone from None
