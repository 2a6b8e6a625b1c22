"""A folder of a server that speaks SFTP; `sftp_line` reaches it, `sftp_place` reads it.

Who answers is held to the host key that is written down: a server that is not known is refused,
and its fingerprint told, so that whoever knows it can write it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Files
from doumen.rooms.collect.connectors.sftp_address import Options

KIND = "sftp"
SECRETS = ("password", "key", "passphrase")
PATHS = ("known_hosts",)
EXTRA = "sftp"
__all__ = ["EXTRA", "KIND", "PATHS", "SECRETS", "Options", "Sftp"]


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
