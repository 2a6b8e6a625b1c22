"""A bucket of an S3-compatible store; `s3_place` reads it.

Nothing of the environment is used: no keys, no endpoints, no proxies. Keys go to the endpoint that
is written down alone, over TLS unless it is this machine or it is said that they need not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from doumen.model.errors import Invalid
from doumen.model.hosts import is_loopback
from doumen.model.message import msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Files
from doumen.rooms.collect.connectors.s3_address import Options

KIND = "s3"
SECRETS = ("access_key", "secret_key", "session_token")
PATHS = ("authorities",)
EXTRA = "s3"
__all__ = ["EXTRA", "KIND", "PATHS", "S3", "SECRETS", "Options"]


@dataclass(frozen=True, slots=True)
class S3:
    """A bucket."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Get ready to ask; nothing is asked before files are; as `Connector.open`."""
        self._guard()
        missing = None
        try:
            from doumen.rooms.collect.connectors.s3_place import (  # noqa: PLC0415 (an extra)
                BucketFiles,
            )
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("obstore"):
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        yield BucketFiles(self.options, self.secrets)

    def _guard(self) -> None:
        """Hold secrets and endpoint to going together.

        Raises:
            Invalid: they do not.
        """
        given, parts = self.secrets.keys(), urlsplit(self.options.address)
        if given and not given >= {"access_key", "secret_key"}:
            raise Invalid(
                msg("{place} is told by half who reads.", place=self.options.place),
                next=msg("Give the secrets `access_key` and `secret_key`, or neither."),
                detail="secret",
            )
        if parts.scheme == "http" and not (
            self.options.allow_http or is_loopback(parts.hostname or "")
        ):
            raise Invalid(
                msg("{place} would be asked without TLS.", place=self.options.place),
                why=msg("Whoever sits in between could read and change what comes."),
                next=msg("Write `https://` in `endpoint`, or `allow_http: true` if it may be so."),
                detail="tls",
            )
