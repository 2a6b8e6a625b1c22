"""The citizen identification number of China: GB 11643, with the check character MOD 11-2."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from doumen.kits.quality.identifiers.sums import fits, unless, weigh, weighted
from doumen.model.message import msg

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
"""2 to the power of the places that follow, modulo 11 (GB 11643, 4; ISO/IEC 7064, MOD 11-2)."""
_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
"""First two digits of the codes of GB/T 2260; 83 is that of residents from Taiwan."""
_FORM = f"({_PROVINCES})[0-9]{{4}}(18|19|20)[0-9]{{9}}[0-9X]"
_CHARACTERS = "0123456789X"


class CitizenId:
    """18 places: area, date of birth, number, check character.

    The area must begin with a province; whether its county was there in that year is a matter of
    a code list. The number of 15 digits of before 1999 is not accepted.
    """

    name = "cn-citizen-id"
    title = msg("citizen identification number of China")
    source = "GB 11643-1999"
    examples: tuple[str, ...] = ("11010519491231002X", "440524188001010014")

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        parts = ", '-', ".join(f"substr({text}, {at}, {n})" for at, n in ((7, 4), (11, 2), (13, 2)))
        born = f"TRY_CAST(concat({parts}) AS DATE) IS NOT NULL"
        check = f"({weighted(text, WEIGHTS, _CHARACTERS)}) % 11 = 1"
        return unless(text, _FORM, f"{born} AND {check}")

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        if not fits(text, _FORM):
            return False
        with suppress(ValueError):
            date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
            return weigh(text, WEIGHTS, _CHARACTERS) % 11 == 1
        return False
