"""A page that shows every part of which pages are made, served under the policy of pages.

In `specimen.html`, `[[中文|English]]` is what is said, `{{icon NAME}}` and `{{static NAME}}` are
what templates call too, and `{{chart NAME}}` is an option of ECharts. With `?only=chart.js` (or
another) the page brings no other script than that of the frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from tests.browser.charts import CHARTS, CITY, NAMES

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "src" / "doumen" / "faces" / "web" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ICON = (
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
)


def drawn(language: str, only: str = "") -> str:
    """The page in one language, with all scripts or one."""
    icons = json.loads((STATIC / "icons.json").read_text("utf-8"))
    manifest = json.loads((STATIC / "manifest.json").read_text("utf-8"))

    def call(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "icon":
            return _ICON.format(icons[name])
        if kind == "static":
            return f"/static/{manifest[name]}/{name}"
        return json.dumps(CHARTS[name])

    text = (HERE / "specimen.html").read_text("utf-8")
    if only:
        text = re.sub(rf'<script src="{{{{static (?!frame|{re.escape(only)}).*?</script>', "", text)
    text = re.sub(r"\[\[(.*?)\|(.*?)\]\]", r"\1" if language == "zh" else r"\2", text)
    return re.sub(r"\{\{(\w+) ([\w.-]+)\}\}", call, text)


async def _page(request: Request) -> Response:
    chinese = request.headers.get("accept-language", "").startswith("zh")
    headers = {"Content-Security-Policy": request.app.state.policy}
    text = drawn("zh" if chinese else "en", request.query_params.get("only", ""))
    return HTMLResponse(text, headers=headers)


async def _static(request: Request) -> Response:
    return FileResponse(STATIC / request.path_params["name"])


async def _chart(request: Request) -> Response:
    return JSONResponse(CHARTS[request.path_params["name"]])


async def _json(request: Request) -> Response:
    return JSONResponse(CITY if "city" in request.url.path else NAMES)


async def _hits(request: Request) -> Response:
    sought = request.query_params["q"]
    return HTMLResponse(f'<a class="dropdown-item" href="/">traffic.{sought}</a>')


async def _events(request: Request) -> Response:
    body = "data: <progress max=100 value=100>100 %</progress>\n\nevent: done\ndata:\n\n"
    return Response(body, media_type="text/event-stream")


def application(policy: str = POLICY) -> Starlette:
    """The page and what it asks for."""
    app = Starlette(
        routes=[
            Route("/", _page, methods=["GET", "POST"]),
            Route("/static/{tag}/{name}", _static),
            Route("/chart/{name}", _chart),
            Route("/city.geojson", _json),
            Route("/names.json", _json),
            Route("/hits", _hits),
            Route("/events", _events),
        ]
    )
    app.state.policy = policy
    return app


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application at a free port of this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the application did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
