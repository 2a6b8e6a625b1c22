"""Documents that a person names by their path, read as text within bounds."""

from __future__ import annotations

from pathlib import Path

from doumen.model.errors import Invalid
from doumen.model.files import no_file, unreadable
from doumen.model.message import msg

SIZE = 1 << 20


def text_of(path: Path) -> str:
    """The text of a document.

    Raises:
        Invalid: it is too large, or no UTF-8.
        NotFound, Unavailable: it is not there, or cannot be read.
    """
    try:
        if path.stat().st_size > SIZE:
            raise Invalid(
                msg("`{path}` has more than 1 MiB.", path=path.name),
                next=msg("Check that this is the right file."),
                detail="document",
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            msg("`{path}` is not UTF-8 text.", path=path.name),
            next=msg("Save it as UTF-8."),
            detail="encoding",
        ) from None
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise unreadable(path, error) from None
