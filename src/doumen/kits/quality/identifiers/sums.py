"""What check digits are made of, twice: as SQL of the reference dialect and in Python.

The SQL is total: `substr`, `strpos`, `replace` and `TRY_CAST` take any text, and the sums stay far
below the limits of INTEGER for texts of any characters. A value that is used at many places is
bound by a list of one element, so that the engine computes it once for each row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

DIGITS = "0123456789"
ALPHANUMERIC = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The place of a character is its value, as in ISO/IEC 7064."""
DOUBLED = "0516273849"
"""The place of a digit is the sum of the digits of its double: 5, doubled to 10, is at 1."""
_BOUND = "doumen_bound"


def unless(text: str, pattern: str, check: str) -> str:
    """SQL that is true for a text that is not of a form, or fails its check.

    Args:
        text: The text, of type VARCHAR.
        pattern: Regular expression that all of the text must match; it holds no quote.
        check: A condition over a text of that form.
    """
    held = f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {check} END"
    return f"(NOT coalesce({held}, false))"


def fits(text: str, pattern: str) -> bool:
    """Whether all of a text matches a regular expression."""
    return re.fullmatch(pattern, text) is not None


def bound(value: str, used: str) -> str:
    """SQL of `used`, in which `{0}` stands for a value that is computed once."""
    body = used.format(_BOUND)
    return f"list_first(list_transform([{value}], lambda {_BOUND}: {body}))"


def weighted(text: str, weights: Sequence[int], alphabet: str) -> str:
    """SQL of the sum of weight times value over the first characters of a text."""
    return " + ".join(
        f"{weight} * (strpos('{alphabet}', substr({text}, {place}, 1)) - 1)"
        for place, weight in enumerate(weights, 1)
    )


def weigh(text: str, weights: Sequence[int], alphabet: str) -> int:
    """The same sum of a text that is made of the alphabet and long enough."""
    return sum(
        weight * alphabet.index(letter) for weight, letter in zip(weights, text, strict=False)
    )


def luhn(digits: str, length: int) -> str:
    """SQL of the sum of Luhn (ISO/IEC 7812-1, annex B) over a text of so many digits."""
    return " + ".join(_luhn_terms(digits, length))


def _luhn_terms(digits: str, length: int) -> Iterator[str]:
    for place in range(1, length + 1):
        alphabet = DOUBLED if (length - place) % 2 else DIGITS
        yield f"strpos('{alphabet}', substr({digits}, {place}, 1)) - 1"


def luhn_holds(digits: str) -> bool:
    """Whether the sum of Luhn is a multiple of 10: every second digit, from the right, doubled."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(d // 10 + d % 10 for d in doubled)) % 10 == 0


def expanded(text: str) -> str:
    """SQL that puts two digits for each letter, A = 10 to Z = 35."""
    for value, letter in enumerate(ALPHANUMERIC[10:], 10):
        text = f"replace({text}, '{letter}', '{value}')"
    return text


def expand(text: str) -> str:
    """The same in Python, of a text of capitals and digits."""
    return "".join(str(ALPHANUMERIC.index(letter)) for letter in text)
