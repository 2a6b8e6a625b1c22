"""A MariaDB server of its own for tests, on loopback, gone when whoever started it is gone.

`python tools/mariadb.py` prints one line of JSON (`port`, `user`, `password`, and `ca`, a file with
the authority of its certificate) and serves until its standard input ends. Without MariaDB's server
on this machine it prints nothing and exits 1. A server never runs as root, so root starts it as
`nobody`. The data lie in shared memory where there is some.
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
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER = "doumen"
PATIENCE = 60.0
"""Seconds for the server to come up."""
PROGRAMS = ("mariadb-install-db", "mariadbd")
SETTINGS = {
    "bind-address": "127.0.0.1",
    "skip-networking": "0",
    "skip-name-resolve": "1",
    "character-set-server": "utf8mb4",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "16M",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "innodb-file-per-table": "0",
}


class Server:
    """One server in a folder that is removed at the end."""

    def __init__(self) -> None:
        shared = Path("/dev/shm")
        self.folder = Path(
            tempfile.mkdtemp(prefix="doumen-my-", dir=shared if shared.is_dir() else None)
        )
        self.password = secrets.token_hex(16)
        self.port = 0
        self._as: dict[str, Any] = {}
        self._owner = os.geteuid(), os.getegid()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._owner = nobody.pw_uid, nobody.pw_gid
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, *self._owner)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            certify(self.folder, self._owner)
            self._initialise()
        except BaseException:
            self.remove()
            raise

    def start(self) -> None:
        """Start it.

        Raises:
            RuntimeError: it does not come up.
        """
        settings = {
            **SETTINGS,
            "datadir": self.folder / "data",
            "socket": self.folder / "socket",
            "pid-file": self.folder / "pid",
            "tmpdir": self.folder,
            "init-file": self.folder / "first.sql",
            "ssl-ca": self.folder / "ca.pem",
            "ssl-cert": self.folder / "server.pem",
            "ssl-key": self.folder / "key.pem",
        }
        for _ in range(5):
            port = _free_port()
            self._process = subprocess.Popen(
                [
                    _found("mariadbd"),
                    "--no-defaults",
                    f"--port={port}",
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                **self._as,
            )
            if self._answers(port):
                self.port = port
                return
        raise RuntimeError("MariaDB does not come up")

    def remove(self) -> None:
        """Stop it and remove all it wrote."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        """Lay out the data, and the user that is made when it starts."""
        first = self.folder / "first.sql"
        name = f"{USER}@'127.0.0.1'"
        first.write_text(
            f"CREATE OR REPLACE USER {name} IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO {name} WITH GRANT OPTION;\n",
            encoding="ascii",
        )
        os.chown(first, *self._owner)
        first.chmod(0o400)
        subprocess.run(
            [
                _found("mariadb-install-db"),
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-log-file-size=16M",
                "--innodb-flush-log-at-trx-commit=0",
            ],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as,
        )

    def _answers(self, port: int) -> bool:
        assert self._process is not None
        for _ in range(int(PATIENCE / 0.05)):
            if self._process.poll() is not None:
                return False
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as probe:
                    if probe.recv(5)[4:] == b"\x0a":  # it greets, in version 10 of the protocol
                        return True
            except OSError:
                pass
            time.sleep(0.05)
        return False


def certify(folder: Path, owner: tuple[int, int]) -> None:
    """Write a certificate for this machine, signed by an authority of its own."""
    now = datetime.now(UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        for name in ("authority of a test", "server of a test")
    ]
    alternatives = [x509.IPAddress(ip_address("127.0.0.1"))]
    extensions: list[x509.ExtensionType] = [
        x509.BasicConstraints(ca=True, path_length=0),
        x509.SubjectAlternativeName(alternatives),
    ]
    for name, file, key, extension in zip(
        names, ("ca.pem", "server.pem"), keys, extensions, strict=True
    ):
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(extension, critical=False)
            .sign(keys[0], hashes.SHA256())
        )
        (folder / file).write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    os.chown(secret, *owner)
    secret.chmod(0o400)


def _found(program: str) -> str:
    """Where a program is; Debian keeps servers where not everybody looks."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which(program, path=path) or ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> int:
    """Serve until standard input ends."""
    if not all(map(_found, PROGRAMS)):
        return 1
    server = Server()
    try:
        server.start()
        told = {"port": server.port, "user": USER, "password": server.password}
        print(json.dumps({**told, "ca": str(server.folder / "ca.pem")}), flush=True)
        sys.stdin.read()
    finally:
        server.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
