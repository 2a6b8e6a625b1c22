"""The files of an invented city: the same ones each time, and in each the faults of real offices.

Every person, company and number is made up; telephone numbers are of a range that nobody has.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

SEED = 20260901
DISTRICTS = ("东湖", "城北", "新港", "柳塘", "石桥")
DAYS = tuple(date(2026, 9, 1) + timedelta(days=n) for n in range(60))
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈", ("明", "丽", "建国", "海燕", "子涵", "小雨", "志强", "静")
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Of a unified social credit identifier (GB 32100-2015)."""

Row = Sequence[object]


def files() -> Iterator[tuple[str, bytes]]:
    """Name of each file that somebody brings, and what is in it."""
    chance = random.Random(SEED)  # noqa: S311 - the same city each time
    yield "充电记录.csv", _written(_charging(chance)).encode("gb18030")  # as offices send it
    yield "parking.csv", _written(_parking(chance)).encode()
    yield "门诊记录.csv", _written(_clinics(chance)).encode()
    yield "meter_readings.csv", _written(_meters(chance)).encode()
    yield "企业名录.csv", _written(_companies(chance)).encode()
    for month in (9, 10):
        name = f"air/air-2026-{month:02}.csv"
        yield name, _written(_air(chance, month)).encode()


def visitors() -> list[tuple[int, str, str, int]]:
    """Rows of the database of the tourist office: id, day, place, visitors."""
    chance = random.Random(SEED + 1)  # noqa: S311 - the same city each time
    places = ("东湖公园", "古城墙", "陡门水闸", "海洋馆")
    every = ((day, place) for day in DAYS for place in places)
    return [
        (n, day.isoformat(), place, chance.randrange(300, 9000))
        for n, (day, place) in enumerate(every, 1)
    ]


def load() -> list[tuple[datetime, str, float]]:
    """Rows of the database of the grid: hour (local time), substation, megawatts."""
    chance = random.Random(SEED + 2)  # noqa: S311 - the same city each time
    return [
        (
            datetime(day.year, day.month, day.day, hour),
            f"{district}变电站",
            round(20 + 15 * (8 <= hour <= 21) + chance.uniform(0, 9), 2),
        )
        for day in DAYS[:30]
        for hour in range(24)
        for district in DISTRICTS
    ]


def _charging(chance: random.Random) -> Iterator[Row]:
    """Faults: no energy, energy below nothing, a record twice, a district in two spellings."""
    yield "record_id", "pile_id", "district", "plate_no", "started_at", "kwh", "fee_cny"
    for n in range(4000):
        kwh: object = round(chance.uniform(3, 70), 1)
        fee = round(float(str(kwh)) * 1.35, 2)
        if n % 97 == 0:
            kwh = ""
        elif n % 411 == 0:
            kwh = -1
        district = chance.choice(DISTRICTS)
        row = (
            f"R{n:05}", f"P{chance.randrange(240):03}",
            f"{district}区" if n % 301 == 0 else district,
            f"陡A{chance.randrange(10**5):05}", _moment(chance), kwh, fee,
        )  # fmt: skip
        yield row
        if n % 503 == 0:
            yield row


def _parking(chance: random.Random) -> Iterator[Row]:
    """Faults: more free spaces than there are, a car park without an address."""
    yield "car_park", "address", "spaces", "free_spaces", "measured_at"
    for n in range(300):
        spaces = chance.randrange(40, 400)
        free = spaces + 7 if n % 75 == 0 else chance.randrange(spaces)
        address = "" if n % 60 == 0 else f"{chance.randrange(1, 200)} Lake Road"
        yield f"Car park {n % 60:02}", address, spaces, free, _moment(chance)


def _clinics(chance: random.Random) -> Iterator[Row]:
    """Faults: telephone numbers that are too short, visits in the year 2062."""
    yield "就诊号", "姓名", "手机号", "科室", "就诊时间", "费用"
    for n in range(1500):
        phone = f"199{chance.randrange(10**8):08}"[: 9 if n % 150 == 0 else 11]
        when = "2062-09-12 10:00:00" if n % 700 == 3 else _moment(chance)
        name = chance.choice(_FAMILY) + chance.choice(_GIVEN)
        ward = chance.choice(("内科", "外科", "儿科", "眼科", "急诊"))
        yield f"M{n:06}", name, phone, ward, when, round(chance.uniform(12, 900), 2)


def _meters(chance: random.Random) -> Iterator[Row]:
    """Faults: a meter that runs backwards."""
    yield "meter_id", "district", "read_on", "cubic_metres"
    for meter in range(150):
        stood = chance.uniform(100, 900)
        for day in DAYS[::15]:
            stood += chance.uniform(2, 20)
            told = stood - 300 if meter == 77 and day == DAYS[30] else stood
            yield f"W{meter:04}", DISTRICTS[meter % 5], day, round(told, 1)


def _companies(chance: random.Random) -> Iterator[Row]:
    """Faults: identifiers whose check character is wrong."""
    yield "统一社会信用代码", "企业名称", "行业", "成立日期", "注册资本万元"
    for n in range(400):
        body = "91990000" + "".join(chance.choice(_SIGNS) for _ in range(9))
        last = _check(body)
        if n % 50 == 0:
            last = _SIGNS[(_SIGNS.index(last) + 1) % 31]
        trade = chance.choice(("制造", "批发", "软件", "物流", "餐饮"))
        founded = date(2000, 1, 1) + timedelta(days=chance.randrange(9000))
        yield (
            body + last,
            f"陡门市第{n + 1}{trade}有限公司",
            trade,
            founded,
            chance.randrange(10, 5000),
        )


def _air(chance: random.Random, month: int) -> Iterator[Row]:
    """Faults: -999 where an instrument failed."""
    yield "station", "measured_at", "pm25", "no2"
    for day in (day for day in DAYS if day.month == month):
        for hour in range(0, 24, 3):
            for station in DISTRICTS:
                failed = chance.random() < 0.004
                pm25 = -999 if failed else chance.randrange(8, 90)
                yield station, f"{day} {hour:02}:00:00", pm25, chance.randrange(6, 60)


def _check(body: str) -> str:
    """The check character of a unified social credit identifier (GB 32100-2015, 6.3)."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return _SIGNS[-total % 31]


def _moment(chance: random.Random) -> str:
    return f"{chance.choice(DAYS)} {chance.randrange(24):02}:{chance.randrange(60):02}:00"


def _written(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
