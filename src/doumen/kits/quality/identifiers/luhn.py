"""Schemes whose last digit is that of Luhn: numbers of payment cards and of securities."""

from __future__ import annotations

from doumen.kits.quality.identifiers.sums import (
    bound,
    expand,
    expanded,
    fits,
    luhn,
    luhn_holds,
    unless,
)
from doumen.model.message import msg

_CARD = "[1-9][0-9]{11,18}"
_LONGEST = 19
_ISIN = "[A-Z]{2}[0-9A-Z]{9}[0-9]"
_ISIN_DIGITS = 24
"""Room for eleven letters of two digits and the check digit."""


class Card:
    """12 to 19 digits without blanks, the first of them not 0, which no payment network has."""

    name = "card"
    title = msg("payment card number")
    source = "ISO/IEC 7812-1:2017"
    examples: tuple[str, ...] = ("4111111111111111", "5555555555554444", "378282246310005")

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        total = luhn("{0}", _LONGEST)
        return unless(text, _CARD, bound(f"lpad({text}, {_LONGEST}, '0')", f"({total}) % 10 = 0"))

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, _CARD) and luhn_holds(text)


class Isin:
    """Two letters, nine letters or digits, a check digit over letters put as two digits each."""

    name = "isin"
    title = msg("International Securities Identification Number (ISIN)")
    source = "ISO 6166:2021"
    examples: tuple[str, ...] = ("US0378331005", "AU0000XVGZA3", "GB0002634946")

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        digits = f"lpad({expanded(text)}, {_ISIN_DIGITS}, '0')"
        total = luhn("{0}", _ISIN_DIGITS)
        return unless(text, _ISIN, bound(digits, f"({total}) % 10 = 0"))

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, _ISIN) and luhn_holds(expand(text))
