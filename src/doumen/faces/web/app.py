"""The application: the routes of all verbs, health, the description, and what stands around."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from doumen.faces import languages
from doumen.faces.web import problems
from doumen.faces.web.courier import Courier
from doumen.faces.web.entrance import Rate, tries
from doumen.faces.web.log import LOG
from doumen.faces.web.metrics import Metrics
from doumen.faces.web.openapi import described
from doumen.faces.web.outer import Outer
from doumen.faces.web.page.routes import nowhere
from doumen.faces.web.page.routes import routes as page_routes
from doumen.faces.web.pages import PAGES
from doumen.faces.web.protocols import dsp, exchange, s3
from doumen.faces.web.routes import routes
from doumen.faces.web.terms import Terms
from doumen.faces.web.verb import House
from doumen.faces.web.work import Work
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.operations import sections
from doumen.session import Node, held
from doumen.session.worker import Worker

SWEPT = 60.0
"""Seconds between two looks at the answers that are held, and were not looked at for a while."""


class Service:
    """One process of the service, with its node open while it runs.

    Args:
        terms: Its limits.
        metrics: What counts; None: nothing is counted.
    """

    def __init__(self, terms: Terms, metrics: Metrics | None = None) -> None:
        self._terms = terms
        self._metrics = metrics
        self._house: House | None = None

    def house(self) -> House:
        """What operations need.

        Raises:
            Unavailable: the service is starting, or stopping.
        """
        if self._house is None:
            raise Unavailable(
                msg("The service is not open."), next=msg("Try again soon."), detail="closed"
            )
        return self._house

    @asynccontextmanager
    async def open(self, app: Any) -> AsyncIterator[None]:
        """Open the node; close it when all requests are answered."""
        terms = self._terms
        node = Node.open(Path(terms.folder), warm=True)
        try:
            door = node.session()
        except BaseException:
            node.close()
            raise
        metrics = self._metrics
        work = Work(terms, None if metrics is None else metrics.places)
        courier = Courier(door.desk)
        rate, often = Rate(terms.rate, terms.burst), tries(terms.rate)
        self._house = House(node, door, terms, work, rate, often, courier.wake)
        worker = Worker(node, _job_line, languages.catalogue(languages.wanted(os.environ)))
        queue = threading.Thread(target=worker.run, args=(terms.background,), name="doumen-queue")
        queue.start()
        courier.start()
        sweeping = asyncio.create_task(_swept(work, node.directory))
        watching = None
        if metrics is not None:
            look = partial(work.at_door, node.vitals)
            watching = asyncio.create_task(metrics.watch(look))
        try:
            yield
        finally:
            self._house = None
            worker.give_up()
            courier.stop()
            await asyncio.to_thread(queue.join)
            await asyncio.to_thread(courier.join)
            for task in filter(None, (watching, sweeping)):
                task.cancel()
                await asyncio.wait([task])
            work.close()
            node.close()

    async def ready(self, request: Request) -> Response:
        """Whether the store answers."""
        house = self.house()

        def look() -> None:
            house.node.session().desk.facts()

        await house.work.at_door(look)
        return JSONResponse({"ready": True})


def application(terms: Terms) -> ASGIApp:
    """The service as an ASGI application."""
    metrics = Metrics() if terms.counted else None
    service = Service(terms, metrics)
    router = Router(
        [
            Route("/health/live", _live),
            Route("/health/ready", service.ready),
            Route("/v1/openapi.json", _openapi),
            Route("/v1/problems/{kind}", _kind),
            *routes(sections(), service.house),
            *exchange.routes(service.house),
            *dsp.routes(service.house),
            *s3.routes(service.house),
            *page_routes(PAGES, service.house),
        ],
        redirect_slashes=False,
        default=nowhere(service.house),
        lifespan=service.open,
    )
    inner: ASGIApp = router
    if terms.origins:
        inner = CORSMiddleware(
            router,
            allow_origins=list(terms.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Doumen-Purpose", "X-Request-Id"],
            expose_headers=["Doumen-Receipt", "Doumen-Truncated", "Doumen-Exit", "X-Request-Id"],
        )
    return Outer(inner, metrics)


async def _swept(work: Work, node: Path) -> None:
    """Remove the answers that nobody looks at, also what a service left that ended."""
    while True:
        with suppress(OSError):
            await work.at_door(lambda: held.sweep(node))
        await asyncio.sleep(SWEPT)


async def _live(request: Request) -> Response:
    return JSONResponse({"live": True})


async def _openapi(request: Request) -> Response:
    return Response(_description(), media_type="application/json")


@cache
def _description() -> bytes:
    return json.dumps(described(sections()), ensure_ascii=False).encode()


async def _kind(request: Request) -> Response:
    """What a kind of problem means."""
    kind = request.path_params["kind"]
    if kind not in problems.TITLES:
        raise problems.no_route()
    classes: Mapping[str, type[DoumenError]] = {
        each.kind: each for each in DoumenError.__subclasses__()
    }
    found = classes.get(kind, DoumenError)
    return JSONResponse(
        {"kind": kind, "title": problems.TITLES[kind], "status": found.http, "exit": found.exit}
    )


def _job_line(said: Mapping[str, Any]) -> None:
    """A job of the queue in the log, beside the requests."""
    LOG.info("", extra={"fields": said})
