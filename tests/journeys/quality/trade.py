"""Tables of the corpus about trade: companies, invoices and their lines, products, permits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.journeys.quality import drawing
from tests.journeys.quality.drawing import AREAS, DAY, Rows, maybe, money, skewed

TRADES = (
    "科技",
    "贸易",
    "建筑工程",
    "餐饮管理",
    "物流",
    "Software",
    "农业",
    "医药",
    "教育咨询",
    "纺织",
)
FORMS = ("有限责任公司", "股份有限公司", "个人独资企业", "合伙企业")
BRANDS = (
    ("AIRBUS", "FR"), ("永嘉", "CN"), ("Nordlys", "DK"), ("瓯江", "CN"), ("Meier & Söhne", "DE"),
    ("红蜻蜓", "CN"), ("Sakura", "JP"), ("Bright Star", "GB"), ("正泰", "CN"), ("Café Sol", "ES"),
    ("雁荡", "CN"), ("Kowalski", "PL"),
)  # fmt: skip
CATEGORIES = {
    "食品": ("茶", "面", "糖", "饼干", "coffee"), "家电": ("风扇", "电饭煲", "lamp", "kettle"),
    "服装": ("衬衫", "皮鞋", "scarf"), "文具": ("笔", "notebook", "胶水"),
    "五金": ("螺丝", "阀门", "lock"),
}  # fmt: skip
PERMITS = ("餐饮服务", "道路运输", "施工", "烟草零售", "排污", "特种设备", "Events")


def companies(chance: Random) -> Rows:
    """600 companies."""
    rows: Rows = []
    seen = set()
    while len(rows) < 600:
        area = skewed(chance, list(AREAS), 0.7)
        code = drawing.credit_code(chance, area)
        if code in seen:
            continue
        seen.add(code)
        form = skewed(chance, FORMS, 1.3)
        town = AREAS[area][:2]
        words = "".join(chance.choices(drawing.GIVEN, k=2))
        founded = drawing.day(chance, date(1988, 1, 1), date(2026, 9, 30))
        gone = chance.random() < 0.08
        rows.append({
            "credit_code": code,
            "name": f"{town}{words}{chance.choice(TRADES)}{form}",
            "legal_form": form,
            "area_code": area,
            "area_name": AREAS[area],
            "founded": founded,
            "capital": skewed(chance, (100, 50, 500, 1000, 10, 200, 300, 2000, 5000, 10000), 0.8)
            * 10000 if chance.random() < 0.9 else round(chance.lognormvariate(14, 1.5)),
            "employees": maybe(chance, 0.2, int(chance.paretovariate(0.9))),
            "state": "注销" if gone else skewed(chance, ("存续", "在业", "迁出", "吊销"), 1.5),
            "website": maybe(chance, 0.7, f"www.{_letters(chance)}.example"),
        })  # fmt: skip
    return rows


def _letters(chance: Random) -> str:
    return "".join(chance.choices("abcdefgh", k=6))


def invoices(chance: Random, companies: Rows, products: Rows) -> tuple[Rows, Rows]:
    """1,000 invoices and some 2,800 lines; a total is the sum of its lines."""
    heads: Rows = []
    lines: Rows = []
    buyers = [row["credit_code"] for row in companies]
    for n in range(1000):
        number = f"INV-2026-{n + 1:05}"
        total = Decimal(0)
        for line in range(1, min(int(chance.expovariate(0.5)) + 1, 12) + 1):
            product = skewed(chance, products, 0.6)
            quantity = int(chance.lognormvariate(1.2, 1)) + 1
            amount = quantity * product["price"]
            total += amount
            lines.append({
                "invoice": number, "line": line, "ean": product["ean"], "quantity": quantity,
                "unit": product["unit"], "price": product["price"], "amount": amount,
                "discount": maybe(chance, 0.85, chance.choice((5, 10, 15, 20))),
            })  # fmt: skip
        issued = drawing.day(chance, date(2026, 1, 1), DAY)
        due = issued + timedelta(chance.choice((14, 30, 30, 30, 60)))
        paid = issued + timedelta(int(chance.gammavariate(2, 12)))
        heads.append({
            "invoice": number,
            "buyer": skewed(chance, buyers, 0.8),
            "issued": issued,
            "due": due,
            "paid": None if paid > DAY or chance.random() < 0.03 else paid,
            "currency": "CNY" if chance.random() < 0.93 else skewed(chance, ("USD", "EUR"), 1),
            "rate": Decimal(chance.choices(("0.13", "0.09", "0.06"), (70, 20, 10))[0]),
            "total": total,
            "contact": maybe(chance, 0.1, drawing.name(chance)),
        })  # fmt: skip
    return heads, lines


def products(chance: Random) -> Rows:
    """500 products; every brand is of one country."""
    rows: Rows = []
    seen = set()
    while len(rows) < 500:
        brand, country = skewed(chance, BRANDS, 0.6)
        category = chance.choice(list(CATEGORIES))
        code = drawing.ean(f"69{drawing.digits(chance, 10)}")
        if code in seen:
            continue
        seen.add(code)
        thing = chance.choice(CATEGORIES[category])
        cost = chance.lognormvariate(3.2, 0.9)
        rows.append({
            "ean": code,
            "sku": f"{'ABCDE'[list(CATEGORIES).index(category)]}-{chance.randrange(100000):05}",
            "name": f"{brand} {thing} {chance.choice(('S', 'M', 'L', '01', 'Pro', '经典'))}",
            "brand": brand,
            "country": country,
            "category": category,
            "cost": money(cost),
            "price": money(cost * chance.uniform(1.05, 2.4) + 0.02),
            "weight_g": maybe(chance, 0.05, round(chance.lognormvariate(5.8, 0.8)) + 1),
            "unit": "件" if chance.random() < 0.8 else chance.choice(("箱", "包")),
            "stock": int(chance.paretovariate(0.8)) - 1,
            "listed": drawing.day(chance, date(2019, 1, 1), DAY),
        })  # fmt: skip
    return rows


def permits(chance: Random, companies: Rows) -> Rows:
    """900 permits of companies; what is withdrawn has a reason."""
    rows: Rows = []
    holders = [row["credit_code"] for row in companies]
    for n in range(900):
        kind = skewed(chance, PERMITS, 0.7)
        issued = drawing.day(chance, date(2018, 1, 1), date(2026, 11, 1))
        begins = issued + timedelta(int(chance.expovariate(1 / 12)))
        years = {"餐饮服务": 5, "道路运输": 4, "施工": 1, "烟草零售": 5, "排污": 3}.get(kind, 2)
        ends = begins + timedelta(365 * years)
        withdrawn = chance.random() < 0.05
        rows.append({
            "permit": f"许可〔{issued.year}〕{n + 1:05}号",
            "kind": kind,
            "holder": skewed(chance, holders, 0.4),
            "issued": issued,
            "valid_from": begins,
            "valid_to": ends,
            "state": "withdrawn" if withdrawn else "expired" if ends < DAY else "valid",
            "reason": chance.choice(("违规", "申请注销", "重复")) if withdrawn else None,
            "office": skewed(chance, ("市监局", "交通局", "住建局", "环保局", "城管局"), 0.6),
            "fee": chance.choice((0, 0, 50, 100, 200, 350)),
        })  # fmt: skip
    return rows
