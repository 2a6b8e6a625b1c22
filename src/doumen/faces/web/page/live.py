"""Parts of pages told as they change, by server-sent events (WHATWG HTML, 9.2).

A stream looks at its page again and again, each time as a visit of its own, so that it ends with
the sign-in or the right to see. It takes none of the places of jobs. A stream lasts some seconds
and the browser comes again by itself: so a service that is to stop need not wait for whoever
looks on. What a stream tells without script is told by loading the page again.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import Message as Event
from starlette.types import Receive, Scope, Send

from doumen.faces.web import problems
from doumen.faces.web.outer import Gone
from doumen.faces.web.page import cookies, draw, guard
from doumen.faces.web.page.entered import entered, visit_of
from doumen.faces.web.page.frame import framed
from doumen.faces.web.page.noun import Live, Page, View
from doumen.faces.web.problems import Problem
from doumen.faces.web.verb import House
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.rooms.protect.tokens import Bearer

LOOK = 1.0
"""Seconds between two looks."""
LASTS = 20.0
"""Seconds that a stream lasts."""
MOST, OF_ONE = 100, 8
"""Streams at one time in a process, and of one actor, however often they are signed in."""
OVER = b"event: done\ndata: \n\n"
"""The last event of what is over: the browser does not come again."""
_HEADERS = {
    **guard.HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


class Streams:
    """The places of those who look on, in one process."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    @contextmanager
    def place(self, bearer: Bearer) -> Iterator[None]:
        """Take one.

        Raises:
            Unavailable: all are taken.
        """
        if self._open[bearer.actor] >= OF_ONE or self._open.total() >= MOST:
            raise Unavailable(
                msg("Too many pages are followed at one time."),
                next=msg("Close some of them, or load the page again now and then."),
                detail="busy",
            )
        self._open[bearer.actor] += 1
        try:
            yield
        finally:
            self._open[bearer.actor] -= 1
            self._open += Counter()


@dataclass(frozen=True, slots=True)
class Told:
    """The live part of a page as an application.

    Attributes:
        house: Gives the service.
        page: The page.
        live: Its part.
        streams: Where those who look on are counted.
    """

    house: Callable[[], House]
    page: Page
    live: Live
    streams: Streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell whoever is signed in and may see the page."""
        house, line = self.house(), scope["state"]["line"]
        line.said["page"] = f"{self.page.path}/live"
        bearer = await house.work.at_door(lambda: entered(house, Request(scope).cookies))
        if bearer is None:
            raise problems.unauthenticated()
        line.said |= {"actor": bearer.actor, "token": bearer.token}
        house.rate.take(bearer.token)
        with self.streams.place(bearer):
            events = _events(house, self.page, self.live, scope)
            await _sent(events, receive, send, house.terms.patience)


async def _sent(
    events: AsyncIterator[bytes], receive: Receive, send: Send, patience: float
) -> None:
    """Send events until there are no more, or nobody takes them.

    Raises:
        Gone: nobody does. Problem, DoumenError: there is none at all.
    """
    first = await anext(events)
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in _HEADERS.items()]
    gone = asyncio.create_task(_gone(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await asyncio.wait_for(send(_chunk(first)), patience)
        async for event in events:
            if gone.done():
                raise Gone
            await asyncio.wait_for(send(_chunk(event)), patience)
        await send({"type": "http.response.body", "body": b""})
    except TimeoutError:
        raise Gone from None
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _events(house: House, page: Page, live: Live, scope: Scope) -> AsyncIterator[bytes]:
    """The part of the page whenever it is another, and the end.

    Raises:
        Problem, DoumenError: at the first look, the visitor may not see it.
    """
    until, before = time.monotonic() + LASTS, None
    while True:
        try:
            body, html = await house.work.at_door(lambda: _look(house, page, live, scope))
        except (DoumenError, Problem):
            if before is None:
                raise
            yield OVER
            return
        yield _event(html) if body != before else b": still there\n\n"
        before = body
        if live.over(body):
            yield OVER
            return
        if time.monotonic() >= until:
            return
        await asyncio.sleep(LOOK)


def _look(house: House, page: Page, live: Live, scope: Scope) -> tuple[Mapping[str, Any], str]:
    """What the page shows now, and its part drawn.

    Raises:
        Problem, DoumenError: nobody is signed in any more, or they may not see it.
    """
    bearer = entered(house, Request(scope).cookies)
    if bearer is None:
        raise problems.unauthenticated()
    visit = visit_of(house, scope, bearer)
    found = page.view(visit)
    if not isinstance(found, View):
        raise problems.no_route()
    frame = framed(page, found, visit, bound=cookies.bound(visit.cookies))
    return found.body, draw.drawn(visit.language, live.template, {**found.body, "frame": frame})


def _chunk(event: bytes) -> Event:
    return {"type": "http.response.body", "body": event, "more_body": True}


def _event(html: str) -> bytes:
    """One event whose data is a text of several lines."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"{lines}\n".encode("utf-8", "replace")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
