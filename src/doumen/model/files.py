"""Files that people name or send: how they are told of, and the errors about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PosixPath, PurePath
from typing import Any

from doumen.model.errors import Conflict, NotFound, Unavailable, is_full, no_room


class Upload(PosixPath):
    """A file that was sent: it lies here for a moment, and is known by its name alone."""


def without(place: re.Pattern[str], value: Any) -> Any:
    """A value of JSON with a place on this machine left out of every text in it."""
    if isinstance(value, str):
        return place.sub("", value)
    if isinstance(value, Mapping):
        return {without(place, key): without(place, item) for key, item in value.items()}
    return [without(place, v) for v in value] if isinstance(value, (list, tuple)) else value


def no_file(path: PurePath | str) -> NotFound:
    """The error for a file that is not there."""
    return NotFound(f"There is no file `{path}`.", next="Check the path.", detail="file")


def unreadable(path: PurePath | str, error: OSError) -> Unavailable:
    """The error for a file that the system does not let us read."""
    return Unavailable(
        f"`{path}` cannot be read.",
        why=f"The system says: {error.strerror}.",
        next="Check the file and its permissions.",
        detail="file",
    )


def unwritable(path: PurePath | str, error: OSError) -> Unavailable:
    """The error for a file that the system does not let us write."""
    if is_full(error):
        return no_room()
    return Unavailable(
        f"`{path}` cannot be written.",
        why=f"The system says: {error.strerror}.",
        next="Check the folder and its permissions.",
        detail="file",
    )


def already_there(path: PurePath | str) -> Conflict:
    """The error for a new file whose name is taken."""
    return Conflict(
        f"`{path}` is there already.",
        next="Name another file, or remove this one.",
        detail="file",
    )
