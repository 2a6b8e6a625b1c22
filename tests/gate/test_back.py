"""A look back at a real node: who is told what, narrowed by what, page by page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import doumen
from doumen.gate import back
from doumen.session import Node, create


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("back")
    create(folder / "node", "back")
    (folder / "a.csv").write_text("id\n1\n2\n")
    (folder / "rules.yaml").write_text(
        "rules:\n  - {id: all, permit: query, who: {role: analyst}, on: g.a}\n"
    )
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "a.csv", as_dataset="g.a")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("actor add", name="vera", role=("auditor",))
        owner.do("rule add", file=folder / "rules.yaml")
        owner.query("select * from g.a").rows()
        node.session("ana").query("select id from g.a").rows()
        owner.derive("select id from g.a", "g.b")
        yield node


def types(node: Node, actor: str | None = None, **asked: object) -> list[str]:
    return [one.type for one in node.session(actor).desk.happened(**asked).events]  # type: ignore[arg-type]


def test_the_newest_comes_first_and_looking_leaves_no_event(node: Node) -> None:
    before = node.session().desk.happened()
    assert [one.type for one in before.events] == [
        "derive", "query", "query", "amend", "amend", "amend", "collect", "node.created",
    ]  # fmt: skip
    assert [one.position for one in before.events] == list(range(7, -1, -1))
    assert (before.further, before.size) == (None, 8)
    assert node.session().desk.happened() == before


def test_an_actor_is_told_of_their_own_and_who_audits_of_all(node: Node) -> None:
    found = node.session("ana").desk.happened()
    assert [(one.type, one.actor, one.used) for one in found.events] == [
        ("query", "ana", ("g.a@1",))
    ]
    assert found.size is None
    assert len(types(node, "vera")) == 8
    assert types(node, "vera", by="ana") == ["query"]
    assert types(node, "ana", by="owner") == []


def test_it_is_narrowed_by_subject_and_type(node: Node) -> None:
    assert types(node, subject="g.b") == ["derive"]
    assert types(node, subject="g.a") == ["derive", "query", "query", "collect"]
    assert types(node, types=("query",)) == ["query", "query"]
    assert types(node, types=("node", "derive")) == ["derive", "node.created"]
    assert types(node, types=("que",)) == []
    assert types(node, subject="no.such") == []


def test_pages_follow_one_another_without_gap(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back, "PAGE", 3)
    seen: list[int] = []
    further: int | None = None
    while True:
        page = node.session().desk.happened(before=further, limit=2)
        seen += [one.position for one in page.events]
        further = page.further
        if further is None:
            break
    assert seen == list(range(7, -1, -1))
    assert node.session().desk.happened(before=10_000, limit=1).events[0].position == 7


def test_a_look_reads_no_further_than_it_may(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back, "PAGE", 2)
    monkeypatch.setattr(back, "DEEP", 3)
    found = node.session().desk.happened(types=("node",))
    assert (found.events, found.further) == ((), 5)
    assert node.session().desk.happened(types=("collect",), before=3).events[0].position == 1


def test_uses_and_findings_are_asked_at_the_desk(node: Node) -> None:
    owner, ana = node.session().desk, node.session("ana").desk
    assert sum(owner.uses("g.a").values()) == 3
    assert sum(ana.uses().values()) == 1
    assert owner.latest("quality.scored", ["g.a"]) == {}
