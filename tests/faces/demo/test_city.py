"""The invented files: always the same, and as faulty as they say."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from stdnum.cn import uscc

from doumen.faces.demo import city

FILES = dict(city.files())


def rows(name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FILES[name].decode(encoding))))


def test_it_is_the_same_city_each_time() -> None:
    assert dict(city.files()) == FILES
    assert city.visitors() == city.visitors()
    assert city.load() == city.load()


def test_charging_has_its_faults() -> None:
    records = rows("充电记录.csv", "gb18030")
    assert sum(one["kwh"] == "" for one in records) == 43
    assert sum(one["kwh"] == "-1" for one in records) == 9
    assert sum(n > 1 for n in Counter(one["record_id"] for one in records).values()) == 8
    other = {one["district"] for one in records} - {*city.DISTRICTS}
    assert other
    assert other <= {f"{one}区" for one in city.DISTRICTS}


def test_some_identifiers_are_wrong_and_all_others_right() -> None:
    codes = [one["统一社会信用代码"] for one in rows("企业名录.csv")]
    assert [n for n, code in enumerate(codes) if not uscc.is_valid(code)] == [*range(0, 400, 50)]


@pytest.mark.parametrize("month", ["09", "10"])
def test_instruments_fail_now_and_then(month: str) -> None:
    told = [int(one["pm25"]) for one in rows(f"air/air-2026-{month}.csv")]
    assert 0 < told.count(-999) < 15
    assert min(one for one in told if one != -999) >= 8


def test_a_meter_runs_backwards_and_a_car_park_is_overfull() -> None:
    meter = [
        float(one["cubic_metres"])
        for one in rows("meter_readings.csv")
        if one["meter_id"] == "W0077"
    ]
    assert meter != sorted(meter)
    full = [one for one in rows("parking.csv") if int(one["free_spaces"]) > int(one["spaces"])]
    assert len(full) == 4
