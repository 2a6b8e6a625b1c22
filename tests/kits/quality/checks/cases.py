"""For each kind of check: rows that are right, and the same with a fault put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.kits.quality.checks.counted import Table, Values

NOW = datetime.now(UTC).replace(tzinfo=None)
TEXT = {"v": "VARCHAR"}
ITEMS = (
    "CREATE TABLE d.items (order_id INTEGER, amount DECIMAL(9,2))",
    "INSERT INTO d.items VALUES (1, 10.50), (1, 4.50), (2, 7), (NULL, 99)",
)


@dataclass(frozen=True)
class Case:
    """A check, where it stands, rows without a fault, and rows with one."""

    options: Mapping[str, Any]
    types: Mapping[str, str]
    clean: Values
    faulty: Values
    columns: Sequence[str] = ("v",)
    others: Sequence[str] = field(default=())

    def __str__(self) -> str:
        return " ".join(str(each) for each in list(self.options.values())[:3])

    @property
    def right(self) -> Table:
        return Table(self.types, self.clean, self.others)

    @property
    def wrong(self) -> Table:
        return Table(self.types, self.faulty, self.others)


def _one(options: Mapping[str, Any], clean: Sequence[Any], fault: Any) -> Case:
    rows = [(value,) for value in clean]
    return Case(options, TEXT, rows, [*rows, (fault,)])


CASES = (
    _one({"check": "identifier", "scheme": "iban"}, ["GB29NWBK60161331926819"], "GB29NWBK6"),
    _one({"check": "identifier", "scheme": "stdnum:nl.bsn"}, ["111222333"], "111222334"),
    Case(
        {"check": "identifier", "scheme": "ean"}, {"v": "BIGINT"}, [(6291041500213,)],
        [(6291041500213,), (6291041500214,)],
    ),
    _one({"check": "phone"}, ["+41 44 668 18 00"], "044 668 18 00"),
    _one({"check": "phone", "region": "CN"}, ["010-6552 9988", "+86 139 1099 9888"], "12"),
    _one({"check": "postcode", "country": "CN"}, ["100096"], "10009"),
    _one({"check": "postcode", "country": "GB"}, ["EC1Y 8SY", "GIR 0AA"], "EC1Y-8SY"),
    _one({"check": "code_list", "code_list": "area", "codes": ["11", "31"]}, ["11", "31"], "12"),
    Case(
        {"check": "compare", "left": "v", "operator": "<=", "right": "w"},
        {"v": "DATE", "w": "DATE"}, [("2024-01-01", "2024-01-02"), (None, "2024-01-01")],
        [("2024-01-03", "2024-01-02")], (),
    ),
    Case(
        {"check": "compare", "left": "v", "operator": ">", "value": 0},
        {"v": "DECIMAL(9,2)"}, [("0.01",), (None,)], [(0,)],
    ),
    Case(
        {"check": "expression", "expression": "v > 0 OR w IS NULL"},
        {"v": "INTEGER", "w": "VARCHAR"}, [(1, "x"), (0, None), (None, "x")], [(0, "x")], (),
    ),
    Case(
        {"check": "lookup", "dataset": "items", "on": {"id": "order_id"}, "aggregate": "sum",
         "of": "amount"},
        {"id": "INTEGER", "v": "DECIMAL(9,2)"}, [(1, 15), (2, 7), (3, 0), (4, None)],
        [(1, 15), (2, 8)], ("v",), ITEMS,
    ),
    Case(
        {"check": "lookup", "dataset": "d.items", "on": {"id": "order_id"}, "aggregate": "count"},
        {"id": "INTEGER", "v": "BIGINT"}, [(1, 2), (2, 1), (9, 0)], [(1, 1)], ("v",), ITEMS,
    ),
    Case(
        {"check": "freshness", "max_age": "PT2H"}, {"v": "TIMESTAMP"},
        [(NOW - timedelta(days=2),), (NOW - timedelta(hours=1),)], [(NOW - timedelta(hours=3),)],
    ),
    Case({"check": "volume", "min": 1, "max": 2}, TEXT, [("x",)], [("x",)] * 3, ()),
    Case(
        {"check": "distribution", "values": {"m": 0.5, "f": 0.5}}, TEXT,
        [("m",)] * 48 + [("f",)] * 52, [("m",)] * 90 + [("f",)] * 10,
    ),
    Case(
        {"check": "distribution", "edges": [0, 10], "shares": [0.2, 0.5, 0.3]}, {"v": "DOUBLE"},
        [(-1,)] * 2 + [(0,)] * 5 + [(10,)] * 3, [(-1,)] * 8 + [(0,)] + [(10,)],
    ),
)  # fmt: skip
