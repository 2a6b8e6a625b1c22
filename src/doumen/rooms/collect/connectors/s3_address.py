"""Where a bucket is: what a user writes, and the address that comes of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.message import Message, msg


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
