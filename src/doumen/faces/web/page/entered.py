"""Who visits a page: what the cookie of a sign-in lets in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from doumen.faces.web.page import cookies
from doumen.faces.web.verb import House
from doumen.rooms.protect.signin.sessions import visitor
from doumen.rooms.protect.tokens import Bearer


def entered(house: House, held: Mapping[str, str]) -> Bearer | None:
    """Who is signed in with these cookies, and for what; None: nobody."""
    text = held.get(cookies.SESSION, "")
    found = visitor(house.door.desk.facts(), text, datetime.now(UTC)) if text else None
    return None if found is None else Bearer(found.session, found.actor, found.scopes)
