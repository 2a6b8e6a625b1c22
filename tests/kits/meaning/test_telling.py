"""Values that are codes by chance, and values that are not."""

from __future__ import annotations

import string

import pytest

from doumen.kits.meaning import telling
from doumen.kits.meaning.telling import density

TWO = [a + b for a in string.ascii_uppercase for b in string.ascii_uppercase][:249]
"""As many as ISO 3166-1 has codes of two letters."""


def test_density() -> None:
    assert density(["A1", "B2"]) == 2 / 260
    assert density(TWO) == 249 / 676
    assert density([]) == 1.0
    assert density(["男", "女"]) == 2 / 3000


@pytest.mark.parametrize(
    ("codes", "values", "tells"),
    [
        (["110000", "310000"], 1, True),
        (TWO, 6, False),  # (249/676)^6 = 0.0025
        (TWO, 7, True),  # (249/676)^7 = 0.0009
        (TWO, 0, False),
        ([str(month) for month in range(1, 13)], 12, False),
        (["M", "F"], 2, False),
        (["男", "女"], 2, False),
        (["JFK", "LGA", "EWR"], 3, True),
    ],
)
def test_what_tells(codes: list[str], values: int, tells: bool) -> None:
    assert telling(codes, values) is tells
