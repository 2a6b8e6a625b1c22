"""Figures held against pandas and numpy, over generated tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rooms.refine.profile.conftest import Landed

from doumen.rooms.refine.profile.figures import ColumnProfile, Sample
from doumen.rooms.refine.profile.run import profile
from doumen.rooms.refine.profile.sampled import told_of

ROWS = 5_000


def generated(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    base = rng.normal(100, 15, ROWS)
    frame = pd.DataFrame(
        {
            "whole": rng.integers(-50, 1000, ROWS),
            "normal": base,
            "follows": base * 2 + rng.normal(0, 10, ROWS),
            "heavy": rng.pareto(2, ROWS),
            "city": rng.choice(["温州", "Ningbo", "O'H", ""], ROWS, p=[0.5, 0.3, 0.15, 0.05]),
            "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), "D"),
            "flag": rng.random(ROWS) < 0.3,
        }
    )
    frame.loc[rng.random(ROWS) < 0.1, "normal"] = np.nan
    return frame


def columns(landed: Landed, frame: pd.DataFrame) -> tuple[dict[str, Any], dict[str, Any]]:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    found = profile(landed(table), "a.t").json
    return {column["name"]: column for column in found["columns"]}, dict(found)


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_pandas(landed: Landed, seed: int) -> None:
    frame = generated(seed)
    by_name, found = columns(landed, frame)
    for name in ("whole", "normal", "follows", "heavy"):
        column, series = by_name[name], frame[name]
        assert column["nulls"] == series.isna().sum()
        assert column["mean"] == pytest.approx(series.mean(), rel=1e-8)
        assert column["stddev"] == pytest.approx(series.std(), rel=1e-8)
        assert column["min"] == pytest.approx(series.min(), rel=1e-8)
        assert column["max"] == pytest.approx(series.max(), rel=1e-8)
        assert column["negatives"] == (series < 0).sum()
        assert column["zeros"] == (series == 0).sum()
        assert column["distinct"] == series.nunique()
        for p, value in column["quantiles"].items():
            assert value == pytest.approx(series.quantile(float(p)), rel=1e-8)
        counts, _ = np.histogram(series.dropna(), 20)
        assert column["histogram"]["counts"] == counts.tolist()
    city = frame["city"].value_counts()
    assert {v["value"]: v["count"] for v in by_name["city"]["top"]} == city.to_dict()
    assert by_name["city"]["empty"] == (frame["city"] == "").sum()
    assert by_name["city"]["length_mean"] == pytest.approx(frame["city"].str.len().mean())
    assert by_name["flag"]["trues"] == frame["flag"].sum()
    assert by_name["day"]["distinct"] == frame["day"].nunique()
    middle: Any = frame["day"].quantile(0.5, interpolation="lower")
    assert by_name["day"]["quantiles"]["0.5"][:10] == str(middle.date())
    expected = frame[["whole", "normal", "follows", "heavy"]].corr()
    assert len(found["correlations"]) == 6
    for one in found["correlations"]:
        a, b = one["columns"]
        assert one["pearson"] == pytest.approx(expected.loc[a, b], abs=1e-8)
        assert one["rows"] == frame[[a, b]].dropna().shape[0]


def test_a_sample_comes_near_and_says_that_it_is_one(landed: Landed) -> None:
    frame = generated(9)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    desk = landed(table)
    found = profile(desk, "a.t", sample=2_000).json
    assert 1_700 < found["sample"]["rows"] < 2_300
    assert found["sample"]["seed"] == 42
    by_name = {column["name"]: column for column in found["columns"]}
    column = by_name["normal"]
    assert column["how"]["quantiles"] == "sample"
    assert column["how"]["distinct"] == "estimated"
    assert column["how"]["nulls"] == column["how"]["mean"] == "exact"
    assert column["quantiles"]["0.5"] == pytest.approx(frame["normal"].median(), rel=0.02)
    assert column["distinct"] == pytest.approx(frame["normal"].nunique(), rel=0.1)
    assert profile(desk, "a.t", sample=2_000).json["columns"] == found["columns"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=1, max_size=60))
def test_quantiles_of_any_numbers_are_those_of_numpy(numbers: list[float | None]) -> None:
    column = ColumnProfile("x", "DOUBLE", "number", {"nulls": 0}, {})
    table = pa.table({"c0": pa.array(numbers, pa.float64())})
    (looked,) = told_of([column], table, Sample(len(numbers)))
    held = [number for number in numbers if number is not None]
    if not held:
        assert looked.profile.get("quantiles") is None
        return
    for p, value in looked.profile.get("quantiles").items():
        assert value == pytest.approx(float(np.quantile(held, float(p))), rel=1e-8, abs=1e-300)
    top = pd.Series(held).value_counts()
    told = {one["value"]: one["count"] for one in looked.profile.get("top")}
    assert sorted(told.values(), reverse=True) == sorted(top[top > 1], reverse=True)[:10]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.dates()), min_size=1, max_size=40))
def test_quantiles_of_any_days_are_days_of_them(days: list[dt.date | None]) -> None:
    column = ColumnProfile("x", "DATE", "time", {"nulls": 0}, {})
    table = pa.table({"c0": pa.array(days, pa.date32())})
    (looked,) = told_of([column], table, Sample(len(days)))
    held = sorted(day for day in days if day is not None)
    if held:
        quantiles = looked.profile.get("quantiles")
        assert set(quantiles.values()) <= {day.isoformat() for day in held}
        assert quantiles["0.5"] == held[(len(held) - 1) // 2].isoformat()
