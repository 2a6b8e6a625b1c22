"""What a user writes for a stream of files, whatever the kind of place."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

SETTLED = 10.0
"""Seconds after which a file that others write is taken to be whole."""


class Changed(StrEnum):
    """What becomes of a file that was read before, and has another content now."""

    REFUSE = "refuse"
    APPEND = "append"
    IGNORE = "ignore"


class FileReads(BaseModel):
    """Options of a stream.

    Attributes:
        encoding: As for `collect`.
        delimiter: As for `collect`.
        header: Whether there is a header; None: it is looked for.
        json_path: Where in a document its rows lie.
        sheet: Sheet of a workbook.
        changed: What becomes of a file that was read before, where its content is another now.
        settled: Seconds for which a file must have been as it is.
        whole: Whether each file is one row, kept as it is; else its rows are read.
        largest: MiB of the largest file that is kept so; None: as the contract says, else 64.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    encoding: str | None = Written(default=None, min_length=1)
    delimiter: str | None = Written(default=None, min_length=1)
    header: bool | None = None
    json_path: str | None = Written(default=None, min_length=1)
    sheet: str | None = Written(default=None, min_length=1)
    changed: Changed = Written(default=Changed.REFUSE, strict=False)
    settled: float = Written(default=SETTLED, ge=0, le=7 * 86_400)
    whole: bool | None = None
    largest: int | None = Written(default=None, ge=1, le=1024)
