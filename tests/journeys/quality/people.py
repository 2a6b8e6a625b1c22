"""Tables of the corpus about people: residents, admissions, enrolments, accounts."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.journeys.quality import drawing
from tests.journeys.quality.drawing import AREAS, DAY, LETTERS, Rows, maybe, money, skewed

DEPARTMENTS = (
    "内科", "外科", "儿科", "急诊科", "骨科", "妇产科", "心内科", "神经科", "眼科", "ICU", "中医科",
)  # fmt: skip
DIAGNOSES = tuple(
    f"{letter}{number:02}.{place}"
    for letter in "JIKMSNEGCOHLRTZABFDPQ"
    for number in (0, 10, 18, 25, 35, 44, 69, 80, 96)
    for place in (0, 1, 9)
)
"""Codes of the form of ICD-10; the tail is long."""
BIRTHS = tuple(code for code in DIAGNOSES if code.startswith("O"))
SCHOOLS = {
    f"33030{n // 6 + 2}{n % 6 + 1:03}": f"{town}第{word}{kind}"
    for n, (town, word, kind) in enumerate(
        (town, word, kind)
        for town in ("鹿城", "龙湾", "瓯海")
        for word in ("一", "二", "三")
        for kind in ("小学", "中学")
    )
}
COURSES = ("语文", "数学", "英语", "物理", "化学", "历史", "地理", "音乐", "体育", "Robotics")
REMARKS = ("转学", "免修", "借读", "late entry")
BANKS = (("DEUTDEFF", "DE", 18), ("BNPAFRPP", "FR", 23), ("NWBKGB2L", "GB", 18),
         ("INGBNL2A", "NL", 14), ("RABONL2U", "NL", 14), ("BKCHDEFF", "DE", 18))  # fmt: skip


def residents(chance: Random) -> Rows:
    """1,500 people; a household has several, and so may a telephone."""
    rows: Rows = []
    seen = set()
    household, phone = 0, ""
    while len(rows) < 1500:
        area = skewed(chance, list(AREAS), 0.8)
        born = DAY - timedelta(int(min(chance.betavariate(1.6, 2.2) * 105, 104) * 365.25))
        order = chance.randrange(1, 1000)
        number = drawing.citizen_id(area, born, order)
        if number in seen:
            continue
        seen.add(number)
        if not rows or chance.random() < 0.4:
            household += 1
            phone = f"1{chance.choice('3578')}{drawing.digits(chance, 9)}"
        elif chance.random() < 0.7:
            phone = f"1{chance.choice('3578')}{drawing.digits(chance, 9)}"
        rows.append({
            "citizen_id": number,
            "name": drawing.name(chance),
            "sex": "男" if order % 2 else "女",
            "born": born,
            "area_code": area,
            "area_name": AREAS[area],
            "household": f"H{household:06}",
            "phone": maybe(chance, 0.12, phone),
            "education": maybe(chance, 0.03, skewed(
                chance, ("初中", "高中", "本科", "小学", "大专", "硕士", "博士", "文盲"), 0.9)),
            "income": maybe(chance, 0.35, round(chance.lognormvariate(8.6, 0.7))),
            "registered": drawing.day(chance, max(born, date(1985, 1, 1)), DAY),
        })  # fmt: skip
    return rows


def admissions(chance: Random) -> Rows:
    """1,200 stays in a hospital; some are not over."""
    rows: Rows = []
    for n in range(1200):
        department = skewed(chance, DEPARTMENTS, 0.8)
        sex = "F" if department == "妇产科" else chance.choice("MF")
        age = (
            int(chance.triangular(16, 48, 28))
            if department == "妇产科"
            else (
                chance.randrange(0, 15)
                if department == "儿科"
                else int(chance.triangular(15, 98, 62))
            )
        )
        code = (
            chance.choice(BIRTHS)
            if department == "妇产科"
            else skewed(chance, [code for code in DIAGNOSES if code[0] != "O"], 1.1)
        )
        admitted = drawing.moment(chance, drawing.day(chance, date(2026, 1, 1), DAY))
        stay = chance.lognormvariate(1.3, 0.9)
        left = admitted + timedelta(minutes=int(stay * 1440))
        height = chance.gauss(165, 9) if age > 15 else 52 + age * 7 + chance.gauss(0, 4)
        weight = (height / 100) ** 2 * max(chance.gauss(22 if age > 15 else 16.5, 2.5), 13)
        rows.append({
            "admission": f"A2026{n:06}",
            "patient": f"P{chance.randrange(900):05}",
            "sex": sex,
            "age": age,
            "department": department,
            "diagnosis": code,
            "admitted": admitted,
            "discharged": None if left.date() > DAY else left,
            "height_cm": maybe(chance, 0.06, round(height)),
            "weight_kg": maybe(chance, 0.04, round(weight, 1)),
            "insurance": skewed(chance, ("城镇职工", "城乡居民", "自费", "商业", "离休"), 1.2),
            "cost": money(chance.lognormvariate(8.3, 1.1)),
        })  # fmt: skip
    return rows


def enrolments(chance: Random) -> Rows:
    """1,600 courses of pupils: each takes a course once."""
    rows: Rows = []
    pupil = 0
    while len(rows) < 1600:
        pupil += 1
        school = skewed(chance, list(SCHOOLS), 0.5)
        low = SCHOOLS[school].endswith("小学")
        grade = chance.randrange(1, 7) if low else chance.randrange(7, 13)
        born = drawing.day(chance, date(2019 - grade, 9, 1), date(2020 - grade, 8, 31))
        courses = chance.sample(
            COURSES[:3] + COURSES[5:] if low else COURSES, chance.randrange(3, 7)
        )
        group = chance.randrange(1, 9)
        since = date(2026 - (grade - 1 if low else grade - 7), 9, 1)
        for course in courses:
            rows.append({
                "pupil": f"S{pupil:06}",
                "school": school,
                "school_name": SCHOOLS[school],
                "grade": grade,
                "class": group,
                "course": course,
                "teacher": f"T{chance.randrange(60):03}",
                "born": born,
                "since": since,
                "score": maybe(chance, 0.18, min(max(round(chance.gauss(78, 13), 1), 0), 100)),
                "remark": maybe(chance, 0.93, chance.choice(REMARKS)),
            })  # fmt: skip
    return rows[:1600]


def accounts(chance: Random) -> Rows:
    """800 accounts of five banks; some are closed."""
    rows: Rows = []
    for n in range(800):
        bic, country, places = skewed(chance, BANKS, 0.6)
        inner = drawing.digits(chance, places)
        if country in ("GB", "NL"):
            inner = bic[:4] + inner[4:]
        opened = drawing.day(chance, date(1998, 1, 1), date(2026, 10, 31))
        closed = opened + timedelta(int(chance.expovariate(1 / 4000)) + 1)
        over = closed <= DAY
        overdrawn = chance.random() < 0.07
        balance = -chance.lognormvariate(5, 0.8) if overdrawn else chance.lognormvariate(7.5, 1.6)
        rows.append({
            "account": n + 100001,
            "iban": drawing.iban(country, inner),
            "bic": bic,
            "country": country,
            "holder": drawing.name(chance),
            "kind": skewed(chance, ("current", "savings", "joint", "business", "youth"), 1.1),
            "currency": "GBP" if country == "GB" else "EUR",
            "opened": opened,
            "closed": closed if over else None,
            "balance": money(0 if over else balance),
            "overdraft": maybe(chance, 0.5, chance.choice((0, 500, 1000, 2000, 5000))),
            "reference": "".join(chance.choices(LETTERS, k=3)) + drawing.digits(chance, 5),
        })  # fmt: skip
    return rows
