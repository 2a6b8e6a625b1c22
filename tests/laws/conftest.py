"""A world for the laws: two tables, rule sets over them, statements, and hidden changes.

Everything is made from a seeded generator, so a number names a case. A hidden change touches
only what the rules hide: rows outside the filter, values under a mask or in a denied column.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import doumen
from doumen.model.fact import Fact
from doumen.session import Node, create

Row = dict[str, Any]
CITIES = ("Wenzhou", "Ningbo", "Hangzhou", "Lishui")
PEOPLE = pa.schema(
    [("id", pa.int64()), ("name", pa.string()), ("city", pa.string()), ("age", pa.int64()),
     ("salary", pa.int64()), ("code", pa.string())]
)  # fmt: skip
VISITS = pa.schema(
    [("visit", pa.int64()), ("person", pa.int64()), ("day", pa.date32()), ("cost", pa.int64()),
     ("note", pa.string())]
)  # fmt: skip


@dataclass
class Rules:
    """A rule set of the analyst and what it hides.

    `hidden` says of a row of people whether the filter hides it; `masked` maps a column of
    people to its mask; `denied` are columns of people that a rule denies.
    """

    document: str
    hidden: Callable[[Row], bool]
    masked: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()


def people(rng: random.Random) -> list[Row]:
    """Rows of people; `code` is text that mostly, not always, is a number."""
    return [
        {
            "id": number,
            "name": f"n{number:03}",
            "city": rng.choice(CITIES),
            "age": rng.choice([None, *range(18, 70)]),
            "salary": rng.randrange(0, 5000, 50),
            "code": rng.choice(["7", "12", "40", "x9" if number % 9 == 0 else "5"]),
        }
        for number in range(60)
    ]


def visits(rng: random.Random) -> list[Row]:
    """Rows of visits."""
    import datetime as dt

    return [
        {
            "visit": number,
            "person": rng.randrange(0, 60),
            "day": dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(0, 90)),
            "cost": rng.randrange(1, 200),
            "note": rng.choice(["", "ok", "late", "5"]),
        }
        for number in range(150)
    ]


FILTERS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("city <> 'Wenzhou'", lambda r: r["city"] == "Wenzhou"),
    ("salary < 3000", lambda r: r["salary"] >= 3000),
    ("age IS NOT NULL AND age < 50", lambda r: r["age"] is None or r["age"] >= 50),
    ("city IN ('Ningbo', 'Lishui') OR id < 10",
     lambda r: r["city"] not in ("Ningbo", "Lishui") and r["id"] >= 10),
    ("id >= 0", lambda r: False),
)  # fmt: skip
MASKS = ("null", "partial", "hash")


def rules(rng: random.Random) -> Rules:
    """A rule set: a filter, masks on some columns, perhaps a denied column."""
    text, hidden = rng.choice(FILTERS)
    masked = {
        column: rng.choice(MASKS)
        for column in ("name", "salary", "code")
        if rng.random() < 0.4 and column not in text
    }
    free = [c for c in ("salary", "code", "age") if c not in masked and c not in text]
    denied = frozenset(rng.sample(free, 1)) if free and rng.random() < 0.3 else frozenset()
    lines = [
        "rules:",
        "  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}",
        "  - id: people",
        "    permit: query",
        "    who: {role: analyst}",
        "    on: law.people",
        "    duties:",
        f'      - filter: "{text}"',
    ]
    for column, method in masked.items():
        options = ", keep_start: 1" if method == "partial" else ""
        lines.append(f"      - mask: {{column: {column}, method: {method}{options}}}")
    lines += [
        f"  - {{id: no-{c}, deny: query, who: {{role: analyst}}, on: {{column: law.people.{c}}}}}"
        for c in denied
    ]
    return Rules("\n".join(lines) + "\n", hidden, masked, denied)


def changed(rng: random.Random, rows: list[Row], ruled: Rules) -> list[Row]:
    """The same rows with another hidden part; what the analyst may see stays as it is."""
    kept = []
    for row in rows:
        if ruled.hidden(row):
            if rng.random() < 0.5:
                continue
            kept.append(row | {"name": "CANARY", "code": "CANARY", "age": row["age"]})
            continue
        new = dict(row)
        for column, method in ruled.masked.items():
            if method == "null":
                new[column] = "CANARY" if isinstance(row[column], str) else 666013
            elif method == "partial" and column != "salary" and len(row[column]) > 1:
                new[column] = row[column][0] + "?" * (len(row[column]) - 1)
        for column in ruled.denied:
            new[column] = "CANARY" if column == "code" else 666013
        kept.append(new)
    for number in range(rng.randrange(0, 4)):
        extra = rng.choice(rows) | {"id": 900 + number, "code": "CANARY"}
        if ruled.hidden(extra):
            kept.append(extra)
    return kept


class Statements:
    """Statements over the columns that a rule set leaves; each has one right answer."""

    def __init__(self, rng: random.Random, ruled: Rules) -> None:
        self.rng = rng
        shown = [c for c in PEOPLE.names if c not in ruled.denied]
        self.text = [c for c in shown if c in ("name", "city", "code") or ruled.masked.get(c) in
                     ("hash", "partial")]  # fmt: skip
        self.number = [c for c in shown if c not in self.text]

    def make(self) -> str:
        """One statement."""
        forms = (self.plain, self.joined, self.joined, self.grouped, self.semi, self.scalar,
                 self.common, self.window, self.union, self.failing)  # fmt: skip
        return self.rng.choice(forms)()

    def predicate(self, alias: str = "p") -> str:
        """A condition over people."""
        rng = self.rng
        number, text = rng.choice(self.number), rng.choice(self.text)
        return rng.choice(
            (
                f"{alias}.{number} > {rng.randrange(0, 40)}",
                f"{alias}.{number} IS NOT NULL",
                f"{alias}.{text} >= 'A'",
                f"{alias}.{text} LIKE '%n%' OR {alias}.id < 45",
                f"{alias}.{number} BETWEEN 5 AND 4000",
                f"NOT ({alias}.{text} = 'zz')",
                f"coalesce({alias}.{number}, 1) <> 13",
            )
        )

    def plain(self) -> str:
        columns = ", ".join(f"p.{c}" for c in self.rng.sample(self.number + self.text, 2))
        limit = f" LIMIT {self.rng.randrange(3, 30)}" if self.rng.random() < 0.4 else ""
        return f"SELECT {columns} FROM law.people p WHERE {self.predicate()} ORDER BY ALL{limit}"

    def joined(self) -> str:
        kind = self.rng.choice(("JOIN", "LEFT JOIN", "FULL JOIN"))
        return (
            f"SELECT p.{self.rng.choice(self.text)}, v.cost, v.day FROM law.people p "
            f"{kind} law.visits v ON p.id = v.person AND v.cost > {self.rng.randrange(1, 60)} "
            f"WHERE {self.predicate()}"
        )

    def grouped(self) -> str:
        key, number = self.rng.choice(self.text), self.rng.choice(self.number)
        return (
            f"SELECT p.{key}, count(*) AS n, sum(p.{number}) AS total, min(p.{number}) AS low "
            f"FROM law.people p JOIN law.visits v ON v.person = p.id "
            f"WHERE {self.predicate()} GROUP BY p.{key} HAVING count(*) >= 1"
        )

    def semi(self) -> str:
        word = self.rng.choice(("IN", "NOT IN"))
        return (
            f"SELECT v.visit, v.cost FROM law.visits v WHERE v.person {word} "
            f"(SELECT p.id FROM law.people p WHERE {self.predicate()})"
        )

    def scalar(self) -> str:
        number = self.rng.choice(self.number)
        return (
            f"SELECT v.visit, (SELECT max(p.{number}) FROM law.people p WHERE p.id = v.person) "
            "AS m "
            f"FROM law.visits v WHERE v.cost > (SELECT min(q.id) FROM law.people q)"
        )

    def common(self) -> str:
        return (
            f"WITH some AS (SELECT p.id, p.{self.rng.choice(self.text)} AS t FROM law.people p "
            f"WHERE {self.predicate()}) SELECT s.t, count(v.visit) AS n FROM some s "
            "LEFT JOIN law.visits v ON v.person = s.id GROUP BY s.t"
        )

    def window(self) -> str:
        number = self.rng.choice(self.number)
        return (
            f"SELECT p.id, row_number() OVER (ORDER BY p.{number} NULLS LAST, p.id) AS r, "
            f"sum(p.id) OVER (PARTITION BY p.{self.rng.choice(self.text)}) AS s "
            f"FROM law.people p WHERE {self.predicate()}"
        )

    def union(self) -> str:
        word = self.rng.choice(("UNION", "UNION ALL", "EXCEPT", "INTERSECT"))
        return (
            f"SELECT p.id FROM law.people p WHERE {self.predicate()} {word} "
            f"SELECT v.person FROM law.visits v"
        )

    def failing(self) -> str:
        number, text = self.rng.choice(self.number), self.rng.choice(self.text)
        return self.rng.choice(
            (
                f"SELECT p.id, CAST(p.{text} AS INTEGER) AS n FROM law.people p",
                f"SELECT p.id FROM law.people p WHERE CAST(p.{text} AS BIGINT) > 3",
                f"SELECT v.visit FROM law.visits v JOIN law.people p ON v.person = p.id "
                f"WHERE CAST(p.{number} AS TINYINT) > 3",
                f"SELECT p.id, CAST(p.{text} || '-01' AS DATE) AS d FROM law.people p",
            )
        )


@dataclass
class World:
    """A node with the two tables, and a way to put other files in their place."""

    node: Node
    folder: Path

    def write(self, name: str, rows: list[Row], schema: pa.Schema) -> str:
        """A Parquet file with these rows."""
        path = self.folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        return str(path)

    def rule(self, document: str) -> None:
        """Put these rules in force, in place of all others."""
        desk = self.node.session().desk
        gone = [Fact("rule", key, None) for key, _ in desk.facts().all("rule")]
        if gone:
            desk.amend(gone, subject="rules")
        path = self.folder / "rules.yaml"
        path.write_text(document)
        self.node.session().do("rule add", file=path)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A fresh node with law.people and law.visits, and ana the analyst."""
    folder = tmp_path_factory.mktemp("laws")
    create(folder / "node", "laws")
    rng = random.Random(1)
    with doumen.open(folder / "node") as node:
        world = World(node, folder)
        owner = node.session()
        for name, rows, schema in (
            ("people", people(rng), PEOPLE),
            ("visits", visits(rng), VISITS),
        ):
            path = world.write(name, rows, schema)
            owner.do("collect", path=Path(path), as_dataset=f"law.{name}")
        owner.do("actor add", name="ana", role=("analyst",))
        yield world
