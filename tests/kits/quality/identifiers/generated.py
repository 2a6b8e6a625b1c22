"""Numbers made by python-stdnum, and what it says of any text: a second opinion for each scheme."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from traceback import extract_tb

from stdnum import ean, iban, isbn, isin, lei, luhn, numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, ValidationError
from stdnum.iso7064 import mod_97_10

from doumen.kits.quality.identifiers.registry import FORMS

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Chance = random.Random


@dataclass(frozen=True)
class Opinion:
    """A maker of right numbers, and what the library says of a text.

    `accepts`: None where it asks more than form and check digits, such as for a country in use.
    `tells_digits`: the scheme finds every single wrong digit.
    """

    make: Callable[[Chance], str]
    accepts: Callable[[str], bool | None]
    tells_digits: bool = True


def _digits(chance: Chance, count: int) -> str:
    return "".join(chance.choices(DIGITS, k=count))


def _any(chance: Chance, count: int) -> str:
    return "".join(chance.choices(DIGITS + LETTERS, k=count))


def _citizen(chance: Chance) -> str:
    area = chance.choice(["110101", "310104", "440106", "510107", "620102", "330106"])
    born = date(1992, 1, 1) + timedelta(days=chance.randrange(12_000))
    body = f"{area}{born:%Y%m%d}{_digits(chance, 3)}"
    return body + ric.calc_check_digit(body + "0")


def _citizen_holds(text: str) -> bool | None:
    """The library asks whether the county was there in that year, and errs where it was not."""
    if text != ric.compact(text) or len(text) != 18 or not text[:17].isdecimal():
        return False
    try:
        ric.get_birth_date(text)
        if text[17] != ric.calc_check_digit(text):
            return False
        return True if ric.get_birth_place(text) else None
    except KeyError:
        return None
    except InvalidComponent as error:
        place = any(frame.name == "get_birth_place" for frame in extract_tb(error.__traceback__))
        return None if place else False


def _credit(chance: Chance) -> str:
    body = chance.choice("1359") + "1" + _digits(chance, 6) + "".join(chance.choices(_USCC, k=9))
    return body + uscc.calc_check_digit(body)


def _organisation(chance: Chance) -> str:
    """By the words of GB 11714; the library has no module for it."""
    body = _any(chance, 8)
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


def _organisation_holds(text: str) -> bool:
    if len(text) != 9 or not all(c in DIGITS + LETTERS for c in text):
        return False
    total = sum(int(c, 36) * w for c, w in zip(text, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    rest = 11 - total % 11
    return text[8] == {10: "X", 11: "0"}.get(rest, str(rest))


def _iban(chance: Chance) -> str:
    country = chance.choice(sorted(FORMS))
    ((_, info),) = numdb.get("iban").info(country)[:1]
    count, body = "", ""
    for mark in info["bban"].replace("!", ""):
        if mark.isdigit():
            count += mark
            continue
        pool = {"n": DIGITS, "a": LETTERS, "c": DIGITS + LETTERS}[mark]
        body += "".join(chance.choices(pool, k=int(count)))
        count = ""
    return country + iban.calc_check_digits(f"{country}00{body}") + body


def _lei(chance: Chance) -> str:
    body = _any(chance, 18)
    return body + mod_97_10.calc_check_digits(body)


def _isin(chance: Chance) -> str:
    body = chance.choice(["US", "DE", "CN", "XS", "GB", "JP"]) + _any(chance, 9)
    return body + isin.calc_check_digit(body)


def _isin_holds(text: str) -> bool | None:
    """The library asks for a country that it knows."""
    try:
        return text == isin.compact(text) and bool(isin.validate(text))
    except InvalidComponent:
        return None
    except ValidationError:
        return False


def _card(chance: Chance) -> str:
    body = chance.choice("3456") + _digits(chance, chance.randrange(10, 18))
    return body + luhn.calc_check_digit(body)


def _gtin(chance: Chance) -> str:
    body = _digits(chance, chance.choice([7, 11, 12, 13]))
    return body + ean.calc_check_digit(body)


def _ean(chance: Chance) -> str:
    body = _digits(chance, chance.choice([7, 12]))
    return body + ean.calc_check_digit(body)


def _isbn(chance: Chance) -> str:
    if chance.random() < 0.5:
        body = chance.choice(["978", "979"]) + _digits(chance, 9)
        return body + ean.calc_check_digit(body)
    body = _digits(chance, 9)
    return body + isbn._calc_isbn10_check_digit(body)


def _checks_97(text: str) -> bool:
    """The library takes 00, 01 and 99 too, which are never given."""
    return text not in {"00", "01", "99"}


OPINIONS: Mapping[str, Opinion] = {
    "cn-citizen-id": Opinion(_citizen, _citizen_holds),
    "cn-credit-code": Opinion(
        _credit, lambda t: t == uscc.compact(t) and uscc.is_valid(t) and t[0] != "0"
    ),
    "cn-organisation-code": Opinion(_organisation, _organisation_holds, tells_digits=False),
    "iban": Opinion(
        _iban,
        lambda t: (
            t == iban.compact(t) and iban.is_valid(t, check_country=False) and _checks_97(t[2:4])
        ),
    ),
    "lei": Opinion(
        _lei,
        lambda t: (
            t.isascii() and t == lei.compact(t) and len(t) == 20 and lei.is_valid(t)
            and t[18:].isdigit() and _checks_97(t[18:])
        ),
    ),
    "isin": Opinion(_isin, _isin_holds),
    "card": Opinion(_card, lambda t: luhn.is_valid(t) and 12 <= len(t) <= 19 and t[0] != "0"),
    "gtin": Opinion(_gtin, lambda t: t == ean.compact(t) and ean.is_valid(t)),
    "ean": Opinion(
        _ean, lambda t: t == ean.compact(t) and ean.is_valid(t) and len(t) in {8, 13}
    ),
    "isbn": Opinion(_isbn, lambda t: t == isbn.compact(t) and isbn.is_valid(t)),
}  # fmt: skip
