"""Show: JSON in pieces is the JSON in one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.faces.cli.show import pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES), st.lists(VALUES))
@settings(derandomize=True, deadline=None, max_examples=count(100))
def test_pieces_make_one_object(body: dict[str, Any], rows: list[Any]) -> None:
    text = "".join(pieces({**body, "rows": iter(rows)}))
    assert json.loads(text) == {**body, "rows": rows}
    assert "\n" not in text
    assert text == "".join(pieces({**body, "rows": rows}))


def test_nothing() -> None:
    assert "".join(pieces({})) == "{}"


def test_what_json_does_not_know_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        list(pieces({"a": float("nan")}))
