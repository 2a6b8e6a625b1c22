"""An answer as a file, batch by batch and never half.

The rows go to a file beside the one that was asked for, which takes its name when all of it
has reached the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from doumen.model.answer import Answer
from doumen.model.errors import Invalid, Unavailable
from doumen.model.files import reason
from doumen.model.message import joined, msg
from doumen.rooms.analyse import forms
from doumen.rooms.analyse.forms import Form


def writer(path: Path) -> Form:
    """The way of writing that the name of the file asks for; called before anything is run.

    Raises:
        Invalid: the ending is not known, or there is no such folder.
    """
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        raise Invalid(
            msg("`{path}` does not say in which format to write.", path=path.name),
            why=msg("Endings known: {formats}.", formats=joined(msg(", "), FORMATS)),
            next=msg("Give the file one of these endings."),
            detail="format",
        )
    if path.is_dir() or not path.parent.is_dir():
        raise Invalid(
            msg("`{path}` cannot be made.", path=path),
            why=msg("It is a folder.")
            if path.is_dir()
            else msg("There is no folder `{parent}`.", parent=path.parent),
            detail="path",
        )
    return FORMATS[ending]


def export(answer: Answer, path: Path, write: Form) -> int:
    """Write an answer to a file and give the number of rows.

    Raises:
        Unavailable: the disk does not take it. Invalid: the format has no such type.
    """
    try:
        with _whole(path) as file:
            return sum(write(file, answer))
    except OSError as error:
        raise Unavailable(
            msg("`{path}` cannot be written.", path=path),
            why=reason(error),
            next=msg("Nothing was left there; choose another place."),
            detail="file",
        ) from None


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete and on the disk, or leaves nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


FORMATS: Mapping[str, Form] = {
    ".csv": forms.csv,
    ".json": forms.document,
    ".parquet": forms.parquet,
    ".arrow": forms.arrow,
}
