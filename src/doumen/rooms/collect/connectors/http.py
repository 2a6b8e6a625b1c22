"""Files behind addresses of the web; `http_place` brings them.

The web lists nothing: a stream names one file. Secrets go to the host of `base` alone, over TLS
unless it is said that they need not be protected.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.interface import Files

KIND = "http"
SECRETS = ("password", "token")
PATHS = ("authorities",)


class Options(BaseModel):
    """What a user writes.

    Attributes:
        base: Address that names of files are below.
        user: Who asks, with the secret `password`.
        allow_private: It may lead to this machine, or into an inner network.
        allow_http: Secrets may be sent without TLS.
        authorities: File (PEM) of the authorities that are trusted, in place of the system's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    base: str = Written(min_length=1, max_length=4096, pattern=r"^https?://[^\s?#]+$")
    user: str | None = Written(default=None, min_length=1, max_length=255)
    allow_private: bool = False
    allow_http: bool = False
    authorities: str | None = Written(default=None, min_length=1)

    @property
    def place(self) -> Message:
        """The server, as messages call it."""
        return msg("The server at {base}", base=self.base)


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


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as it is written."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
