"""The keyring: keys that are the owner's alone, and rotations that survive a cut anywhere."""

from __future__ import annotations

import errno
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from doumen.kits.evidence.keys import check_certificate, kid, new_key, public_hex, read_key_file
from doumen.model.errors import Conflict, Tampered, Unavailable
from doumen.stores.ledger import Keyring, keyring

NOW = "2026-11-24T00:00:00.000000Z"
LATER = "2026-12-24T00:00:00.000000Z"


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Seeds 1, 2, 3 … of the length asked for."""
    count = iter(range(1, 100))
    return lambda length: bytes([next(count)]) * length


@pytest.fixture
def made(tmp_path: Path, entropy: Callable[[int], bytes]) -> Keyring:
    """A fresh keyring."""
    return Keyring.create(tmp_path / "keys", "origin", NOW, entropy)


def test_what_was_made_is_read_again(made: Keyring) -> None:
    again = Keyring.open(made.directory)
    assert again.key_file() == made.key_file()
    assert public_hex(again.working) == public_hex(made.working) == public_hex(new_key(b"\2" * 32))
    assert again.origin == "origin"
    assert again.root_public == public_hex(new_key(b"\1" * 32))
    assert again.certificate["issued"] == NOW
    assert again.publics == {kid(public_hex(made.working)): public_hex(made.working)}
    assert check_certificate(again.certificate, again.root_public) == public_hex(made.working)


def test_the_record_is_the_key_file(made: Keyring) -> None:
    text = (made.directory / keyring.RECORD).read_text(encoding="utf-8")
    assert read_key_file(text).as_json() == made.key_file() == json.loads(text)
    assert set(made.key_file()) == {"origin", "root", "certificates"}


def test_the_files_are_their_owners_alone(made: Keyring) -> None:
    assert stat.S_IMODE(made.directory.stat().st_mode) == 0o700
    for path in made.directory.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_keys_are_not_made_twice(made: Keyring, entropy: Callable[[int], bytes]) -> None:
    with pytest.raises(Conflict):
        Keyring.create(made.directory, "origin", NOW, entropy)
    assert Keyring.open(made.directory).key_file() == made.key_file()


def test_a_rotation_retires_the_key_before(made: Keyring, entropy: Callable[[int], bytes]) -> None:
    second = made.rotate(LATER, entropy)
    third = second.rotate("2027-01-01T00:00:00.000000Z", entropy)
    opened = Keyring.open(made.directory)
    assert opened.key_file() == third.key_file()
    assert public_hex(opened.working) == public_hex(third.working)
    first, middle, last = opened.key_file()["certificates"]
    assert first["retired"] == LATER
    assert middle["retired"] == "2027-01-01T00:00:00.000000Z"
    assert "retired" not in last
    assert last == opened.certificate
    assert len(opened.publics) == 3
    assert sorted(path.name for path in made.directory.iterdir()) == [
        "certificates.json",
        "root.key",
        "working.key",
    ]


@pytest.mark.parametrize("steps", range(1, 5))
def test_a_rotation_cut_off_is_either_done_or_not(
    made: Keyring,
    entropy: Callable[[int], bytes],
    monkeypatch: pytest.MonkeyPatch,
    steps: int,
) -> None:
    """Cut before the n-th renaming: WORKING again, NEXT, the record, NEXT to WORKING."""
    left = iter(range(steps - 1))
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise _Cut
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(_Cut):
        made.rotate(LATER, entropy)
    monkeypatch.undo()
    opened = Keyring.open(made.directory)
    done = steps == 4
    assert len(opened.publics) == (2 if done else 1)
    assert kid(public_hex(opened.working)) == opened.certificate["kid"]
    after = opened.rotate("2027-01-01T00:00:00.000000Z", entropy)
    assert Keyring.open(made.directory).key_file() == after.key_file()


class _Cut(Exception):
    """The power went."""


def test_a_reader_between_the_steps_of_another_tries_again(
    made: Keyring, entropy: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring._read_record(made.directory)
    made.rotate(LATER, entropy)
    real = keyring._read_record
    stale: Iterator[object] = iter([before])
    monkeypatch.setattr(keyring, "_read_record", lambda d: next(stale, None) or real(d))
    assert len(Keyring.open(made.directory).publics) == 2


def test_the_root_key_may_be_kept_elsewhere(
    made: Keyring, entropy: Callable[[int], bytes], tmp_path: Path
) -> None:
    root = (made.directory / keyring.ROOT).rename(tmp_path / "safe")
    opened = Keyring.open(made.directory)
    with pytest.raises(Unavailable, match=r"root\.key"):
        opened.rotate(LATER, entropy)
    root.rename(made.directory / keyring.ROOT)
    assert len(opened.rotate(LATER, entropy).publics) == 2


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_open_to_others_is_not_used(made: Keyring, mode: int) -> None:
    path = made.directory / keyring.WORKING
    path.chmod(mode)
    with pytest.raises(Unavailable) as caught:
        Keyring.open(made.directory)
    assert caught.value.code == "unavailable.key-mode"
    assert caught.value.next == f"chmod 600 {path}"


def test_a_root_key_open_to_others_is_not_used(
    made: Keyring, entropy: Callable[[int], bytes]
) -> None:
    (made.directory / keyring.ROOT).chmod(0o644)
    with pytest.raises(Unavailable, match="open to others"):
        made.rotate(LATER, entropy)


def test_another_root_key_is_found(made: Keyring, entropy: Callable[[int], bytes]) -> None:
    (made.directory / keyring.ROOT).write_bytes(keyring._pem(new_key(b"\7" * 32)))
    with pytest.raises(Tampered, match="root key"):
        made.rotate(LATER, entropy)


def test_another_working_key_is_found(made: Keyring) -> None:
    (made.directory / keyring.WORKING).write_bytes(keyring._pem(new_key(b"\7" * 32)))
    with pytest.raises(Tampered, match="in force"):
        Keyring.open(made.directory)


def test_a_changed_certificate_is_found(made: Keyring) -> None:
    path = made.directory / keyring.RECORD
    path.write_text(path.read_text("utf-8").replace("2026", "2025"), encoding="utf-8")
    with pytest.raises(Tampered):
        Keyring.open(made.directory)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (keyring.WORKING, b"no key"),
        (keyring.WORKING, None),
        (keyring.RECORD, b"no json"),
        (keyring.RECORD, b"\xff"),
        (keyring.RECORD, None),
        (keyring.RECORD, b'{"origin":"o","root":"' + b"00" * 32 + b'","certificates":[]}'),
    ],
)
def test_files_that_cannot_be_read(made: Keyring, name: str, content: bytes | None) -> None:
    path = made.directory / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(Unavailable) as caught:
        Keyring.open(made.directory)
    assert str(path) in caught.value.what


def test_a_key_of_another_kind(made: Keyring) -> None:
    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (made.directory / keyring.WORKING).write_bytes(pem)
    with pytest.raises(Unavailable) as caught:
        Keyring.open(made.directory)
    assert caught.value.why == "It is no Ed25519 key."


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, entropy: Callable[[int], bytes], made: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        Keyring.create(tmp_path / "file" / "keys", "origin", NOW, entropy)

    def stuck(path: Path, content: bytes) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(keyring, "write_private", stuck)
    with pytest.raises(Unavailable) as caught:
        made.rotate(LATER, entropy)
    assert caught.value.why == "Read-only file system"


def test_without_room_no_key_is_made(
    entropy: Callable[[int], bytes], made: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keyring, "write_private", full)
    with pytest.raises(Unavailable) as caught:
        made.rotate(LATER, entropy)
    assert caught.value.code == "unavailable.disk"
