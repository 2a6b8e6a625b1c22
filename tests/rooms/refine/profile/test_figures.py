from __future__ import annotations

import json
import math

import pytest

from doumen.rooms.refine.profile.figures import EXACT, ColumnProfile, Sample, kind_of, told


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("BIGINT", "number"), ("UHUGEINT", "number"), ("DECIMAL(38,10)", "number"),
        ("FLOAT", "number"), ("VARCHAR", "text"), ("UUID", "text"), ("DATE", "time"),
        ("TIMESTAMP WITH TIME ZONE", "time"), ("TIME", "time"), ("TIMESTAMP_NS", "time"),
        ("TIME WITH TIME ZONE", "other"), ("BOOLEAN", "boolean"), ("BLOB", "binary"),
        ("INTEGER[]", "other"), ("STRUCT(a INTEGER)", "other"), ("MAP(VARCHAR, DATE)", "other"),
        ("INTERVAL", "other"), ("DECIMAL(4,1)[3]", "other"),
    ],
)  # fmt: skip
def test_a_type_is_of_a_kind(type: str, kind: str) -> None:
    assert kind_of(type) == kind


def test_what_is_no_finite_number_is_a_text_in_json() -> None:
    told_of = [told(x) for x in (1 / 3, 1e300, math.nan, math.inf, -math.inf, 0.0)]
    assert told_of == [0.333333333, 1e300, "NaN", "Infinity", "-Infinity", 0.0]
    assert json.loads(json.dumps(told_of, allow_nan=False)) == told_of


def test_a_figure_says_how_it_was_got() -> None:
    column = ColumnProfile("x", "BIGINT", "number").with_figures({"nulls": 3}, EXACT)
    assert column.as_json() == {
        "name": "x", "type": "BIGINT", "kind": "number", "nulls": 3, "how": {"nulls": "exact"},
    }  # fmt: skip
    assert Sample(5).how == "exact"
    assert Sample(5, 50.0, 42).how == "sample"
    assert Sample(5, cut=True).how == "sample"
