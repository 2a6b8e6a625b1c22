"""The addresses of pages: each page, its JSON twin, and the files that they bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from doumen.faces.web import problems
from doumen.faces.web.page import static
from doumen.faces.web.page.live import Streams, Told
from doumen.faces.web.page.noun import Page, View
from doumen.faces.web.page.served import Served
from doumen.faces.web.page.visit import Visit
from doumen.faces.web.verb import House
from doumen.model.errors import NotFound
from doumen.model.message import msg


def routes(pages: Sequence[Page], house: Callable[[], House]) -> list[Route]:
    """The routes of all pages; twins first, since a name in an address may hold a dot."""
    twins = [
        Route(page.json_path, Served(house, page, twin=True), methods=["GET"]) for page in pages
    ]
    shown = [
        Route(page.path, Served(house, page), methods=["GET", "POST"] if page.actions else ["GET"])
        for page in pages
    ]
    streams = Streams()
    told = [
        Route(f"{page.path}/live", Told(house, page, page.live, streams), methods=["GET"])
        for page in pages
        if page.live is not None
    ]
    return [Route("/static/{tag}/{name}", static.serve), *twins, *told, *shown]


def nowhere(house: Callable[[], House]) -> ASGIApp:
    """What answers where nothing is: a page to people, a problem to machines."""
    page = Served(house, Page("/", "frame/wrong.html", _none, "home", open=True))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if "text/html" not in Request(scope).headers.get("accept", "") or scope["method"] != "GET":
            raise problems.no_route()
        await page(scope, receive, send)

    return answer


def _none(visit: Visit) -> View:
    raise NotFound(
        msg("There is nothing at this address."),
        next=msg("Search above, or take a link of this page."),
        detail="route",
    )
