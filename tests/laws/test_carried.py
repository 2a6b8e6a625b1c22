"""Law 6 across nodes: what came under agreements stays under them, whatever is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import linked
from tests.linked import Linked

from doumen.gate import Counter
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.participant import member
from doumen.model.ref import Ref

pytestmark = pytest.mark.law

TERMS = """
for: [research]
until: 2090-12-31
datasets:
  w.hourly: {columns: [city, temp]}
"""
OTHER = """
for: [research, teaching]
datasets:
  w.named: {}
  w.hourly: {}
due: {delete: 30}
"""
CHAIN = ("a.one", "a.two", "a.three", "a.four", "a.five")
FIFTH = "SELECT city, total FROM a.five ORDER BY city"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Linked, Path, str, str]]:
    """A chain of five: two come under an agreement each, three join and shrink them here."""
    folder = tmp_path_factory.mktemp("carried")
    rows = {"w.hourly": "city,temp,sea\nRome,30,y\nOslo,10,y\n", "w.named": "city,crew\nRome,Ann\n"}
    with linked.linked(folder, rows) as two:
        for column, label in (("w.named.crew", "personal"), ("w.hourly.temp", "climate")):
            body = {"labels": [label], "origin": "human"}
            linked.commit(two.weather, Fact("label", column, body))
        two.port.session().do("purpose add", name="teaching")
        one, other = two.agree("one", TERMS), two.agree("other", OTHER)
        desk = two.port.session(None, "research").desk
        desk.derive("SELECT city, temp FROM w.hourly", Ref.parse(CHAIN[0]), agreement=one)
        desk.derive("SELECT city, crew FROM w.named", Ref.parse(CHAIN[1]), agreement=other)
        for sql, into in (
            ("SELECT o.city, temp, crew FROM a.one o LEFT JOIN a.two t ON o.city = t.city", 2),
            ("SELECT city, temp + 1 AS warmer, upper(crew) AS who FROM a.three", 3),
            ("SELECT city, sum(warmer) AS total, max(who) AS who FROM a.four GROUP BY city", 4),
        ):
            desk.derive(sql, Ref.parse(CHAIN[into]))
        yield two, folder, one, other


@pytest.fixture
def two(both: tuple[Linked, Path, str, str]) -> Linked:
    return both[0]


@pytest.fixture
def keys(both: tuple[Linked, Path, str, str]) -> tuple[str, str]:
    return both[2], both[3]


def facts(two: Linked) -> Any:
    return two.port.means.catalog.current()


def desk(two: Linked, purpose: str | None = "research", day: str | None = None) -> Counter:
    means = two.port.means
    if day is not None:
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
        means = replace(means, clock=lambda: moment)
    return linked.desk(two.port, purpose, means)


def test_labels_terms_and_lineage_go_along_all_five(two: Linked, keys: tuple[str, str]) -> None:
    one, other = keys
    last = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    for name in CHAIN[2:]:
        body = facts(two).dataset(Ref.parse(name))
        assert body["agreements"] == {one: ["w.hourly"], other: ["w.named"]}
        assert body["delete"] == {other: last}
    labels = {name: facts(two).labels(Ref.parse("a.five"), name) for name in ("total", "who")}
    assert "climate" in labels["total"]
    assert "personal" in labels["who"]
    lineage = facts(two).body("lineage", "a.one")["columns"]
    node = two.weather.means.own().id
    assert lineage["temp"]["projection"] == [f"{node}/w.hourly.temp"]
    assert facts(two).body("lineage", "a.five")["columns"]["who"]["projection"] == ["a.four.who"]
    assert desk(two).query(FIFTH).rows() == [("Oslo", 11), ("Rome", 31)]


WAYS: dict[str, Callable[[Counter], object]] = {
    "the rows": lambda desk: desk.query(FIFTH),
    "the number of rows": lambda desk: desk.query("SELECT count(*) FROM a.five"),
    "the first version": lambda desk: desk.query("SELECT * FROM a.one AT (VERSION => 1)"),
    "within a subquery": lambda desk: desk.query("SELECT (SELECT max(total) FROM a.five)"),
    "an explanation": lambda desk: desk.explain(FIFTH),
    "another name": lambda desk: desk.derive(FIFTH, Ref.parse("b.free")),
    "its own name": lambda desk: desk.derive("SELECT * FROM a.five", Ref.parse("a.five")),
}


@pytest.mark.parametrize("way", WAYS)
def test_without_an_agreed_purpose_the_owner_reads_nothing(two: Linked, way: str) -> None:
    for purpose in (None, "teaching"):
        with pytest.raises(Refused) as caught:
            WAYS[way](desk(two, purpose))
        assert caught.value.code == "refused.agreement"


def test_every_agreement_that_forbids_it_is_named(two: Linked, keys: tuple[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        desk(two, None).query(FIFTH)
    assert all(key in str(caught.value.why) for key in keys)
    with pytest.raises(Refused) as caught:
        desk(two, "teaching").query(FIFTH)
    assert (keys[0] in str(caught.value.why), keys[1] in str(caught.value.why)) == (True, False)


@pytest.mark.parametrize("way", WAYS)
def test_after_the_last_day_nobody_reads_it(two: Linked, way: str) -> None:
    with pytest.raises(Refused) as caught:
        WAYS[way](desk(two, "research", "2091-01-01"))
    assert caught.value.code == "refused.agreement"


@pytest.mark.parametrize("name", CHAIN)
def test_none_of_them_is_read_without_a_purpose(two: Linked, name: str) -> None:
    with pytest.raises(Refused, match="does not permit"):
        desk(two, None).query(f"SELECT * FROM {name}")


def test_what_was_to_be_deleted_is_not_read(two: Linked, keys: tuple[str, str]) -> None:
    later = (datetime.now(UTC).date() + timedelta(days=31)).isoformat()
    for name in CHAIN[1:]:
        with pytest.raises(Refused, match="does not permit") as caught:
            desk(two, "research", later).query(f"SELECT * FROM {name}")
        assert "deleted after" in str(caught.value.why)
        assert keys[1] in str(caught.value.why)
    assert len(desk(two, "research", later).query("SELECT * FROM a.one").rows()) == 2


def test_after_the_end_of_an_agreement_nobody_reads_it(two: Linked, keys: tuple[str, str]) -> None:
    body = facts(two).body("agreement", keys[0])
    linked.commit(two.port, Fact("agreement", keys[0], {**body, "ended": "2026-01-02T00:00:00Z"}))
    try:
        with pytest.raises(Refused, match="does not permit"):
            desk(two).query(FIFTH)
        assert desk(two).query("SELECT crew FROM a.two").rows() == [("Ann",)]
        linked.commit(two.port, Fact("agreement", keys[0], None))
        with pytest.raises(Refused) as caught:
            desk(two).query(FIFTH)
        assert "not known any more" in str(caught.value.why)
    finally:
        linked.commit(two.port, Fact("agreement", keys[0], body))


def test_the_fifth_is_offered_to_nobody(both: tuple[Linked, Path, str, str]) -> None:
    two, folder, one, other = both
    owner = two.port.session(None, "research")
    (folder / "offer.yaml").write_text("for: [research]\ndatasets: {a.five: {}}\n")
    with pytest.raises(Refused, match="cannot be offered") as caught:
        owner.do("product create", name="fifth", title="x", dataset=("a.five",),
                 preview="SELECT * FROM a.five")  # fmt: skip
    owner.do("product create", name="fifth", title="x", dataset=("a.five",))
    with pytest.raises(Refused, match="cannot be offered") as caught:
        owner.do("offer create", product="fifth", terms=str(folder / "offer.yaml"))
    clauses = (f"{one}-1", f"{other}-2")
    assert all(clause in str(caught.value.why) for clause in clauses)


def test_what_was_offered_before_is_not_given_once_it_holds_that(two: Linked) -> None:
    """Under the name of a dataset that was agreed on with a third, something else is put."""
    desk(two, None).derive("SELECT 'mine' AS city", Ref.parse("a.mine"))
    third = replace(two.weather.means.own(), id="did:web:third.example", alias="third")
    linked.commit(two.port, Fact("participant", third.id, third.as_json()))
    key = two.agree("third", "for: [research]\ndatasets: {a.mine: {}}")
    body = facts(two).body("agreement", key)
    given = {**body, "side": "provider", "counterparty": third.id}
    linked.commit(two.port, Fact("agreement", key, given))
    asker = linked.desk(two.port, "research", two.port.means, member(third.id, "eve"))
    assert asker.query("SELECT * FROM a.mine", agreement=key).rows() == [("mine",)]
    desk(two).derive("SELECT city FROM a.five", Ref.parse("a.mine"))
    for ask in ("SELECT * FROM a.mine", "SELECT * FROM a.mine AT (VERSION => 0)"):
        with pytest.raises(Refused) as caught:
            asker.query(ask, agreement=key)
        said = str(caught.value.as_json())
        assert caught.value.code == "refused.agreement"
        assert "w.hourly" not in said
        assert key not in said


def test_a_name_stays_bound_when_something_else_is_put_under_it(
    both: tuple[Linked, Path, str, str], tmp_path: Path
) -> None:
    """Earlier versions can be read: what they hold is not freed by a new one."""
    two, _, one, _ = both
    made = desk(two).derive("SELECT city FROM a.one", Ref.parse("a.again"))
    desk(two, None).derive("SELECT 'x' AS city", Ref.parse("a.again"))
    for sql in (
        f"SELECT * FROM a.again AT (VERSION => {made.snapshot})",
        "SELECT * FROM a.again",
    ):
        with pytest.raises(Refused, match="does not permit"):
            desk(two, None).query(sql)
        with pytest.raises(Refused):
            desk(two, None).derive(sql, Ref.parse("b.free"))
    file = tmp_path / "again.csv"
    file.write_text("city\ny\n")
    for replaced in (False, True):
        try:
            two.port.session().do("collect", path=file, as_dataset="a.again", replace=replaced)
        except (DoumenError, TypeError):
            continue
        assert facts(two).dataset(Ref.parse("a.again"))["agreements"] == {one: ["w.hourly"]}
    with pytest.raises(Refused):
        desk(two, None).query("SELECT * FROM a.again")


def test_one_more_agreement_is_added_to_the_others(two: Linked, keys: tuple[str, str]) -> None:
    for key in keys:
        desk(two).derive("SELECT city FROM w.hourly", Ref.parse("a.twice"), agreement=key)
    body = facts(two).dataset(Ref.parse("a.twice"))
    assert body["agreements"] == {keys[0]: ["w.hourly"], keys[1]: ["w.hourly"]}
    assert list(body["delete"]) == [keys[1]]


def test_an_actor_here_reads_it_by_rules_and_by_the_agreement(two: Linked, keys: Any) -> None:
    owner = two.port.session()
    owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
    for rule in (
        {"id": "use", "permit": "query", "who": {"actor": "ana"}, "on": {"agreement": keys[0]}},
        {"id": "read", "permit": "query", "who": {"actor": "ana"}, "on": "a.*"},
    ):
        linked.commit(two.port, Fact("rule", str(rule["id"]), rule))
    ana = two.port.session("ana", "research")
    made = ana.desk.derive("SELECT city, temp FROM w.hourly", Ref.parse("ana.own"),
                           agreement=keys[0])  # fmt: skip
    assert ana.query("SELECT city FROM a.five ORDER BY city").rows() == [("Oslo",), ("Rome",)]
    with pytest.raises(DoumenError):
        two.port.session("ana").query("SELECT city FROM a.five")
    told = ana.desk.facts()
    assert "ana.own" in dict(told.all("dataset"))
    assert made.landed == 2
    with pytest.raises(Refused):
        ana.desk.derive("SELECT 1 AS a", Ref.parse("other.own"), agreement=keys[0])
    linked.commit(two.port, Fact("rule", "use", None))
    with pytest.raises(NotFound):
        ana.desk.derive("SELECT city FROM w.hourly", Ref.parse("ana.own"), agreement=keys[0])


def test_a_replay_gives_no_rows_of_it(two: Linked) -> None:
    answer = desk(two).query(FIFTH)
    answer.rows()
    receipt = read_receipt(linked.receipt(two.port, answer.receipt))
    told = desk(two, None, "2091-01-01").replay(receipt)
    assert (told.rows, told.exact) == (2, True)
    assert not hasattr(told, "table")


def test_what_another_node_answered_is_not_replayed_here(two: Linked, keys: Any) -> None:
    answer = desk(two).query("SELECT city FROM w.hourly", agreement=keys[0])
    answer.rows()
    receipt = read_receipt(linked.receipt(two.port, answer.receipt))
    with pytest.raises(DoumenError) as caught:
        desk(two).replay(receipt)
    assert caught.value.code == "invalid.receipt"
    two.settle()
