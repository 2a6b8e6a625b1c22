"""A folder of a server that speaks SFTP; `sftp_line` reaches it, `sftp_place` reads it.

Who answers is held to the host key that is written down: a server that is not known is refused,
and its fingerprint told, so that whoever knows it can write it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Files

KIND = "sftp"
SECRETS = ("password", "key", "passphrase")
PATHS = ("known_hosts",)
EXTRA = "sftp"


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


@dataclass(frozen=True, slots=True)
class Sftp:
    """A folder of a server."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Reach it, hold it to its host key, and sign in; as `Connector.open`."""
        missing = None
        try:
            from doumen.rooms.collect.connectors.sftp_place import (  # noqa: PLC0415 (an extra)
                SftpFiles,
            )
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("paramiko"):
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        files = SftpFiles(self.options, self.secrets)
        try:
            files.reach()
            yield files
        finally:
            files.close()
