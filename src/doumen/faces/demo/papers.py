"""What the people of the city wrote: rules, terms, descriptions of sources and data, questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Source:
    """A place outside, and the dataset that it feeds."""

    dataset: str
    described: str


SOURCES: Mapping[str, Source] = {
    "tourist_office": Source(
        "tourism.visitors",
        "source: sqlite\npath: visitors.db\nstreams:\n"
        "  tourism.visitors: {table: visitors, cursor: id}\n",
    ),
    "grid": Source(
        "energy.substation_load",
        "source: duckdb\npath: grid.duckdb\nstreams:\n"
        "  energy.substation_load: {table: main.load}\n",
    ),
    "air_stations": Source(
        "environment.air_quality",
        "source: folder\npath: .\nstreams:\n"
        '  environment.air_quality: {files: "air/air-*.csv", settled: 0}\n',
    ),
}
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
"""Dataset → fields of its contract."""
LABELS: Mapping[str, str] = {
    "health.clinic_visits": "important",
    "health.clinic_visits.手机号": "core",
    "traffic.charging.kwh": "general",
    "environment.air_quality": "general",
}
"""Dataset or column → its label."""
PROPOSED = ("traffic.charging", "environment.air_quality", "water.meter_readings")
"""Datasets that machines propose rules for, to be settled by a person."""
BY_DISTRICT = """SELECT district, CAST(started_at AS DATE) AS day,
       count(*) AS charges, sum(kwh) AS kwh
FROM traffic.charging GROUP BY ALL"""
ASKED: Mapping[str, str] = {
    "充电最多的区": "SELECT district, sum(charges) AS charges, round(sum(kwh)) AS kwh\n"
    "FROM traffic.charging_by_district GROUP BY ALL ORDER BY kwh DESC",
    "Air by station": "SELECT station, round(avg(pm25), 1) AS pm25\n"
    "FROM environment.air_quality WHERE pm25 >= 0 GROUP BY ALL ORDER BY pm25",
    "各科室的费用": "SELECT 科室, count(*) AS 人次, round(avg(费用), 2) AS 次均费用\n"
    "FROM health.clinic_visits GROUP BY ALL ORDER BY 人次 DESC",
}
"""Title → question."""
