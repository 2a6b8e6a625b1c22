"""Schemes with two check digits of ISO/IEC 7064, MOD 97-10: the IBAN and the LEI."""

from __future__ import annotations

from doumen.kits.quality.identifiers.registry import FORMS
from doumen.kits.quality.identifiers.sums import expand, expanded, fits, unless
from doumen.model.message import msg

_CHECK = "(0[2-9]|[1-8][0-9]|9[0-8])"
"""98 less a remainder of 0 to 96: 00, 01 and 99 are never given."""
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}


def _pattern(form: str) -> str:
    """The regular expression of a form such as `4a6n8n`."""
    parts = form.replace("n", "n ").replace("a", "a ").replace("c", "c ").split()
    return "".join(f"{_CLASSES[part[-1]]}{{{part[:-1]}}}" for part in parts)


class Iban:
    """Country, check digits, and an account number of the form that the country registered.

    Capitals and no blanks, as it is sent; check digits that a country has within the account
    number are not asked.
    """

    name = "iban"
    title = msg("International Bank Account Number (IBAN)")
    source = "ISO 13616-1:2020; IBAN Registry, release 101"
    examples: tuple[str, ...] = (
        "GB29NWBK60161331926819",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
    )

    def __init__(self) -> None:
        countries: dict[str, list[str]] = {}
        for country, form in FORMS.items():
            countries.setdefault(_pattern(form), []).append(country)
        self._form = "|".join(
            f"({'|'.join(names)}){_CHECK}{form}" for form, names in countries.items()
        )

    def invalid(self, text: str) -> str:
        """See `Scheme`. The digits, 68 at most, are divided in two steps of 38 at most."""
        turned = f"concat(substr({text}, 5), substr({text}, 1, 4))"
        head = f"TRY_CAST({expanded(f'substr({turned}, 1, 17)')} AS HUGEINT) % 97"
        rest = f"concat({head}, {expanded(f'substr({turned}, 18)')})"
        return unless(text, self._form, f"TRY_CAST({rest} AS HUGEINT) % 97 = 1")

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, self._form) and int(expand(text[4:] + text[:4])) % 97 == 1


class Lei:
    """20 places: the issuer, the entity, two check digits."""

    name = "lei"
    title = msg("Legal Entity Identifier (LEI)")
    source = "ISO 17442-1:2020"
    examples: tuple[str, ...] = ("5493000IBP32UQZ0KL24", "213800WSGIIZCXF1P572")
    _form = f"[0-9A-Z]{{18}}{_CHECK}"

    def invalid(self, text: str) -> str:
        """See `Scheme`. 18 letters and two digits are 38 digits, below 3.6e37."""
        return unless(text, self._form, f"TRY_CAST({expanded(text)} AS HUGEINT) % 97 = 1")

    def accepts(self, text: str) -> bool:
        """See `Scheme`."""
        return fits(text, self._form) and int(expand(text)) % 97 == 1
