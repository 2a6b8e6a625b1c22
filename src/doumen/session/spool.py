"""Files that were sent, kept in the folder of the node until the job that they are for is done.

They are written before the job is queued and removed after it is done, so that a job that is
there has its files, and what a crash leaves is swept. A file may also wait for somebody to say
what is to become of it: for a day, and for its sender alone.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doumen.model.errors import Conflict, DoumenError, NotFound, OverBudget
from doumen.model.files import Upload, unwritable, without
from doumen.model.message import msg
from doumen.stores.durable import sync

FOLDER = "spool"
UPLOAD = "upload"
"""Key of an input that is a file of the spool."""
GRACE = 24 * 3600.0
"""Seconds for which a folder without a job may belong to one that is to be queued."""
FILE, SENDER = "file", "sender"
"""Of a file that waits: the folder that it is in, and the note of who sent it, which comes last."""
MOST, LARGEST = 20, 8 << 30
"""Files of one actor that may wait, and their bytes together."""
_ID = re.compile(r"[0-9A-Z]{1,40}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was sent and is not part of a job yet.

    Attributes:
        id: By which its sender finds it again.
        path: Where it lies.
        size: In bytes.
        sent: When it was here, in seconds since 1970.
    """

    id: str
    path: Upload
    size: int
    sent: float


class Spool:
    """The spool of a node.

    Args:
        root: Folder; it is made when it is needed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._within = re.compile(rf"{re.escape(str(root))}/[0-9A-Z]+/\w+/?")

    def keep(self, job: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of a job as JSON, its files in the spool, on the disk.

        Raises:
            Unavailable: a file cannot be kept; then none is.
        """
        try:
            return {name: self._kept(job, name, value) for name, value in inputs.items()}
        except OSError as error:
            self.remove(job)
            raise unwritable(self._root, error) from None

    def wait(self, id: str, actor: str, file: Path) -> Waiting:
        """Keep a file until its sender says what is to become of it; it is durable then.

        Args:
            id: A new one, of the form that jobs have.
            actor: Who sent it.
            file: It is moved here.

        Raises:
            OverBudget: files of the actor wait already, too many or too large.
            Unavailable: it cannot be kept.
        """
        there = self.waiting(actor)
        size = file.stat().st_size
        if len(there) >= MOST or sum(one.size for one in there) + size > LARGEST:
            raise _too_many()
        folder = self._root / id / FILE
        try:
            folder.mkdir(parents=True, mode=0o700)
            place = folder / file.name
            shutil.move(file, place)
            with place.open("rb") as kept:
                os.fsync(kept.fileno())
            sync(folder)
            with (folder.parent / SENDER).open("x", encoding="utf-8") as note:
                note.write(actor)
                note.flush()
                os.fsync(note.fileno())
            for above in (folder.parent, self._root, self._root.parent):
                sync(above)
        except OSError as error:
            self.remove(id)
            raise unwritable(self._root, error) from None
        return Waiting(id, Upload(place), size, time.time())

    def waiting(self, actor: str) -> list[Waiting]:
        """The files of an actor that wait, the latest first."""
        found = (self._waiting(note, actor) for note in self._root.glob(f"*/{SENDER}"))
        return sorted((one for one in found if one), key=lambda one: one.id, reverse=True)

    def one_waiting(self, id: str, actor: str) -> Waiting:
        """A file that waits.

        Raises:
            NotFound: there is none of this id that the actor sent.
        """
        found = self._waiting(self._root / id / SENDER, actor) if _ID.fullmatch(id) else None
        if found is None:
            raise NotFound(
                msg("The file that you sent is not kept any more."),
                why=msg("It was taken up or removed, or waited for more than a day."),
                next=msg("Send it again."),
                detail="upload",
            )
        return found

    def _waiting(self, note: Path, actor: str) -> Waiting | None:
        """The file beside a note of who sent it; None: it is of another, or not whole."""
        try:
            if note.read_text("utf-8") != actor:
                return None
            (place,) = (note.parent / FILE).iterdir()
            size = place.stat().st_size
            return Waiting(note.parent.name, Upload(place), size, note.stat().st_mtime)
        except (OSError, ValueError):
            return None

    def given(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs as an operation takes them.

        Raises:
            Conflict: a file is not there any more.
        """
        return {name: self._given(value) for name, value in inputs.items()}

    def hide(self, value: Any) -> Any:
        """The value with the place of the spool left out of every text."""
        return without(self._within, value)

    def hidden(self, error: DoumenError) -> dict[str, Any]:
        """An error as JSON, without the place of the spool."""
        told: dict[str, Any] = self.hide(error.as_json())
        return told

    def remove(self, job: str) -> None:
        """Remove the files of a job, where it has any."""
        shutil.rmtree(self._root / job, ignore_errors=True)

    def sweep(self, needed: Callable[[str], bool]) -> None:
        """Remove folders of no job.

        Args:
            needed: Whether the job of this id is not over, or may be done again.
        """
        for folder in self._root.glob("*"):
            if time.time() - folder.stat().st_mtime > GRACE and not needed(folder.name):
                self.remove(folder.name)

    def _kept(self, job: str, name: str, value: Any) -> Any:
        if not isinstance(value, Path):
            return list(value) if isinstance(value, tuple) else value
        if not isinstance(value, Upload):
            return str(value)
        folder = self._root / job / name
        folder.mkdir(parents=True, mode=0o700)
        place = folder / value.name
        if value.is_relative_to(self._root):
            os.link(value, place)
        else:
            shutil.move(value, place)
        with place.open("rb") as file:
            os.fsync(file.fileno())
        for above in (folder, folder.parent, self._root, self._root.parent):
            sync(above)
        return {UPLOAD: f"{job}/{name}/{value.name}"}

    def _given(self, value: Any) -> Any:
        if isinstance(value, list):
            return tuple(value)
        if not isinstance(value, Mapping):
            return value
        path = Upload(self._root / value[UPLOAD])
        if not path.is_file():
            raise Conflict(
                msg("The file `{name}` that came with the job is not kept any more.",
                    name=path.name),
                next=msg("Send it again, with a new job."),
                detail="upload",
            )  # fmt: skip
        return path


def _too_many() -> OverBudget:
    return OverBudget(
        msg("{most} files, or {size} GiB, of one sender may wait.", most=MOST, size=LARGEST >> 30),
        next=msg("Say what is to become of those that wait, or remove them."),
        detail="upload",
    )
