"""One suite for all formats of the shelf."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.errors import DoumenError
from doumen.rooms.collect.formats import SHELF, Format, Wishes
from doumen.rooms.collect.sample import sample_of


def test_names_and_endings_are_unique() -> None:
    names = [one.name for one in SHELF]
    endings = [ending for one in SHELF for ending in one.endings]
    assert len(set(names)) == len(names)
    assert len(set(endings)) == len(endings)
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


@pytest.mark.parametrize("kind", SHELF, ids=lambda one: one.name)
@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(min_size=1, max_size=100))
def test_a_format_reads_or_refuses(kind: Format, content: bytes) -> None:
    sample = sample_of("x", content)
    try:
        found = kind.sniff(sample, Wishes())
    except DoumenError as error:
        assert error.what  # noqa: PT017 - either way is right
    else:
        assert found.reading.format == kind.name
        assert kind.sniff(sample, Wishes()) == found
