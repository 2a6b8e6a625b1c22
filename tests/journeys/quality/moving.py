"""Tables of the corpus about what moves and is measured: readings, trips, parcels."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from random import Random

from tests.journeys.quality import drawing
from tests.journeys.quality.drawing import DAY, LETTERS, Rows, maybe, money, skewed

CITIES = (
    "温州",
    "杭州",
    "上海",
    "宁波",
    "北京",
    "广州",
    "深圳",
    "Singapore",
    "成都",
    "武汉",
    "西安",
    "Osaka",
)
POST = {
    "温州": "325", "杭州": "310", "上海": "200", "宁波": "315", "北京": "100", "广州": "510",
    "深圳": "518", "成都": "610", "武汉": "430", "西安": "710",
}  # fmt: skip
LINES = {
    "B1": ("双屿", "火车站"), "B102": ("Airport", "Centre"), "22路": ("人民路", "南塘"),
    "32路": ("新城", "梧田"), "51路": ("大学城", "火车站"), "K7": ("瓯北", "东门"),
}  # fmt: skip


def readings(chance: Random) -> Rows:
    """3,000 hourly readings of 10 stations."""
    rows: Rows = []
    for station in range(10):
        mean = chance.gauss(17, 2)
        for hour in range(300):
            at = datetime(2026, 11, 18) + timedelta(hours=hour)
            wave = 5 * math.sin((hour % 24 - 8) / 24 * 2 * math.pi)
            rows.append({
                "station": f"WS{station + 1:02}",
                "at": at,
                "temperature": maybe(chance, 0.01, round(mean + wave + chance.gauss(0, 1.5), 1)),
                "humidity": maybe(chance, 0.02, min(round(chance.betavariate(6, 2.5) * 100), 100)),
                "pressure": round(chance.gauss(1016, 5), 1),
                "rain_mm": 0.0 if chance.random() < 0.88 else round(chance.expovariate(0.5), 1),
                "wind": round(chance.weibullvariate(3.5, 1.8), 1),
                "status": skewed(chance, ("ok", "maintenance", "低电量", "calibrated"), 3),
            })  # fmt: skip
    return rows


def trips(chance: Random) -> Rows:
    """2,000 trips of buses of six lines."""
    rows: Rows = []
    plates = [f"浙C{chance.choice(LETTERS)}{drawing.digits(chance, 4)}" for _ in range(60)]
    for n in range(2000):
        line = skewed(chance, list(LINES), 0.5)
        start = drawing.moment(chance, drawing.day(chance, date(2026, 11, 1), DAY), 5, 22)
        km = round(8 + 3 * list(LINES).index(line) + chance.gauss(0, 0.4), 1)
        minutes = km / chance.uniform(14, 32) * 60
        boarded = int(chance.gammavariate(2.2, 18))
        rows.append({
            "trip": n + 1,
            "line": line,
            "from": LINES[line][0],
            "to": LINES[line][1],
            "plate": chance.choice(plates),
            "started": start,
            "ended": start + timedelta(seconds=int(minutes * 60)),
            "km": km,
            "passengers": boarded,
            "fares": money(boarded * 2 * chance.uniform(0.6, 1)),
            "driver": f"D{chance.randrange(1, 90):03}",
            "delay_min": maybe(chance, 0.05, round(chance.gauss(2, 3.5))),
        })  # fmt: skip
    return rows


def parcels(chance: Random) -> Rows:
    """2,000 parcels, of which some are under way."""
    rows: Rows = []
    for n in range(2000):
        origin, target = skewed(chance, CITIES, 0.7), skewed(chance, CITIES, 0.5)
        sent = drawing.moment(chance, drawing.day(chance, date(2026, 10, 1), DAY), 7, 21)
        took = timedelta(minutes=int(chance.lognormvariate(3.8, 0.5) * 60))
        there = (sent + took).date() <= DAY
        lost = chance.random() < 0.01
        weight = round(chance.lognormvariate(6.6, 1.1)) + 20
        rows.append({
            "tracking": f"SF{1000000000 + n * 37 + chance.randrange(37)}CN",
            "origin": origin,
            "target": target,
            "postcode": POST[target] + drawing.digits(chance, 3) if target in POST else None,
            "sent": sent,
            "delivered": sent + took if there and not lost else None,
            "state": "lost" if lost else "delivered" if there else "under way",
            "weight_g": weight,
            "price": money(8 + weight / 1000 * chance.uniform(1.5, 6)),
            "insured": maybe(chance, 0.8, money(chance.lognormvariate(6, 1))),
            "service": skewed(chance, ("standard", "express", "次日达", "freight", "cold"), 1),
            "note": maybe(chance, 0.9, chance.choice(("易碎", "放门口", "call first", "勿压"))),
        })  # fmt: skip
    return rows
