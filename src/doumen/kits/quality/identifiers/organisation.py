"""Codes of organisations in China: the unified social credit code and the older nine places."""

from __future__ import annotations

from doumen.kits.quality.identifiers.sums import ALPHANUMERIC, fits, unless, weigh, weighted
from doumen.model.message import msg

_LETTERS = "0-9A-HJ-NPQRTUWXY"
"""GB 32100 leaves out I, O, S, V and Z."""
_CREDIT = f"[1-9ANY][{_LETTERS}][0-9]{{6}}[{_LETTERS}]{{10}}"
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)
"""3 to the power of the place, modulo 31 (GB 32100, annex B)."""
_ORGANISATION = "[0-9A-Z]{8}[0-9X]"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11714, 2.1.2."""
_CHECKS = "0123456789X"


class CreditCode:
    """18 places: authority, kind, area, organisation, check character by MOD 31.

    The check character of the organisation within it is not asked again: the last place covers it.
    """

    name = "cn-credit-code"
    title = msg("unified social credit code of China")
    source = "GB 32100-2015"
    examples: tuple[str, ...] = ("91350100M000100Y43", "91110000600037341L")

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        total = weighted(text, _CREDIT_WEIGHTS, _CREDIT_CHARACTERS)
        return unless(text, _CREDIT, f"({total}) % 31 = 0")

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, _CREDIT) and not weigh(text, _CREDIT_WEIGHTS, _CREDIT_CHARACTERS) % 31


class OrganisationCode:
    """8 places and a check character by MOD 11, without the hyphen that is printed before it."""

    name = "cn-organisation-code"
    title = msg("organisation code of China")
    source = "GB 11714-1997"
    examples: tuple[str, ...] = ("D2143569X",)

    def invalid(self, text: str) -> str:
        """See `Scheme`."""
        total = weighted(text, _ORGANISATION_WEIGHTS, ALPHANUMERIC)
        check = f"strpos('{_CHECKS}', substr({text}, 9, 1)) - 1"
        return unless(text, _ORGANISATION, f"({total} + {check}) % 11 = 0")

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        if not fits(text, _ORGANISATION):
            return False
        total = weigh(text, _ORGANISATION_WEIGHTS, ALPHANUMERIC)
        return (total + _CHECKS.index(text[8])) % 11 == 0
