"""What a scheme of identifiers is: a form, check digits, and SQL that finds what breaks them."""

from __future__ import annotations

from typing import Protocol

from doumen.model.message import Message


class Scheme(Protocol):
    """One scheme.

    Attributes:
        name: As a contract writes it, such as `iban`.
        title: Its name for people.
        source: The standard that defines form and check digits.
        examples: Published valid numbers, for help and reference.
    """

    name: str
    title: Message
    source: str
    examples: tuple[str, ...]

    def invalid(self, text: str) -> str:
        """SQL that is true where a text is no identifier of this scheme.

        Total, over functions that the gate admits. Spaces and hyphens that the standard prints
        for people are part of no stored identifier unless it says so.

        Args:
            text: An expression of type VARCHAR that is not NULL.
        """
        ...

    def accepts(self, text: str) -> bool:
        """Whether a text is an identifier of this scheme: the same, in Python."""
        ...
