"""An SFTP server on loopback, in a thread: asyncssh, with a user, two keys, and a way to break."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "reader", "pass-word"


@dataclass
class Server:
    """A server.

    Attributes:
        root: What its users see as `/`.
        host_key: Its key; another one makes it another server.
        user_key: The key that lets the user in.
        cuts: Bytes of file content after which the connection is cut, one for each reading.
        ways: Ways to sign in that it offers.
        sessions: How often somebody signed in.
        reads: Bytes of file content from which readings began.
        sftp: Whether it speaks SFTP.
    """

    root: Path
    host_key: Any = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    user_key: Any = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    cuts: list[int] = field(default_factory=list)
    ways: tuple[str, ...] = ("publickey", "password")
    sessions: int = 0
    reads: list[int] = field(default_factory=list)
    sftp: bool = True
    connections: list[Any] = field(default_factory=list)
    port: int = 0

    @property
    def fingerprint(self) -> str:
        made: str = self.host_key.get_fingerprint("sha256")
        return made

    @property
    def options(self) -> dict[str, Any]:
        """What a document says of it."""
        return {"host": "127.0.0.1", "port": self.port, "user": USER, "host_key": self.fingerprint}

    def key(self, passphrase: str | None = None, form: str = "openssh") -> str:
        """The private key of the user."""
        rounds = {"rounds": 50} if form == "openssh" else {}
        made: bytes = self.user_key.export_private_key(form, passphrase, **rounds)
        return made.decode()

    def known_hosts(self, host: str = "") -> str:
        public: str = self.host_key.export_public_key().decode()
        return f"{host or f'[127.0.0.1]:{self.port}'} {public}"


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Let it serve, on a port of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(_listen(server), loop).result(30)
    server.port = listening.get_port()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, listening), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(server: Server) -> Any:
    return await asyncssh.listen(
        "127.0.0.1", 0, server_factory=lambda: _Door(server), server_host_keys=[server.host_key],
        sftp_factory=(lambda chan: _Files(server, chan)) if server.sftp else None,
        login_timeout=20,
    )  # fmt: skip


async def _end(server: Server, listening: Any) -> None:
    await asyncio.sleep(0.02)
    listening.close()
    await listening.wait_closed()
    for connection in server.connections:
        connection.abort()
        await connection.wait_closed()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(10):
        await asyncio.sleep(0)


class _Door(asyncssh.SSHServer):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: Any) -> None:
        self._server.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return "password" in self._server.ways

    def validate_password(self, username: str, password: str) -> bool:
        return self._let_in(username == USER and password == PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return "publickey" in self._server.ways

    def validate_public_key(self, username: str, key: Any) -> bool:
        known = self._server.user_key.convert_to_public()
        return self._let_in(username == USER and bool(key == known))

    def _let_in(self, known: bool) -> bool:
        self._server.sessions += known
        return known


class _Files(asyncssh.SFTPServer):
    """Serves a folder; cuts the connection amid a file where it is told to."""

    def __init__(self, server: Server, chan: Any) -> None:
        super().__init__(chan, chroot=str(server.root).encode())
        self._server = server
        self._chan = chan
        self._cut: dict[int, int | None] = {}

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        server, number = self._server, id(file_obj)
        if number not in self._cut:
            self._cut[number] = server.cuts.pop(0) if server.cuts else None
            server.reads.append(offset)
        cut = self._cut[number]
        if cut is not None and offset + size > cut:
            self._chan.get_connection().abort()
            raise asyncssh.SFTPConnectionLost("cut")
        return super().read(file_obj, offset, size)
