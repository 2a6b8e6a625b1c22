"""Expressions through the gate equal plain DuckDB's: all of `kits/sql/expressions.sql`.

Once for the owner over the files as they are, once for an analyst under a filter and masks,
beside views written by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.journeys.test_tpch import comparable

import doumen
from doumen.model.errors import DoumenError
from doumen.session import Session, create

STATEMENTS = [
    line
    for line in (Path(__file__).parent.parent / "kits" / "sql" / "expressions.sql")
    .read_text("utf-8")
    .splitlines()
    if line and not line.startswith("--")
]
RULES = """
rules:
  - id: staff
    permit: query
    who: {role: analyst}
    on: people.staff
    duties:
      - filter: "dept <> 'law'"
      - mask: {column: name, method: partial, keep_start: 1}
      - mask: {column: salary, method: "null"}
  - id: flights
    permit: query
    who: {role: analyst}
    on: transport.flights
    duties: [{filter: "distance > 100"}]
  - {id: planes, permit: query, who: {role: analyst}, on: transport.planes}
  - {id: no-model, deny: query, who: {role: analyst}, on: {column: transport.planes.model}}
"""
VIEWS = {
    "people.staff": "SELECT * REPLACE (CASE WHEN length(name) > 1 THEN name[1] || "
    "repeat('*', length(name) - 1) ELSE name END AS name, NULL::DECIMAL(10, 2) AS salary) "
    "FROM {} WHERE dept <> 'law'",
    "transport.flights": "SELECT * FROM {} WHERE distance > 100",
    "transport.planes": "SELECT * EXCLUDE (model) FROM {}",
}


def _tables() -> dict[str, pa.Table]:
    day, moment = datetime.date(1990, 1, 1), datetime.datetime(2013, 1, 1, 5)
    staff = [
        ("[1,2]", "ops", 0, "10.50", True, ["a", "b"], ("Wenzhou", "1")),
        ('{"a":1}', "law", 1, "20.00", False, [], ("Ningbo", "2")),
        ('"x"', "ops", 2, "30.25", True, ["x", "y", "z"], ("Wenzhou", "3")),
        ('{"a":[3]}', "art", 3, "5.00", None, None, None),
    ]
    homes = pa.struct([("city", pa.string()), ("zip", pa.string())])
    columns = list(zip(*staff, strict=True))
    return {
        "people.staff": pa.table(
            {
                "name": columns[0],
                "dept": columns[1],
                "born": [day + datetime.timedelta(days=400 * n) for n in columns[2]],
                "salary": pa.array([Decimal(n) for n in columns[3]], pa.decimal128(10, 2)),
                "active": columns[4],
                "tags": columns[5],
                "home": pa.array([h and {"city": h[0], "zip": h[1]} for h in columns[6]], homes),
            }
        ),
        "transport.flights": pa.table(
            {
                "year": pa.array([2013] * 4, pa.int32()),
                "month": pa.array([1, 1, 2, 3], pa.int32()),
                "day": pa.array([1, 2, 3, 4], pa.int32()),
                "dep_delay": [2.0, None, -1.5, 30.25],
                "carrier": ["UA", "AA", "UA", "DL"],
                "flight": pa.array([11, 12, 13, 14], pa.int32()),
                "tailnum": ["N1", "N2", None, "N1"],
                "origin": ["JFK", "LGA", "JFK", "EWR"],
                "dest": ["LAX", "ATL", "BOS", "LAX"],
                "distance": pa.array([2475, 762, 90, 2454], pa.int32()),
                "time_hour": [moment + datetime.timedelta(days=n) for n in range(4)],
            }
        ),
        "transport.planes": pa.table(
            {
                "tailnum": ["N1", "N2"],
                "year": pa.array([1999, 2004], pa.int32()),
                "seats": pa.array([200, None], pa.int32()),
                "model": ["A", "B"],
            }
        ),
    }


class Pair:
    """The same tables behind the gate and in bare engines."""

    def __init__(self, folder: Path, node: doumen.session.Node) -> None:
        self.owner, self.raw = node.session(), _engine()
        self.hidden = _engine()
        for ref, table in _tables().items():
            path = folder / f"{ref}.parquet"
            pq.write_table(table, path)
            self.owner.do("collect", path=path, as_dataset=ref)
            source = f"read_parquet('{path}')"
            self.raw.execute(f"CREATE VIEW {ref} AS FROM {source}")
            self.hidden.execute(f"CREATE VIEW {ref} AS {VIEWS[ref].format(source)}")
        (folder / "rules.yaml").write_text(RULES)
        self.owner.do("actor add", name="ana", role=("analyst",))
        self.owner.do("rule add", file=folder / "rules.yaml")
        self.analyst = node.session("ana")


def _engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar=false; SET TimeZone='UTC'")
    engine.execute("CREATE SCHEMA people; CREATE SCHEMA transport")
    return engine


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("expressions")
    create(folder / "node", "expressions")
    with doumen.open(folder / "node") as node:
        yield Pair(folder, node)


def _compare(session: Session, bare: duckdb.DuckDBPyConnection, statement: str) -> None:
    try:
        relation = bare.sql(statement)
        table: pa.Table = relation.to_arrow_table()
    except duckdb.Error:
        with pytest.raises(DoumenError):
            session.query(statement).rows()
        return
    answer = session.query(statement)
    types = [str(type).replace('"NULL"', "NULL") for type in relation.types]
    theirs = list(zip(relation.columns, types, strict=True))
    assert [(column.name, column.type) for column in answer.schema] == theirs
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert comparable(answer.rows()) == comparable(rows)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_answers_are_the_engine_s_own(pair: Pair, statement: str) -> None:
    _compare(pair.owner, pair.raw, statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_under_rules_answers_are_those_of_views(pair: Pair, statement: str) -> None:
    _compare(pair.analyst, pair.hidden, statement)


def test_most_statements_give_answers(pair: Pair) -> None:
    """So that the comparison is not one of errors."""
    assert sum(_runs(pair.raw, each) for each in STATEMENTS) > 0.9 * len(STATEMENTS)


def _runs(bare: duckdb.DuckDBPyConnection, statement: str) -> bool:
    try:
        bare.sql(statement).to_arrow_table()
    except duckdb.Error:
        return False
    return True


def test_a_derived_dataset_has_the_lineage_of_the_columns_that_were_meant(pair: Pair) -> None:
    sql = "SELECT COLUMNS('^[sm]') AS x, max(COLUMNS(['year'])) FROM transport.planes GROUP BY ALL"
    with pytest.raises(DoumenError, match="name"):
        pair.owner.derive(sql, "made.twice")
    sql = sql.replace(" AS x", "")
    made = pair.owner.derive(sql, "made.once")
    assert made is not None
    answer = pair.owner.query("SELECT * FROM made.once")
    assert [column.name for column in answer.schema] == ["seats", "model", "year"]
    rows = pair.owner.query(
        "SELECT output_position, source_column FROM sys.lineage WHERE kind = 'projection' "
        "AND event = (SELECT max(event) FROM sys.lineage WHERE source = 'transport.planes')"
    ).rows()
    assert sorted(rows)[-3:] == [(1, "seats"), (2, "model"), (3, "year")]
