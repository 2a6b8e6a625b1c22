"""Participants that tests start: nodes with owners of their own, each served on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import forked, served

import doumen
from doumen.session import create


@dataclass
class Party:
    """A participant: its folder, its port, and its service while that runs.

    Attributes:
        folder: Of its node, which nothing of another party is in.
    """

    name: str
    folder: Path
    port: int
    server: served.Server | None = None

    def serve(self, *options: str, environment: Mapping[str, str] | None = None) -> None:
        """Start its service."""
        given = ("--port", str(self.port), *options)
        self.server = served.serve(self.folder, *given, environment=environment)

    def stop(self) -> None:
        """Stop its service."""
        if self.server is not None:
            self.server.close()
            self.server = None

    def run(
        self, *words: str, ok: bool = True, environment: Mapping[str, str] | None = None
    ) -> Any:
        """Run a command as a user would; gives its JSON."""
        done = self.command(*words, environment=environment)
        assert (done.returncode == 0) is ok, (words, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else json.loads(done.stderr or "null")

    def command(
        self, *words: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return forked.command("--node", str(self.folder), "--json", *words, environment=environment)


def party(folder: Path, name: str) -> Party:
    """A new participant, who takes part under an address on loopback."""
    port = _free()
    create(folder / name, name, address=f"http://127.0.0.1:{port}")
    return Party(name, folder / name, port)


def introduce(one: Party, other: Party, *, place: str | None = None) -> None:
    """Hand the card of one to another, who adds it."""
    with doumen.open(one.folder) as node:
        card = one.folder.parent / f"{one.name}-card.json"
        if not card.exists():
            node.session().do("participant card", output=card)
    with doumen.open(other.folder) as node:
        node.session().do("participant add", card=str(card), alias=one.name, place=place)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
