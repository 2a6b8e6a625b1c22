"""Documents that a person names by their path, read as text within bounds."""

from __future__ import annotations

from pathlib import Path

from doumen.model.errors import Invalid
from doumen.model.files import reading
from doumen.model.message import msg

SIZE = 1 << 20


def text_of(path: Path) -> str:
    """The text of a document.

    Raises:
        Invalid: it is too large, or no UTF-8.
        NotFound, Unavailable: it is not there, or cannot be read.
    """
    with reading(path):
        if path.stat().st_size > SIZE:
            raise Invalid(
                msg("`{path}` has more than 1 MiB.", path=path.name),
                next=msg("Check that this is the right file."),
                detail="document",
            )
        return path.read_text(encoding="utf-8-sig")
