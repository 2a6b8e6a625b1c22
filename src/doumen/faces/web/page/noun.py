"""The nouns of pages: a page, what it shows, and what one of its forms did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from doumen.model.message import Message

if TYPE_CHECKING:
    from doumen.faces.web.page.visit import Visit

Section = Literal["home", "catalogue", "collect", "govern", "work", "market", "trace", "settings"]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way that leads to a page.

    Attributes:
        label: What it is called; the data of users as `plain`.
        href: Its address on this service.
    """

    label: Message
    href: str


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows.

    Attributes:
        title: Of the page, in the tab of the browser and as its heading.
        body: All that is shown, as a JSON object; the names that the template draws, and the
            `.json` twin.
        crumbs: The way here, without the page itself.
        template: Draws it where it is not the one of the page.
    """

    title: Message
    body: Mapping[str, Any]
    crumbs: tuple[Crumb, ...] = ()
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a form did; the browser is sent on, so that loading again does not do it again.

    Attributes:
        where: The address that is shown next, on this service.
        said: Sentences for who did it; of them the first is told as the news.
        headers: Further headers, such as a cookie.
    """

    where: str
    said: tuple[Message, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no page: a file, an image.

    Attributes:
        content: Its bytes.
        media: Its media type.
        name: Under which it is kept by the browser; None: it is shown.
    """

    content: bytes
    media: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """An answer that sends the browser to another place, which settings name.

    Attributes:
        where: The address there.
        headers: Further headers, such as a cookie.
    """

    where: str
    headers: tuple[tuple[str, str], ...] = ()


Action = Callable[["Visit"], "Done | View | Reply"]
"""What a form of a page does."""


@dataclass(frozen=True, slots=True)
class Live:
    """The part of a page that is drawn anew while what it shows goes on.

    Attributes:
        template: Draws the part, of the same body as the page; a name below `faces/web/pages`.
        over: Whether nothing more becomes of what a body shows.
    """

    template: str
    over: Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        path: Its address, as routes write it: `/d/{dataset}`. Its twin is there under `.json`.
        template: Draws it; a name below `faces/web/pages`.
        view: What it shows, to whoever visits it.
        section: Which of the links of the frame it belongs to.
        actions: What its forms do, by the value of their button `do`.
        open: Whether it is for those too who are not signed in.
        twin: Its address for machines where `path` + `.json` would be none (`/`).
        floor: Seconds before which it is not told that a form went wrong, so that the time it
            took tells nothing.
        live: Its part that changes by itself; told under `path` + `/live`.
    """

    path: str
    template: str
    view: Callable[[Visit], View | Done | Reply | Away]
    section: Section
    actions: Mapping[str, Action] = field(default_factory=dict)
    open: bool = False
    twin: str | None = None
    floor: float = 0.0
    live: Live | None = None

    @property
    def json_path(self) -> str:
        """The address of its twin."""
        return self.twin or f"{self.path}.json"
