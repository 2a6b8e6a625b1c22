"""What the generators of the corpus share: a row, chance, and numbers with right check digits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Row = dict[str, Any]
Rows = list[Row]
Tables = dict[str, Rows]

AREAS = {
    "110101": "北京市东城区", "110108": "北京市海淀区", "120101": "天津市和平区",
    "310101": "上海市黄浦区", "310115": "上海市浦东新区", "320106": "南京市鼓楼区",
    "330102": "杭州市上城区", "330302": "温州市鹿城区", "330303": "温州市龙湾区",
    "330304": "温州市瓯海区", "330381": "瑞安市", "350203": "厦门市思明区",
    "370202": "青岛市市南区", "420106": "武汉市武昌区", "440106": "广州市天河区",
    "440305": "深圳市南山区", "500103": "重庆市渝中区", "510104": "成都市锦江区",
}  # fmt: skip
"""Divisions by code, a choice of those of GB/T 2260."""
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰玉华建国文志红梅春林海燕雪峰宇轩欣怡"
ENGLISH = (
    "Anna Bell", "John O'Hara", "Maria García", "Peter Müller", "Li-Ann Tan", "Zoë Lindqvist",
    "Mohammed Ali", "Jean-Luc Petit", "Olga Ivanova", "Kim Min-jun",
)  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRTUWXY"
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DAY = date(2026, 11, 30)
"""The day on which the tables were handed over."""


def skewed(chance: Random, options: Sequence[Any], power: float = 1.0) -> Any:
    """One of the options, the first the likeliest: by Zipf's law with this exponent."""
    weights = [1 / (n + 1) ** power for n in range(len(options))]
    return chance.choices(options, weights)[0]


def maybe(chance: Random, share: float, value: Any) -> Any:
    """The value, or nothing in this share of cases."""
    return None if chance.random() < share else value


def day(chance: Random, first: date, last: date) -> date:
    """A day between two, both included."""
    return first + timedelta(chance.randrange((last - first).days + 1))


def moment(chance: Random, on: date, first: int = 0, last: int = 24) -> datetime:
    """A minute of a day, between two hours."""
    start = datetime(on.year, on.month, on.day)
    return start + timedelta(minutes=chance.randrange(first * 60, last * 60))


def money(value: float) -> Decimal:
    """A number to the cent."""
    return Decimal(round(value * 100)) / 100


def name(chance: Random) -> str:
    """Of a person; most are Chinese."""
    if chance.random() < 0.04:
        return chance.choice(ENGLISH)
    given = "".join(chance.choices(GIVEN, k=1 if chance.random() < 0.3 else 2))
    return f"{skewed(chance, FAMILY, 0.7)}{given}"


def citizen_id(area: str, born: date, order: int) -> str:
    """A citizen id of GB 11643; the parity of the order tells the sex."""
    body = f"{area}{born:%Y%m%d}{order:03}"
    total = sum(int(digit) * (2 ** (17 - n) % 11) for n, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def credit_code(chance: Random, area: str) -> str:
    """A unified social credit code of GB 32100, with the organisation code of GB 11714 in it."""
    eight = "".join(chance.choices(CREDIT[:10], k=7)) + chance.choice(CREDIT)
    every = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    left = 11 - sum(every.index(c) * w for c, w in zip(eight, weights, strict=True)) % 11
    body = f"91{area}{eight}{'0' if left == 11 else 'X' if left == 10 else left}"
    total = sum(CREDIT.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return body + CREDIT[(31 - total % 31) % 31]


def iban(country: str, inner: str) -> str:
    """An IBAN of ISO 13616."""
    digits = "".join(str(int(c, 36)) for c in f"{inner}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{inner}"


def ean(body: str) -> str:
    """An EAN-13 of GS1 from its first twelve digits."""
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(body))
    return body + str(-total % 10)


def digits(chance: Random, many: int) -> str:
    """So many digits."""
    return "".join(chance.choices("0123456789", k=many))
