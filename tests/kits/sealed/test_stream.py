"""The sealed stream: what was sealed comes back, and whatever else is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.sealed import seal, sealed_size, stream, unseal
from doumen.model.errors import Tampered

KEY, SALT = bytes(range(32)), bytes(32)


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Chunks of 16 bytes, so that a short content has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "CHUNK", 16)
        yield


def sealed(content: bytes, purpose: str = "x", salt: bytes = SALT) -> bytes:
    return b"".join(seal((content,), KEY, purpose, salt))


def opened(sealed: bytes, purpose: str = "x", key: bytes = KEY, step: int = 7) -> bytes:
    pieces = (sealed[i : i + step] for i in range(0, len(sealed), step))
    return b"".join(unseal(pieces, key, purpose))


def by_a_stranger(text: bytes, purpose: str) -> bytes:
    """Written from the description at the head of the module, with the primitives alone."""
    info = f"doumen sealed 1 {purpose}".encode()
    key = AESGCM(HKDF(SHA256(), 32, text[16:48], info).derive(KEY))
    chunks = [text[i : i + 32] for i in range(48, len(text), 32)]
    return b"".join(
        key.decrypt(i.to_bytes(11, "big") + bytes([i == len(chunks) - 1]), chunk, None)
        for i, chunk in enumerate(chunks)
    )


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 50))
def test_what_was_sealed_comes_back(pieces: list[bytes], step: int) -> None:
    text = b"".join(seal(pieces, KEY, "p", SALT))
    assert opened(text, "p", step=step) == b"".join(pieces)
    assert by_a_stranger(text, "p") == b"".join(pieces)
    assert len(text) == sealed_size(sum(map(len, pieces)))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32, 40])
def test_a_stream_that_is_cut_or_longer_is_found(size: int) -> None:
    text = sealed(bytes(size))
    for length in range(len(text)):
        with pytest.raises(Tampered):
            opened(text[:length])
    for more in (b"\0", bytes(16), bytes(32), text[48:], text):
        with pytest.raises(Tampered):
            opened(text + more)


def test_every_bit_is_under_the_seal() -> None:
    text = sealed(bytes(40))
    for place in range(len(text) * 8):
        changed = bytearray(text)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Tampered):
            opened(bytes(changed))


def test_chunks_have_their_place() -> None:
    text = sealed(bytes(64))
    head, chunks = text[:48], [text[i : i + 32] for i in range(48, len(text), 32)]
    assert len(chunks) == 4
    for order in ([1, 0, 2, 3], [0, 1, 3, 2], [0, 1, 1, 2, 3], [0, 2, 3], [0, 3], [3]):
        with pytest.raises(Tampered):
            opened(head + b"".join(chunks[i] for i in order))
    other = sealed(bytes(64), salt=bytes([1] * 32))
    with pytest.raises(Tampered):
        opened(head + chunks[0] + other[80:112] + chunks[2] + chunks[3])


def test_a_last_chunk_that_holds_nothing_is_no_end() -> None:
    """One content has one form: nobody can end it at the edge of a chunk in two ways."""
    cipher = stream._cipher(KEY, "x", SALT)
    full = cipher.encrypt(stream._nonce(0, last=False), bytes(16), None)
    empty = cipher.encrypt(stream._nonce(1, last=True), b"", None)
    with pytest.raises(Tampered):
        opened(stream.MAGIC + SALT + full + empty)


def test_a_stream_has_one_purpose_and_one_key() -> None:
    with pytest.raises(Tampered):
        opened(sealed(b"a", "manifest 1"), "manifest 2")
    with pytest.raises(Tampered):
        opened(sealed(b"a"), key=bytes(32))
