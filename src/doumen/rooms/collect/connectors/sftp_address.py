"""Where a server of SFTP is, and who it is: what a user writes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.message import Message, msg


class Options(BaseModel):
    """What a user writes.

    Attributes:
        host: Name or address of the server.
        port: Its port.
        user: Who reads there.
        root: The folder that names of files are below; `.`: where the user begins.
        host_key: Fingerprint of its host key, as `ssh-keygen -l` writes it.
        known_hosts: File of host keys as OpenSSH keeps them, in place of `host_key`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    host: str = Written(min_length=1, max_length=255, pattern=r"^[\w.:-]+$")
    port: int = Written(default=22, ge=1, le=65535)
    user: str = Written(min_length=1, max_length=255)
    root: str = Written(default=".", min_length=1, max_length=4096)
    host_key: str | None = Written(default=None, pattern=r"^SHA256:[A-Za-z0-9+/]{43}=?$")
    known_hosts: str | None = Written(default=None, min_length=1)

    @property
    def place(self) -> Message:
        """The server, as messages call it."""
        return msg("The SFTP server {host}:{port}", host=self.host, port=self.port)
