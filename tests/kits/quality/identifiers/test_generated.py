"""Thousands of generated numbers and slips: SQL, Python and python-stdnum say the same of each."""

from __future__ import annotations

import random

import pytest
from tests.kits.quality.identifiers.engine import HOSTILE, altered, by_sql
from tests.kits.quality.identifiers.generated import DIGITS, LETTERS, OPINIONS

from doumen.kits.quality.identifiers import BY_NAME, SCHEMES, Scheme

NUMBERS = 1000
by_name = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.name)


def other(chance: random.Random, text: str) -> str:
    """One character changed for another of its kind."""
    place = chance.randrange(len(text))
    kind = DIGITS if text[place] in DIGITS else LETTERS
    new = chance.choice([c for c in kind if c != text[place]])
    return text[:place] + new + text[place + 1 :]


def swapped(chance: random.Random, text: str) -> str:
    """Two neighbours changed for one another."""
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def slips(chance: random.Random, text: str) -> list[str]:
    place = chance.randrange(len(text))
    return [
        other(chance, text),
        swapped(chance, text),
        text[:place] + text[place + 1 :],
        text[:place] + chance.choice(DIGITS + LETTERS) + text[place:],
        "".join(chance.choices(DIGITS, k=len(text))),
        chance.choice(list(altered(text))),
    ]


def test_there_is_an_opinion_of_every_scheme() -> None:
    assert set(OPINIONS) == set(BY_NAME)


@by_name
def test_all_three_say_the_same(scheme: Scheme) -> None:
    chance = random.Random(scheme.name)
    opinion = OPINIONS[scheme.name]
    right = [opinion.make(chance) for _ in range(NUMBERS)]
    texts = [*right, *(slip for text in right for slip in slips(chance, text)), *HOSTILE]
    python = [scheme.accepts(text) for text in texts]
    assert all(python[:NUMBERS])
    assert sum(python[NUMBERS:]) < len(texts) / 5
    assert by_sql(scheme, texts) == python
    said = [opinion.accepts(text) for text in texts]
    assert sum(one is None for one in said) < len(texts) / 4
    pairs = zip(texts, python, said, strict=True)
    assert [t for t, ours, theirs in pairs if theirs is not None and ours != theirs] == []


@by_name
def test_a_wrong_digit_is_found(scheme: Scheme) -> None:
    if not OPINIONS[scheme.name].tells_digits:
        pytest.skip("its values go beyond its modulus, so that two of them look alike")
    chance = random.Random(1)
    wrong = []
    for _ in range(NUMBERS):
        text = OPINIONS[scheme.name].make(chance)
        place = chance.choice([n for n, c in enumerate(text) if c in DIGITS])
        digit = chance.choice([d for d in DIGITS if d != text[place]])
        wrong.append(text[:place] + digit + text[place + 1 :])
    assert not any(by_sql(scheme, wrong))


@pytest.mark.parametrize(("name", "place"), [("iban", 2), ("lei", 18)])
def test_check_digits_that_are_never_given(name: str, place: int) -> None:
    """98 less a remainder is 02 to 98; 00, 01 and 99 leave the same remainder as 97, 98 and 02."""
    chance, scheme = random.Random(name), BY_NAME[name]
    twins = {"97": "00", "98": "01", "02": "99"}
    found: dict[str, str] = {}
    while len(found) < len(twins):
        text = OPINIONS[name].make(chance)
        digits = text[place : place + 2]
        if digits in twins:
            found[digits] = text[:place] + twins[digits] + text[place + 2 :]
    assert not any(scheme.accepts(text) for text in found.values())
    assert not any(by_sql(scheme, [*found.values()]))
