"""Databases of made-up rows: over the schemas of a node's datasets, or over tables of our own."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from doumen.kits.standards import odcs
from doumen.model.fact import Fact, Facts
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.model.trial import Lies, World
from doumen.rooms.protect.prove.values import arrow_type, literal, read, usual

Row = Mapping[str, Any]
Database = Mapping[Ref, tuple[Row, ...]]
"""Rows of each dataset."""

_HINTED = 0.4
"""Share of values that conditions speak of."""

ROWS = 24
"""Rows of a dataset made up over the schema of a node."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A dataset as the search knows it.

    Attributes:
        keys: Lists of columns whose values no two rows share, folded; none known: empty.
        focus: Column that statements group by where small groups are left out.
        values: Some of its values, as statements write them.
    """

    ref: Ref
    schema: Schema
    keys: tuple[tuple[str, ...], ...] = ()
    focus: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What all databases of a search have in common.

    Attributes:
        facts: Actors, labels, contracts and datasets; the rules come with each case.
        links: Pairs of columns that statements join by.
        fill: Makes the rows of one database.
        grouping: Share of statements that group by the focus where small groups are left out.
            Others may join a small group to a large one, which tells of changes within it.
        lies: Where the rows are.
    """

    kinds: tuple[Kind, ...]
    facts: tuple[Fact, ...]
    links: tuple[tuple[tuple[Ref, str], tuple[Ref, str]], ...]
    fill: Callable[[random.Random], Database] = field(repr=False)
    grouping: float = 1.0
    lies: Lies = "lake"

    def kind(self, ref: Ref) -> Kind:
        """The dataset of this name."""
        return next(kind for kind in self.kinds if kind.ref == ref)


def world(setting: Setting, rules: Iterable[Fact], database: Database) -> World:
    """The world that the gate is tried on."""
    facts = tuple(
        fact for fact in setting.facts if fact.kind != "dataset" or Ref.parse(fact.key) in database
    )
    tables = {ref: table(setting.kind(ref).schema, rows) for ref, rows in database.items()}
    return World((*facts, *rules), tables, setting.lies)


def table(schema: Schema, rows: Iterable[Row]) -> pa.Table:
    """Rows as an Arrow table."""
    shape = pa.schema([(column.name, arrow_type(column.type)) for column in schema])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=shape)


def of_node(facts: Facts, refs: Iterable[Ref], hints: Sequence[str] = ()) -> Setting:
    """The setting of a node: its own datasets by their schemas, with none of their rows.

    Args:
        facts: Of the node.
        refs: The datasets.
        hints: Texts of values that conditions speak of, so that rows fall on both sides.
    """
    kinds = []
    for ref in refs:
        snapshot = facts.snapshot(ref)
        assert snapshot is not None
        kinds.append(Kind(ref, snapshot.schema, _unique(facts, ref, snapshot.schema)))
    wanted = {str(kind.ref) for kind in kinds}
    kept = [
        row.fact
        for kind in ("actor", "purpose", "label", "contract", "dataset")
        for row in facts.rows.get(kind, {}).values()
        if kind not in ("dataset", "contract") or row.fact.key in wanted
    ]

    def fill(rng: random.Random) -> Database:
        return {kind.ref: _apart(kind, _rows(rng, kind.schema, hints)) for kind in kinds}

    return Setting(tuple(kinds), tuple(kept), tuple(_links(kinds)), fill)


def _unique(facts: Facts, ref: Ref, schema: Schema) -> tuple[tuple[str, ...], ...]:
    """The keys that the contract declares, which rows must keep: the gate builds on them."""
    body = facts.body("contract", str(ref))
    reports = () if body is None else odcs.read_contract(body["text"]).reports
    return tuple(
        tuple(name.casefold() for name in report.columns)
        for report in reports
        if report.kind == "unique" and report.columns and all(map(schema.find, report.columns))
    )


def _apart(kind: Kind, rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows without those that repeat a key."""
    kept: list[Row] = []
    taken: set[tuple[int, str]] = set()
    for row in rows:
        values = {name.casefold(): value for name, value in row.items()}
        mine = {
            (place, repr([values[name] for name in key])) for place, key in enumerate(kind.keys)
        }
        if not mine & taken:
            taken |= mine
            kept.append(row)
    return tuple(kept)


def _rows(rng: random.Random, schema: Schema, hints: Sequence[str]) -> tuple[Row, ...]:
    near = {c.name: [v for hint in hints if (v := read(hint, c.type)) is not None] for c in schema}
    return tuple(
        {
            c.name: rng.choice(near[c.name])
            if near[c.name] and rng.random() < _HINTED
            else usual(rng, c.type)
            for c in schema
        }
        for _ in range(ROWS)
    )


def _links(kinds: list[Kind]) -> Iterable[tuple[tuple[Ref, str], tuple[Ref, str]]]:
    """Columns of one name and type in two datasets."""
    for place, left in enumerate(kinds):
        for right in kinds[place + 1 :]:
            for column in left.schema:
                other = right.schema.find(column.name)
                if other is not None and other.type == column.type:
                    yield (left.ref, column.name), (right.ref, other.name)


PEOPLE, VISITS, CITIES, SECRETS = (
    Ref("law", name) for name in ("people", "visits", "cities", "secrets")
)
NAMES = ("Wenzhou", "Ningbo", "Hangzhou", "Lishui")
RARE = ("Yunhe", "Jingning", "Qingtian")
"""Cities of few rows, one, three and four, and fewer houses: one, one and two."""
_CITIES = tuple(literal(name) for name in (*RARE, *NAMES[:2]))

_SCHEMAS = {
    PEOPLE: Schema.of(
        id="BIGINT", name="VARCHAR", city="VARCHAR", age="BIGINT", salary="BIGINT",
        code="VARCHAR", born="DATE", rate="DOUBLE", house="BIGINT", tags="VARCHAR[]",
    ),
    VISITS: Schema.of(
        visit="BIGINT", person="BIGINT", day="DATE", cost="BIGINT", note="VARCHAR",
        at="TIMESTAMP",
    ),
    CITIES: Schema.of(city="VARCHAR", zone="BIGINT", mayor="VARCHAR"),
    SECRETS: Schema.of(id="BIGINT", word="VARCHAR"),
}  # fmt: skip
_KEYS = {PEOPLE: "id", VISITS: "visit", CITIES: "city", SECRETS: "id"}
_CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: law-cities
name: cities
version: 1.0.0
status: active
domain: law
schema:
  - name: cities
    logicalType: object
    physicalType: table
    properties:
      - {name: city, logicalType: string, physicalType: VARCHAR, primaryKey: true, required: true}
      - {name: zone, logicalType: integer, physicalType: BIGINT}
      - {name: mayor, logicalType: string, physicalType: VARCHAR}
"""


def built_in() -> Setting:
    """Four tables of our own, with joins, gaps, small groups and texts that are no numbers."""
    kinds = tuple(
        Kind(ref, schema, ((_KEYS[ref],),), *(("city", _CITIES) if ref == PEOPLE else ()))
        for ref, schema in _SCHEMAS.items()
    )
    facts = [Fact("dataset", str(kind.ref), _body(kind.schema)) for kind in kinds]
    facts += [
        Fact("label", f"law.people.{column}", {"labels": ["personal"], "origin": "set"})
        for column in ("name", "code")
    ]
    facts.append(
        Fact("contract", str(CITIES), {"version": "1.0.0", "text": _CONTRACT, "hash": "0" * 64})
    )
    links = (
        ((PEOPLE, "id"), (VISITS, "person")),
        ((PEOPLE, "city"), (CITIES, "city")),
        ((PEOPLE, "age"), (VISITS, "cost")),
        ((PEOPLE, "code"), (VISITS, "note")),
    )
    return Setting(kinds, tuple(facts), links, _fill, grouping=1.0)


def _body(schema: Schema) -> dict[str, Any]:
    columns = [{"name": column.name, "type": column.type} for column in schema]
    return {"kind": "table", "columns": columns, "version": 0, "table": "law", "files": [],
            "creator": "owner", "derived": False, "sources": []}  # fmt: skip


def _fill(rng: random.Random) -> Database:
    few = [*RARE[:1], *RARE[1:2] * 3, *RARE[2:] * 4, "Rui'an", "Rui'an"]
    cities = [*rng.choices(NAMES, k=28), *few]
    rng.shuffle(cities)
    people = tuple(_person(rng, number, city) for number, city in enumerate(cities))
    visits = tuple(_visit(rng, number) for number in range(60))
    towns = tuple(
        {"city": city, "zone": rng.randrange(1, 4), "mayor": f"m{number}"}
        for number, city in enumerate((*NAMES, *RARE))
    )
    secrets = tuple({"id": n, "word": f"s{rng.randrange(9)}"} for n in range(8))
    return {PEOPLE: people, VISITS: visits, CITIES: towns, SECRETS: secrets}


def _person(rng: random.Random, number: int, city: str) -> Row:
    few = city in RARE
    return {
        "id": number,
        "name": f"n{number:03}",
        "city": city,
        "age": rng.choice([None, *range(18, 70)]),
        "salary": rng.randrange(50, 5000, 50),
        "code": rng.choice(("7", "12", "40", "5", "5", "8", "40", "x9" if few else "3")),
        "born": dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(0, 3000)),
        "rate": rng.randrange(1, 400) / 8,
        "house": (1 if city != RARE[2] else number % 2) if few else rng.randrange(1, 20),
        "tags": rng.choices(("a", "b", "c"), k=rng.randrange(0, 4)),
    }


def _visit(rng: random.Random, number: int) -> Row:
    return {
        "visit": number,
        "person": rng.randrange(0, 44),
        "day": dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(0, 90)),
        "cost": rng.randrange(1, 70),
        "note": rng.choice(("", "ok", "late", "5", "40")),
        "at": dt.datetime(2026, 1, 1) + dt.timedelta(minutes=rng.randrange(0, 100_000)),
    }


__all__ = [
    "CITIES", "NAMES", "PEOPLE", "RARE", "SECRETS", "VISITS", "Column", "Database", "Kind", "Row",
    "Setting", "built_in", "of_node", "table", "world",
]  # fmt: skip
