"""What a user writes for a dataflow of SDMX."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Written

from doumen.rooms.collect.connectors.reads import RecordReads


class Reads(RecordReads):
    """What a user writes for a stream; `table` is the dataflow: `AGENCY,ID,VERSION` or its id.

    Attributes:
        key: Which series: codes of the dimensions with dots; None: all.
        start: The first period.
        end: The last period.
        params: Further parameters of the address.
        delimiter: What the service puts between fields.
    """

    key: str | None = Written(default=None, pattern=r"^[A-Za-z0-9_@$.*~+,-]+$", max_length=4000)
    start: str | None = Written(default=None, pattern=r"^[0-9A-Z:-]{4,40}$")
    end: str | None = Written(default=None, pattern=r"^[0-9A-Z:-]{4,40}$")
    params: dict[str, str | int] = Written(default_factory=dict)
    delimiter: Annotated[str, Written(min_length=1, max_length=1)] = ","
