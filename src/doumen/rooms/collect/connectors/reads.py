"""What a user writes for a stream of records, whatever the kind of place."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class RecordReads(BaseModel):
    """Options of a stream.

    Attributes:
        ordered: Records come in order of the cursor, so that they land piece by piece.
        cursor_is: `text` compares the values of the cursor by their characters, whatever they
            look like; None: as what they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ordered: bool = False
    cursor_is: Literal["text"] | None = None
