"""Scores that were recorded: the latest one as its receipt discloses it, for whom it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import doumen
from doumen.model.errors import NotFound
from doumen.session import Node, create


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("latest")
    create(folder / "node", "latest")
    (folder / "a.csv").write_text("id,city\n1,Rome\n2,Oslo\n")
    (folder / "rules.yaml").write_text(
        "rules:\n  - {id: all, permit: query, who: {role: analyst}, on: g.a}\n"
    )
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for name in ("g.a", "g.b"):
            owner.do("collect", path=folder / "a.csv", as_dataset=name)
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("actor add", name="vera", role=("auditor",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield node


def test_there_is_none_before_one_is_made(node: Node) -> None:
    assert node.session().do("quality scores").json == {"scores": [], "median": None}
    with pytest.raises(NotFound):
        node.session().do("quality latest", dataset="g.a")


def test_it_is_what_was_told_when_it_was_made(node: Node) -> None:
    made = node.session().do("quality score", dataset="g.a").json
    events = len(node.session().do("event list").json["events"])
    told = node.session().do("quality latest", dataset="g.a").json
    assert {k: v for k, v in told.items() if k != "time"} == made
    assert len(node.session().do("event list").json["events"]) == events
    assert node.session("vera").do("quality latest", dataset="g.a").json == told


def test_others_do_not_know_of_it(node: Node) -> None:
    node.session().do("quality score", dataset="g.a")
    with pytest.raises(NotFound, match="no score"):
        node.session("ana").do("quality latest", dataset="g.a")
    with pytest.raises(NotFound, match="no dataset"):
        node.session("ana").do("quality latest", dataset="g.b")
    assert node.session("ana").do("quality scores").json["scores"] == []


def test_scores_of_all_have_their_median(node: Node) -> None:
    first = node.session().do("quality score", dataset="g.a").json["score"]
    node.session().do("contract edit", dataset="g.b", changes=("columns.id.primaryKey=true",),
                      new_version=True)  # fmt: skip
    second = node.session().do("quality score", dataset="g.b").json["score"]
    told = node.session().do("quality scores").json
    assert {one["dataset"]: one["score"] for one in told["scores"]} == {"g.a": first, "g.b": second}
    assert float(told["median"]) == pytest.approx((float(first) + float(second)) / 2, abs=0.005)
