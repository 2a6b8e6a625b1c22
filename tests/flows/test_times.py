"""Lengths and moments as text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.flows import times
from doumen.model.errors import Invalid
from doumen.model.message import msg

ROLE = msg("a time after which a run is late")


@settings(derandomize=True, deadline=None, max_examples=count(60))
@given(st.integers(1, times.LONGEST))
def test_what_is_written_is_read(seconds: int) -> None:
    assert times.duration(times.written(seconds), ROLE) == seconds


@pytest.mark.parametrize("text", ["", "15", "0m", "-1s", "1.5h", "3w", "15 m", "367d", "m", "٣m"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(Invalid, match="is not a time after which a run is late") as caught:
        times.duration(text, ROLE)
    assert caught.value.why == (
        "A number and a unit: `90s`, `15m`, `26h` or `7d`; from 1s to 366d."
    )


def test_a_shortest_is_held() -> None:
    assert times.duration(" 10s ", ROLE, least=10) == 10
    with pytest.raises(Invalid):
        times.duration("9s", ROLE, least=10)


def test_a_moment_is_kept_and_shown() -> None:
    moment = datetime(2026, 11, 29, 2, 0, 0, 5, tzinfo=UTC)
    assert times.stamp(moment) == "2026-11-29T02:00:00.000005Z"
    assert times.moment(times.stamp(moment)) == moment
    assert times.shown(times.stamp(moment)) == "2026-11-29 02:00:00Z"
    assert times.shown(None) == ""
