"""The body of a request, within its bounds: JSON, or a form whose files go to a folder.

The folder is of one request and goes with it. Where a message would tell its place, the name
that the sender gave stands alone.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message as Event
from starlette.types import Receive

from doumen.faces.web import problems
from doumen.faces.web.outer import Gone
from doumen.faces.web.terms import MIB, Terms
from doumen.model.errors import DoumenError, Invalid
from doumen.model.files import Upload, without
from doumen.model.message import msg

FORM = "multipart/form-data"
_PARTS = 200
_LONGEST = 200
"""Bytes of the name of a file, of which systems of files take 255."""
_UNFIT = re.compile(r"[^\w.()+ -]|^[.~]+")


class Folder:
    """A place for the files of one request."""

    def __init__(self) -> None:
        self._path = Path(tempfile.mkdtemp(prefix="doumen-upload-"))
        self._within = re.compile(rf"{re.escape(str(self._path))}/\d+/?")
        self._count = 0

    def keep(self, file: UploadFile) -> Path:
        """Write what was sent under the name that its sender gave, as far as that is a name."""
        name = _UNFIT.sub("_", PurePosixPath((file.filename or "").replace("\\", "/")).name)
        path = self.place(_ended(name) or "upload")
        file.file.seek(0)
        with path.open("xb") as kept:
            shutil.copyfileobj(file.file, kept, MIB)
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a text that was typed into a form, for a verb that takes a file."""
        path = self.place(name)
        path.write_text(text, "utf-8")
        return path

    def place(self, name: str) -> Path:
        """Where a file of this name may be made."""
        self._count += 1
        place = self._path / str(self._count)
        place.mkdir()
        return Upload(place / name)

    def close(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self._path, ignore_errors=True)

    def hide(self, value: Any) -> Any:
        """The value with the place of the folder left out of every text."""
        return without(self._within, value)

    def hidden(self, error: DoumenError) -> DoumenError:
        """The error with the place of the folder left out of its words."""
        error.what, error.why, error.next = map(self.hide, (error.what, error.why, error.next))
        return error


def _ended(name: str) -> str:
    """The end of a name, which says what kind of file it is, as long as a name may be."""
    return name.encode("utf-8", "replace")[-_LONGEST:].decode("utf-8", "ignore")


def bounded(receive: Receive, terms: Terms, most: int) -> Receive:
    """A body that ends with a problem where it is too long or does not come."""
    seen = 0

    async def receiving() -> Event:
        nonlocal seen
        try:
            message = await asyncio.wait_for(receive(), terms.patience)
        except TimeoutError:
            raise problems.too_slow(terms.patience) from None
        seen += len(message.get("body", b""))
        if seen > most:
            raise problems.too_large(most)
        return message

    return receiving


async def body(request: Request) -> bytes:
    """The whole body.

    Raises:
        Gone: the client hung up.
    """
    try:
        return await request.body()
    except ClientDisconnect:
        raise Gone from None


async def form(request: Request) -> FormData:
    """The parts of a form; files are in memory while small, else on the disk.

    Raises:
        Invalid: it is no form. Gone: the client hung up.
    """
    try:
        return await request.form(max_files=8, max_fields=_PARTS)
    except ClientDisconnect:
        raise Gone from None
    except (MultiPartException, HTTPException, KeyError, ValueError):
        raise Invalid(
            msg("The body is no form of this kind."),
            why=msg("It should be {form}, with {parts} parts at most.", form=FORM, parts=_PARTS),
            next=msg("curl -F name=value -F file=@path makes one."),
            detail="form",
        ) from None


def parts(fields: FormData, keep: Callable[[UploadFile], Path]) -> dict[str, list[Any]]:
    """Name → what was given for it: texts, and paths of the files kept."""
    found: dict[str, list[Any]] = {}
    for name, value in fields.multi_items():
        given = keep(value) if isinstance(value, UploadFile) else value
        found.setdefault(name, []).append(given)
    return found
