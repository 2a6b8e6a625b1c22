"""Who may see what: the same as the query says, for actors whom the asker may be told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.session import Node, create

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: c.people
    for: [research]
    duties:
      - filter: "city = 'Wenzhou'"
      - mask: {column: name, method: 'null'}
  - {id: all, permit: query, who: {role: guest}, on: c.people}
  - {id: no-age, deny: query, who: {role: analyst}, on: {column: c.people.age}}
  - id: groups
    permit: query
    who: {role: counter}
    on: c.people
    duties: [{min_group: {k: 2}}]
  - {id: names, permit: discover, who: {role: reader}, on: c.people}
"""
PEOPLE = {
    "ana": ("analyst",), "gus": ("guest",), "cat": ("counter",), "rea": ("reader",), "bob": (),
    "sue": ("steward",), "aud": ("auditor",),
}  # fmt: skip


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("access")
    create(folder / "node", "Port")
    source, rules = folder / "people.csv", folder / "rules.yaml"
    source.write_text("id,name,city,age\n1,Ann,Wenzhou,31\n2,Bob,Ningbo,42\n", "utf-8")
    rules.write_text(RULES, "utf-8")
    with Node.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=source, as_dataset="c.people")
        for name, roles in PEOPLE.items():
            owner.do("actor add", name=name, role=roles, purpose=("research",))
        owner.do("rule add", file=rules)
        yield node


def who(node: Node, asker: str = "owner", **given: Any) -> dict[str, list[Any]]:
    found = node.session(asker).do("who-can", dataset="c.people", **given).json["actors"]
    told: dict[str, list[Any]] = {}
    for one in found:
        told.setdefault(one["actor"], []).append((one["purposes"], one["may"]))
    return told


def test_who_may_see_a_dataset(node: Node) -> None:
    both = [None, "research"]
    apart = [([None], "no"), (["research"], "no")]  # told why not for each
    assert who(node) == {
        "owner": [([None], "yes")],
        "ana": [([None], "no"), (["research"], "part")],
        "gus": [(both, "yes")],
        "cat": [(both, "part")],
        "rea": apart,
        "bob": [(both, "no")],
        "sue": apart,
        "aud": apart,
    }
    assert who(node, "sue") == who(node)


def test_the_rules_behind_it(node: Node) -> None:
    found = node.session().do("who-can", dataset="C.People", purpose="research").json["actors"]
    told = {one["actor"]: one for one in found}
    ana = told["ana"]
    assert (ana["rows"], [c["name"] for c in ana["columns"]]) == (
        "filtered",
        ["id", "name", "city"],
    )
    assert "read" in {rule["id"] for rule in ana["rules"]}
    assert "Wenzhou" not in str(ana)
    assert told["bob"]["why"] == "No rule lets them know of it."
    assert told["owner"]["why"] == "Everything of the node is theirs."
    assert told["cat"]["rules"][0]["id"] == "groups"


def test_a_column(node: Node) -> None:
    assert who(node, column="AGE", purpose="research")["ana"] == [(["research"], "no")]
    found = node.session().do("who-can", dataset="c.people", column="age", purpose="research").json
    ana = next(one for one in found["actors"] if one["actor"] == "ana")
    assert ana["rule"] == "no-age"
    assert who(node, column="name", purpose="research")["ana"] == [(["research"], "part")]
    with pytest.raises(Invalid, match="no column"):
        who(node, column="salary")


def test_it_is_what_the_query_says(node: Node) -> None:
    for actor, told in who(node).items():
        for purposes, may in told:
            for purpose in purposes:
                session = node.session(actor, purpose)
                try:
                    session.query("SELECT count(*) FROM c.people").rows()
                    answered = True
                except DoumenError:
                    answered = False
                assert answered == (may != "no"), (actor, purpose)


def test_everyone_else_is_told_of_themself(node: Node) -> None:
    assert set(who(node, "ana")) == {"ana"}
    assert set(who(node, "rea")) == {"rea"}
    for asker in ("bob",):
        with pytest.raises(NotFound) as hidden:
            who(node, asker)
        with pytest.raises(NotFound) as absent:
            node.session(asker).do("who-can", dataset="c.nothing")
        assert str(hidden.value.as_json()).replace("people", "nothing") == str(
            absent.value.as_json()
        )
    for asker, other in (("ana", "gus"), ("aud", "ana"), ("ana", "zoe")):
        with pytest.raises(NotFound, match="no actor"):
            node.session(asker).do("what-can", actor=other)
    with pytest.raises(Refused, match="what another may see"):
        node.session("ana").desk.explain_for("gus", None, "SELECT count(*) FROM c.people")


def test_what_an_actor_may_see(node: Node) -> None:
    found = node.session("ana").do("what-can", actor="ana", purpose="research").json["datasets"]
    assert [(one["dataset"], one["may"]) for one in found] == [("c.people", "part")]
    assert node.session("bob").do("what-can", actor="bob").json["datasets"] == []
    outcome = node.session().do("what-can", actor="ana")
    assert {one["dataset"] for one in outcome.json["datasets"]} >= {"c.people"}
    assert "yes, in part" in str(outcome.drawn)


def test_nothing_is_recorded(node: Node) -> None:
    desk = node.session().desk
    before = sum(1 for _ in desk.entries())
    who(node)
    assert sum(1 for _ in desk.entries()) == before
