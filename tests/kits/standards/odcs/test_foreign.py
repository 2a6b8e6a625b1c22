"""Custom rules of other tools in a contract: which are read, and what of them is told."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.standards.odcs.foreign import translated

NULL = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}}
ZERO = {"metric": "nullValues", "mustBe": 0}


@pytest.mark.parametrize(
    ("engine", "said", "item"),
    [
        ("greatExpectations", NULL, ZERO),
        ("Great Expectations", "{type: expect_column_values_to_not_be_null, kwargs: {}}", ZERO),
        ("great-expectations", "expect: [it", None),
        ("greatexpectations", None, None),
        ("dbt", "not_null", ZERO),
        ("dbt", {"not_null": {}}, ZERO),
        ("soda", {"type": "missing_count", "must_be": 0}, None),
    ],
)
def test_engines_are_known_however_they_are_spelled(
    engine: str, said: Any, item: dict[str, Any] | None
) -> None:
    turned = translated({"engine": engine, "implementation": said}, "a")
    assert turned is not None
    assert turned.item is None or turned.why is None
    if item is not None:
        assert item.items() <= (turned.item or {}).items()
    elif not isinstance(said, dict):
        assert "none of the core expectations" in str(turned.why)


@pytest.mark.parametrize("engine", ["monte-carlo", "", None, "doumen"])
def test_other_engines_are_not_read(engine: str | None) -> None:
    assert translated({"engine": engine, "implementation": NULL}, "a") is None
