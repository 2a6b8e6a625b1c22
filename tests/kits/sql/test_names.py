"""Names are compared as the engine compares them."""

from __future__ import annotations

import duckdb
import pytest

from doumen.kits import sql
from doumen.kits.sql.names import fold, quoted, table
from doumen.kits.sql.scopes import UnknownColumn
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.model.schema import Schema

PAIRS = [("a", "A"), ("Z", "z"), ("s", "\u017f"), ("k", "\u212a"), ("é", "É"), ("ß", "SS"),
         ("ω", "Ω"), ("i", "İ"), ("é", "e\u0301"), ("名", "名")]  # fmt: skip


@pytest.mark.parametrize(("written", "named"), PAIRS)
def test_the_engine_agrees(written: str, named: str) -> None:
    with duckdb.connect() as engine:
        try:
            engine.execute(f'SELECT "{written}" FROM (SELECT 1 AS "{named}")').fetchall()
        except duckdb.BinderException:
            assert fold(written) != fold(named)
        else:
            assert fold(written) == fold(named)


@pytest.mark.parametrize(
    "statement",
    [
        'WITH "\u017fqlite_master" AS (SELECT 1 AS a) SELECT * FROM sqlite_master',
        'WITH "duc\u212adb_views" AS (SELECT 1 AS a) SELECT * FROM duckdb_views',
    ],
)
def test_a_look_alike_of_a_system_view_is_no_cte(statement: str) -> None:
    with pytest.raises(DoumenError, match="names no dataset"):
        sql.parse(statement)


def test_the_second_reading_knows_a_cte_as_the_engine_does() -> None:
    statement = sql.parse("WITH a AS (SELECT 1 AS x) SELECT * FROM a")
    with duckdb.connect() as engine:
        text = 'WITH "\u017f" AS (SELECT 1 AS x) SELECT * FROM s'
        reading = engine.execute("SELECT json_serialize_sql(?)", [text]).fetchall()[0][0]
    with pytest.raises(DoumenError, match="the table `s`"):
        sql.check_reading(reading, statement)


SCHEMAS = {Ref("h", "t"): Schema.of(id="BIGINT", pay="BIGINT")}


@pytest.mark.parametrize(
    "statement",
    [
        'SELECT s AS z FROM (SELECT id, id AS "\u017f", pay AS s FROM h.t)',
        'SELECT z FROM (SELECT pay AS "\u017f", id AS s, "\u017f" + 1 AS z FROM h.t)',
        "SELECT (SELECT max(a) FROM (SELECT id AS a, pay AS a FROM h.t) p(x)) AS z "
        "FROM (SELECT id AS a FROM h.t) o",
        "WITH p(x) AS (SELECT id AS a, pay AS a FROM h.t) SELECT (SELECT max(a) FROM p) AS z "
        "FROM (SELECT id AS a FROM h.t) o",
        "SELECT pay_1 AS z FROM h.t p(pay)",
    ],
)
def test_lineage_follows_the_engine(statement: str) -> None:
    lineage = sql.trace(sql.parse(statement), SCHEMAS)
    assert "h.t.pay" in {str(column) for column in lineage.outputs[-1].projection}
    with duckdb.connect() as engine:
        engine.execute("CREATE SCHEMA h")
        engine.execute("CREATE TABLE h.t AS SELECT 1 AS id, 700 AS pay")
        assert engine.execute(statement).fetchall()[0][-1] in (700, 701)


def test_an_unknown_name_stays_unknown() -> None:
    with pytest.raises(UnknownColumn):
        sql.trace(sql.parse('SELECT "\u017f" FROM (SELECT id AS s FROM h.t)'), SCHEMAS)


@pytest.mark.parametrize("name", ["a.values", '"a b"."c""d"', "名.order"])
def test_a_dataset_stands_in_a_statement_whatever_its_name(name: str) -> None:
    ref = Ref(*(part.strip('"').replace('""', '"') for part in name.split(".")))
    with duckdb.connect() as engine:
        engine.execute(f"CREATE SCHEMA {quoted(ref.domain)}")
        engine.execute(f"CREATE TABLE {table(ref)} AS SELECT 1 AS n")
        assert engine.execute(f"SELECT n FROM {table(ref)}").fetchall() == [(1,)]
