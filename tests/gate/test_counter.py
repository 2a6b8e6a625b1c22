"""What the counter itself says: versions of facts, and parameters that it takes."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact


def test_versions_of_a_rule_without_its_condition(world: Any) -> None:
    for actor in ("ana", "vera"):
        versions = world.as_(actor).desk.history("rule", "read")
        assert versions
        assert "Lishui" not in str(versions)
    assert "Lishui" in str(world.as_("stu").desk.history("rule", "read"))


def test_versions_of_a_dataset_without_its_files(world: Any) -> None:
    (version,) = world.as_("ana").desk.history("dataset", "g.people")
    assert version.fact.body["files"] == []
    assert world.as_("ana").desk.history("dataset", "g.nobody") == ()
    assert world.owner.desk.history("dataset", "g.people")[0].fact.body["files"]


def test_versions_speak_of_no_column_that_is_hidden_now(world: Any) -> None:
    world.collect("then.csv", "a,old\n1,2\n", "g.then")
    text = "rules:\n  - {{id: then, permit: discover, who: {{role: analyst}}, on: {}}}\n"
    rules = world.folder / "then.yaml"
    rules.write_text(text.format("g.then"))
    world.owner.do("rule add", file=rules)
    ana = world.as_("ana").desk
    assert len(ana.history("contract", "g.then")) == 1
    rules.write_text(text.format("{column: g.then.a}"))
    world.owner.do("rule add", file=rules)
    path = world.folder / "then.csv"
    path.write_text("a\n1\n")
    desk = world.owner.desk
    contract = desk.facts().body("contract", "g.then")["text"]
    shorter = contract[: contract.index("      - name: old")].replace("1.0.0", "2.0.0")
    (world.folder / "then-contract.yaml").write_text(shorter)
    world.owner.do(
        "collect", path=path, as_dataset="g.then", replace=True,
        contract=world.folder / "then-contract.yaml",
    )  # fmt: skip
    shown = ana.history("contract", "g.then")
    assert [row.fact.body["version"] for row in shown] == ["2.0.0"]


def test_a_parameter_that_cannot_be_replayed(world: Any) -> None:
    for ask in (world.owner.query, world.owner.explain):
        with pytest.raises(Invalid, match="Parameter 2 is a list"):
            ask("SELECT ?, ?", [1, [2]])
    with pytest.raises(Invalid, match="Parameter 1 is a bytes"):
        world.owner.derive("SELECT ? AS a", "g.bytes", [b"a"])


def test_roles_are_those_of_now_not_of_when_the_session_was_opened(world: Any) -> None:
    world.owner.do("actor add", name="otto", role=("auditor",))
    desk = world.as_("otto").desk
    assert next(desk.entries())
    answer = world.owner.query("SELECT 1")
    answer.rows()
    assert desk.receipt(answer.receipt)
    world.owner.desk.amend([Fact("actor", "otto", {"roles": []})], subject="actor otto")
    with pytest.raises(Refused):
        next(desk.entries())
    with pytest.raises(Refused):
        desk.inspect()
    with pytest.raises(NotFound):
        desk.receipt(answer.receipt)
    assert not list(desk.facts().all("rule"))
    world.owner.do("actor remove", name="otto")
    with pytest.raises(NotFound):
        desk.facts()


def test_keys_and_head_are_for_all(world: Any) -> None:
    desk = world.as_("ana").desk
    assert desk.keys() == world.owner.desk.keys() != {}
    head = desk.checkpoint()
    world.owner.query("SELECT 1 AS n").rows()
    assert desk.checkpoint() != head
