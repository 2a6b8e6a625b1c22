"""The frame around every page: links, language, theme, who is there, and what just happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from doumen.faces.web.page import cookies, guard
from doumen.faces.web.page.noun import Crumb, Page, Section, View
from doumen.faces.web.page.visit import Visit
from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg

LINKS: Sequence[tuple[Section, str, str, Message]] = (
    ("catalogue", "/d", "database", msg("Catalogue")),
    ("collect", "/sources", "upload", msg("Collect")),
    ("govern", "/govern", "shield", msg("Govern")),
    ("work", "/work", "chart-bar", msg("Workbench")),
    ("market", "/market", "arrows-exchange", msg("Market")),
    ("trace", "/trace", "history", msg("Trace")),
)
"""Section, address, icon and name of each link."""
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame shows beside the page.

    Attributes:
        csrf: The token of the forms of this page.
        news: What was just done.
        problem: What went wrong, as an error tells it; None: nothing.
        given: What the form that went wrong held, to be shown in it again.
        twin: Address of the JSON of this page.
        sought: What is searched for.
    """

    title: Message
    crumbs: Sequence[Crumb]
    section: Section
    language: str
    theme: str
    actor: str | None
    roles: Sequence[str]
    organisation: str
    purpose: str | None
    purposes: Sequence[str]
    csrf: str
    news: Sequence[Message]
    problem: Mapping[str, Any] | None
    given: Mapping[str, Sequence[Any]]
    path: str
    address: str
    twin: str
    sought: str
    links: Sequence[tuple[str, str, str, Message]] = LINKS


def framed(
    page: Page,
    view: View,
    visit: Visit,
    *,
    bound: str,
    news: Sequence[Message] = (),
    error: DoumenError | None = None,
) -> Frame:
    """The frame of one page for one visitor."""
    signed = visit.session is not None
    actor = visit.actor if signed else None
    theme = visit.cookies.get(cookies.THEME, "auto")
    parts = urlsplit(visit.address)
    twin = "/home.json" if parts.path == "/" else f"{parts.path}.json"
    return Frame(
        title=view.title,
        crumbs=view.crumbs,
        section=page.section,
        language=visit.language,
        theme=theme if theme in THEMES else "auto",
        actor=actor.name if actor else None,
        roles=sorted(actor.roles) if actor else (),
        organisation=visit.house.node.settings.name,
        purpose=visit.purpose,
        purposes=sorted(actor.purposes) if actor else (),
        csrf=guard.token(bound),
        news=news,
        problem=None if error is None else error.as_json(),
        given=visit.form,
        path=parts.path,
        address=visit.address,
        sought=visit.asked("q"),
        twin=twin + (f"?{parts.query}" if parts.query else ""),
    )
