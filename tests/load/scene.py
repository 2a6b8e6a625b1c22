"""A node with people, rules and known answers, and the processes that serve it.

Processes are a list, so that a storm knows only how to kill and to start any of them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

import doumen
from doumen.session import create

CLIENTS = 16
ROWS = 1000
TIGHT = 40
"""Queries a day that the rule `tight` leaves each actor."""
PATIENCE = 90.0
"""Seconds for a process to come up on a busy machine."""
RULES = f"""rules:
  - id: base
    permit: query
    who: {{role: analyst}}
    on: load.base
    duties:
      - filter: "k <> 3"
      - mask: {{column: word, method: "null"}}
  - {{id: intake, permit: query, who: {{role: analyst}}, on: load.intake}}
  - id: counted
    permit: query
    who: {{role: analyst}}
    on: load.counted
    duties: [{{count: 1000000}}]
  - id: tight
    permit: query
    who: {{role: analyst}}
    on: load.tight
    duties: [{{count: {TIGHT}}}]
"""
BASE = [(n, n % 7, n * 3) for n in range(ROWS)]


@dataclass
class Process:
    """A process of Doumen that can be killed and started again.

    Attributes:
        arguments: Of `doumen`.
        url: Where it answers; empty: it answers nobody, as a worker does.
        before: Command that starts it elsewhere, as in another namespace.
    """

    arguments: Sequence[str]
    url: str = ""
    before: Sequence[str] = ()
    log: Path | None = None
    running: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it answers."""
        assert self.log is not None
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [*self.before, sys.executable, "-m", "doumen", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={k: v for k, v in os.environ.items() if k != "DOUMEN_NODE"},
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return when it answers."""
        assert self.log is not None
        assert self.running is not None
        until = time.monotonic() + PATIENCE
        while self.url and not self.answers():
            assert self.running.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < until, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether it lives."""
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.url}/health/live", timeout=2).is_success
        return False

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()
        self.kills += 1

    def stop(self) -> None:
        """End it as one ends it."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(30)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()

    def memory(self) -> int:
        """Bytes that it and its children hold, what they share counted once; 0 while it is gone."""
        try:
            own = psutil.Process(self.running.pid if self.running else 0)
            return sum(p.memory_full_info().pss for p in (own, *own.children(recursive=True)))
        except psutil.Error:
            return 0


@dataclass
class Scene:
    """A node, its tokens, and the processes on it.

    Attributes:
        folder: Of the node, as this process sees it.
    """

    folder: Path
    tokens: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """Of the services."""
        return [one.url for one in self.processes if one.url]

    def stop(self) -> None:
        """End all processes."""
        for one in self.processes:
            one.stop()


def actors() -> list[str]:
    """The analysts, one for each client."""
    return [f"ana{n}" for n in range(CLIENTS)]


def prepared(folder: Path) -> Scene:
    """Make the node, with its store where the environment says."""
    create(folder, "load")
    settings = folder / "doumen.toml"
    settings.write_text(settings.read_text().replace("threads = 2", "threads = 1"))
    beside = folder.parent
    base, rules = beside / "base.csv", beside / "rules.yaml"
    base.write_text("id,k,v,word\n" + "".join(f"{i},{k},{v},CANARY{i}\n" for i, k, v in BASE))
    rules.write_text(RULES)
    tokens = {}
    with doumen.open(folder) as node:
        owner = node.session()
        owner.do("collect", path=base, as_dataset="load.base")
        for name in ("counted", "tight"):
            owner.derive("SELECT 1 AS one", f"load.{name}")
        owner.derive("SELECT -1 AS client, -1 AS batch, 0 AS n", "load.intake")
        for actor in actors():
            owner.do("actor add", name=actor, role=("analyst",))
        owner.do("rule add", file=rules)
        for actor in (*actors(), "owner"):
            made = owner.do("token add", actor=actor, scope=("read", "write"))
            tokens[actor] = str(made.json["token"])
    return Scene(folder, tokens)


def service(scene: Scene, log: Path, before: Sequence[str] = (), seen: Path | None = None) -> None:
    """Add a service to the processes.

    Args:
        scene: Of which.
        log: Where it writes.
        before: Command that starts it in another namespace.
        seen: The folder of the node as it is seen there.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = str(seen or scene.folder)
    options = ["--port", str(port), "--rate", "100000", "--patience", "10", "--background", "0"]
    arguments = ["--node", folder, "serve", *options]
    scene.processes.append(Process(arguments, f"http://127.0.0.1:{port}", before, log))


def worker(scene: Scene, log: Path, before: Sequence[str] = (), seen: Path | None = None) -> None:
    """Add a worker to the processes; see `service`."""
    folder = str(seen or scene.folder)
    scene.processes.append(Process(["--node", folder, "worker"], "", before, log))


def both(scene: Scene, logs: Path, before: Sequence[str] = (), seen: Path | None = None) -> None:
    """Add two services and two workers, and start them."""
    for number in (1, 2):
        service(scene, logs / f"service-{number}.log", before, seen)
        worker(scene, logs / f"worker-{number}.log", before, seen)
    for each in scene.processes:
        each.start(wait=False)
    for each in scene.processes:
        each.wait()
