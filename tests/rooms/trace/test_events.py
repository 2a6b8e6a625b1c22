"""The verbs that look back: what they tell of a real node, to whom, within which bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import doumen
from doumen.model.errors import Invalid, NotFound
from doumen.session import Node, create


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("events")
    create(folder / "node", "events")
    (folder / "a.csv").write_text("id,city\n1,Rome\n2,Oslo\n")
    (folder / "rules.yaml").write_text(
        "rules:\n  - {id: all, permit: query, who: {role: analyst}, on: g.a}\n"
    )
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "a.csv", as_dataset="g.a")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("rule add", file=folder / "rules.yaml")
        node.session("ana").query("select id from g.a").rows()
        owner.derive("select city, count(*) as n from g.a group by city", "g.cities")
        owner.derive("select n from g.cities", "g.numbers")
        yield node


def test_events_are_listed_as_json_of_their_places(node: Node) -> None:
    told = node.session().do("event list", subject="g.a", limit=3).json
    assert [one["type"] for one in told["events"]] == ["derive", "query", "collect"]
    assert told["events"][0]["used"] == ["g.a@1"]
    assert told["events"][0]["generated"] == ["g.cities@1"]
    assert told["size"] == 7
    assert node.session("ana").do("event list").json["size"] is None


def test_one_that_stops_short_says_where_to_go_on(node: Node) -> None:
    whole = node.session().do("event list", type=("node",))
    assert whole.said == ()
    assert [e["position"] for e in node.session().do("event list", before=2).json["events"]] == [
        1, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [0, 501])
def test_the_limit_is_bounded(node: Node, limit: int) -> None:
    with pytest.raises(Invalid):
        node.session().do("event list", limit=limit)


def test_an_event_is_shown_to_those_who_may_know_it(node: Node) -> None:
    asked = node.session("ana").do("event list").json["events"][0]
    for actor in (None, "ana"):
        told = node.session(actor).do("event show", event=asked["id"]).json
        assert (told["type"], told["position"], told["used"]) == ("query", 4, ["g.a@1"])
        assert told["statement"] == "select id from g.a"
        assert [rule["rule"] for rule in told["rules"]] == ["all"]
    others = node.session().do("event list", type=("collect",)).json["events"][0]
    with pytest.raises(NotFound):
        node.session("ana").do("event show", event=others["id"])


def test_uses_are_told_for_each_day(node: Node) -> None:
    told = node.session().do("dataset uses", dataset="g.a", days=7).json
    assert len(told["days"]) == 7
    assert told["days"][-1] == {"day": datetime.now(UTC).date().isoformat(), "count": 2}
    assert told["total"] == 2
    assert node.session("ana").do("dataset uses", dataset="g.a").json["total"] == 1
    assert node.session().do("dataset uses").json["total"] == 3
    with pytest.raises(NotFound):
        node.session("ana").do("dataset uses", dataset="g.cities")
    with pytest.raises(Invalid):
        node.session().do("dataset uses", days=0)


def test_lineage_goes_both_ways_as_far_as_one_may_know(node: Node) -> None:
    told = node.session().do("dataset lineage", dataset="g.cities").json
    assert [(n["key"], n["step"]) for n in told["nodes"]] == [
        ("g.a", -1), ("g.cities", 0), ("g.numbers", 1),
    ]  # fmt: skip
    assert told["edges"] == [["g.a", "g.cities"], ["g.cities", "g.numbers"]]
    near = node.session().do("dataset lineage", dataset="g.a", depth=1).json
    assert [n["key"] for n in near["nodes"]] == ["g.a", "g.cities"]
    hidden = node.session("ana").do("dataset lineage", dataset="g.a").json
    assert (hidden["nodes"], hidden["edges"]) == (
        [{"key": "g.a", "kind": "dataset", "step": 0}], [],
    )  # fmt: skip
    with pytest.raises(NotFound):
        node.session("ana").do("dataset lineage", dataset="g.cities")
    with pytest.raises(Invalid):
        node.session().do("dataset lineage", dataset="g.a", depth=0)
