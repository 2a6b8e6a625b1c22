"""What the people of the city did: each step is verbs of the one table, and is done once.

A step that was done is not done again, so that a demonstration which was cut off goes on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from doumen.faces.demo import city
from doumen.model.message import Message, msg
from doumen.session import Session

RULES = """rules:
  - id: analysts-read-the-city
    permit: query
    who: {role: analyst}
    on: "*.*"
    for: [research]
    duties:
      - limit: 100000
  - id: patients-stay-unknown
    permit: query
    who: {role: analyst}
    on: health.clinic_visits
    for: [research]
    duties:
      - mask: {column: 姓名, method: hash}
      - mask: {column: 手机号, method: partial, keep_start: 3}
  - id: plates-stay-unknown
    permit: query
    who: {role: analyst}
    on: traffic.charging
    for: [research]
    duties:
      - mask: {column: plate_no, method: partial, keep_start: 2}
"""
TERMS = """for: [research]
until: 2099-12-31
datasets:
  traffic.charging_by_district: {}
  environment.air_quality: {}
quota: {queries: 200}
"""
KINDS: Mapping[str, str] = {
    "tourist_office": "source: sqlite\npath: visitors.db\nstreams:\n"
    "  tourism.visitors: {table: visitors, cursor: id}\n",
    "grid": "source: duckdb\npath: grid.duckdb\nstreams:\n"
    "  energy.substation_load: {table: main.load}\n",
    "air_stations": "source: folder\npath: .\nstreams:\n"
    '  environment.air_quality: {files: "air/air-*.csv", settled: 0}\n',
}
SOURCES: Mapping[str, str] = {
    "tourist_office": "tourism.visitors",
    "grid": "energy.substation_load",
    "air_stations": "environment.air_quality",
}
"""Source → the dataset that it feeds."""
FILES: Mapping[str, str] = {
    "充电记录.csv": "traffic.charging",
    "parking.csv": "traffic.parking",
    "门诊记录.csv": "health.clinic_visits",
    "meter_readings.csv": "water.meter_readings",
    "企业名录.csv": "business.companies",
}
"""File that is brought → dataset."""
SAID: Mapping[str, Mapping[str, str]] = {
    "traffic.charging": {
        "description.purpose": "新能源汽车充电记录：公共充电桩逐笔记录",
        "columns.plate_no.description": "车牌号",
        "columns.plate_no.classification": "personal",
        "columns.kwh.description": "充电量（度）",
        "columns.kwh.logicalTypeOptions.minimum": "0",
        "columns.record_id.unique": "true",
    },
    "traffic.parking": {
        "description.purpose": "Car parks: spaces in all, and free ones as measured"
    },
    "health.clinic_visits": {
        "description.purpose": "门诊记录：每次就诊的科室、时间和费用",
        "columns.姓名.classification": "personal",
        "columns.手机号.classification": "personal",
    },
    "water.meter_readings": {"description.purpose": "Readings of household water meters"},
    "business.companies": {"description.purpose": "企业名录：统一社会信用代码、行业和注册资本"},
    "tourism.visitors": {"description.purpose": "景点每日游客人数 // Visitors of sights by day"},
    "energy.substation_load": {"description.purpose": "变电站每小时负荷（兆瓦）"},
    "environment.air_quality": {
        "description.purpose": "空气质量 // Air quality: PM2.5 and NO2, every three hours"
    },
}
LABELS: Mapping[str, str] = {
    "health.clinic_visits": "important",
    "health.clinic_visits.手机号": "core",
    "traffic.charging.kwh": "general",
    "environment.air_quality": "general",
}
PROPOSED = ("traffic.charging", "environment.air_quality", "water.meter_readings")
"""Datasets that machines propose rules for, to be settled by a person."""
BY_DISTRICT = """SELECT district, CAST(started_at AS DATE) AS day,
       count(*) AS charges, sum(kwh) AS kwh
FROM traffic.charging GROUP BY ALL"""
ASKED = (
    "SELECT district, sum(charges) AS charges, round(sum(kwh)) AS kwh\n"
    "FROM traffic.charging_by_district GROUP BY ALL ORDER BY kwh DESC",
    "SELECT station, round(avg(pm25), 1) AS pm25\n"
    "FROM environment.air_quality WHERE pm25 >= 0 GROUP BY ALL ORDER BY pm25",
    "SELECT 科室, count(*) AS 人次, round(avg(费用), 2) AS 次均费用\n"
    "FROM health.clinic_visits GROUP BY ALL ORDER BY 人次 DESC",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that people did.

    Attributes:
        doing: What is told while it is done.
        done: Whether it was done before.
        do: Do it.
    """

    doing: Message
    done: Callable[[], bool]
    do: Callable[[], object]


def put(folder: Path) -> None:
    """Put the files and the two databases of the city into a folder, where they are not yet."""
    for name, content in city.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
    for name, text in {**KINDS, "rules": RULES, "terms": TERMS}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    with closing(sqlite3.connect(folder / "visitors.db")) as file, file:
        file.execute(
            "CREATE TABLE IF NOT EXISTS visitors"
            " (id INTEGER PRIMARY KEY, day DATE, sight TEXT, visitors INT)"
        )
        file.executemany("INSERT OR IGNORE INTO visitors VALUES (?, ?, ?, ?)", city.visitors())
    grid = folder / "grid.duckdb"
    if not grid.exists():
        begun = folder / "grid.duckdb.begun"
        begun.unlink(missing_ok=True)
        with duckdb.connect(begun) as fresh:
            fresh.execute("CREATE TABLE load (hour TIMESTAMP, substation VARCHAR, mw DOUBLE)")
            columns = [list(column) for column in zip(*city.load(), strict=True)]
            fresh.execute("INSERT INTO load SELECT unnest(?), unnest(?), unnest(?)", columns)
        begun.replace(grid)


def steps(owner: Session, folder: Path) -> Iterator[Step]:
    """All that was done, in order; `folder` is what `put` filled."""
    yield from _brought(owner, folder)
    yield from _said(owner)
    yield from _ruled(owner, folder)
    yield from _assessed(owner)
    yield from _asked(owner)
    yield from _offered(owner, folder)


def _brought(owner: Session, folder: Path) -> Iterator[Step]:
    for file, dataset in FILES.items():
        yield Step(
            msg("bringing in `{dataset}`", dataset=dataset),
            partial(_has, owner, "dataset", dataset),
            partial(owner.do, "collect", path=folder / file, as_dataset=dataset),
        )
    for name, dataset in SOURCES.items():
        doing = msg("reading the source `{name}`", name=name)
        described = folder / f"{name}.yaml"
        yield Step(
            doing, partial(_has, owner, "connection", name),
            partial(owner.do, "source add", name=name, file=described),
        )  # fmt: skip
        yield Step(
            doing, partial(_has, owner, "dataset", dataset),
            partial(owner.do, "source run", name=name),
        )  # fmt: skip


def _said(owner: Session) -> Iterator[Step]:
    for dataset, fields in SAID.items():
        changes = tuple(f"{path}={value}" for path, value in fields.items())
        yield Step(
            msg("describing `{dataset}`", dataset=dataset),
            partial(_described, owner, dataset),
            partial(owner.do, "contract edit", dataset=dataset, changes=changes, new_version=True),
        )
    words = {"name_en": "Energy charged", "name_zh": "充电量", "definition_zh": "一次充电的电量"}
    yield Step(
        msg("saying what words mean"), partial(_has, owner, "term", "energy_charged"),
        partial(owner.do, "term set", key="energy_charged", **words),
    )  # fmt: skip
    yield Step(
        msg("saying what words mean"), partial(_has, owner, "link", "traffic.charging.kwh"),
        partial(owner.do, "meaning link", column="traffic.charging.kwh", term="energy_charged"),
    )  # fmt: skip


def _ruled(owner: Session, folder: Path) -> Iterator[Step]:
    actors: Mapping[str, Mapping[str, Any]] = {
        "ana": {"role": ("analyst",), "purpose": ("research",)},
        "sue": {"role": ("steward",)},
        "aud": {"role": ("auditor",)},
    }
    for name, given in actors.items():
        yield Step(
            msg("letting `{name}` in", name=name), partial(_has, owner, "actor", name),
            partial(owner.do, "actor add", name=name, **given),
        )  # fmt: skip
    yield Step(
        msg("making rules"), partial(_has, owner, "rule", "analysts-read-the-city"),
        partial(owner.do, "rule add", file=folder / "rules.yaml"),
    )  # fmt: skip
    for target, label in LABELS.items():
        yield Step(
            msg("labelling `{target}`", target=target),
            partial(_labelled, owner, target, label),
            partial(owner.do, "label set", target=target, label=label),
        )


def _assessed(owner: Session) -> Iterator[Step]:
    for dataset in SAID:
        yield Step(
            msg("scoring `{dataset}`", dataset=dataset),
            lambda d=dataset: bool(owner.do("quality scores", dataset=(d,)).json["scores"]),  # type: ignore[misc]
            partial(owner.do, "quality score", dataset=dataset),
        )
    for dataset in PROPOSED:
        yield Step(
            msg("proposing rules for `{dataset}`", dataset=dataset),
            lambda d=dataset: bool(owner.do("proposal list", dataset=d).json["count"]),  # type: ignore[misc]
            partial(owner.do, "contract propose", dataset=dataset),
        )


def _asked(owner: Session) -> Iterator[Step]:
    into = "traffic.charging_by_district"
    yield Step(
        msg("deriving `{dataset}`", dataset=into), partial(_has, owner, "dataset", into),
        partial(owner.derive, BY_DISTRICT, into),
    )  # fmt: skip
    for place, question in enumerate(ASKED):
        yield Step(
            msg("asking questions"),
            lambda n=place: len(owner.do("event list", type=("query",)).json["events"]) > n,  # type: ignore[misc]
            partial(owner.query, question),
        )


def _offered(owner: Session, folder: Path) -> Iterator[Step]:
    doing = msg("offering a product")
    yield Step(
        doing, partial(_has, owner, "product", "living-city"),
        partial(owner.do, "product create", name="living-city", title="城市生活 The living city",
                dataset=("traffic.charging_by_district", "environment.air_quality")),
    )  # fmt: skip
    yield Step(
        doing, partial(_has, owner, "offer", "living-city-1"),
        partial(owner.do, "offer create", product="living-city", terms=str(folder / "terms.yaml")),
    )  # fmt: skip
    yield Step(
        doing,
        lambda: (owner.desk.facts().body("product", "living-city") or {})["state"] == "published",
        partial(owner.do, "product publish", name="living-city"),
    )


def _has(owner: Session, kind: str, key: str) -> bool:
    return owner.desk.facts().body(kind, key) is not None


def _labelled(owner: Session, target: str, label: str) -> bool:
    held = owner.desk.facts().body("label", target)
    return held is not None and label in held["labels"]


def _described(owner: Session, dataset: str) -> bool:
    return bool((owner.desk.facts().body("contract", dataset) or {}).get("description"))
