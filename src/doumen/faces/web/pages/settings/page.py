"""How a visitor likes to see pages: language, theme, and the purpose for which they ask."""

from __future__ import annotations

from urllib.parse import quote

from doumen.faces.languages import LANGUAGES
from doumen.faces.web.page import Done, Page, View, Visit, cookies, frame


def _language(visit: Visit) -> Done:
    return _kept(visit, cookies.LANGUAGE, visit.one_of("language", tuple(LANGUAGES)))


def _theme(visit: Visit) -> Done:
    return _kept(visit, cookies.THEME, visit.one_of("theme", frame.THEMES))


def _purpose(visit: Visit) -> Done:
    return _kept(visit, cookies.PURPOSE, quote(visit.given("purpose")))


def _kept(visit: Visit, name: str, value: str) -> Done:
    secure = visit.secure
    header = cookies.cookie(name, value, seconds=cookies.YEAR if value else 0, secure=secure)
    return Done(visit.given("back", "/"), headers=(header,))


def _look(visit: Visit) -> Done | View:
    return Done("/settings")


PAGES = (
    Page(
        "/settings/look",
        "frame/wrong.html",
        _look,
        "settings",
        actions={"language": _language, "theme": _theme, "purpose": _purpose},
        open=True,
    ),
)
