"""Services that tests start: `doumen serve` as a process of its own, with all that it logs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

_AT = re.compile(r"running on (https?://\S+)")
PATIENCE = 60.0
"""Seconds for a service to come up on a busy machine."""


@dataclass
class Server:
    """A running service: its address, what it logged, and its process."""

    process: subprocess.Popen[str]
    url: str = ""
    log: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    def stop(self, number: int = signal.SIGTERM, within: float = 20) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(within)

    def close(self) -> None:
        """End it, if it has not ended, and read the last of its log."""
        if self.process.poll() is None:
            self.stop()
        if self.reader is not None:
            self.reader.join()

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the access log."""
        read = (json.loads(line) for line in self.log if line.startswith("{"))
        return [line for line in read if "request" in line]


def serve(folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> Server:
    """Start a service on a node, at a free port unless the options name one."""
    port = () if "--port" in options else ("--port", "0")
    command = [sys.executable, "-m", "doumen", "--node", str(folder), "serve", *port, *options]
    inherited = {k: v for k, v in os.environ.items() if k != "DOUMEN_NODE"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, **(environment or {})},
    )
    server = Server(process)
    server.reader = threading.Thread(target=_read, args=(server,), daemon=True)
    server.reader.start()
    until = time.monotonic() + PATIENCE
    while not server.url and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    if not server.url:
        process.kill()
        raise AssertionError("\n".join(server.log))
    while "--workers" in options and time.monotonic() < until:
        with suppress(httpx2.ConnectError):  # processes listen when they are ready
            httpx2.get(f"{server.url}/health/live")
            break
        time.sleep(0.1)
    return server


def _read(server: Server) -> None:
    assert server.process.stderr is not None
    with server.process.stderr as lines:
        for line in lines:
            server.log.append(line.rstrip("\n"))
            found = _AT.search(line)
            if found:
                server.url = found[1]
