from __future__ import annotations

import io

import pyarrow as pa
from tests.rooms.refine.profile.conftest import Landed

from doumen.faces.cli.draw import draw
from doumen.rooms.refine.profile.drawn import drawn, shape
from doumen.rooms.refine.profile.figures import ColumnProfile, Profile
from doumen.rooms.refine.profile.run import profile


def test_a_histogram_is_drawn_in_blocks() -> None:
    assert shape([0, 1, 4, 8]) == " ▁▄█"
    assert shape([0, 0]) == "  "
    assert shape([]) == ""
    assert shape([1, 10_000]) == "▁█"


def test_a_profile_fits_a_terminal(landed: Landed) -> None:
    table = pa.table(
        {
            "a_rather_long_name_of_a_column_km": [n * 1.5 for n in range(2000)],
            "城市": [["温州", "宁波\n", "杭州"][n % 3] for n in range(2000)],
            "same": ["x"] * 2000,
            "day": [f"2026-01-{1 + n % 28:02}" for n in range(2000)],
            "half": [n if n % 2 else None for n in range(2000)],
        }
    )
    desk = landed(table)
    for sample in (None, 500):
        outcome = profile(desk, "a.t", sample=sample)
        stream = io.StringIO()
        draw(outcome.drawn, stream, width=80)
        text = stream.getvalue()
        for said in ("50.0%", "list of values", "constant", "date", "[km]", "宁波⏎"):
            assert said in text
        assert ("~" in text.replace(" ~ ", "")) == (sample is not None)
        assert "correlation" in text
        assert len(outcome.said) == (1 if sample else 0)


def test_what_has_nothing_in_it_is_left_out() -> None:
    column = ColumnProfile("x", "BIGINT", "number", {"nulls": 0, "mean": 2.0, "distinct": None})
    head, columns = drawn(Profile("a.t", 9, (column,)))
    stream = io.StringIO()
    draw((head, columns), stream, width=80)
    assert "⌀ 2.0" in stream.getvalue()
