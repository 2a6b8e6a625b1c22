"""A place that is one file: what a user writes for it, and where it is found."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.rooms.collect.connectors import faults


class Options(BaseModel):
    """What a user writes.

    Attributes:
        path: The file, on the machine where Doumen runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = Written(min_length=1)

    def found(self) -> Path:
        """The file.

        Raises:
            NotFound: there is none.
        """
        path = Path(self.path)
        if not path.is_file():
            raise faults.no_file(self.path)
        return path
