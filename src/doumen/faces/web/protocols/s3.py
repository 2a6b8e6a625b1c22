"""Files that were granted, for readers of S3: below `/s3`, by path, read and listed, nothing else.

A reader knows nothing of Doumen: it has the id of a grant and a secret, and signs each request by
them (AWS Signature Version 4, in a header). Who they are, what they may see and whether they still
may is asked at the gate for every request; a name is one of those that the grant has, or none.
Whatever is wrong with keys or signature is answered alike. Errors are documents of S3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from doumen.faces.languages import catalogue
from doumen.faces.web import problems
from doumen.faces.web.log import Line
from doumen.faces.web.outer import Gone
from doumen.faces.web.query import PIECE, sent
from doumen.faces.web.verb import House
from doumen.faces.web.work import Attended
from doumen.gate.handed import no_object
from doumen.kits.standards import s3
from doumen.kits.standards.s3 import Asked, Listing, Range
from doumen.model.errors import Conflict, Invalid, Refused, Unavailable
from doumen.model.handed import PATH, Item, Shelf
from doumen.model.message import msg, plain

_METHODS = ("GET", "HEAD")
_ASIDE = frozenset({("x-id", "GetObject"), ("x-id", "HeadObject")})
"""Parameters of an object that only name what is done; no others are taken."""
Headers = list[tuple[bytes, bytes]]


def routes(house: Callable[[], House]) -> list[BaseRoute]:
    """What a service adds for readers of granted files."""
    return [Mount(PATH, _Files(house))]


@dataclass(frozen=True, slots=True)
class _Files:
    """All that is below the path, as one application."""

    house: Callable[[], House]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(self.house(), scope, receive, send)
        except Gone:
            raise
        except Exception as error:
            await _tell(error, scope, send)

    async def _answer(self, house: House, scope: Scope, receive: Receive, send: Send) -> None:
        line: Line = scope["state"]["line"]
        line.said["operation"] = "s3"
        if scope["method"] not in _METHODS:
            raise _wrong_method()
        asked = s3.read_request(
            scope["method"], scope["raw_path"], scope["query_string"], scope["headers"], PATH
        )
        shelf = await house.work.at_door(lambda: house.door.desk.shelf(asked.signed))
        line.said |= {"actor": shelf.grant.actor, "grant": shelf.grant.id}
        house.rate.take(shelf.grant.id)
        if asked.bucket not in shelf.grant.buckets:
            raise _another_bucket()
        async with house.work.attended(receive) as attended:
            if asked.name:
                await _Object(shelf, asked, scope).send(attended, send, house.terms.patience)
            else:
                await _bucket(shelf, asked, scope, send)


async def _bucket(shelf: Shelf, asked: Asked, scope: Scope, send: Send) -> None:
    """Say that the bucket is there, or list what is in it."""
    if scope["method"] == "HEAD":
        await _whole(send, 200, b"", [(b"x-amz-bucket-region", b"us-east-1")])
        return
    listing = Listing.of_query(s3.read_query(scope["query_string"]))
    body = s3.listing_document(asked.bucket, listing, shelf.items, shelf.grant.created)
    await _whole(send, 200, body, [(b"content-type", b"application/xml")])


@dataclass(frozen=True, slots=True)
class _Object:
    """One object that is asked for."""

    shelf: Shelf
    asked: Asked
    scope: Scope

    async def send(self, attended: Attended, send: Send, patience: float) -> None:
        """Send what is asked of it.

        Args:
            attended: Where files are opened and read.
            send: Takes what is sent.
            patience: Seconds in which the client must take the next piece.

        Raises:
            NotFound: there is none of this name. Conflict: it is not the one that is meant.
            Invalid: another form of it is asked for, or a part that it does not have.
        """
        name, given = self.asked.name, self.scope["headers"]
        item = self.shelf.items.get(name)
        if item is None:
            raise no_object()
        if not s3.read_query(self.scope["query_string"]).items() <= _ASIDE:
            raise s3.unsupported()
        if self._is_known(item):
            await _whole(send, 304, b"", self._about(item))
            return
        part = s3.read_range(given, item.size, item.tag)
        chosen = part or Range(0, item.size - 1)
        headers = [*self._about(item), (b"content-length", str(chosen.size).encode())]
        if part is not None:
            span = f"bytes {part.first}-{part.last}/{item.size}"
            headers.append((b"content-range", span.encode()))
        start = {"type": "http.response.start", "status": 206 if part else 200, "headers": headers}
        if self.scope["method"] == "HEAD":
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        file = await attended.do(lambda: self.shelf.open(name))
        try:
            await attended.do(lambda: file.seek(chosen.first))
            await send(start)
            for size in _cut(chosen.size):
                piece = await attended.do(lambda size=size: file.read(size))  # type: ignore[misc]
                if len(piece) < size:
                    raise Unavailable(
                        msg("The file ended early."), next=plain("doumen doctor"), detail="lake"
                    )
                await sent(send, piece, patience)
        finally:
            file.close()
        await send({"type": "http.response.body", "body": b""})

    def _is_known(self, item: Item) -> bool:
        """Whether the client has it, by its tag (RFC 9110, 13).

        Raises:
            Conflict: it wants another one.
        """
        given = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        if not _names(given.get(b"if-match"), item.tag, absent=True):
            raise Conflict(msg("The object is another than was meant."), detail="condition")
        return _names(given.get(b"if-none-match"), item.tag, absent=False)

    def _about(self, item: Item) -> Headers:
        changed = datetime.fromisoformat(self.shelf.grant.created)
        return [
            (b"accept-ranges", b"bytes"),
            (b"content-type", b"application/octet-stream"),
            (b"etag", f'"{item.tag}"'.encode()),
            (b"last-modified", format_datetime(changed, usegmt=True).encode()),
        ]


def _names(condition: str | None, tag: str, *, absent: bool) -> bool:
    """Whether a condition names a tag, or any; `absent` where there is no condition."""
    if condition is None:
        return absent
    tags = {part.strip().removeprefix("W/").strip('"') for part in condition.split(",")}
    return not tags.isdisjoint({"*", tag})


def _cut(size: int) -> Iterator[int]:
    """The sizes of the pieces of so many bytes."""
    whole, rest = divmod(size, PIECE)
    yield from [PIECE] * whole
    if rest:
        yield rest


async def _whole(send: Send, status: int, body: bytes, headers: Headers) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})


async def _tell(error: Exception, scope: Scope, send: Send) -> None:
    """Tell what went wrong; where the answer has begun, it is broken off."""
    line: Line = scope["state"]["line"]
    if line.status:
        raise error
    problem = problems.told(error)
    line.said["code"] = problem.error.code
    status = s3.fault_of(problem.error)[1]
    if status == 500:
        line.failed(error)
    body = s3.error_document(problem.error, line.request, catalogue(line.language))
    kept = {k: v for k, v in problem.headers.items() if k in {"Retry-After", "Allow"}}
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in kept.items()]
    headers.append((b"content-type", b"application/xml"))
    await _whole(send, status, b"" if scope["method"] == "HEAD" else body, headers)


def _wrong_method() -> problems.Problem:
    allowed = ", ".join(_METHODS)
    error = Invalid(
        msg("Files that were granted are read, and nothing else."),
        why=msg("It takes {allowed}.", allowed=allowed),
        detail="method",
    )
    return problems.Problem(error, 405, {"Allow": allowed})


def _another_bucket() -> Refused:
    """The keys are of a grant on something else; whether that is there is not told."""
    return Refused(
        msg("These keys are not for this bucket."),
        next=msg("Use them with the address that they came with."),
        detail="bucket",
    )
