"""A bucket of an S3-compatible store; `s3_place` reads it.

Nothing of the environment is used: no keys, no endpoints, no proxies. Keys go to the endpoint that
is written down alone, over TLS unless it is this machine or it is said that they need not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.http import is_loopback
from doumen.rooms.collect.connectors.interface import Files

KIND = "s3"
SECRETS = ("access_key", "secret_key", "session_token")
PATHS = ("authorities",)
EXTRA = "s3"


class Options(BaseModel):
    """What a user writes.

    Attributes:
        bucket: Its name.
        endpoint: Address of the store; None: Amazon's, of the region.
        region: Where the bucket is; most other stores take any.
        prefix: The folder that names of files are below; empty: the bucket.
        path_style: Whether the bucket stands in the path of an address, not in its host; None: it
            does where an endpoint is given.
        allow_http: The endpoint may be asked without TLS.
        authorities: File (PEM) of the authorities that are trusted beside the system's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    bucket: str = Written(min_length=3, max_length=255, pattern=r"^[\w.-]+$")
    endpoint: str | None = Written(
        default=None, max_length=2048, pattern=r"^https?://[^\s/?#@]+/?$"
    )
    region: str = Written(default="us-east-1", pattern=r"^[a-z0-9-]{1,64}$")
    prefix: str = Written(default="", max_length=1024)
    path_style: bool | None = None
    allow_http: bool = False
    authorities: str | None = Written(default=None, min_length=1)

    @property
    def in_path(self) -> bool:
        """Whether the bucket stands in the path; one with a dot never fits a certificate."""
        if self.path_style is not None:
            return self.path_style
        return self.endpoint is not None or "." in self.bucket

    @property
    def address(self) -> str:
        """What is asked: with the bucket, where it stands in the host."""
        country = ".cn" if self.region.startswith("cn-") else ""
        written = self.endpoint or f"https://s3.{self.region}.amazonaws.com{country}"
        parts = urlsplit(written)
        host = parts.netloc if self.in_path else f"{self.bucket}.{parts.netloc}"
        return f"{parts.scheme}://{host}"

    @property
    def place(self) -> Message:
        """The bucket, as messages call it."""
        return msg("The bucket `{bucket}` at {address}", bucket=self.bucket, address=self.address)


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
