"""A catalogue in DCAT, its distributions as files: `dataset/distribution.csv`.

The catalogue may be Turtle, RDF/XML, N-Triples or JSON-LD, in one document or in pages of Hydra. A
file is brought anew where its checksum is another; where the catalogue has none, it always is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from pydantic import Field as Written

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Files
from doumen.rooms.collect.connectors.web import SECRETS, Place, WebOptions, client
from doumen.rooms.collect.web.address import parsed

KIND = "dcat"
EXTRA = "rdf"
__all__ = ["EXTRA", "KIND", "SECRETS", "Dcat", "Options"]


class Options(WebOptions):
    """What a user writes.

    Attributes:
        url: Address of the catalogue.
        language: In which titles are taken, where there are several.
    """

    url: Place
    language: str = Written(default="en", pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")


@dataclass(frozen=True, slots=True)
class Dcat:
    """A catalogue."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Get ready to ask; as `Connector.open`."""
        missing = None
        try:
            from doumen.rooms.collect.connectors.dcat_session import (  # noqa: PLC0415 (an extra)
                DcatFiles,
            )
        except ModuleNotFoundError as error:
            if str(error.name).partition(".")[0] != "rdflib":
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        with closing(client(self.options, parsed(self.options.url), self.secrets)) as asker:
            yield DcatFiles(asker, self.options.language.lower())
