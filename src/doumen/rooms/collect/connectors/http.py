"""Files behind addresses of the web; `http_place` brings them.

The web lists nothing: a stream names one file. Secrets go to the host of `base` alone, over TLS
unless it is said that they need not be protected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.collect.connectors.http_address import Options
from doumen.rooms.collect.connectors.interface import Files

KIND = "http"
SECRETS = ("password", "token")
PATHS = ("authorities",)
__all__ = ["KIND", "PATHS", "SECRETS", "Http", "Options"]


@dataclass(frozen=True, slots=True)
class Http:
    """A place of the web."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Get ready to ask; nothing is asked before a file is named; as `Connector.open`."""
        from doumen.rooms.collect.connectors.http_place import (  # noqa: PLC0415 (where it is used)
            HttpFiles,
        )

        options, given = self.options, self.secrets.keys()
        if ("password" in given) != (options.user is not None) or given == {"password", "token"}:
            raise Invalid(
                msg("{place} is told in two ways, or by half, who asks.", place=options.place),
                next=msg("Give `user` and the secret `password`, or the secret `token`."),
                detail="secret",
            )
        yield HttpFiles(options, self.secrets)
