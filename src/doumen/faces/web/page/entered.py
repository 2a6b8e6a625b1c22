"""Who visits a page, and the visit that their request is: by its cookies, address and headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.types import Scope

from doumen.faces.languages import catalogue, negotiated, understood
from doumen.faces.web.page import cookies
from doumen.faces.web.page.visit import Visit
from doumen.faces.web.verb import House
from doumen.rooms.protect.signin.sessions import visitor
from doumen.rooms.protect.tokens import Bearer


def entered(house: House, held: Mapping[str, str]) -> Bearer | None:
    """Who is signed in with these cookies, and for what; None: nobody."""
    text = held.get(cookies.SESSION, "")
    found = visitor(house.door.desk.facts(), text, datetime.now(UTC)) if text else None
    return None if found is None else Bearer(found.session, found.actor, found.scopes)


def visit_of(house: House, scope: Scope, bearer: Bearer | None) -> Visit:
    """The visit that a request is."""
    request = Request(scope)
    language = _language(request)
    given = request.query_params.get("purpose", request.cookies.get(cookies.PURPOSE, ""))
    purpose = unquote(given) or None
    visit = Visit(
        house=house,
        session=None,
        bearer=bearer,
        path=dict(request.path_params),
        query={name: request.query_params.getlist(name) for name in request.query_params},
        language=language,
        say=catalogue(language),
        cookies=request.cookies,
        address=address_of(scope),
        base=f"{request.url.scheme}://{request.url.netloc}",
        client=request.client.host if request.client else "",
    )
    if bearer is None:
        return visit
    session = house.node.session(bearer.actor, None)
    actor = session.desk.actor
    if purpose is None or not (actor.is_owner or purpose in actor.purposes):
        return replace(visit, session=session)
    session = house.node.session(bearer.actor, purpose)
    return replace(visit, session=session, purpose=purpose)


def _language(request: Request) -> str:
    """The language that the address, the cookie or the browser asks for, in that order."""
    for said in (request.query_params.get("lang"), request.cookies.get(cookies.LANGUAGE)):
        found = understood(said) if said else None
        if found is not None:
            return found
    return negotiated(request.headers.get("accept-language", ""))


def address_of(scope: Scope) -> str:
    """The address of a page, with what stands after `?`."""
    query = scope["query_string"].decode("latin-1")
    return quote(scope["path"], safe="/@:~.-_") + (f"?{query}" if query else "")
