"""What the ledger commits to and the receipt opens."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence.canonical import canonical, commitment, parsed
from doumen.kits.evidence.disclosure import asked, committed, disclose
from doumen.model.errors import Tampered
from doumen.model.message import msg
from doumen.model.plan import Scalar

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.datetimes(timezones=st.none() | st.just(UTC))
)


@settings(derandomize=True, deadline=None, max_examples=count(100))
@given(st.text(st.characters(codec="utf-8")), st.lists(scalars), st.binary())
def test_what_was_disclosed_is_what_was_asked(
    statement: str, parameters: list[Scalar], salt: bytes
) -> None:
    disclosed = parsed(canonical(disclose(statement, parameters, salt)), msg("It"))
    back = asked(disclosed)
    assert back == (statement, tuple(parameters), salt)
    assert [type(value) for value in back[1]] == [type(value) for value in parameters]


def test_no_number_stands_in_what_is_disclosed() -> None:
    parameters = (1, 2.5, float("inf"), True, None, "x", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert json.dumps(disclose("S", parameters, b"\x01")["parameters"]) == (
        '[["integer", "1"], ["double", "2.5"], ["double", "inf"], ["boolean", "true"], '
        '["null", ""], ["text", "x"], ["timestamp", "2026-01-02T03:04:05+00:00"]]'
    )
    value = asked(disclose("S", (float("nan"),), b""))[1][0]
    assert isinstance(value, float)
    assert math.isnan(value)


def test_the_commitment_covers_all_three() -> None:
    disclosed = disclose("SELECT ?", (1,), b"salt")
    assert committed(disclosed) == commitment(b"salt", b"SELECT ?", b'[["integer","1"]]')
    changed: list[dict[str, Any]] = [
        {"statement": "SELECT 1"},
        {"parameters": [["integer", "2"]]},
        {"salt": "00"},
    ]
    assert len({committed(disclosed | change) for change in [{}, *changed]}) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"statement": None},
        {"salt": 1},
        {"salt": "zz"},
        {"parameters": None},
        {"parameters": [1]},
        {"parameters": [["integer", "x"]]},
        {"parameters": [["colour", "red"]]},
    ],
)
def test_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Tampered):
        asked(disclose("S", (), b"") | change)
    if "parameters" not in change:
        with pytest.raises(Tampered):
            committed(disclose("S", (), b"") | change)
    with pytest.raises(Tampered):
        asked({})
