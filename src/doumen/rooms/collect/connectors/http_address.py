"""Where files of the web are, and by what they know who asks: what a user writes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.message import Message, msg


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
