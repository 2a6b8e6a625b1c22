"""Files that people name or send: how they are told of, and the errors about them."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PosixPath, PurePath
from typing import Any

from doumen.model.errors import Conflict, Invalid, NotFound, Unavailable, is_full, no_room
from doumen.model.message import Message, msg, plain

_REASONS: Mapping[int, Message] = {
    errno.EACCES: msg("Permission denied"),
    errno.EADDRINUSE: msg("Address already in use"),
    errno.EADDRNOTAVAIL: msg("Cannot assign requested address"),
    errno.EEXIST: msg("File exists"),
    errno.EIO: msg("Input/output error"),
    errno.EISDIR: msg("Is a directory"),
    errno.ENOENT: msg("No such file or directory"),
    errno.ENOSPC: msg("No space left on device"),
    errno.ENOTDIR: msg("Not a directory"),
    errno.ENOTEMPTY: msg("Directory not empty"),
    errno.EPERM: msg("Operation not permitted"),
    errno.EROFS: msg("Read-only file system"),
}
"""What the system says in English most often; the rest stays as the system says it."""


class Upload(PosixPath):
    """A file that was sent: it lies here for a moment, and is known by its name alone."""


def without(place: re.Pattern[str], value: Any) -> Any:
    """A value of JSON with a place on this machine left out of every text in it."""
    if isinstance(value, Message):
        return value.altered(lambda text: place.sub("", text))
    if isinstance(value, str):
        return place.sub("", value)
    if isinstance(value, Mapping):
        return {without(place, key): without(place, item) for key, item in value.items()}
    return [without(place, v) for v in value] if isinstance(value, (list, tuple)) else value


def reason(error: OSError) -> Message:
    """What the system says of it."""
    if isinstance(error.strerror, Message):
        return error.strerror
    known = _REASONS.get(error.errno) if error.errno is not None else None
    return known or plain(error.strerror or type(error).__name__)


def no_file(path: PurePath | str) -> NotFound:
    """The error for a file that is not there."""
    return NotFound(
        msg("There is no file `{path}`.", path=path), next=msg("Check the path."), detail="file"
    )


def unreadable(path: PurePath | str, error: OSError) -> Unavailable:
    """The error for a file that the system does not let us read."""
    return Unavailable(
        msg("`{path}` cannot be read.", path=path),
        why=msg("The system says: {reason}.", reason=reason(error)),
        next=msg("Check the file and its permissions."),
        detail="file",
    )


@contextmanager
def reading(path: PurePath) -> Iterator[None]:
    """Tell of a file that somebody named, while it is read as text.

    Raises:
        NotFound: it is not there.
        Unavailable: it cannot be read.
        Invalid: it is no UTF-8.
    """
    try:
        yield
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


def unwritable(path: PurePath | str, error: OSError) -> Unavailable:
    """The error for a file that the system does not let us write."""
    if is_full(error):
        return no_room()
    return Unavailable(
        msg("`{path}` cannot be written.", path=path),
        why=msg("The system says: {reason}.", reason=reason(error)),
        next=msg("Check the folder and its permissions."),
        detail="file",
    )


def denied(
    error: OSError, what: Message, *, next: Message | None = None, detail: str
) -> Unavailable:
    """The error for what the system does not let the node write; a full disk is told as such."""
    if is_full(error):
        return no_room()
    return Unavailable(what, why=reason(error), next=next, detail=detail)


def already_there(path: PurePath | str) -> Conflict:
    """The error for a new file whose name is taken."""
    return Conflict(
        msg("`{path}` is there already.", path=path),
        next=msg("Name another file, or remove this one."),
        detail="file",
    )
