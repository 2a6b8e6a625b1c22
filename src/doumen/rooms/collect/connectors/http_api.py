"""An HTTP interface that gives records, described by a document; `http_api_session` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors.http_api_reads import Reads
from doumen.rooms.collect.connectors.interface import Records
from doumen.rooms.collect.connectors.web import SECRETS, Base, WebOptions, client
from doumen.rooms.collect.web.address import parsed

KIND = "http_api"
__all__ = ["KIND", "SECRETS", "HttpApi", "Options", "Reads"]


class Options(WebOptions):
    """What a user writes.

    Attributes:
        base: Address that the paths of streams are below.
    """

    base: Base


@dataclass(frozen=True, slots=True)
class HttpApi:
    """An HTTP interface."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Records]:
        """Get ready to ask; as `Connector.open`."""
        from doumen.rooms.collect.connectors.http_api_session import (  # noqa: PLC0415 (where it is used)
            HttpRecords,
        )

        asker = client(self.options, parsed(self.options.base), self.secrets)
        with closing(asker):
            yield HttpRecords(asker)
