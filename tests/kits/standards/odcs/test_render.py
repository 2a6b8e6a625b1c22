from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards.odcs.document import parse
from doumen.kits.standards.odcs.render import block, flow, scalar

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = (
    texts | st.integers() | st.booleans() | st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


@given(st.dictionaries(texts, values, min_size=1, max_size=4), st.sampled_from([None, "'", '"']))
@settings(derandomize=True, deadline=None, max_examples=count(150))
def test_law_what_is_written_reads_back(value: dict[str, Any], style: str | None) -> None:
    assert parse("\n".join(block(value, 0))).data == value
    assert parse(flow(value)).data == value
    quoted = {key: item for key, item in value.items() if isinstance(item, str)}
    lines = [f"{scalar(key)}: {scalar(item, style)}" for key, item in quoted.items()]
    assert not lines or parse("\n".join(lines)).data == quoted


@pytest.mark.parametrize(
    ("value", "style", "written"),
    [
        ("plain words", None, "plain words"), ("no", None, '"no"'), ("1.0", None, '"1.0"'),
        ("a: b", None, '"a: b"'), ("it's", "'", "'it''s'"), ("a\nb", "'", '"a\\nb"'),
        ("Straße 5", None, "Straße 5"), ("plain", '"', '"plain"'), ("\x85", None, '"\\u0085"'),
        (Decimal("2"), None, "2.0"), (Decimal("1E-2"), None, "0.01"), (True, None, "true"),
        (".inf", None, '".inf"'), ("nan", None, '"nan"'), (None, None, "null"),
    ],
)  # fmt: skip
def test_scalars(value: object, style: str | None, written: str) -> None:
    assert scalar(value, style) == written
