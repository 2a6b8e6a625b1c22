"""Files that people name or send, and the errors about them: absent, unreadable, there already."""

from __future__ import annotations

from pathlib import PosixPath, PurePath

from doumen.model.errors import Conflict, NotFound, Unavailable


class Upload(PosixPath):
    """A file that was sent: it lies here for a moment, and is known by its name alone."""


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
