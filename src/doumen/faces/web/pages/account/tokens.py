"""`/settings/tokens`: the tokens that the visitor may know, made and taken back.

A token may outlast the session that made it. So one is made by somebody who has just proved who
they are: by their password, or by having come in a moment ago where they have none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.signin.page import raw
from doumen.model.errors import Invalid, Refused
from doumen.model.message import msg
from doumen.model.operation import SCOPES
from doumen.rooms.protect.signin import entry
from doumen.rooms.protect.signin.attempts import stamp

HERE = "/settings/tokens"
FRESH = timedelta(minutes=15)


def _look(visit: Visit) -> View:
    return _view(visit, None)


def _view(visit: Visit, made: str | None) -> View:
    body = {
        "tokens": visit.do("token list")["tokens"],
        "scopes": list(SCOPES),
        "password": _has_password(visit),
        "made": made,
    }
    return View(msg("Tokens"), body, (Crumb(msg("Settings"), "/settings/account"),))


def _add(visit: Visit) -> View:
    _proved(visit)
    days = visit.given("days", "90")
    if not days.isdecimal() or len(days) > 5:
        raise Invalid(msg("`{days}` is no number of days.", days=days), detail="token")
    told = visit.do(
        "token add",
        actor=visit.actor.name,
        scope=visit.several("scope"),
        days=int(days),
        name=visit.given("name"),
    )
    return _view(visit, told["token"])


def _revoke(visit: Visit) -> Done:
    return Done(HERE, visit.outcome("token revoke", id=visit.needed("id")).said)


def _has_password(visit: Visit) -> bool:
    accounts = visit.do("account list")["accounts"]
    return any(one["password"] for one in accounts if one["actor"] == visit.actor.name)


def _proved(visit: Visit) -> None:
    """Check that it is who is signed in.

    Raises:
        Refused: the password is wrong; or they have none, and came in a while ago.
    """
    now = datetime.now(UTC)
    if _has_password(visit):
        entry.confirmed(visit.house.door.desk, visit.actor.name, raw(visit, "current"), now)
        return
    own = None if visit.bearer is None else visit.bearer.token
    began = (s["created"] for s in visit.do("session list")["sessions"] if s["id"] == own)
    if next(began, "") < stamp(now - FRESH):
        raise Refused(
            msg("A token is made by somebody who has just signed in."),
            why=msg("You came in a while ago."),
            next=msg("Sign out, and in again."),
            detail="fresh",
        )


PAGES = (
    Page(
        HERE,
        "account/tokens.html",
        _look,
        "settings",
        actions={"add": _add, "revoke": _revoke},
        floor=entry.FLOOR,
    ),
)
