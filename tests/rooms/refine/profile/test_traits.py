from __future__ import annotations

import pytest

from doumen.rooms.refine.profile.figures import ESTIMATED, EXACT, ColumnProfile, Sample
from doumen.rooms.refine.profile.traits import enumerates, traced, unit


@pytest.mark.parametrize(
    ("name", "code"),
    [("distance_km", "km"), ("价格（元）", "CNY"), ("item", None), ("m", None),
     ("Amount USD", "USD"),
     ("km_count", None), ("重量_公斤", "kg")],
)  # fmt: skip
def test_a_unit_is_read_from_the_end_of_a_name(name: str, code: str | None) -> None:
    assert unit(name) == code


def test_a_list_has_few_values_each_of_them_often() -> None:
    assert enumerates({"a": 90, "b": 10})
    assert not enumerates({"a": 97, "b": 3})
    assert not enumerates({"a": 100})
    assert not enumerates({"a": 30, "b": 30})
    assert not enumerates({"a": 100, "": 100})
    assert not enumerates({str(n): 100 for n in range(21)})
    assert not enumerates(None)


@pytest.mark.parametrize(
    ("figures", "how", "constant"),
    [
        ({"distinct": 1}, EXACT, True),
        ({"distinct": 2}, EXACT, False),
        ({"distinct": 1, "min": 3, "max": 3}, ESTIMATED, True),
        ({"distinct": 1, "min": 3, "max": 3, "nan": 1}, ESTIMATED, False),
        ({"distinct": 1, "min": "a", "max": "a", "shortest": 1, "longest": 400}, ESTIMATED, False),
        ({"distinct": 9, "min": 3, "max": 4}, ESTIMATED, False),
        ({"distinct": 1}, ESTIMATED, None),
    ],
)
def test_a_column_is_constant_where_all_rows_say_so(
    figures: dict[str, object], how: str, constant: bool | None
) -> None:
    column = ColumnProfile("x", "T", "time", figures, {"distinct": how})
    assert traced(column, None, Sample(5)).get("constant") is constant
