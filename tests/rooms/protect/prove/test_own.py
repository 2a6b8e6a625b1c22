"""`doumen prove` where little can be tried: nothing answered, derived datasets, small groups."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import doumen
from doumen.gate import groups
from doumen.model.errors import Invalid
from doumen.rooms.protect.prove import cases
from doumen.rooms.protect.prove.worlds import CITIES, built_in, of_node
from doumen.session import Node, Session, create


def rules(folder: Path, on: str, *duties: str, more: str = "") -> Path:
    """A file with one rule for analysts."""
    listed = "".join(f"      - {duty}\n" for duty in duties)
    path = folder / "tried.yaml"
    path.write_text(
        f"rules:\n  - id: read\n    permit: query\n    who: {{role: analyst}}\n    on: {on}\n"
        f"{more}    duties:\n{listed}"
    )
    return path


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("own")
    create(folder / "node", "own")
    (folder / "people.csv").write_text("id,name,city\n1,Ann,Wenzhou\n2,Bob,Ningbo\n")
    (folder / "numbers.csv").write_text("id,age\n1,30\n2,40\n")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for name in ("people", "numbers"):
            owner.do("collect", path=folder / f"{name}.csv", as_dataset=f"law.{name}")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("rule add", file=rules(folder, "law.people", 'filter: "id > 1"'))
        opened.session("ana").do("query", sql="SELECT id, name FROM law.people", into="ana.mine")
        yield opened


@pytest.fixture
def owner(node: Node) -> Session:
    return node.session()


def test_nothing_answered_is_no_pass(owner: Session, tmp_path: Path) -> None:
    path = rules(tmp_path, "law.people", 'filter: "id > 1"', more="    for: [research, security]\n")
    with pytest.raises(Invalid, match="none of 12 cases was answered") as caught:
        owner.do("prove", rules=path, cases=12, as_actor="ana")
    told = caught.value.as_json()
    assert (told["code"], caught.value.exit) == ("invalid.empty", 2)
    assert "`not-found.dataset`: There is no dataset" in str(told["why"])
    assert "`research`, `security`" in str(told["next"])
    found = owner.do("prove", rules=path, cases=12, role=("analyst",), purpose="research")
    assert found.json["answered"] > 0


def test_rules_without_purposes_leave_these_out(owner: Session) -> None:
    with pytest.raises(Invalid, match="Nothing was tried") as caught:
        owner.do("prove", cases=4, role=("nobody",))
    assert "purpose" not in str(caught.value.next)


def test_a_derived_dataset_is_skipped_for_its_maker(owner: Session) -> None:
    skipped = [{"actor": "ana", "dataset": "ana.mine"}]
    for asked in ({}, {"as_actor": "ana"}):
        found = owner.do("prove", cases=12, **asked)
        assert (found.exit, found.json["skipped"]) == (0, skipped)
        assert sum("`ana.mine` for actor `ana`" in line for line in found.said) == 1
    other = owner.do("prove", cases=12, role=("analyst",))
    assert other.json["skipped"] == []
    with pytest.raises(Invalid, match=r"`ana\.mine` was derived by actor `ana`") as caught:
        owner.do("prove", statement="SELECT count(*) FROM ana.mine", as_actor="ana", cases=2)
    assert caught.value.code == "invalid.dataset"


def test_an_actor_who_is_never_answered_is_named(owner: Session) -> None:
    owner.do("actor add", name="eve", role=("nothing",))
    try:
        found = owner.do("prove", cases=24)
    finally:
        owner.do("actor remove", name="eve")
    assert found.json["unanswered"] == ["eve"]
    assert any("actor `eve` none was answered" in line for line in found.said)


@pytest.mark.parametrize(
    ("on", "duties"),
    [
        ("law.people", ("min_group: 5",)),
        ("law.people", ("min_group: 5", 'mask: {column: name, method: "null"}')),
        ("law.numbers", ("min_group: {k: 3, unit: ID}",)),
    ],
)
def test_small_groups_alone_are_tried(
    owner: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    on: str,
    duties: tuple[str, ...],
) -> None:
    path = rules(tmp_path, on, *duties)
    found = owner.do("prove", rules=path, cases=24, as_actor="ana")
    assert found.exit == 0
    assert found.json["answered"] >= 6
    assert found.json["duties"]["min_group"] >= 12
    monkeypatch.setattr(groups, "condition", lambda known, rulings: None)
    broken = owner.do("prove", rules=path, cases=60, as_actor="ana")
    assert broken.exit == 1
    assert broken.json["counterexample"]["differs"] in ("the rows", "the number of rows")


def test_a_given_statement_is_not_tried_for_small_groups(owner: Session, tmp_path: Path) -> None:
    text = "SELECT city, count(*) AS n FROM law.people GROUP BY city"
    path = rules(tmp_path, "law.people", "min_group: 5")
    with pytest.raises(Invalid, match="only small groups") as caught:
        owner.do("prove", statement=text, rules=path, as_actor="ana")
    assert caught.value.code == "invalid.rules"


def test_made_up_rows_keep_the_keys_of_a_contract() -> None:
    """A join to a key that is none would repeat the rows of a small group until it is large."""
    setting = built_in()
    facts = cases.folded([fact for fact in setting.facts if fact.key == str(CITIES)])
    for seed in range(10):
        rows = of_node(facts, [CITIES]).fill(random.Random(seed))[CITIES]
        assert len({row["city"] for row in rows}) == len(rows) > 3
    free = cases.folded([fact for fact in setting.facts if fact.kind == "dataset"])
    rows = of_node(free, [CITIES]).fill(random.Random(1))[CITIES]
    assert len({row["city"] for row in rows}) < len(rows)
