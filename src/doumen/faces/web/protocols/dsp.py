"""The Dataspace Protocol as a server: its routes below `/dsp`, and what is told to everybody.

Who asks is another node, known by the token that it signed for this very request; tokens of
actors are not taken. All of the token but the digest of the body is checked before the body is
read. Whatever is wrong with it is answered alike, so that nobody learns who is a participant
here. Every other answer is signed, and an error is the document that its route asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as Place
from starlette.types import Receive, Scope, Send

from doumen.faces.web import problems, uploads
from doumen.faces.web.outer import Gone
from doumen.faces.web.problems import Problem
from doumen.faces.web.protocols import failure, signed
from doumen.faces.web.verb import House, media_of, sized
from doumen.gate.peers import SIGNATURE
from doumen.kits.evidence.keys import kid
from doumen.kits.evidence.token import Claims
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp.discovery import VERSION, Version, VersionResponse
from doumen.kits.standards.dsp.messages import MAX_BYTES
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.rooms.exchange.process.steps import Evidence
from doumen.rooms.exchange.protocol import respond
from doumen.session.settings import DSP

Found = tuple[dsp.Route, Mapping[str, str]]
"""A route, and what stands at its placeholders."""
Answered = tuple[int, dict[str, Any] | None]


def routes(house: Callable[[], House]) -> list[BaseRoute]:
    """What a service adds for other nodes; a node without an address has none of it."""
    told = _Told(house)
    return [
        Place(dsp.VERSIONS.path, told.versions),
        Place("/.well-known/did.json", told.did),
        Mount(DSP, _Connector(house)),
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told to everybody."""

    house: Callable[[], House]

    async def versions(self, request: Request) -> Response:
        """The versions of the protocol that the node speaks."""
        house = self.house()
        own = await house.work.at_door(lambda: _taking_part(house))
        method = ":".join(own.id.split(":")[:2])
        spoken = VersionResponse((Version(VERSION, DSP, identifier_type=method),))
        return Response(problems.encoded(dsp.write(spoken)), media_type="application/json")

    async def did(self, request: Request) -> Response:
        """The document of the node's `did:web`."""
        house = self.house()
        own = await house.work.at_door(lambda: _taking_part(house))
        if not own.id.startswith("did:web:"):
            raise problems.no_route()
        file = await house.work.at_door(house.door.desk.keys)
        certificates: Any = file["certificates"]
        working = {c["kid"]: c["public"] for c in certificates if "retired" not in c}
        body = dsp.write_did(
            own, own.address.removesuffix(DSP), {kid(own.root): own.root, **working}
        )
        return Response(problems.encoded(body), media_type="application/did+json")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request whose sender is known, before its body has come.

    Attributes:
        found: The routes that its address may be of: of either side.
    """

    house: House
    found: Sequence[Found]
    sender: Participant
    claims: Claims
    token: str

    def read(self, body: bytes) -> tuple[Found, object | None]:
        """The message of a body, and the route on the side that its identifiers say.

        Raises:
            Problem: the body is not the one that was signed.
            Invalid: it is no message, or names another process than the address.
        """
        signed.check(self.claims, body)
        first = self.found[0]
        if first[0].takes is None:
            if body:
                raise Invalid(
                    msg("A GET has no body here."), next=msg("Leave it out."), detail="request"
                )
            return first, None
        message = dsp.read(body, first[0].takes)
        route, identifiers = next((one for one in self.found if _fits(*one, message)), first)
        route.check(identifiers, message)
        return (route, identifiers), message

    def respond(self, found: Found, message: object | None, body: bytes) -> Answered:
        """Status and document of the answer."""
        node = self.house.node
        return respond(
            lambda actor: node.session(actor).desk,
            self.sender,
            *found,
            message,
            evidence=Evidence(body.decode(), self.token),
        )


@dataclass(frozen=True, slots=True)
class _Connector:
    """All routes below the address of the protocol, as one application."""

    house: Callable[[], House]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        house = self.house()
        await house.work.at_door(lambda: _taking_part(house))
        path = scope["raw_path"].decode("latin-1").removeprefix(DSP)
        found = _found(scope["method"], path)
        line = scope["state"]["line"]
        line.said["operation"] = f"dsp {found[0][0].path}"
        try:
            asked = await _asked(house, scope, found, path)
        except Problem as problem:
            line.said["code"] = problem.error.code
            told = problems.encoded(failure.document(*found[0], None, problem.error))
            await signed.answer(send, problem.status, told, problem.headers)
            return
        line.said["participant"] = asked.sender.alias
        status, document, headers = await _answer(asked, scope, receive)
        body = b"" if document is None else problems.encoded(document)
        reply = await house.work.at_door(
            lambda: house.door.desk.replied(asked.claims, status, body)
        )
        await signed.answer(send, status, body, {**headers, SIGNATURE: reply})


async def _answer(
    asked: _Asked, scope: Scope, receive: Receive
) -> tuple[int, dict[str, Any] | None, Mapping[str, str]]:
    """Status, document and further headers of the answer, or of the error."""
    house, line = asked.house, scope["state"]["line"]
    found, message = asked.found[0], None
    try:
        house.rate.take(asked.sender.id)
        body = await _body(house, scope, receive, posts=found[0].takes is not None)
        async with house.work.attended(receive) as attended:
            found, message = await attended.do(lambda: asked.read(body))
            chosen, read = found, message
            status, document = await attended.do(lambda: asked.respond(chosen, read, body))
        if message is not None:
            house.wake()
        return status, document, {}
    except Gone:
        raise
    except Exception as error:
        problem = failure.problem(error)
        line.said["code"] = problem.error.code
        if problem.status >= 500:
            line.failed(error)
        document = failure.document(*found, message, problem.error)
        return problem.status, document, problem.headers


async def _asked(house: House, scope: Scope, found: Sequence[Found], path: str) -> _Asked:
    """Who asks, by a token that holds for this request, whatever its body will be.

    Raises:
        Problem: nobody that is known here.
    """
    token = signed.bearer(scope)
    sender, claims = await house.work.at_door(
        lambda: signed.admit(house, token, scope["method"], path)
    )
    return _Asked(house, found, sender, claims, token)


async def _body(house: House, scope: Scope, receive: Receive, *, posts: bool) -> bytes:
    """The body, within the bounds of a message.

    Raises:
        Problem: it is too large, or of another kind. Invalid: it came with a query string.
    """
    if scope["query_string"]:
        raise Invalid(
            msg("The address has a query string, which is not signed."),
            next=msg("Leave out what stands after `?`."),
            detail="request",
        )
    if posts and media_of(scope) != "application/json":
        raise problems.wrong_media(msg("It takes application/json."), 415)
    bounded = uploads.bounded(receive, house.terms, MAX_BYTES)
    return await uploads.body(sized(scope, bounded, MAX_BYTES))


def _found(method: str, path: str) -> Sequence[Found]:
    """The routes that an address may be of, the provider's first.

    Raises:
        Problem: of none. Invalid: it names no process.
    """
    matched = (dsp.match(method, path, role) for role in (dsp.Role.PROVIDER, dsp.Role.CONSUMER))
    found = [one for one in matched if one is not None and one[0] is not dsp.VERSIONS]
    if not found:
        raise problems.no_route()
    return found


def _fits(route: dsp.Route, identifiers: Mapping[str, str], message: object) -> bool:
    """Whether a message is for the process that an address names on this side."""
    try:
        route.check(identifiers, message)
    except Invalid:
        return False
    return True


def _taking_part(house: House) -> Participant:
    """This node, as others know it.

    Raises:
        Problem: it takes no part.
    """
    own = house.door.desk.own()
    if not own.address:
        raise problems.no_route()
    return own
