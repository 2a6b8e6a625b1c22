"""A sealed stream: AES-256-GCM in chunks, whose order, number and purpose are under the seal.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as the age format has it:

    magic (16 bytes) ‖ salt (32) ‖ chunk 0 ‖ … ‖ chunk n
    key of the stream = HKDF-SHA-256(key, salt, "doumen sealed 1 " ‖ purpose)
    chunk i = AES-256-GCM(64 KiB of the content, nonce = i (11 bytes) ‖ 1 if it is the last, else 0)

Only the last chunk may be shorter, and it is empty only where the whole content is. So a chunk
that was changed, swapped, repeated or left out, a stream that was cut or lengthened, and one
that stands in the place of another are all found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doumen.model.errors import Tampered
from doumen.model.message import msg

MAGIC = b"doumen-sealed-1\n"
SALT = 32
"""Bytes of the salt, random for each stream."""
CHUNK = 1 << 16
"""Bytes of content in a chunk."""
TAG = 16


def seal(pieces: Iterable[bytes], key: bytes, purpose: str, salt: bytes) -> Iterator[bytes]:
    """Seal a content.

    Args:
        pieces: The content, in pieces of any size.
        key: 32 bytes.
        purpose: What the stream is; `unseal` must be told the same.
        salt: 32 random bytes, never used twice.
    """
    cipher = _cipher(key, purpose, salt)
    yield MAGIC + salt
    number, held = 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:  # the last chunk is known only when nothing follows
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:CHUNK]), None)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), None)


def unseal(pieces: Iterable[bytes], key: bytes, purpose: str) -> Iterator[bytes]:
    """The content of a sealed stream, chunk by chunk, each known to be what was sealed.

    Nothing that was given may be used before the end is reached: only then is it known that
    nothing was cut off.

    Raises:
        Tampered: the stream was changed, cut or lengthened, or is another's.
    """
    held, feed = bytearray(), iter(pieces)
    while len(held) < len(MAGIC) + SALT:
        piece = next(feed, None)
        if piece is None:
            raise _broken()
        held += piece
    if held[: len(MAGIC)] != MAGIC:
        raise _broken()
    cipher = _cipher(key, purpose, bytes(held[len(MAGIC) : len(MAGIC) + SALT]))
    del held[: len(MAGIC) + SALT]
    number = 0
    for piece in chain((b"",), feed):
        held += piece
        while len(held) > CHUNK + TAG:
            yield _opened(cipher, number, bytes(held[: CHUNK + TAG]), last=False)
            del held[: CHUNK + TAG]
            number += 1
    final = _opened(cipher, number, bytes(held), last=True)
    if number and not final:
        raise _broken()
    yield final


def sealed_size(size: int) -> int:
    """Bytes of the sealed stream of a content of `size` bytes."""
    chunks = max(1, -(-size // CHUNK))
    return len(MAGIC) + SALT + size + chunks * TAG


def _cipher(key: bytes, purpose: str, salt: bytes) -> AESGCM:
    info = b"doumen sealed 1 " + purpose.encode()
    return AESGCM(HKDF(SHA256(), 32, salt, info).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _opened(cipher: AESGCM, number: int, chunk: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), chunk, None)
    except (InvalidTag, ValueError):  # ValueError: shorter than a tag
        raise _broken() from None


def _broken() -> Tampered:
    return Tampered(
        msg("Sealed data do not hold."),
        why=msg("They were changed or cut, or are those of something else."),
        detail="sealed",
    )
