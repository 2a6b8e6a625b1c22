"""What a witness signs beside the log: a C2SP cosignature/v1 with Ed25519, under a checkpoint.

c2sp.org/tlog-cosignature: a further line of the signed note, whose 72 bytes after the key id are
a time and a signature over that time and the text of the note. It says that of all heads of this
log that the witness saw until then, each a beginning of the next, this is the largest. The bytes
that are signed begin otherwise than a checkpoint of ours, so one key may sign both.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence.keys import holds, public_hex
from doumen.kits.evidence.note import NotSigned, signature_of, text_of
from doumen.model.errors import Tampered
from doumen.model.message import msg

_DASH = "\N{EM DASH}"
_COSIGNATURE = b"\x04"
_LATEST = 2**63 - 1


def cosigner_id(name: str, public: str) -> bytes:
    """The 4 bytes that tell the keys of one cosigner apart; not those of its own notes."""
    return hashlib.sha256(name.encode() + b"\n" + _COSIGNATURE + bytes.fromhex(public)).digest()[:4]


def cosign(note: str, name: str, key: Ed25519PrivateKey, time: int) -> str:
    """The line by which a witness signs a checkpoint; `add_cosignature` puts it there.

    Args:
        note: The checkpoint, which was verified, its consistency too.
        name: Of the witness.
        key: Of the witness.
        time: Seconds since 1970, UTC.

    Raises:
        Tampered: it is no signed note.
    """
    signed = key.sign(_message(text_of(note), time))
    data = cosigner_id(name, public_hex(key)) + time.to_bytes(8, "big") + signed
    return f"{_DASH} {name} {base64.b64encode(data).decode('ascii')}\n"


def add_cosignature(note: str, line: str) -> str:
    """A note with one more line of signature, as it came from a witness.

    Raises:
        Tampered: it is no such line, or more than one: a blank line in it would move the end of
            the text that is signed.
    """
    signature_of(line.removesuffix("\n"))
    return note + line


def cosigned_at(note: str, name: str, public: str) -> int:
    """When a witness signed a checkpoint (seconds since 1970), once its signature holds.

    Args:
        note: The checkpoint, with lines of witnesses.
        name: Of the witness.
        public: Its key (hex).

    Raises:
        NotSigned: this witness and key did not sign it.
        Tampered: it is no signed note, or the signature does not hold.
    """
    text, wanted = text_of(note), cosigner_id(name, public)
    for line in note[len(text) + 1 : -1].split("\n"):
        signer, data = signature_of(line)
        if signer != name or data[:4] != wanted or len(data) != 76:
            continue
        time = int.from_bytes(data[4:12], "big")
        if time > _LATEST or not holds(public, data[12:], _message(text, time)):
            raise Tampered(
                msg("The cosignature of `{name}` does not hold.", name=name),
                why=msg("The checkpoint was changed after it was cosigned."),
                detail="cosignature",
            )
        return time
    raise NotSigned(
        msg("`{name}` did not cosign the checkpoint with the key given.", name=name),
        next=msg("Get the key file of the witness."),
        detail="cosignature",
    )


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
