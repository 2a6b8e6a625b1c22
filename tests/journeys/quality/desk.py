"""The corpus behind the fake desk: what is proposed of a draw, held against other rows.

The functions are those of the verbs; between them and the rows is DuckDB, and no node.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from tests.desks import FakeDesk
from tests.journeys.quality.drawing import Rows, Tables

from doumen.kits.standards import odcs
from doumen.model.load import LoadColumn
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.run import check
from doumen.rooms.refine.profile.propose import propose
from doumen.rooms.refine.proposals.verbs import accept

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

DOMAIN = "proposed"
NUMBERS = ("area_code", "phone", "ean", "school", "postcode")
"""Columns of digits that a collection takes for numbers."""
HISTORY = """
    CREATE TABLE sys.quality (
        position BIGINT, actor VARCHAR, dataset VARCHAR, version BIGINT, scope VARCHAR,
        rule VARCHAR, count DOUBLE)
"""


def arrow(rows: Rows) -> pa.Table:
    """Rows as they land."""
    return pa.table({name: [_landed(name, row[name]) for row in rows] for name in rows[0]})


def _landed(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return int(value) if name in NUMBERS and value is not None else value


def landed(tables: Tables, contracts: Mapping[str, str] | None = None) -> Desk:
    """A desk with these tables, each under its contract; without one, under that of its types."""
    fake = FakeDesk()
    fake.engine.execute(f"CREATE SCHEMA {DOMAIN}; CREATE SCHEMA sys")
    fake.engine.execute(HISTORY)
    for name, rows in tables.items():
        dataset = f"{DOMAIN}.{name}"
        fake.engine.register("given", arrow(rows))
        fake.engine.execute(f"CREATE TABLE {dataset} AS FROM given")
        fake.land(dataset, len(rows))
        fake.agree(dataset, contracts[name] if contracts else _contract(fake, name))
    return cast("Desk", fake)


def _contract(fake: FakeDesk, name: str) -> str:
    described = fake.engine.execute(f"DESCRIBE {DOMAIN}.{name}").fetchall()
    columns = [LoadColumn(column[0], column[0], column[1]) for column in described]
    return odcs.infer_contract(Ref(DOMAIN, name), columns)


def accepted(desk: Desk, tables: Tables) -> dict[str, str]:
    """The contracts with all that is proposed at default settings."""
    for name in tables:
        propose(desk, f"{DOMAIN}.{name}")
        accept(desk, dataset=f"{DOMAIN}.{name}")
    facts = dict(desk.facts().all("contract"))
    return {name: str(facts[f"{DOMAIN}.{name}"]["text"]) for name in tables}


def broken(desk: Desk, name: str) -> list[tuple[str, str | None]]:
    """Rules of severity error that are broken, each with what was counted."""
    rules = check(desk, f"{DOMAIN}.{name}").json["rules"]
    return [(one["key"], one["count"]) for one in rules if str(one["verdict"]) == "broken"]
