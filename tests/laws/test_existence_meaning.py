"""What hidden columns mean answers exactly like what does not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import DoumenError, NotFound

pytestmark = pytest.mark.law
RULES = """
rules:
  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}
  - {id: people, permit: query, who: {role: analyst}, on: law.people}
  - {id: hush, deny: discover, who: {role: analyst}, on: {column: law.people.salary}}
"""
HIDDEN = """
rules:
  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}
"""


@pytest.fixture
def ana(world: Any) -> Any:
    owner = world.node.session()
    for key in ("wage", "town"):
        owner.do("term set", key=key, name_en=key)
    owner.do("meaning link", column="law.people.salary", term="wage")
    owner.do("meaning link", column="law.people.city", term="town")
    file = Path(world.folder) / "codes.csv"
    file.write_text("code\n" + "".join(f"C{n}\n" for n in range(600)))
    owner.do("codelist import", file=file, key="secret", replace=True)
    return world.node.session("ana")


def told(session: Any, verb: str, **given: Any) -> str:
    try:
        return str(session.do(verb, **given).json)
    except DoumenError as error:
        return str(error.as_json())


def test_a_hidden_column_has_no_meaning(world: Any, ana: Any) -> None:
    world.rule(RULES)
    shown = ana.do("meaning show", dataset="law.people").json
    assert {one["column"]: (one["term"] or {}).get("key") for one in shown["columns"]} == {
        "id": None, "name": None, "city": "town", "age": None, "code": None,
    }  # fmt: skip
    assert ana.do("term show", key="wage").json["used_by"] == []
    assert ana.desk.history("link", "law.people.salary") == ()
    assert [row.fact.body["term"] for row in ana.desk.history("link", "law.people.city")] == [
        "town"
    ]


def test_a_hidden_dataset_is_like_none(world: Any, ana: Any) -> None:
    world.rule(HIDDEN)
    for verb, given in (
        ("meaning show", {"dataset": "law.{0}"}),
        ("meaning propose", {"dataset": "law.{0}", "dry_run": True}),
        ("meaning link", {"column": "law.{0}.salary", "term": "wage"}),
        ("meaning link", {"column": "law.{0}.salary", "remove": True}),
    ):
        hidden, absent = (
            told(ana, verb, **{
                key: value.format(name) if isinstance(value, str) else value
                for key, value in given.items()
            }).replace(name, "NAME")
            for name in ("people", "nobody")
        )  # fmt: skip
        assert hidden == absent
        assert "not-found" in hidden
    assert not dict(ana.desk.facts().all("link"))


def test_a_link_may_come_and_go_unseen(world: Any, ana: Any) -> None:
    world.rule(HIDDEN)
    owner = world.node.session()
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("term show", {"key": "wage"}),
        ("codelist show", {"key": "secret"}),
        ("term list", {}),
        ("codelist list", {}),
        ("dataset list", {}),
    )
    before = [told(ana, verb, **given) for verb, given in asked]
    owner.do("meaning link", column="law.people.salary", remove=True)
    owner.do("meaning link", column="law.people.name", codelist="secret", term="wage")
    assert [told(ana, verb, **given) for verb, given in asked] == before
    owner.do("meaning link", column="law.people.name", remove=True)


def test_a_long_list_is_told_of_without_its_dataset(world: Any, ana: Any) -> None:
    world.rule(HIDDEN)
    shown = ana.do("codelist show", key="secret").json
    assert (shown["dataset"], shown["codes"], shown["count"]) == (None, None, 600)
    assert ana.do("codelist list").json["codelists"][0]["dataset"] is None
    with pytest.raises(NotFound):
        ana.query("SELECT * FROM codelists.secret")
    world.rule(HIDDEN + "  - {id: c, permit: query, who: {role: analyst}, on: codelists.secret}\n")
    shown = ana.do("codelist show", key="secret").json
    assert (shown["dataset"], shown["valid"]) == ("codelists.secret", 600)
