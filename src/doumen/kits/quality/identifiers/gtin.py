"""Numbers of trade items and books, with the check digit of GS1: weights 3 and 1, modulo 10."""

from __future__ import annotations

from doumen.kits.quality.identifiers.sums import DIGITS, bound, fits, unless, weigh, weighted
from doumen.model.message import Message, msg

_WEIGHTS = (3, 1) * 7
"""Over 14 places; shorter numbers have zeros before them (GS1 General Specifications, 7.9)."""
_BOOK = "97[89][0-9]{10}"
_OLD_BOOK = "[0-9]{9}[0-9X]"
_OLD_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
"""ISO 2108:1992, annex: modulo 11, X for ten."""


def _holds(text: str) -> str:
    return bound(f"lpad({text}, 14, '0')", f"({weighted('{0}', _WEIGHTS, DIGITS)}) % 10 = 0")


def _sound(text: str) -> bool:
    return weigh(text.rjust(14, "0"), _WEIGHTS, DIGITS) % 10 == 0


class Gtin:
    """Digits of some lengths, the last of them the check digit."""

    source = "GS1 General Specifications; ISO/IEC 15420:2009"

    def __init__(self, name: str, title: Message, form: str, examples: tuple[str, ...]) -> None:
        self.name = name
        self.title = title
        self.examples = examples
        self._form = form

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        return unless(text, self._form, _holds(text))

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, self._form) and _sound(text)


GTIN = Gtin(
    "gtin",
    msg("Global Trade Item Number (GTIN)"),
    "[0-9]{8}|[0-9]{12,14}",
    ("6291041500213", "614141000036", "10614141000415"),
)
"""GTIN-8, GTIN-12 (UPC), GTIN-13 (EAN) or GTIN-14."""
EAN = Gtin("ean", msg("EAN of 8 or 13 digits"), "[0-9]{8}|[0-9]{13}", ("6291041500213", "73513537"))
"""What stands at the till outside of America: EAN-8 or EAN-13."""


class Isbn:
    """13 digits that begin with 978 or 979, or the ten places of before 2007; no hyphens."""

    name = "isbn"
    title = msg("International Standard Book Number (ISBN)")
    source = "ISO 2108:2017"
    examples: tuple[str, ...] = ("9783161484100", "0306406152")

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        old = f"({weighted(text, _OLD_WEIGHTS, DIGITS + 'X')}) % 11 = 0"
        check = f"CASE WHEN length({text}) = 13 THEN {_holds(text)} ELSE {old} END"
        return unless(text, f"{_BOOK}|{_OLD_BOOK}", check)

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        if fits(text, _BOOK):
            return _sound(text)
        return fits(text, _OLD_BOOK) and weigh(text, _OLD_WEIGHTS, DIGITS + "X") % 11 == 0
