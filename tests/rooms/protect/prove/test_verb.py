"""`doumen prove` at a real node: what it tries, what it refuses, and that it sees a broken gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import doumen
from doumen.kits.policy import decide
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.rooms.protect.prove import cases, rulesets
from doumen.rooms.protect.prove.own import asked_of_owner, literals, own, with_attributes
from doumen.rooms.protect.prove.shown import Asker
from doumen.rooms.protect.prove.worlds import PEOPLE, built_in
from doumen.session import Node, Session, create

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: law.people
    duties:
      - filter: "city <> 'Wenzhou' OR city = actor.town"
      - mask: {column: name, method: "null"}
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("verb")
    create(folder / "node", "verb")
    (folder / "people.csv").write_text("id,name,city\n1,Ann,Wenzhou\n2,Bob,Ningbo\n")
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=folder / "people.csv", as_dataset="law.people")
        owner.do("actor add", name="ana", role=("analyst",), claim=("town=Ningbo",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield opened


@pytest.fixture
def owner(node: Node) -> Session:
    return node.session()


def test_the_rules_of_the_node_hold(owner: Session) -> None:
    before = list(owner.desk.entries())
    found = owner.do("prove", cases=20)
    assert found.exit == 0
    assert found.json["cases"] == 20
    assert found.json["duties"] == {"filter": 20, "mask": 20}
    assert list(owner.desk.entries()) == before


def test_a_statement_and_rules_of_a_file(owner: Session, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RULES.replace("analyst", "clerk"))
    text = "SELECT city, count(*) AS n FROM law.people GROUP BY city"
    found = owner.do("prove", statement=text, rules=path, role=("clerk",), cases=3)
    assert found.exit == 0
    assert found.json["answered"] == 3
    with pytest.raises(Invalid, match="Nothing was tried"):
        owner.do("prove", statement=text, rules=path, as_actor="ana", cases=3)
    assert owner.do("prove", world="test", cases=3).exit == 0


def test_a_gate_without_filters_is_seen(owner: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide._Query, "_filters", lambda self: iter(()))
    found = owner.do("prove", statement="SELECT count(*) AS n FROM law.people", cases=30)
    assert found.exit == 1
    example = found.json["counterexample"]
    assert example["differs"] == "the rows"
    one, two = example["databases"]
    assert sum(map(len, (*one.values(), *two.values()))) <= 2
    assert [rule["id"] for rule in example["rules"]] == ["read"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"cases": 0}, "invalid.cases"),
        ({"statement": "SELECT * FROM law.nothing"}, "not-found.dataset"),
        ({"statement": "SELECT 1 AS x"}, "invalid.rules"),
        ({"as_actor": "nobody"}, "not-found.actor"),
        ({"as_actor": "ana", "role": ("a",)}, "invalid.actor"),
        ({"as_actor": "owner"}, "invalid.rules"),
        ({"world": "test", "role": ("a",)}, "invalid.world"),
        ({"rules": Path("missing.yaml")}, "not-found.file"),
    ],
)
def test_what_cannot_be_tried_is_told(owner: Session, asked: dict[str, object], code: str) -> None:
    with pytest.raises((Invalid, NotFound)) as caught:
        owner.do("prove", **asked)
    assert caught.value.code == code


def test_rules_with_faults_are_told(owner: Session, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RULES.replace("law.people", "law.nothing"))
    with pytest.raises(Invalid, match="cannot be tried"):
        owner.do("prove", rules=path)


def test_only_who_governs_may(node: Node) -> None:
    with pytest.raises(Refused):
        node.session("ana").do("prove")


def test_an_empty_node_has_nothing_to_try(tmp_path: Path) -> None:
    create(tmp_path / "node", "empty")
    with doumen.open(tmp_path / "node") as opened, pytest.raises(Invalid, match="no dataset"):
        opened.session().do("prove")


def test_conditions_are_asked_with_the_values_of_the_actor() -> None:
    values = {"town": "o'x", "none": None}
    text = """city = actor.town AND 'actor.town' <> "actor.town" OR x = Actor . none"""
    assert with_attributes(text, values) == (
        """city = 'o''x' AND 'actor.town' <> "actor.town" OR x = NULL"""
    )


def test_values_of_conditions_are_tried() -> None:
    duties = [{"filter": "city <> 'o''x' AND age > 12.5 OR id = -7"}, {"limit": 3}]
    body = {"id": "r", "permit": "query", "who": {"role": "a"}, "on": "a.b", "duties": duties}
    actor = Actor("ana", claims=(("town", "Lishui"),))
    assert literals([Fact("rule", "r", body)], actor) == ["-7", "12.5", "Lishui", "o'x"]


def test_makers_of_derived_datasets_are_not_tried(owner: Session) -> None:
    body = {"kind": "table", "columns": [], "files": [], "version": 0, "derived": True,
            "creator": "ana"}  # fmt: skip
    facts = cases.folded([Fact("dataset", "ana.own", body)])
    asker = Asker(Actor("ana"), None, date(2026, 1, 1))
    with owner.desk.laboratory() as laboratory, pytest.raises(Invalid, match="derived"):
        own(laboratory, facts, (), asker, refs=[Ref("ana", "own")])
    assert isinstance(facts, Facts)


def test_twins_say_what_the_filters_say(owner: Session) -> None:
    """Each twin in Python agrees with the engine on usual and on extreme rows."""
    import random

    setting, rng = built_in(), random.Random(5)
    claims = {"town": "Ningbo"}
    with owner.desk.laboratory() as laboratory:
        asked = asked_of_owner(laboratory, setting, {**claims, "name": rulesets.ACTOR})
        first = setting.fill(rng)
        for ref, filters in rulesets.FILTERS.items():
            rows = [*first[ref][:12], *(dict.fromkeys(r) for r in first[ref][:1])]
            for text, _ in filters:
                told = asked(ref, [text], rows)
                assert told == rulesets.judge(claims)(ref, [text], rows), text
        with pytest.raises(Invalid, match="cannot be tried"):
            asked(PEOPLE, ["CAST(name AS INTEGER) > 1"], first[PEOPLE])
        assert asked(PEOPLE, [], first[PEOPLE][:2]) == [True, True]
    assert isinstance(setting.kind(PEOPLE).schema, Schema)
