"""Files that were sent with a job, kept in the folder of the node until the job is done.

They are written before the job is queued and removed after it is done, so that a job that is
there has its files, and what a crash leaves is swept.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from doumen.model.errors import Conflict, DoumenError
from doumen.model.files import Upload, unwritable, without
from doumen.model.message import msg
from doumen.stores.durable import sync

FOLDER = "spool"
UPLOAD = "upload"
"""Key of an input that is a file of the spool."""
GRACE = 24 * 3600.0
"""Seconds for which a folder without a job may belong to one that is just being queued."""


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
