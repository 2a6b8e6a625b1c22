"""A portal of CKAN (action API 3): its resources as files, and its datastore as records.

`ckan` gives files: `dataset/resource.csv`. One that was uploaded there is brought anew where its
time or digest is another; one that lies elsewhere always, for the portal does not know.
`ckan_datastore` gives the records of resources whose rows the portal itself holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doumen.rooms.collect.connectors.interface import Files, Records
from doumen.rooms.collect.connectors.reads import RecordReads
from doumen.rooms.collect.connectors.web import SECRETS, Base, WebOptions, client
from doumen.rooms.collect.web import signing
from doumen.rooms.collect.web.address import parsed

if TYPE_CHECKING:
    from doumen.rooms.collect.web.client import Client

KIND, STORE = "ckan", "ckan_datastore"
__all__ = ["KIND", "SECRETS", "STORE", "Ckan", "Options", "RecordReads", "Store"]


class Options(WebOptions):
    """What a user writes.

    Attributes:
        url: Address of the portal: `api/3/action` is below it.
    """

    url: Base


@dataclass(frozen=True, slots=True)
class Ckan:
    """The files of a portal."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Get ready to ask; as `Connector.open`."""
        from doumen.rooms.collect.connectors.ckan_session import (  # noqa: PLC0415 (where it is used)
            CkanFiles,
        )

        with closing(_asker(self.options, self.secrets)) as asker:
            yield CkanFiles(asker)


@dataclass(frozen=True, slots=True)
class Store:
    """The datastore of a portal."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Records]:
        """Get ready to ask; as `Connector.open`."""
        from doumen.rooms.collect.connectors.ckan_session import (  # noqa: PLC0415 (where it is used)
            CkanRecords,
        )

        with closing(_asker(self.options, self.secrets)) as asker:
            yield CkanRecords(asker)


def _asker(options: Options, secrets: Mapping[str, str]) -> Client:
    """One who asks there; a token of CKAN stands in its header alone, without a word before it."""
    token = secrets.get("token")
    sign = None if token is None else signing.Fixed({"Authorization": signing.fit(token, "token")})
    return client(options, parsed(options.url), secrets, sign)
