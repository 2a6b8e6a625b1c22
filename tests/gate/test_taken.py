"""Answers of another node kept as datasets: with their terms, their labels, and where from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests import linked
from tests.linked import Linked

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, DoumenError, Refused
from doumen.model.fact import Fact
from doumen.model.ref import Ref

TERMS = """
for: [research]
datasets: {w.hourly: {columns: [city, temp]}}
due: {delete: 3}
"""
HOURLY = "city,temp,station\nRome,30,s1\nOslo,10,s2\n"
INTO = Ref.parse("a.kept")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked.linked(tmp_path_factory.mktemp("taken"), {"w.hourly": HOURLY}) as found:
        linked.commit(found.weather, Fact("label", "w.hourly.temp", {"labels": ["climate"]}))
        yield found


@pytest.fixture
def key(two: Linked, request: pytest.FixtureRequest) -> str:
    return two.agree(request.node.name, TERMS)


def keep(two: Linked, key: str, sql: str, into: Ref = INTO) -> Any:
    return two.port.session(None, "research").desk.derive(sql, into, agreement=key)


def test_it_is_a_dataset_as_any_with_what_was_agreed(two: Linked, key: str) -> None:
    made = keep(two, key, "SELECT city, temp::HUGEINT AS temp FROM w.hourly")
    assert (made.landed, made.snapshot) == (2, 1)
    facts = two.port.means.catalog.current()
    body = facts.dataset(INTO) or {}
    assert (body["agreements"], body["sources"]) == ({key: ["w.hourly"]}, [])
    assert list(body["delete"]) == [key]
    assert facts.labels(INTO, "temp") == {"climate"}
    assert facts.labels(INTO, "city") == frozenset()
    node = two.weather.means.own().id
    event = read_receipt(two.port.session().desk.receipt(made.receipt)).event
    assert event["data"]["remote"]["participant"] == node
    assert event["data"]["lineage"][1]["projection"] == [f"{node}/w.hourly.temp"]
    rows = two.port.session(None, "research").query("SELECT * FROM a.kept ORDER BY city").rows()
    assert rows == [("Oslo", 10), ("Rome", 30)]


def test_again_it_is_another_version(two: Linked, key: str) -> None:
    into = Ref.parse("a.again")
    sql = "SELECT city, temp FROM w.hourly"
    first, second = (keep(two, key, sql, into) for _ in range(2))
    assert second.snapshot > first.snapshot
    with pytest.raises(Conflict, match="other columns"):
        keep(two, key, "SELECT city FROM w.hourly", into)


@pytest.mark.parametrize(
    ("sql", "into"),
    [
        ("SELECT station FROM w.hourly", "a.refused"),
        ("SELECT 1 AS a, 2 AS a FROM w.hourly", "a.refused"),
        ("SELECT city FROM w.hourly", "sys.refused"),
    ],
)
def test_what_cannot_be_kept_is_not(two: Linked, key: str, sql: str, into: str) -> None:
    with pytest.raises(DoumenError):
        keep(two, key, sql, Ref("sys", "refused") if into.startswith("sys") else Ref.parse(into))
    assert two.port.means.catalog.current().dataset(Ref.parse("a.refused")) is None


def test_without_the_purpose_nobody_reads_it(two: Linked, key: str) -> None:
    keep(two, key, "SELECT city FROM w.hourly", Ref.parse("a.purpose"))
    with pytest.raises(Refused) as caught:
        two.port.session().query("SELECT * FROM a.purpose")
    assert "is for purpose `research`" in str(caught.value.why)
