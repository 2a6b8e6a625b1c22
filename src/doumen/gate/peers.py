"""Signed requests to the nodes of other participants, and theirs to this one.

Each request carries a token (`kits.evidence.token`) by the working key in force, over method,
path and body; a reply carries one over status and body in `Doumen-Signature`. What comes back is
believed by the root key that was pinned when the participant was added, never by a name alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from doumen.gate import record
from doumen.gate.means import Means
from doumen.kits.evidence import token
from doumen.kits.evidence.token import Claims
from doumen.model.errors import Faulty, NotFound, Unavailable
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.peer import Call, Heard

SIGNATURE = "doumen-signature"
"""Header of a reply that holds its token."""
JSON = "application/json"
PROBLEM = 1 << 16
"""Bytes of a refusal that are read, where an answer comes piece by piece."""
REFUSAL = 300
"""Status from which on it is one."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """An answer that comes piece by piece.

    Attributes:
        headers: By name in lower case.
        token: Of the request.
        reply: Token over the head of the answer; None: it is not signed.
    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    token: str
    reply: str | None


def of(facts: Facts, id: str) -> Participant:
    """The participant of a DID.

    Raises:
        NotFound: there is none.
    """
    body = facts.body("participant", id)
    if body is None:
        raise NotFound(
            msg("There is no participant `{id}` on this node.", id=id),
            next=msg("`doumen participant list` shows them."),
            detail="participant",
        )
    return Participant.from_json(body)


def call(
    means: Means,
    participant: Participant,
    method: str,
    path: str,
    body: bytes | None,
    *,
    most: int,
) -> Heard:
    """Send a signed request to a participant, and take the answer whole.

    Args:
        means: Of the node.
        participant: Who is asked.
        method: Such as `POST`.
        path: Below the base address of the participant.
        body: JSON; None with a GET.
        most: Bytes that the answer may have.

    Raises:
        Tampered: the answer is signed, and its signature does not hold.
        Refused: it is signed for another request, or the address leads where it may not.
        Unavailable: nobody answers. Faulty: the answer is too long, or no HTTP.
    """
    sent = _signed(means, participant, method, path, body)
    reply = means.peers.call(_call(participant, sent, method, path, body), most)
    signed = reply.headers.get(SIGNATURE)
    if signed is not None:
        _check(means, participant, sent, signed, (reply.status, reply.body))
    return Heard(reply.status, reply.body, sent, signed)


@contextmanager
def stream(
    means: Means,
    participant: Participant,
    method: str,
    path: str,
    body: bytes | None,
    *,
    id: str | None = None,
) -> Iterator[Hearing]:
    """Send a signed request to a participant, and take the answer as it comes.

    The token of the reply is over its head alone, as if its body were empty: what proves the body
    stands at its end. That of a refusal is over all of it, which is read first. `id` is that of
    the token, where the caller keeps it. Raises as `call` does.
    """
    sent = _signed(means, participant, method, path, body, id=id)
    with means.peers.stream(_call(participant, sent, method, path, body)) as streamed:
        signed, whole, pieces = streamed.headers.get(SIGNATURE), b"", streamed.pieces
        if streamed.status >= REFUSAL:
            whole = _refusal(streamed.pieces)
            pieces = iter([whole])
        if signed is not None:
            _check(means, participant, sent, signed, (streamed.status, whole))
        yield Hearing(streamed.status, streamed.headers, pieces, sent, signed)


def _refusal(pieces: Iterator[bytes]) -> bytes:
    """The body of a refusal.

    Raises:
        Faulty: it is too long.
    """
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > PROBLEM:
            raise Faulty(
                msg("The answer of the provider is longer than {most} bytes.", most=PROBLEM),
                next=msg("Ask whoever runs it."),
                detail="peer",
            )
    return bytes(body)


def look(means: Means, address: str, most: int) -> bytes:
    """A document that is there for everybody, such as that of a DID.

    Raises:
        NotFound: there is none. Refused: the address leads where it may not.
        Unavailable: nobody answers, or not now. Faulty: it is too long.
    """
    reply = means.peers.call(Call("GET", address, {"accept": JSON}), most)
    if reply.status in {404, 410}:
        raise NotFound(
            msg("There is nothing at `{address}`.", address=address),
            next=msg("Check the address."),
            detail="address",
        )
    if reply.status != 200:
        raise Unavailable(
            msg("There is no document at `{address}` now.", address=address),
            why=msg("The server answers with status {status}.", status=reply.status),
            next=msg("Try again later, or ask whoever runs it."),
            detail="peer",
        )
    return reply.body


def admit(
    means: Means, signed: str, method: str, path: str, body: bytes | None
) -> tuple[Participant, Claims]:
    """Who sent a request, and what its token says, once all of it holds.

    Args:
        means: Of the node.
        signed: Its token.
        method: Of the request.
        path: As it came, below the base address.
        body: None before it has come: then ask again with it.

    Raises:
        NotFound: no participant of this node issued it.
        Tampered, Refused: it does not hold, or not for this request.
    """
    participant = of(means.catalog.current(), token.claimed(signed).issuer)
    claims = token.check(
        signed,
        participant=participant,
        audience=means.own().id,
        method=method,
        path=path,
        body=body,
        now=means.clock(),
    )
    return participant, claims


def replied(means: Means, request: Claims, status: int, body: bytes) -> str:
    """The token of a reply to a request."""
    return _issued(
        means,
        audience=request.issuer,
        method=request.method,
        path=request.path,
        body=body,
        answers=(request.id, status),
    )


def _signed(
    means: Means,
    participant: Participant,
    method: str,
    path: str,
    body: bytes | None,
    *,
    id: str | None = None,
) -> str:
    return _issued(
        means, audience=participant.id, method=method, path=path, body=body or b"", id=id
    )


def _issued(
    means: Means,
    *,
    audience: str,
    method: str,
    path: str,
    body: bytes,
    id: str | None = None,
    answers: tuple[str, int] | tuple[None, None] = (None, None),
) -> str:
    now, keyring = means.clock(), means.keys()
    issued = int(now.timestamp())
    claims = Claims(
        issuer=means.own().id,
        audience=audience,
        id=id or record.new_id(now, means.entropy),
        issued=issued,
        expires=issued + token.LIFE,
        method=method,
        path=path,
        digest=token.digest_of(body),
        certificate=keyring.certificate,
        re=answers[0],
        status=answers[1],
    )
    return token.issue(claims, keyring.working)


def _call(participant: Participant, sent: str, method: str, path: str, body: bytes | None) -> Call:
    headers = {"authorization": f"Bearer {sent}"}
    if body is not None:
        headers["content-type"] = JSON
    return Call(method, participant.address + path, headers, body)


def _check(
    means: Means,
    participant: Participant,
    sent: str,
    signed: str,
    came: tuple[int, bytes],
) -> None:
    (status, body), asked = came, token.claimed(sent)
    token.check(
        signed,
        participant=participant,
        audience=asked.issuer,
        method=asked.method,
        path=asked.path,
        body=body,
        now=means.clock(),
        answers=(asked.id, status),
    )
