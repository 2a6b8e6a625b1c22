"""Participants by `did:key` (W3C CCG): the root key is the name, so nobody has to be asked for it.

Ed25519 alone: multicodec 0xed01 and the 32 bytes of the key, in base 58 as Bitcoin writes it,
after the `z` of multibase. One key has one name, and one name one key.
"""

from __future__ import annotations

from doumen.kits.evidence.keys import sound
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

METHOD = "did:key:"
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = bytes.fromhex("ed01")
_LENGTH = len(METHOD) + 48
"""Of every such name: the prefix never is zero, so the number of digits never changes."""


def did_key(root: str) -> str:
    """The name of a public root key (hex).

    Raises:
        Invalid: it is no key, or one by which anybody could sign.

    Example:
        >>> did_key("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")
        'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
    """
    if not sound(root):
        raise Invalid(
            msg("The root key is none of Ed25519."),
            why=msg("It must be 64 hexadecimal digits in lower case, of a key that holds."),
            detail="key",
        )
    number, digits = int.from_bytes(_ED25519 + bytes.fromhex(root), "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _DIGITS[digit] + digits
    return f"{METHOD}z{digits}"


def root_of(did: str) -> str:
    """The public root key (hex) that a name stands for; the inverse of `did_key`.

    Raises:
        Invalid: it is no such name in its one spelling, or of another kind of key.
    """
    if not did.startswith(METHOD + "z") or len(did) != _LENGTH:
        raise _invalid(msg("It starts with `did:key:z6Mk` and has 56 characters."))
    number = 0
    for character in did[len(METHOD) + 1 :]:
        digit = _DIGITS.find(character)
        if digit < 0:
            raise _invalid(msg("It holds a character that is no digit of base 58."))
        number = number * 58 + digit
    data = number.to_bytes(35, "big")
    if data[:3] != b"\0" + _ED25519 or not sound(data[3:].hex()):
        raise _invalid(msg("It names no key of Ed25519."))
    return data[3:].hex()


def _invalid(why: Message) -> Invalid:
    return Invalid(
        msg("This names no participant by its root key."),
        why=why,
        next=msg("Take it from the participant's card: `doumen participant card` prints it."),
        detail="did",
    )
