"""An SFTP server: held to its key, signed in to in every way, and read as servers are."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from tests import sftp
from tests.rooms.collect.connectors.files.conftest import BIG, Place, quiet

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF, Files, sftp_wire
from doumen.rooms.collect.connectors.sftp_wire import Entry, Status, Wire

Server = sftp.Server


@contextmanager
def opened(
    server: Server, secrets: dict[str, str] | None = None, **options: Any
) -> Iterator[Files]:
    given = {"password": sftp.PASSWORD} if secrets is None else secrets
    connector = SHELF["sftp"].connector({**server.options, **options}, given)
    with connector.open() as files:
        yield files


def fault(server: Server, secrets: dict[str, str] | None = None, **options: Any) -> DoumenError:
    with pytest.raises(DoumenError) as caught, opened(server, secrets, **options):
        pass
    assert caught.value.next is not None
    return caught.value


def test_a_server_that_is_not_known_is_told_by_its_fingerprint(sftp_server: Server) -> None:
    error = fault(sftp_server, host_key=None)
    assert error.code == "refused.host-key"
    assert sftp_server.fingerprint in str(error.why)
    assert f'host_key: "{sftp_server.fingerprint}"' in str(error.next)
    assert sftp_server.sessions == 0


def test_a_server_with_another_key_is_told_nothing(sftp_server: Server) -> None:
    other = Server(sftp_server.root).fingerprint
    error = fault(sftp_server, host_key=other)
    assert error.code == "refused.host-key"
    assert "another host key" in str(error.what)
    assert "before you write the new key down" in str(error.next)
    assert sftp_server.sessions == 0


def test_keys_of_hosts_in_a_file(sftp_server: Server, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"# known\n{sftp_server.known_hosts()}\n")
    with opened(sftp_server, host_key=None, known_hosts=str(hosts)) as files:
        assert list(files.items("**")) == []
    hosts.write_text(sftp_server.known_hosts("elsewhere.example"))
    assert "not known" in str(fault(sftp_server, host_key=None, known_hosts=str(hosts)).what)
    hosts.write_text(Server(tmp_path).known_hosts(f"[127.0.0.1]:{sftp_server.port}"))
    assert "another" in str(fault(sftp_server, host_key=None, known_hosts=str(hosts)).what)
    error = fault(sftp_server, host_key=None, known_hosts=str(tmp_path / "gone"))
    assert error.code == "not-found.file"
    error = fault(sftp_server, host_key=None, known_hosts=str(tmp_path))
    assert error.code.startswith("unavailable")


@pytest.mark.parametrize("kind", ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"])
def test_host_keys_and_keys_of_users_of_every_kind(tmp_path: Path, kind: str) -> None:
    key, host = asyncssh.generate_private_key(kind), asyncssh.generate_private_key(kind)
    hosts = tmp_path / "hosts"
    with sftp.serving(Server(tmp_path, host_key=host, user_key=key)) as server:
        hosts.write_text(server.known_hosts())
        with opened(server, {"key": server.key()}):
            pass
        with opened(server, {"key": server.key()}, host_key=None, known_hosts=str(hosts)):
            pass
        assert server.sessions == 2


@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem"])
def test_keys_with_a_passphrase(sftp_server: Server, form: str) -> None:
    locked = sftp_server.key("open sesame", form)
    with opened(sftp_server, {"key": locked, "passphrase": "open sesame"}):
        pass
    with opened(sftp_server, {"key": sftp_server.key(form=form), "passphrase": "not asked for"}):
        pass
    assert "is encrypted" in str(fault(sftp_server, {"key": locked}).why)
    wrong = fault(sftp_server, {"key": locked, "passphrase": "wrong"})
    assert (wrong.code, "passphrase is another" in str(wrong.why)) == ("invalid.secret", True)


def test_secrets_that_are_none(sftp_server: Server, tmp_path: Path) -> None:
    none = fault(sftp_server, {"key": "no key"})
    assert "no private key" in str(none.why)
    other = asyncssh.generate_private_key("ssh-ed448").export_private_key("pkcs8-pem").decode()
    assert "no private key of kind" in str(fault(sftp_server, {"key": other}).why)
    assert fault(sftp_server, {}).code == "invalid.secret"


def test_who_is_not_let_in(sftp_server: Server) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    for secrets in ({"password": "wrong"}, {"key": stranger}, {"key": stranger, "password": "no"}):
        assert fault(sftp_server, secrets).code == "refused.source"
    with opened(sftp_server, {"key": sftp_server.key(), "password": "not asked for"}):
        pass
    sftp_server.ways = ("publickey",)
    assert "`publickey`" in str(fault(sftp_server).why)
    sftp_server.ways = ()
    assert "neither a key nor a password" in str(fault(sftp_server).why)


def test_what_is_no_sftp_server(tmp_path: Path) -> None:
    with sftp.serving(Server(tmp_path, sftp=False)) as server:
        assert "offers no SFTP" in str(fault(server).what)
    server = Server(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]

        def greet() -> None:
            for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b""):
                near, _ = listening.accept()
                with near:
                    near.sendall(answer)

        thread = threading.Thread(target=greet)
        thread.start()
        for _ in range(2):
            error = fault(server)
            assert isinstance(error, Invalid)
            assert "no SFTP server" in str(error.what)
        thread.join()


def test_the_root_is_a_folder(sftp_server: Server) -> None:
    (sftp_server.root / "in").mkdir()
    (sftp_server.root / "in" / "a.csv").write_bytes(b"a")
    for root in ("in", "/in", "./in/", "in/../in"):
        with opened(sftp_server, root=root) as files:
            assert [item.name for item in files.items("**")] == ["a.csv"]
    for root in ("gone", "in/a.csv"):
        assert fault(sftp_server, root=root).code == "not-found.folder"


def test_links_stay_below_the_root(sftp_server: Server, tmp_path: Path) -> None:
    root = sftp_server.root / "in"
    root.mkdir()
    (root / "a.csv").write_bytes(b"abc")
    (sftp_server.root / "outside.csv").write_bytes(b"x")
    (root / "inside.csv").symlink_to("a.csv")
    (root / "up.csv").symlink_to("../outside.csv")
    (root / "nowhere.csv").symlink_to("gone")
    (root / "folder").symlink_to(".")
    os.mkfifo(root / "pipe.csv")
    with opened(sftp_server, root="in") as files:
        found = list(files.items("**"))
        assert [(item.name, item.size) for item in found] == [("a.csv", 3), ("inside.csv", 3)]
        files.bring(found[1], tmp_path / "out", quiet)
    assert (tmp_path / "out").read_bytes() == b"abc"


def test_names_that_are_no_text(sftp_server: Server, tmp_path: Path) -> None:
    name = os.fsdecode("名".encode("gb18030"))
    (sftp_server.root / name).mkdir()
    (sftp_server.root / name / "a.csv").write_bytes(b"two")
    (sftp_server.root / f"{name}.csv").write_bytes(b"one")
    with opened(sftp_server) as files:
        found = list(files.items("**"))
        assert [item.name for item in found] == ["名.csv", "名/a.csv"]
        for number, item in enumerate(found):
            files.bring(item, tmp_path / str(number), quiet)
    assert [(tmp_path / one).read_bytes() for one in "01"] == [b"one", b"two"]


def test_it_goes_on_at_the_byte_where_it_broke(sftp_server: Server, tmp_path: Path) -> None:
    (sftp_server.root / "a.csv").write_bytes(BIG)
    with opened(sftp_server) as files:
        (item,) = files.items("a.csv")
        sftp_server.cuts[:] = [1_000_000, 2_000_000]
        files.bring(item, tmp_path / "a", quiet)
    assert (tmp_path / "a").read_bytes() == BIG
    first, second, third = sftp_server.reads
    assert first == 0 < second < 1_000_000 < third < 2_000_000
    assert sftp_server.sessions == 3


def test_a_listing_that_breaks_is_begun_again(
    sftp_place: Place, sftp_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sftp_place.put("in/a.csv", b"a")
    whole, breaks = Wire.entries, iter([EOFError(), OSError("Socket is closed")])

    def broken(self: Wire, folder: bytes) -> Iterator[Entry]:
        for error in breaks:
            raise error
        return whole(self, folder)

    monkeypatch.setattr(Wire, "entries", broken)
    with sftp_place.connector().open() as files:
        assert [item.name for item in files.items("**")] == ["in/a.csv"]
        assert sftp_server.sessions == 3
        breaks = iter([TimeoutError()] * 9)
        with pytest.raises(Unavailable) as caught:
            list(files.items("**"))
    assert "in time" in str(caught.value.why)


@pytest.mark.parametrize(("code", "kind"), [(2, NotFound), (3, Refused), (4, Unavailable)])
def test_what_the_server_answers(
    sftp_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    code: int, kind: type[DoumenError],
) -> None:  # fmt: skip
    sftp_place.put("a.csv", b"a")

    def refuses(self: Wire, path: bytes) -> Any:
        raise Status(code)

    with sftp_place.connector().open() as files:
        (item,) = files.items("a.csv")
        monkeypatch.setattr(Wire, "opened", refuses)
        with pytest.raises(kind) as caught:
            files.bring(item, tmp_path / "a", quiet)
        assert "a.csv" in str(caught.value.what)
        monkeypatch.setattr(Wire, "entries", refuses)
        monkeypatch.setattr(Wire, "real", refuses)
        with pytest.raises(kind):
            list(files.items("**"))
    with pytest.raises(kind), sftp_place.connector().open():
        pass


def test_short_answers_and_files_without_a_size(
    sftp_place: Place, sftp_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sftp_place.put("a.csv", BIG[:300_000])
    short = sftp._Files.read
    monkeypatch.setattr(
        sftp._Files, "read", lambda self, file, at, size: short(self, file, at, min(size, 1000))
    )
    with sftp_place.connector().open() as files:
        (item,) = files.items("a.csv")
        files.bring(item, tmp_path / "a", quiet)
        told = sftp_wire._entry
        monkeypatch.setattr(
            sftp_wire,
            "_entry",
            lambda name, answer: Entry(name, told(name, answer).mode, None, None),
        )
        (item,) = files.items("a.csv")
        assert (item.size, item.tag) == (None, None)
        files.bring(item, tmp_path / "b", quiet)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == BIG[:300_000]


def test_a_server_without_a_safe_way(sftp_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import paramiko

    def incompatible(self: Any, timeout: float) -> None:
        raise paramiko.ssh_exception.IncompatiblePeer("no")

    monkeypatch.setattr(paramiko.Transport, "start_client", incompatible)
    assert "no way of encryption in common" in str(fault(sftp_server).what)


@pytest.mark.parametrize(("error", "word"), [
    (TimeoutError(), "in time"), (OSError(101, "unreachable"), "No way leads there"),
    (ConnectionRefusedError(), "Nobody answers"),
])  # fmt: skip
def test_what_is_not_reached(
    sftp_server: Server, monkeypatch: pytest.MonkeyPatch, error: OSError, word: str
) -> None:
    def fails(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(socket, "create_connection", fails)
    assert word in str(fault(sftp_server).why)
