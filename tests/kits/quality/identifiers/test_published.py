"""Published numbers: accepted or refused as published, by SQL and by Python alike."""

from __future__ import annotations

import pytest
from tests.kits.quality.identifiers.engine import HOSTILE, altered, by_sql
from tests.kits.quality.identifiers.published import ACCEPTED, REFUSED

from doumen.kits.quality.identifiers import BY_NAME, SCHEMES, Scheme

by_name = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.name)


def test_every_scheme_is_held_to_published_numbers() -> None:
    assert set(ACCEPTED) == set(REFUSED) == set(BY_NAME)
    assert sum(map(len, ACCEPTED.values())) > 200


@by_name
def test_what_is_published_as_right_is_accepted(scheme: Scheme) -> None:
    texts = [*ACCEPTED[scheme.name], *scheme.examples]
    assert [text for text in texts if not scheme.accepts(text)] == []
    assert by_sql(scheme, texts) == [True] * len(texts)


@by_name
def test_what_is_published_as_wrong_is_refused(scheme: Scheme) -> None:
    texts = REFUSED[scheme.name]
    assert [text for text in texts if scheme.accepts(text)] == []
    assert by_sql(scheme, texts) == [False] * len(texts)


@by_name
def test_odd_texts_are_refused_or_the_same_in_both(scheme: Scheme) -> None:
    texts = [*HOSTILE, *(odd for text in ACCEPTED[scheme.name] for odd in altered(text))]
    assert by_sql(scheme, texts) == [scheme.accepts(text) for text in texts]
    assert not any(scheme.accepts(text) for text in texts if not text.isascii())
    assert not any(scheme.accepts(text) for text in texts if text != text.strip(" \n\0-"))


@by_name
def test_a_scheme_tells_of_itself(scheme: Scheme) -> None:
    assert scheme.source
    assert scheme.title
    assert scheme.examples


def test_the_organisation_within_a_credit_code_is_one() -> None:
    """GB 32100 puts a code of GB 11714 into the places 9 to 17: real ones are vectors for both."""
    within = [code[8:17] for code in ACCEPTED["cn-credit-code"][1:]]
    assert [code for code in within if not BY_NAME["cn-organisation-code"].accepts(code)] == []
