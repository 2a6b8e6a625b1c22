"""Rules as they are added by the verb and felt on a real node: what is shown, and what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.gate import Counter, Gate
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.session import Node, create
from doumen.session.node import silent

VISITS = """id,person,city,day,cost,score
1,Ann,Wenzhou,2027-01-31,12.50,-3
2,Bob,Ningbo,2027-02-01,99.99,10
3,Cyn,Wenzhou,2027-06-30,0.05,11
4,,Lishui,2028-12-31,,25
"""
PEOPLE = "person,age\nAnn,31\nBob,42\n"
Rules = Callable[..., None]


class Hall:
    """A node with `care.visits` and `care.people`, whose rules are replaced by each test."""

    def __init__(self, node: Node, folder: Path) -> None:
        self.node, self.folder = node, folder

    def rules(self, *lines: str) -> list[str]:
        """Let exactly these rules be in force; what the verb said."""
        owner = self.node.session()
        for id, _ in owner.desk.facts().all("rule"):
            owner.do("rule remove", id=id)
        path = self.folder / "rules.yaml"
        path.write_text("rules:\n" + "\n".join(f"  - {line}" for line in lines), "utf-8")
        return list(owner.do("rule add", file=path).said)

    def rows(self, sql: str, actor: str = "ana") -> list[Any]:
        """The rows that an actor gets."""
        return list(self.node.session(actor).query(sql).rows())

    def later(self, days: int, actor: str = "ana") -> Counter:
        """An actor before the gate, some days ahead."""
        now = datetime.now(UTC) + timedelta(days=days)
        return Counter(Gate(replace(self.node.means, clock=lambda: now)), actor, None, silent)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("hall")
    create(folder / "node", "hall")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for name, text in (("visits", VISITS), ("people", PEOPLE)):
            path = folder / f"{name}.csv"
            path.write_text(text, "utf-8")
            owner.do("collect", path=path, as_dataset=f"care.{name}")
        owner.do("label set", target="care.visits.person", label="personal")
        owner.do("actor add", name="ana", role=("analyst",), claim=("city=Wenzhou",))
        owner.do("actor add", name="bob", role=("analyst",))
        yield Hall(node, folder)


def read(*duties: str, id: str = "r", on: str = "care.visits", who: str = "role: analyst") -> str:
    return f"{{id: {id}, permit: query, who: {{{who}}}, on: {on}, duties: [{', '.join(duties)}]}}"


def test_values_are_generalised_and_put_into_ranges(hall: Hall) -> None:
    hall.rules(
        read(
            "mask: {column: day, method: generalise, levels: quarter}",
            msg("mask: {{column: cost, method: generalise, levels: 10}}"),
            "mask: {column: city, method: generalise, levels: {Wenzhou: south, Ningbo: north}}",
            "mask: {column: score, method: bucket, edges: [0, 10, 20]}",
        )
    )
    shown = hall.rows(
        "SELECT id, city, CAST(day AS VARCHAR), cost, score FROM care.visits ORDER BY id"
    )
    assert [(r[0], r[1], r[2], None if r[3] is None else float(r[3]), r[4]) for r in shown] == [
        (1, "south", "2027-01-01", 10, "< 0"),
        (2, "north", "2027-01-01", 90, "[10, 20)"),
        (3, "south", "2027-04-01", 0, "[10, 20)"),
        (4, None, "2028-10-01", None, ">= 20"),
    ]
    assert hall.rows("SELECT count(*) FROM care.visits WHERE city = 'Wenzhou'") == [(0,)]
    told = hall.node.session("ana").explain("SELECT * FROM care.visits")
    types = {c["name"]: c["type"] for c in told.tables[0]["columns"]}
    assert (types["day"], types["score"], types["city"]) == ("DATE", "VARCHAR", "VARCHAR")
    assert "Wenzhou" not in str(told)
    assert "Wenzhou" not in str(hall.rows("SELECT duties FROM sys.rules"))


def test_a_mask_that_does_not_suit_is_a_fault_or_shows_nothing(hall: Hall) -> None:
    mask = "mask: {column: city, method: bucket, edges: [1]}"
    with pytest.raises(Invalid) as refused:
        hall.rules(read(mask))
    assert "edges are numbers; column `city` is VARCHAR" in (refused.value.why or "")
    with pytest.raises(Invalid, match="No rule is added") as missing:
        hall.rules(read("min_group: {k: 2, unit: nobody}"))
    assert "no column `nobody` to count" in (missing.value.why or "")
    hall.rules(read(mask, on="'care.*'"))
    assert hall.rows("SELECT count(city), count(*) FROM care.visits") == [(0, 4)]


def test_hashes_of_what_was_derived_join_with_their_source(hall: Hall) -> None:
    mask = "mask: {column: person, method: hash}"
    hall.rules(read(mask), read(mask, id="p", on="care.people"))
    session = hall.node.session("ana")
    session.derive("SELECT person, cost FROM care.visits", "ana.costs")
    session.derive("SELECT person FROM ana.costs", "ana.again")
    for name in ("ana.costs", "ana.again"):
        joined = f"SELECT age FROM {name} AS c JOIN care.people AS p ON c.person = p.person"
        assert sorted(hall.rows(joined)) == [(31,), (42,)]
    hashed = hall.rows("SELECT person FROM ana.costs WHERE person IS NOT NULL")
    assert all(len(person) == 64 for (person,) in hashed)


def test_a_mask_that_came_later_is_on_what_was_derived(hall: Hall) -> None:
    hall.rules(read())
    hall.node.session("ana").derive("SELECT upper(person) AS who FROM care.visits", "ana.plain")
    assert ("ANN",) in hall.rows("SELECT who FROM ana.plain")
    hall.rules(read("mask: {column: person, method: 'null'}"))
    assert set(hall.rows("SELECT who FROM ana.plain")) == {(None,)}


def test_what_was_derived_is_read_until_its_last_day(hall: Hall) -> None:
    hall.rules(read("expire: 3"))
    hall.node.session("ana").derive("SELECT id FROM care.visits", "ana.short")
    body = hall.node.session().desk.facts().dataset(Ref("ana", "short"))
    assert body is not None
    assert body["terms"]["expires"][0]["rule"] == "r"
    statement = "SELECT count(*) FROM ana.short"
    assert list(hall.later(3).query(statement).rows()) == [(4,)]
    with pytest.raises(Refused, match="could be read until") as refused:
        hall.later(5).query(statement)
    assert refused.value.rule == "r"
    assert list(hall.later(5, "owner").query(statement).rows()) == [(4,)]


def test_what_was_derived_before_a_group_was_asked_for_is_refused(hall: Hall) -> None:
    hall.rules(read())
    session = hall.node.session("ana")
    session.derive("SELECT city, count(*) AS n FROM care.visits GROUP BY city", "ana.n")
    assert len(hall.rows("SELECT * FROM ana.n")) == 3
    hall.rules(read("min_group: 2"))
    with pytest.raises(Refused, match="Rule `r` asks for groups of at least 2") as refused:
        hall.rows("SELECT * FROM ana.n")
    assert refused.value.rule == "r"


def test_claims(hall: Hall) -> None:
    said = hall.rules(read(who="role: analyst, claims: {city: [Wenzhou, Ningbo]}"))
    assert not any("claims" in line for line in said)
    assert hall.rows("SELECT count(*) FROM care.visits") == [(4,)]
    with pytest.raises(NotFound):
        hall.rows("SELECT count(*) FROM care.visits", "bob")
    told = str(hall.node.session().do("rule explain", id="r").drawn)
    assert "role `analyst` with city `Ningbo` or `Wenzhou`" in told
    assert "Nobody has the claims of rule `r` yet." in hall.rules(
        read(who="role: analyst, claims: {city: Lishui}")
    )


DISCOVER = "{{id: d, permit: discover, who: {{actor: ana}}, on: {}}}"
KNOWN = {
    "care.visits": ["id", "person", "city", "day", "cost", "score"],
    "'*.visits'": ["id", "person", "city", "day", "cost", "score"],
    "{column: care.visits.city}": ["city"],
    "{label: personal}": ["person"],
}


@pytest.mark.parametrize("on", KNOWN)
def test_discover_tells_names_and_labels_and_no_row(hall: Hall, on: str) -> None:
    hall.rules(DISCOVER.format(on))
    assert hall.rows("SELECT dataset, rows, version, updated FROM sys.datasets "
                     "WHERE dataset LIKE 'care.%'") == [("care.visits", None, 0, None)]  # fmt: skip
    columns = hall.rows("SELECT \"column\" FROM sys.columns WHERE dataset = 'care.visits'")
    assert [name for (name,) in columns] == KNOWN[on]
    labels = hall.rows(
        "SELECT labels FROM sys.columns WHERE dataset = 'care.visits' AND \"column\" = 'person'"
    )
    assert labels == ([(["personal"],)] if "person" in KNOWN[on] else [])
    with pytest.raises(Refused, match="No rule permits actor `ana` to query"):
        hall.rows("SELECT 1 FROM care.visits")
    with pytest.raises(Refused):
        hall.node.session("ana").explain("SELECT 1 FROM care.visits")
    with pytest.raises(NotFound) as absent:
        hall.rows("SELECT 1 FROM care.people")
    with pytest.raises(NotFound) as nothing:
        hall.rows("SELECT 1 FROM care.nothing")
    told = [str(error.value.as_json()) for error in (absent, nothing)]
    assert told[0].replace("people", "nothing") == told[1]
    assert hall.rows("SELECT dataset FROM sys.datasets", "bob") == []


def test_what_may_not_be_discovered_is_absent_though_it_may_be_queried(hall: Hall) -> None:
    hall.rules(
        read(),
        "{id: no, deny: discover, who: {actor: ana}, on: {label: personal}}",
        "{id: none, deny: discover, who: {actor: bob}, on: care.visits}",
    )
    with pytest.raises(Invalid) as unknown:
        hall.rows("SELECT person FROM care.visits")
    assert "no" not in (unknown.value.rule or "")
    assert "person" not in str(hall.rows("SELECT * FROM sys.columns"))
    assert len(hall.rows("SELECT * FROM care.visits")[0]) == 5
    with pytest.raises(NotFound):
        hall.rows("SELECT 1 FROM care.visits", "bob")
