"""Statements over data of this node and of another: fetched first, then joined here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import linked
from tests.linked import Linked

from doumen.gate import Counter
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.ref import Ref

TERMS = """
for: [research]
datasets:
  w.hourly: {columns: [city, temp], duties: [{filter: "city <> 'secret'"}]}
due: {delete: 9}
"""
HOURLY = "city,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n"
WORDS = "city,order\nRome,first\nOslo,second\n"
JOIN = (
    "SELECT city, count(*) AS ships, max(temp) AS temp FROM p.ships JOIN w.hourly USING (city) "
    "GROUP BY city ORDER BY city"
)
ROWS = [("Oslo", 1, 10), ("Rome", 2, 30)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Linked, str, Path]]:
    folder = tmp_path_factory.mktemp("joined")
    with linked.linked(folder, {"w.hourly": HOURLY, "w.values": WORDS}) as two:
        linked.commit(two.weather, Fact("label", "w.hourly.temp", {"labels": ["climate"]}))
        (folder / "ships.csv").write_text("ship,city\nAnna,Rome\nBerta,Oslo\nClara,Rome\n")
        two.port.session().do("collect", path=folder / "ships.csv", as_dataset="p.ships")
        yield two, two.agree("joined", TERMS), folder


@pytest.fixture
def two(both: tuple[Linked, str, Path]) -> Linked:
    return both[0]


@pytest.fixture
def key(both: tuple[Linked, str, Path]) -> str:
    return both[1]


def desk(two: Linked, actor: str | None = None) -> Any:
    found = two.port.session(actor, "research").desk
    assert isinstance(found, Counter)
    return found


def test_what_is_needed_is_fetched_and_joined(two: Linked, key: str) -> None:
    answer = desk(two).query(JOIN, agreement=[key])
    assert answer.rows() == ROWS
    two.settle()
    event = read_receipt(desk(two).receipt(answer.receipt)).event
    (first,) = event["data"]["fetched"]
    assert first["agreement"] == key
    asked = read_receipt(desk(two).receipt(first["receipt"]))
    assert asked.disclosed["statement"] == 'SELECT "city", "temp" FROM "w"."hourly"'
    node = two.weather.means.own().id
    assert {"dataset": f"{node}/w.hourly", "version": 1} in event["used"]
    assert answer.expires == datetime.now(UTC).date() + timedelta(days=9)
    assert (event["agreement"], event["purpose"]) == (None, "research")


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("SELECT count(*) FROM p.ships, w.hourly", 'SELECT "city" FROM "w"."hourly"'),
        ("SELECT count(*) AS n FROM p.ships JOIN w.hourly ON true WHERE TEMP > 1",
         'SELECT "temp" FROM "w"."hourly"'),
        ("SELECT h.* FROM p.ships JOIN w.hourly h USING (city)",
         'SELECT "city", "temp" FROM "w"."hourly"'),
        ("SELECT ship FROM p.ships NATURAL JOIN w.hourly",
         'SELECT "city", "temp" FROM "w"."hourly"'),
    ],
)  # fmt: skip
def test_the_columns_that_a_statement_can_mean(two: Linked, key: str, sql: str, first: str) -> None:
    told = desk(two).explain(sql, agreement=[key])
    assert told.tables[0]["first"] == first
    assert told.tables[0]["agreement"] == key
    assert {table["dataset"] for table in told.tables} == {"w.hourly", "p.ships"}
    assert {c["account"] for c in told.charges} >= {f"agreement:{key}", "actor:owner"}


def test_names_may_be_words_of_sql(two: Linked) -> None:
    key = two.agree("words", "for: [research]\ndatasets:\n  w.values: {columns: [city, order]}\n")
    sql = 'SELECT v."order", count(*) FROM p.ships JOIN w."values" v USING (city) GROUP BY 1'
    told = desk(two).explain(sql, agreement=[key])
    assert told.tables[0]["first"] == 'SELECT "city", "order" FROM "w"."values"'
    assert sorted(desk(two).query(sql, agreement=[key]).rows()) == [("first", 2), ("second", 1)]


def test_an_explanation_asks_for_nothing(two: Linked, key: str) -> None:
    before = two.usage(key)
    told = desk(two).explain(JOIN, agreement=[key])
    assert next((c.name, c.type) for c in told.columns) == ("city", "VARCHAR")
    assert two.usage(key) == before


def test_a_system_table_is_joined_with_what_is_fetched(two: Linked, key: str) -> None:
    sql = (
        "SELECT DISTINCT d.dataset, h.city FROM sys.datasets d, w.hourly h "
        "WHERE d.dataset = 'p.ships' ORDER BY city"
    )
    answer = desk(two).query(sql, agreement=[key])
    assert answer.rows() == [("p.ships", "Oslo"), ("p.ships", "Rome")]


def test_what_is_kept_carries_terms_and_labels(two: Linked, key: str) -> None:
    made = desk(two).derive(JOIN, Ref.parse("p.heat"), agreement=[key])
    assert made.landed == 2
    facts = two.port.means.catalog.current()
    body = facts.dataset(Ref.parse("p.heat")) or {}
    assert body["agreements"] == {key: ["w.hourly"]}
    assert set(body["delete"]) == {key}
    assert facts.labels(Ref.parse("p.heat"), "temp") == {"climate"}
    lineage = (facts.body("lineage", "p.heat") or {})["columns"]["temp"]
    assert lineage["projection"] == [f"{two.weather.means.own().id}/w.hourly.temp"]
    assert "p.ships.city" in lineage["influence"]
    with pytest.raises(Refused, match="was made of"):
        two.port.session().query("SELECT * FROM p.heat")


def test_a_statement_over_one_agreement_alone_runs_there(two: Linked, key: str) -> None:
    told = desk(two).explain("SELECT count(*) FROM w.hourly", agreement=[key])
    assert "first" not in told.tables[0]
    assert desk(two).query("SELECT count(*) FROM w.hourly", agreement=[key, key]).rows() == [(2,)]


def test_a_statement_without_what_is_agreed_is_refused(two: Linked, key: str) -> None:
    with pytest.raises(Refused, match="is not in agreement"):
        desk(two).query("SELECT * FROM p.ships", agreement=key)
    with pytest.raises(NotFound, match="no agreement"):
        desk(two).query("SELECT * FROM p.ships", agreement="A-AAAAAAAA")


def test_a_name_means_one_dataset(two: Linked, key: str) -> None:
    other = two.agree("joined again", TERMS)
    with pytest.raises(Invalid, match="several places"):
        desk(two).query(JOIN, agreement=[key, other])
    (two.port.directory / "h.csv").write_text("city,temp\nBern,1\n")
    two.port.session().do("collect", path=two.port.directory / "h.csv", as_dataset="w.hourly")
    with pytest.raises(Invalid, match="this node"):
        desk(two).query(JOIN, agreement=[key])
