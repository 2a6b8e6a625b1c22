"""Published numbers: accepted or refused as published, by SQL and by Python alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    within = [code[8:17] for code in ACCEPTED["cn-credit-code"]]
    assert [code for code in within if not BY_NAME["cn-organisation-code"].accepts(code)] == []


@by_name
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_any_text_is_the_same_to_both(scheme: Scheme, data: st.DataObject) -> None:
    """Texts of any characters, and published numbers with a piece put in the place of another."""
    published = st.sampled_from(ACCEPTED[scheme.name])
    pieces = st.one_of(st.text(max_size=2), st.text("0123456789XAZ", max_size=3))
    changed = st.builds(
        lambda text, piece, start, end: text[:start] + piece + text[end:],
        published, pieces, st.integers(0, 20), st.integers(0, 22),
    )  # fmt: skip
    texts = data.draw(st.lists(st.one_of(st.text(max_size=40), changed), max_size=200))
    assert by_sql(scheme, texts) == [scheme.accepts(text) for text in texts]
