"""Datasets that the statements of these tests speak of, and a real engine that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from doumen.kits.sql import Statement, check_reading, parse, trace
from doumen.model.ref import Ref
from doumen.model.schema import Schema

HERE = Path(__file__).parent

SCHEMAS: Mapping[Ref, Schema] = {
    Ref("transport", "flights"): Schema.of(
        year="INTEGER",
        month="INTEGER",
        day="INTEGER",
        dep_delay="DOUBLE",
        carrier="VARCHAR",
        flight="INTEGER",
        tailnum="VARCHAR",
        origin="VARCHAR",
        dest="VARCHAR",
        distance="INTEGER",
        time_hour="TIMESTAMP",
    ),
    Ref("transport", "planes"): Schema.of(
        tailnum="VARCHAR", year="INTEGER", seats="INTEGER", model="VARCHAR"
    ),
    Ref("people", "staff"): Schema.of(
        name="VARCHAR",
        dept="VARCHAR",
        born="DATE",
        salary="DECIMAL(10,2)",
        active="BOOLEAN",
        tags="VARCHAR[]",
        home="STRUCT(city VARCHAR, zip VARCHAR)",
    ),
    Ref("tpch", "lineitem"): Schema.of(
        l_orderkey="BIGINT",
        l_partkey="BIGINT",
        l_suppkey="BIGINT",
        l_linenumber="INTEGER",
        l_quantity="DECIMAL(15,2)",
        l_extendedprice="DECIMAL(15,2)",
        l_discount="DECIMAL(15,2)",
        l_tax="DECIMAL(15,2)",
        l_returnflag="VARCHAR",
        l_linestatus="VARCHAR",
        l_shipdate="DATE",
        l_commitdate="DATE",
        l_receiptdate="DATE",
        l_shipinstruct="VARCHAR",
        l_shipmode="VARCHAR",
        l_comment="VARCHAR",
    ),
    Ref("tpch", "orders"): Schema.of(
        o_orderkey="BIGINT",
        o_custkey="BIGINT",
        o_orderstatus="VARCHAR",
        o_totalprice="DECIMAL(15,2)",
        o_orderdate="DATE",
        o_orderpriority="VARCHAR",
        o_clerk="VARCHAR",
        o_shippriority="INTEGER",
        o_comment="VARCHAR",
    ),
    Ref("tpch", "customer"): Schema.of(
        c_custkey="BIGINT",
        c_name="VARCHAR",
        c_address="VARCHAR",
        c_nationkey="INTEGER",
        c_phone="VARCHAR",
        c_acctbal="DECIMAL(15,2)",
        c_mktsegment="VARCHAR",
        c_comment="VARCHAR",
    ),
    Ref("tpch", "part"): Schema.of(
        p_partkey="BIGINT",
        p_name="VARCHAR",
        p_mfgr="VARCHAR",
        p_brand="VARCHAR",
        p_type="VARCHAR",
        p_size="INTEGER",
        p_container="VARCHAR",
        p_retailprice="DECIMAL(15,2)",
        p_comment="VARCHAR",
    ),
    Ref("tpch", "partsupp"): Schema.of(
        ps_partkey="BIGINT",
        ps_suppkey="BIGINT",
        ps_availqty="BIGINT",
        ps_supplycost="DECIMAL(15,2)",
        ps_comment="VARCHAR",
    ),
    Ref("tpch", "supplier"): Schema.of(
        s_suppkey="BIGINT",
        s_name="VARCHAR",
        s_address="VARCHAR",
        s_nationkey="INTEGER",
        s_phone="VARCHAR",
        s_acctbal="DECIMAL(15,2)",
        s_comment="VARCHAR",
    ),
    Ref("tpch", "nation"): Schema.of(
        n_nationkey="INTEGER", n_name="VARCHAR", n_regionkey="INTEGER", n_comment="VARCHAR"
    ),
    Ref("tpch", "region"): Schema.of(r_regionkey="INTEGER", r_name="VARCHAR", r_comment="VARCHAR"),
}


@pytest.fixture(scope="session")
def schemas() -> Mapping[Ref, Schema]:
    return SCHEMAS


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for domain in sorted({ref.domain for ref in SCHEMAS}):
        connection.execute(f"CREATE SCHEMA {domain}")
    for ref, schema in SCHEMAS.items():
        columns = ", ".join(f'"{column.name}" {column.type}' for column in schema)
        connection.execute(f"CREATE TABLE {ref} ({columns})")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def read(engine: duckdb.DuckDBPyConnection) -> Callable[[str], str]:
    """The engine's own reading of a statement."""

    def reading(sql: str) -> str:
        row = engine.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        assert row is not None
        return str(row[0])

    return reading


@pytest.fixture(scope="session")
def admit(read: Callable[[str], str]) -> Callable[[str], Statement]:
    """Both readings of a statement."""

    def both(sql: str) -> Statement:
        statement = parse(sql)
        check_reading(read(sql), statement)
        return statement

    return both


@pytest.fixture(scope="session")
def flows() -> Callable[[str, Mapping[Ref, Schema], str], bool]:
    """Compares the lineage of a statement with truth: `name: made of | shaped by; …`."""

    def compare(sql: str, schemas: Mapping[Ref, Schema], expected: str) -> bool:
        found = []
        for output in trace(parse(sql), schemas).outputs:
            sides = [
                " ".join(sorted(f"{each.ref.name}.{each.column}" for each in columns))
                for columns in (output.projection, output.influence)
            ]
            found.append((output.name or "-", *sides))
        truth = []
        for part in expected.split(";"):
            name, _, columns = part.partition(":")
            made, _, shaped = columns.partition("|")
            sides = [" ".join(sorted(side.split())) for side in (made, shaped)]
            truth.append((name.strip(), *sides))
        assert found == truth
        return True

    return compare


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `admitted`, `refused` and `tpch` to the tests that ask for them."""
    if "admitted" in metafunc.fixturenames:
        files = [HERE / name for name in ("admitted.sql", "expressions.sql", "tables.sql")]
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
        metafunc.parametrize("admitted", [s for s in lines if s and not s.startswith("--")])
    if "refused" in metafunc.fixturenames:
        lines = (HERE / "refused.tsv").read_text("utf-8").splitlines()
        metafunc.parametrize("refused", [tuple(line.split("\t")) for line in lines])
    if "tpch" in metafunc.fixturenames:
        metafunc.parametrize("tpch", sorted(p.stem for p in (HERE / "tpch").glob("q*.sql")))


@pytest.fixture
def tpch_sql(tpch: str) -> str:
    return (HERE / "tpch" / f"{tpch}.sql").read_text("utf-8")
