"""The signed head of the ledger: a C2SP checkpoint inside a C2SP signed note.

c2sp.org/signed-note: a text, an empty line, then lines `— NAME base64(key id ‖ signature)`.
c2sp.org/tlog-checkpoint: the text is origin, size and root hash, a line each. Any tool of that
family (Go's sumdb, witnesses) reads what is written here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence.keys import holds, public_hex
from doumen.model.errors import Invalid, Tampered
from doumen.model.message import msg

_DASH = "\N{EM DASH}"
_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger at one size.

    Attributes:
        origin: Name of the ledger, unique in the world.
        size: Number of entries.
        root: Merkle tree hash, 32 bytes.
    """

    origin: str
    size: int
    root: bytes


class NotSigned(Tampered):
    """No signature on a note is of the key that was asked for; others are left unjudged."""


def key_id(name: str, public: str) -> bytes:
    """The 4 bytes by which a note tells keys of one name apart; a hint, no protection."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + bytes.fromhex(public)).digest()[:4]


def key_name(text: str) -> str:
    """A name fit for a note and for an origin: spaces and `+` become `-`."""
    return re.sub(r"[\s+]+", "-", text.strip())


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """A text, which ends with a newline, with one signature.

    Raises:
        Invalid: the text does not end with a newline or holds other control characters, or the
            name is empty or holds a space or `+`.
    """
    if not _is_name(name):
        raise Invalid(
            msg("`{name}` cannot sign a note.", name=name),
            why=msg("The name of a key is not empty and holds no space and no `+`."),
            detail="key-name",
        )
    if not text.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise Invalid(
            msg("This text cannot be signed as a note."),
            why=msg("It must end with a newline and hold no other control character."),
            detail="note",
        )
    signed = base64.b64encode(key_id(name, public_hex(key)) + key.sign(text.encode()))
    return f"{text}\n{_DASH} {name} {signed.decode('ascii')}\n"


def open_note(note: str, name: str, public: str) -> str:
    """The text of a note, once the signature of this name and key is known to hold.

    Signatures of others, such as witnesses, are left unjudged.

    Raises:
        Tampered: it is no note, this key has not signed it, or the signature does not hold.
    """
    text = text_of(note)
    wanted = key_id(name, public)
    found = False
    for line in note[len(text) + 1 : -1].split("\n"):
        signer, signed = signature_of(line)
        if signer != name or signed[:4] != wanted:
            continue
        if not holds(public, signed[4:], text.encode()):
            raise Tampered(
                msg("The signature of `{name}` on the checkpoint does not hold.", name=name),
                why=msg("It was changed after it was signed."),
                detail="checkpoint",
            )
        found = True
    if not found:
        raise _unsigned(name)
    return text


def text_of(note: str) -> str:
    """The text of a note, over which its signatures are; nothing is verified.

    Raises:
        Tampered: it has not the form of a note.
    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise _malformed()
    return text + "\n"


def signature_of(line: str) -> tuple[str, bytes]:
    """Name and bytes (key id first) of a line of signature; nothing is verified.

    Raises:
        Tampered: it is no such line.
    """
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not _is_name(parts[1]):
        raise _malformed()
    data = _base64(parts[2])
    if len(data) < 5:
        raise _malformed()
    return parts[1], data


def sign_checkpoint(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint.

    Raises:
        Invalid: origin, size, root or name cannot stand in a checkpoint.
    """
    origin, size, root = checkpoint.origin, checkpoint.size, checkpoint.root
    if not origin or "\n" in origin or size < 0 or len(root) != 32:
        raise Invalid(
            msg("This is no head of a ledger."),
            why=msg("It needs an origin of one line, a size from 0 and a root hash of 32 bytes."),
            detail="checkpoint",
        )
    return sign_note(f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n", name, key)


def open_checkpoint(text: str, name: str, public: str) -> Checkpoint:
    """The checkpoint in a signed note.

    Raises:
        Tampered: the note does not verify with this name and key (hex), or is no checkpoint.
    """
    lines = open_note(text, name, public).split("\n")[:-1]
    if len(lines) < 3 or not all(lines) or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]):
        raise _malformed()
    root = _base64(lines[2])
    if len(root) != 32:
        raise _malformed()
    return Checkpoint(lines[0], int(lines[1]), root)


def open_by_any(text: str, name: str, publics: Iterable[str]) -> Checkpoint:
    """The checkpoint in a note that one of these keys (hex) signed.

    Raises:
        NotSigned: none of them did.
        Tampered: a signature of theirs does not hold, or it is no checkpoint.
    """
    faults: list[Tampered] = []
    for public in publics:
        try:
            return open_checkpoint(text, name, public)
        except Tampered as error:
            faults.append(error)
    judged = [fault for fault in faults if not isinstance(fault, NotSigned)]
    raise (judged or faults or [_unsigned(name)])[0]


def _is_name(text: str) -> bool:
    return bool(text) and key_name(text) == text


def _base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    if base64.b64encode(data).decode("ascii") != text:
        raise _malformed()
    return data


def _unsigned(name: str) -> NotSigned:
    return NotSigned(
        msg("The checkpoint is not signed by `{name}` with the key given.", name=name),
        why=msg("It comes from another ledger, or was signed with another key."),
        next=msg("Get the key file of the node that issued it."),
        detail="checkpoint",
    )


def _malformed() -> Tampered:
    return Tampered(
        msg("The checkpoint does not have the form of a signed note."),
        why=msg("It was changed, cut, or written by another program."),
        next=msg("Ask the node for it again: `doumen ledger head`."),
        detail="checkpoint",
    )
