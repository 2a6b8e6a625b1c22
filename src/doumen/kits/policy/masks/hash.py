"""Mask method `hash`: a keyed digest is shown; equal values stay equal, so joins still work.

Source: NMAC of Bellare, Canetti, Krawczyk, "Keying Hash Functions for Message Authentication"
(CRYPTO 1996), in the form of RFC 2104 with two independent keys, each exactly one block of
SHA-256 (64 bytes: 64 hexadecimal characters) in place of K xor ipad and K xor opad:
`H(outer || H(inner || text))`, the inner digest as hexadecimal text.
"""

from __future__ import annotations

from typing import Literal

from doumen.kits.policy.masks.interface import Binding, MaskForm, Options
from doumen.model.message import Message, msg
from doumen.model.schema import Column


class HashForm(MaskForm):
    """`{column: NAME, method: hash}`."""

    method: Literal["hash"]


class HashMask:
    """Every value becomes 64 hexadecimal characters. The weakest mask: equality shows."""

    name: str = "hash"
    strength: int = 1
    form: type[MaskForm] = HashForm

    def misfit(self, column: Column, options: Options) -> Message | None:
        """None: it suits every type."""
        return None

    def type(self, column: Column, options: Options) -> str:
        """Text."""
        return "VARCHAR"

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """Nested SHA-256 over both keys and the value as text; NULL stays NULL."""
        outer, inner = (f"CAST(getvariable('{key}') AS VARCHAR)" for key in binding.keys)
        return f"sha256({outer} || sha256({inner} || CAST({value} AS VARCHAR)))"

    def words(self, options: Options) -> Message:
        """As a keyed hash."""
        return msg("as a keyed hash")

    def withheld(self, options: Options) -> Options:
        """None: it has none."""
        return options
