"""`/settings/account`: password, second factor and sessions of whoever is signed in.

Whoever finds a browser open does not take the account over: what changes how its actor signs in
asks for the password again, and failures count as those of sign-ins.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from doumen.faces.web.page import Done, Page, View, Visit
from doumen.faces.web.pages.signin.page import raw, welcomed
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.protect.signin import accounts, entry, second

HERE = "/settings/account"


def _look(visit: Visit) -> View:
    return _view(visit)


def _view(visit: Visit, **more: Any) -> View:
    own = [a for a in visit.do("account list")["accounts"] if a["actor"] == visit.actor.name]
    sessions = [
        {**one, "here": visit.bearer is not None and one["id"] == visit.bearer.token}
        for one in visit.do("session list")["sessions"]
        if one["actor"] == visit.actor.name
    ]
    body = {
        "account": own[0] if own else None,
        "sessions": sessions,
        "enrolment": None,
        "recovery": None,
        **more,
    }
    return View(msg("Account"), body)


def _change(visit: Visit) -> Done:
    _confirmed(visit)
    password = raw(visit, "password")
    if password != raw(visit, "again"):
        raise Invalid(msg("The two passwords are not the same."), detail="password")
    desk, actor = visit.door.desk, visit.actor.name
    accounts.replaced(desk, desk.facts(), actor, password)
    opened = entry.anew(visit.house.door.desk, actor, datetime.now(UTC))
    return welcomed(visit, opened, HERE)


def _enrol(visit: Visit) -> View:
    _confirmed(visit)
    return _enrolling(visit, **visit.do("account totp"))


def _enrolling(visit: Visit, *, uri: str, enrolment: str, **_: Any) -> View:
    svg = base64.b64encode(second.picture(uri).encode()).decode("ascii")
    return _view(visit, enrolment={"text": enrolment, "uri": uri, "svg": svg})


def _confirm(visit: Visit) -> View:
    told = visit.do("account totp", enrolment=raw(visit, "enrolment"), code=raw(visit, "code"))
    return _view(visit, recovery=told["recovery"])


def _off(visit: Visit) -> Done:
    _confirmed(visit)
    return Done(HERE, visit.outcome("account totp", off=True).said)


def _end(visit: Visit) -> Done:
    return Done(HERE, visit.outcome("session end", id=visit.needed("id")).said)


def _end_others(visit: Visit) -> Done:
    for one in visit.do("session list")["sessions"]:
        mine = one["actor"] == visit.actor.name
        if mine and visit.bearer is not None and one["id"] != visit.bearer.token:
            visit.do("session end", id=one["id"])
    return Done(HERE, (msg("All other sessions are ended."),))


def _confirmed(visit: Visit) -> None:
    """Check that it is whoever the account is of.

    Raises:
        Refused: the password is wrong, or the account is locked or has none.
    """
    door, now = visit.house.door.desk, datetime.now(UTC)
    entry.confirmed(door, visit.actor.name, raw(visit, "current"), now)


def _settings(visit: Visit) -> Done:
    return Done(HERE)


PAGES = (
    Page("/settings", "frame/wrong.html", _settings, "settings"),
    Page(
        HERE,
        "account/account.html",
        _look,
        "settings",
        actions={
            "change": _change,
            "enrol": _enrol,
            "confirm": _confirm,
            "off": _off,
            "end": _end,
            "end-others": _end_others,
        },
        floor=entry.FLOOR,
    ),
)
