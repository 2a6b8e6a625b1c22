"""Signing in by a password or a one-time link, and signing out."""

from __future__ import annotations

from datetime import UTC, datetime

from doumen.faces.web.page import Done, Page, View, Visit, cookies, guard
from doumen.model.message import msg
from doumen.rooms.protect.signin.entry import by_link, sign_in
from doumen.rooms.protect.signin.sessions import Opened


def view(visit: Visit) -> View | Done:
    """The form; with a link that signs in, the button that uses it."""
    if visit.session is not None and not visit.asked("ticket"):
        return Done(guard.local(visit.asked("next", "/")))
    body = {"next": guard.local(visit.asked("next", "/")), "ticket": visit.asked("ticket")}
    return View(msg("Sign in"), body)


def _by_password(visit: Visit) -> Done:
    found = sign_in(
        visit.house.door.desk,
        visit.given("name"),
        str((visit.form.get("password") or ("",))[0]),
        visit.given("code"),
        datetime.now(UTC),
    )
    return _in(visit, found)


def _by_link(visit: Visit) -> Done:
    return _in(visit, by_link(visit.house.door.desk, visit.given("ticket"), datetime.now(UTC)))


def _in(visit: Visit, opened: Opened) -> Done:
    """The browser that is signed in now; what was there before of a guest is over."""
    secure = visit.base.startswith("https:")
    headers = (
        cookies.cookie(cookies.SESSION, opened.cookie, seconds=None, secure=secure),
        cookies.cookie(cookies.GUEST, "", seconds=0, secure=secure),
    )
    return Done(guard.local(visit.given("next", "/")), headers=headers)


def _out(visit: Visit) -> Done:
    bearer = visit.bearer
    if bearer is not None:
        visit.do("session end", id=bearer.token)
    secure = visit.base.startswith("https:")
    return Done("/signin", headers=(cookies.cookie(cookies.SESSION, "", seconds=0, secure=secure),))


def _signed_out(visit: Visit) -> Done:
    return Done("/signin")


PAGES = (
    Page(
        "/signin",
        "signin/signin.html",
        view,
        "home",
        actions={"password": _by_password, "link": _by_link},
        open=True,
    ),
    Page("/signout", "signin/signin.html", _signed_out, "home", actions={"signout": _out}),
)
