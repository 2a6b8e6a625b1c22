"""The pages of the sign-in: `/signin`, `/invitation` and `/signout`.

A link does nothing by being opened, since mail readers and previews open links too: its page has a
button. Whoever comes in gets a cookie that no script reads and that other sites send along with
plain links only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from doumen.faces.web.page import Done, Page, View, Visit, cookies, guard
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.rooms.protect.signin import entry
from doumen.rooms.protect.signin.sessions import LASTING, Opened

LONGEST = 1024
"""Characters of a field; what is longer is not looked at."""


def _look(visit: Visit) -> View | Done:
    if visit.session is not None and not visit.asked("ticket"):
        return Done(_next(visit))
    body: dict[str, Any] = {
        "next": _next(visit),
        "ticket": visit.asked("ticket") or None,
        "actor": None if visit.session is None else visit.actor.name,
    }
    return View(msg("Sign in"), body)


def _password(visit: Visit) -> Done:
    name, password, code = (raw(visit, field) for field in ("name", "password", "code"))
    return _entered(visit, lambda now: entry.sign_in(_door(visit), name, password, code, now))


def _link(visit: Visit) -> Done:
    text = raw(visit, "ticket")
    return _entered(visit, lambda now: entry.by_link(_door(visit), text, now))


def _invitation(visit: Visit) -> View:
    text = visit.asked("ticket") or raw(visit, "ticket")
    actor = entry.invited(_door(visit).facts(), text, datetime.now(UTC))
    if actor is None:
        raise entry.refused()
    return View(msg("Choose a password"), {"actor": actor, "ticket": text})


def _accept(visit: Visit) -> Done:
    text, password, again, code = (
        raw(visit, field) for field in ("ticket", "password", "again", "code")
    )
    if password != again:
        raise Invalid(msg("The two passwords are not the same."), detail="password")
    return _entered(visit, lambda now: entry.accept(_door(visit), text, password, code, now))


def _entered(visit: Visit, open: Callable[[datetime], Opened]) -> Done:
    """Let somebody in, and show them the page that they wanted.

    Raises:
        Problem: their address tries too often.
    """
    visit.house.tries.take(network(visit.client))
    return welcomed(visit, open(datetime.now(UTC)), _next(visit))


def welcomed(visit: Visit, opened: Opened, where: str) -> Done:
    """The way on of somebody who came in: with their cookie, and what they should know."""
    secure = visit.base.startswith("https:")
    news = cookies.news(_told(opened), opened.cookie)
    headers = (
        cookies.cookie(
            cookies.SESSION, opened.cookie, seconds=int(LASTING.total_seconds()), secure=secure
        ),
        cookies.cookie(cookies.GUEST, "", seconds=0, secure=secure),
        cookies.cookie(cookies.NEWS, news, seconds=60, secure=secure),
    )
    return Done(where, headers=headers)


def network(client: str) -> str:
    """What an address is counted as: itself; of IPv6 the /64, which one household has."""
    try:
        found = ip_address(client)
    except ValueError:
        return client
    return f"{int(found) >> 64:x}::" if isinstance(found, IPv6Address) else client


def raw(visit: Visit, name: str) -> str:
    """A field as it was typed, blanks at its ends too."""
    values = visit.form.get(name, ())
    text = values[0] if values else ""
    return text if isinstance(text, str) and len(text) <= LONGEST else ""


def _signed_out(visit: Visit) -> View:
    return View(msg("Signed out"), {})


def _sign_out(visit: Visit) -> Done:
    if visit.bearer is not None:
        visit.attempt("session end", id=visit.bearer.token)
    secure = visit.base.startswith("https:")
    return Done(
        "/signout", headers=(cookies.cookie(cookies.SESSION, "", seconds=0, secure=secure),)
    )


def _told(opened: Opened) -> tuple[Message, ...]:
    if opened.before is None:
        return (msg("You are signed in as `{actor}`, for the first time.", actor=opened.actor),)
    said = msg(
        "You are signed in as `{actor}`; the last time was {before}.",
        actor=opened.actor,
        before=opened.before,
    )
    if not opened.missed:
        return (said,)
    return (said, msg("Since then {count} sign-ins failed.", count=opened.missed))


def _next(visit: Visit) -> str:
    return guard.local(visit.given("next") or visit.asked("next"))


def _door(visit: Visit) -> Any:
    return visit.house.door.desk


PAGES = (
    Page(
        "/signin",
        "signin/signin.html",
        _look,
        "settings",
        actions={"password": _password, "link": _link},
        open=True,
        floor=entry.FLOOR,
    ),
    Page(
        "/invitation",
        "signin/invitation.html",
        _invitation,
        "settings",
        actions={"accept": _accept},
        open=True,
        floor=entry.FLOOR,
    ),
    Page(
        "/signout",
        "signin/signout.html",
        _signed_out,
        "settings",
        actions={"signout": _sign_out},
        open=True,
    ),
)
