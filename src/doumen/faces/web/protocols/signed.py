"""What the protocols between nodes have in common: who signed a request, and what is sent back."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope, Send

from doumen.faces.web.protocols import failure
from doumen.faces.web.verb import House
from doumen.kits.evidence.token import Claims, check_body
from doumen.model.errors import NotFound, Refused, Tampered
from doumen.model.participant import Participant

_SCHEME = "bearer "


def bearer(scope: Scope) -> str:
    """The token of a request; empty where it has none, or more than one header for it."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    text = given[0].decode("latin-1") if len(given) == 1 else ""
    return text[len(_SCHEME) :].strip() if text.lower().startswith(_SCHEME) else ""


def admit(house: House, token: str, method: str, path: str) -> tuple[Participant, Claims]:
    """Who signed a request, and what their token says of it, before its body has come.

    Args:
        house: What operations need.
        token: Of the request.
        method: Of the request.
        path: As it came, below the address of the protocols.

    Raises:
        Problem: nobody that is known here signed it, or it is about another request: alike.
    """
    try:
        return house.door.desk.admit(token, method, path, None)
    except (NotFound, Refused, Tampered):
        raise failure.unknown() from None


def check(claims: Claims, body: bytes) -> None:
    """Hold the body of a request that was admitted to its token.

    Raises:
        Problem: it is not the one that was signed; alike.
    """
    try:
        check_body(claims, body)
    except Tampered:
        raise failure.unknown() from None


async def answer(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Send an answer whole: JSON, or nothing."""
    coded = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
    length = (b"content-length", str(len(body)).encode())
    kind = [(b"content-type", b"application/json")] if body else []
    await send(
        {"type": "http.response.start", "status": status, "headers": [*kind, length, *coded]}
    )
    await send({"type": "http.response.body", "body": body})
