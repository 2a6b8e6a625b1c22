"""The files that pages bring to the browser: built with the package, named by their content.

An address holds the digest of what it gives, so that browsers keep it for good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from doumen.faces.web import problems
from doumen.model.errors import Unavailable
from doumen.model.message import msg

FOLDER = Path(__file__).parents[1] / "static"
MEDIA: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"


@cache
def manifest() -> Mapping[str, str]:
    """Name of each file → the start of its SHA-256 (hex).

    Raises:
        Unavailable: they were not built.
    """
    return dict(json.loads(_text("manifest.json")))


@cache
def icons() -> Mapping[str, str]:
    """Name of each icon → what stands inside its `svg` (Tabler Icons, MIT)."""
    return dict(json.loads(_text("icons.json")))


def address(name: str) -> str:
    """Where a file is."""
    return f"/static/{manifest()[name]}/{name}"


async def serve(request: Request) -> Response:
    """One file; packed where the browser takes that."""
    name = request.path_params["name"]
    media = MEDIA.get(Path(name).suffix)
    if media is None or manifest().get(name) != request.path_params["tag"]:
        raise problems.no_route()
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": _FOREVER, "vary": "accept-encoding"}
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(_content(f"{name}.gz" if packed else name), media_type=media, headers=headers)


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _text(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except OSError:
        raise Unavailable(
            msg("The files of the pages were not built."),
            why=msg("This Doumen was started from its source without its set-up."),
            next=msg("Run `make setup`, or install the package."),
            detail="pages",
        ) from None
