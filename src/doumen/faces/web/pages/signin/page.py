"""The pages of the sign-in: `/signin`, by a provider too, `/invitation` and `/signout`.

A link does nothing by being opened, since mail readers and previews open links too: its page has a
button. Whoever comes in gets a cookie that no script reads and that other sites send along with
plain links only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from doumen.faces.web.page import Away, Done, Page, View, Visit, cookies, guard
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.rooms.protect.oidc import flow
from doumen.rooms.protect.signin import entry
from doumen.rooms.protect.signin.sessions import LASTING, Opened

LONGEST = 1024
"""Characters of a field; what is longer is not looked at."""


def _look(visit: Visit) -> View | Done:
    if visit.session is not None and not visit.asked("ticket"):
        return Done(_next(visit))
    body: dict[str, Any] = {
        "next": _next(visit),
        "providers": flow.providers(_door(visit).facts()),
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
    secure = visit.secure
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


def _to_provider(visit: Visit) -> Away:
    """The way to a provider; a link and no form, since forms lead to this service alone."""
    visit.house.tries.take(network(visit.client))
    now, base = datetime.now(UTC), _base(visit)
    sent = flow.begin(_door(visit), visit.path["provider"], base, now, next=_next(visit))
    cookie = cookies.cookie(
        flow.COOKIE,
        sent.cookie,
        seconds=int(flow.WITHIN.total_seconds()),
        secure=visit.secure,
    )
    return Away(sent.where, (cookie,))


def _from_provider(visit: Visit) -> Done:
    visit.house.tries.take(network(visit.client))
    query = {name: str(values[0]) for name, values in visit.query.items() if len(values) == 1}
    opened, where = flow.finish(
        _door(visit),
        visit.path["provider"],
        visit.cookies.get(flow.COOKIE, ""),
        query,
        datetime.now(UTC),
    )
    done = welcomed(visit, opened, where)
    over = cookies.cookie(flow.COOKIE, "", seconds=0, secure=visit.secure)
    return replace(done, headers=(*done.headers, over))


def _signed_out(visit: Visit) -> View:
    name = visit.asked("of")
    there = flow.goodbye(_door(visit).facts(), name, _base(visit)) if name else None
    return View(msg("Signed out"), {"there": there})


def _sign_out(visit: Visit) -> Done:
    provider = None
    if visit.bearer is not None:
        own = visit.bearer.token
        there = visit.do("session list")["sessions"]
        provider = next((one["provider"] for one in there if one["id"] == own), None)
        visit.attempt("session end", id=own)
    gone = cookies.cookie(cookies.SESSION, "", seconds=0, secure=visit.secure)
    return Done(f"/signout?of={provider}" if provider else "/signout", headers=(gone,))


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


def _base(visit: Visit) -> str:
    """Where the service is reached, as the settings say, else as the browser does."""
    return visit.house.node.settings.address or visit.base


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
    Page("/signin/to/{provider}", "frame/wrong.html", _to_provider, "settings", open=True),
    Page("/signin/from/{provider}", "frame/wrong.html", _from_provider, "settings", open=True),
    Page(
        "/signout",
        "signin/signout.html",
        _signed_out,
        "settings",
        actions={"signout": _sign_out},
        open=True,
    ),
)
