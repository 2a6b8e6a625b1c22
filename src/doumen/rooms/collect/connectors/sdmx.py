"""A statistical office that speaks SDMX over REST; `sdmx_session` reads its dataflows.

Addresses are those of SDMX REST 1.x (SDMX 2.1) or 2.x (SDMX 3.0). What a dataflow gives is a table
of texts and numbers as they are written; it is read whole, since observations are revised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from doumen.rooms.collect.connectors.interface import Records
from doumen.rooms.collect.connectors.sdmx_reads import Reads
from doumen.rooms.collect.connectors.web import SECRETS, Base, WebOptions, client
from doumen.rooms.collect.web.address import parsed

KIND = "sdmx"
__all__ = ["KIND", "SECRETS", "Options", "Reads", "Sdmx"]


class Options(WebOptions):
    """What a user writes.

    Attributes:
        url: Where the service is: `data`, `dataflow` and the like are below it.
        version: Of SDMX that its addresses are of.
    """

    url: Base
    version: Literal["2.1", "3.0"] = "2.1"


@dataclass(frozen=True, slots=True)
class Sdmx:
    """A service of SDMX."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Records]:
        """Get ready to ask; as `Connector.open`."""
        from doumen.rooms.collect.connectors.sdmx_session import (  # noqa: PLC0415 (where it is used)
            Flows,
        )

        asker = client(self.options, parsed(self.options.url), self.secrets)
        with closing(asker):
            yield Flows(asker, three=self.options.version == "3.0")
