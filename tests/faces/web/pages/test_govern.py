"""The pages of governing: what waits is settled once, by whoever may, and nothing else is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from doumen.faces.web.pages.govern import compose
from doumen.model.fact import Fact
from doumen.model.proposal import PROPOSAL, Proposal

Visitor = Callable[..., Any]
PAGES = ("/govern", "/govern/rules", "/govern/rule", "/govern/labels", "/govern/meaning",
         "/govern/actors")  # fmt: skip
FORM = {
    "id": "guests-read", "effect": "permit", "action": "query", "kind": "role", "name": "guest",
    "target": "dataset", "on": "govern.piles", "filter": "id < 10", "column0": "city",
    "method0": "hash", "options0": "", "limit": "7", "k": "", "count": "", "expire": "",
    "until": "2099-12-31", "for": "research",
}  # fmt: skip
EVIDENCE = {"rule": "maximum", "rows": 300, "holding": 300, "share": 1.0}
SERIAL = count(1)
TRY = {"seer": "role:guest", "purpose": "research", "dataset": "govern.piles"}


@pytest.fixture(scope="module", autouse=True)
def piles(world: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A dataset with proposals, a broken check and a label."""
    path = tmp_path_factory.mktemp("govern") / "piles.csv"
    lines = [f"{n},{('Rome', 'Oslo', '')[n % 3]},{n * 7 % 50}" for n in range(300)]
    path.write_text("\n".join(["id,city,power", *lines]) + "\n")
    owner = world.node.session()
    owner.do("collect", path=path, as_dataset="govern.piles")
    edit = ("columns.city.required=true",)
    owner.do("contract edit", dataset="govern.piles", changes=edit, new_version=True)
    owner.do("contract test", dataset="govern.piles")


@pytest.fixture
def waiting(world: Any) -> list[str]:
    """Keys of proposals that are open, the surest first: values to set, and a label."""
    desk, serial = world.node.session().desk, next(SERIAL)
    limit = "logicalTypeOptions.maximum"
    made = [
        Proposal("rule", "govern.piles", "power", {"set": [limit, 100 + serial]}, EVIDENCE, 0.95),
        Proposal("rule", "govern.piles", "id", {"set": [limit, 900 + serial]}, EVIDENCE, 0.9),
        Proposal("rule", "govern.piles", None, {"quality": rows(serial)}, EVIDENCE, 0.7),
        Proposal("label", "govern.piles", "id", {"labels": [f"l-{serial}"]}, {}, 0.4),
    ]
    own = [replace(one, by="owner", made="2026-11-30T00:00:00Z") for one in made]
    desk.amend([Fact(PROPOSAL, one.key, one.as_json()) for one in own], subject="govern.piles")
    return [one.key for one in own]


def rows(serial: int) -> dict[str, Any]:
    """A rule of quality."""
    return {"metric": "rowCount", "mustBeGreaterOrEqualTo": serial}


def state(world: Any, key: str) -> str:
    return str(world.told("proposal show", proposal=key)["state"])


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["owner", "sue", "aud", "ana"])
def test_each_page_is_there_for_everyone(visitor: Visitor, path: str, name: str) -> None:
    here = visitor(name)
    assert here.get(path).status_code == 200
    assert here.twin(path)["may"]["govern"] == (name in {"owner", "sue"})


def test_the_inbox_holds_proposals_and_what_is_broken(visitor: Visitor, waiting: list[str]) -> None:
    told = visitor().twin("/govern?dataset=govern.piles")
    assert {one["key"] for one in told["items"] if "confidence" in one} >= set(waiting)
    (check,) = [one for one in told["items"] if one["kind"] == "check"]
    assert (check["columns"], check["count"], check["rows"]) == (["city"], "100", 300)
    page = visitor().get("/govern?dataset=govern.piles").text
    assert all(f'id="{key}"' in page for key in waiting)
    assert "100 of 300 rows break it" in page
    assert "/d/govern.piles?tab=quality" in page


def test_filters_are_in_the_address(visitor: Visitor, waiting: list[str]) -> None:
    here = visitor()
    told = here.twin("/govern?kind=rule&dataset=govern.piles&least=0.7")
    assert set(waiting[:3]) <= {one["key"] for one in told["items"]}
    assert {one["kind"] for one in told["items"]} == {"rule"}
    assert min(one["confidence"] for one in told["items"]) >= 0.7
    assert here.twin("/govern?dataset=nothing.here")["items"] == []
    assert here.twin("/govern?kind=nonsense&offset=abc&least=-3")["chosen"]["kind"] == ""


def test_accept_goes_on_to_the_next_and_tells_its_receipt(
    visitor: Visitor, world: Any, waiting: list[str]
) -> None:
    here, (first, second) = visitor(), waiting[:2]
    done = here.post("/govern?kind=rule", "accept", proposal=first, after=second)
    assert done.headers["location"] == f"/govern?kind=rule#{second}"
    assert state(world, first) == "accepted"
    news = here.get("/govern?kind=rule").text
    receipt = world.told("event list", subject="govern.piles")["events"][0]["id"]
    assert receipt in news


def test_refuse_many_at_once(visitor: Visitor, world: Any, waiting: list[str]) -> None:
    two = waiting[:2]
    done = visitor().post("/govern", "refuse", proposal=two, note="not these", after='"><x')
    assert done.headers["location"] == "/govern#inbox"
    assert [state(world, key) for key in two] == ["refused"] * 2
    assert world.told("proposal show", proposal=two[0])["note"] == "not these"
    assert visitor().post("/govern", "accept").status_code == 400


def test_edit_takes_another_value(visitor: Visitor, world: Any, waiting: list[str]) -> None:
    key, field = waiting[0], "logicalTypeOptions.maximum"
    wrong = visitor().post("/govern", "edit", proposal=key, field=field, value="many")
    assert wrong.status_code == 400
    assert 'value="many"' in wrong.text
    assert visitor().post("/govern", "edit", proposal=waiting[3], labels="").status_code == 400
    labels = visitor().post("/govern", "edit", proposal=waiting[3], labels="public, open")
    assert labels.status_code == 303
    rule = visitor().post("/govern", "edit", proposal=waiting[2], quality='{"metric": "rowCount", '
                          '"mustBeGreaterOrEqualTo": 11}')  # fmt: skip
    assert rule.status_code == 303
    done = visitor().post("/govern", "edit", proposal=key, field=field, value="7777")
    assert done.status_code == 303, done.text
    assert state(world, key) == "refused"
    assert "7777" in world.told("contract show", dataset="govern.piles")["contract"]


def test_what_is_settled_is_settled_once(visitor: Visitor, world: Any, waiting: list[str]) -> None:
    here, other = visitor(), visitor()
    assert here.post("/govern", "accept", proposal=waiting[0]).status_code == 303
    late = other.post("/govern", "refuse", proposal=waiting[0])
    assert late.status_code == 409
    assert f"Proposal <code>{waiting[0]}</code> is settled: accepted." in late.text
    assert state(world, waiting[0]) == "accepted"


def test_checks_are_run_again(visitor: Visitor, world: Any) -> None:
    before = len(world.told("quality history", dataset="govern.piles")["runs"])
    assert visitor().post("/govern", "check", of="govern.piles").status_code == 303
    assert len(world.told("quality history", dataset="govern.piles")["runs"]) == before + 1


def test_a_token_that_ends_soon_is_taken_back(visitor: Visitor, world: Any) -> None:
    made = world.node.session("ana").do("token add", actor="ana", days=3, name="for a week").json
    for name in ("owner", "ana"):
        ends = visitor(name).twin("/govern?kind=expiry")["items"]
        assert made["id"] in {one["name"] for one in ends}
    assert made["id"] not in str(visitor("sue").twin("/govern?kind=expiry")["items"])
    assert visitor("ana").post("/govern", "revoke", token=made["id"]).status_code == 303
    assert made["id"] not in str(visitor("ana").twin("/govern?kind=expiry")["items"])


def test_others_see_nothing_of_the_inbox_and_settle_nothing(
    visitor: Visitor, world: Any, waiting: list[str]
) -> None:
    for name in ("sue", "aud", "ana"):
        here = visitor(name)
        page = here.get("/govern").text
        assert not any(key in page for key in waiting)
        assert here.post("/govern", "accept", proposal=waiting[0]).status_code in {403, 404}
    assert "govern.piles" not in visitor("ana").get("/govern").text
    assert state(world, waiting[0]) == "open"


def test_forms_of_others_are_refused(visitor: Visitor, world: Any, waiting: list[str]) -> None:
    given = {"csrf": visitor("sue").token("/"), "do": "accept", "proposal": waiting[0]}
    assert visitor().client.post("/govern", data=given).status_code == 403
    assert state(world, waiting[0]) == "open"


def test_rules_are_listed_in_words(visitor: Visitor, world: Any) -> None:
    told = visitor("sue").twin("/govern/rules?q=wenzhou")["rules"]
    assert [one["id"] for one in told] == ["analysts-read-people"]
    assert visitor("sue").twin("/govern/rules?on=city.big")["total"] == 1
    ana = visitor("ana").get("/govern/rules").text
    assert "analysts-read-people" in ana
    assert "Wenzhou" not in ana
    assert visitor("ana").get("/govern/rules/nothing").status_code == 404


def test_a_rule_is_tried_and_then_put_in_force(visitor: Visitor, world: Any) -> None:
    here = visitor()
    tried = here.post("/govern/rule", "preview", seen="none", **FORM, **TRY)
    assert tried.status_code == 200
    assert "10 rows gained" in tried.text
    assert 'value="id &lt; 10"' in tried.text
    known = {one["id"] for one in world.told("rule list")["rules"]}
    assert "guests-read" not in known
    done = here.post("/govern/rule", "save", seen="none", **FORM, **TRY)
    assert done.headers["location"] == "/govern/rules/guests-read"
    (rule,) = [one for one in world.told("rule list")["rules"] if one["id"] == "guests-read"]
    assert rule["rule"]["duties"] == [
        {"filter": "id < 10"}, {"mask": {"column": "city", "method": "hash"}}, {"limit": 7},
    ]  # fmt: skip
    fields = here.twin("/govern/rules/guests-read")["fields"]
    assert {name: fields[name] for name in ("on", "filter", "column0", "method0", "limit")} == {
        "on": "govern.piles", "filter": "id < 10", "column0": "city", "method0": "hash", "limit": 7,
    }  # fmt: skip


def test_two_who_change_one_rule_are_told(visitor: Visitor, world: Any) -> None:
    here, other = visitor(), visitor("sue")
    yaml = "rules: [{id: both, permit: discover, who: {role: %s}, on: govern.piles}]"
    assert here.post("/govern/rule", "save", yaml=yaml % "a", seen="none").status_code == 303
    seen = here.twin("/govern/rules/both")["rule"]["version"]
    assert other.post("/govern/rules/both", "save", yaml=yaml % "b", seen=seen).status_code == 303
    late = here.post("/govern/rules/both", "save", yaml=yaml % "c", seen=seen)
    assert late.status_code == 409
    assert "Somebody else changed rule <code>both</code> meanwhile." in late.text
    assert "role: c" in late.text
    assert here.post("/govern/rules/both", "remove", seen=seen).status_code == 409
    now = here.twin("/govern/rules/both")["rule"]["version"]
    assert here.post("/govern/rules/both", "remove", seen=now).status_code == 303
    assert "both" not in {one["id"] for one in world.told("rule list")["rules"]}


def test_a_steward_tries_rules_without_rows(visitor: Visitor) -> None:
    tried = visitor("sue").post("/govern/rule", "preview", **FORM, **TRY)
    assert "10 rows gained" in tried.text or "10 of 300 rows" in tried.text
    assert "Rome" not in tried.text
    assert "Rows themselves are shown to the owner only" in tried.text


def test_faults_of_a_form_are_told_with_what_was_typed(visitor: Visitor) -> None:
    bad = {**FORM, "on": "govern.nothing", "filter": "size > 3"}
    page = visitor().post("/govern/rule", "save", **bad)
    assert page.status_code == 400
    assert "there is no dataset <code>govern.nothing</code>" in page.text
    assert 'value="size &gt; 3"' in page.text
    assert visitor().post("/govern/rule", "save", **{**FORM, "id": ""}).status_code == 400
    assert visitor().post("/govern/rule", "preview", **FORM).status_code == 400


@pytest.mark.parametrize("name", ["aud", "ana"])
def test_rules_are_not_for_others_to_change(visitor: Visitor, world: Any, name: str) -> None:
    here = visitor(name)
    assert 'value="save"' not in here.get("/govern/rule").text
    assert here.post("/govern/rule", "preview", **FORM, **TRY).status_code in {400, 403}
    for do in ("save", "remove"):
        given = {**FORM, "id": "analysts-read-people"}
        answer = here.post("/govern/rules/analysts-read-people", do, **given)
        assert answer.status_code in {400, 403}
    assert "analysts-read-people" in {one["id"] for one in world.told("rule list")["rules"]}


@pytest.mark.parametrize(
    "rule",
    [
        {"who": {"role": "a", "claims": {"x": ["1"]}}, "on": "a.b"},
        {"who": {"role": "a"}, "on": {"agreement": "A-1"}},
        {"who": {"role": "a"}, "on": "a.b", "duties": [{"filter": "x"}, {"filter": "y"}]},
        {"who": {"role": "a"}, "on": "a.b", "duties": [{"noise": 1}]},
        {"who": {"role": "a"}, "on": "a.b",
         "duties": [{"mask": {"column": f"c{n}", "method": "hash"}} for n in range(5)]},
    ],
)  # fmt: skip
def test_what_the_form_cannot_say_is_text(rule: dict[str, Any]) -> None:
    assert compose.fields({"id": "r", "permit": "query", **rule}) is None


def test_all_usual_duties_have_fields() -> None:
    duties = [{"min_group": {"k": 5, "unit": "id"}}, {"expire": 3}, {"count": 2},
              {"mask": {"method": "bucket", "edges": [1, 2]}}]  # fmt: skip
    rule = {"id": "r", "deny": "query", "who": {"actor": "ana"}, "on": {"label": "personal"},
            "for": ["research"], "duties": duties}  # fmt: skip
    told = compose.fields(rule)
    assert told is not None
    assert (told["effect"], told["target"], told["on"]) == ("deny", "label", "personal")
    assert (told["k"], told["unit"], told["expire"], told["count"]) == (5, "id", 3, 2)
    assert (told["column0"], told["options0"]) == ("", "edges: [1, 2]")
    assert compose.fields({**rule, "duties": [{"min_group": 4}]}) == {
        **{k: v for k, v in told.items() if k in {"id", "effect", "action", "kind", "name",
                                                  "target", "on", "for", "until"}},
        "k": 4, "unit": "",
    }  # fmt: skip


def test_labels_are_put_on_and_taken_off_with_a_reason(visitor: Visitor, world: Any) -> None:
    here, target = visitor("sue"), "govern.piles.city"
    done = here.post("/govern/labels?dataset=govern.piles", "set", target=target, label="personal",
                     reason="it says where they live")  # fmt: skip
    assert done.headers["location"] == "/govern/labels?dataset=govern.piles"
    places = here.twin("/govern/labels?dataset=govern.piles")["places"]
    (place,) = [one for one in places if one["column"] == "city"]
    assert (place["labels"], place["reason"]) == (["personal"], "it says where they live")
    assert here.post("/govern/labels", "remove", target=target, label="personal").status_code == 400
    assert visitor("ana").post("/govern/labels", "set", target="city.people", label="open",
                               reason="so").status_code == 403  # fmt: skip
    assert "it says where they live" not in visitor("ana").get("/govern/labels").text
    gone = here.post("/govern/labels", "remove", target=target, label="personal", reason="wrong")
    assert gone.status_code == 303
    left = world.told("label list", dataset="govern.piles")["labels"]
    assert "city" not in {one["column"] for one in left}


def test_labels_say_what_they_change_and_where_they_come_from(
    visitor: Visitor, world: Any, tmp_path: Path
) -> None:
    owner = world.node.session()
    owner.do("label set", target="govern.piles.power", label="secret")
    owner.derive("select power from govern.piles", "govern.powers")
    rule = tmp_path / "secret.yaml"
    rule.write_text("rules: [{id: no-secrets, deny: query, who: {role: x}, on: {label: secret}}]")
    owner.do("rule add", file=rule)
    told = visitor().twin("/govern/labels?label=secret")
    assert told["speaking"] == ["no-secrets"]
    made = {one["dataset"]: one for one in told["places"]}
    assert made["govern.powers"]["origin"] == "derived"
    assert made["govern.powers"]["from"] == ["govern.piles.power"]
    assert made["govern.powers"]["rules"] == ["no-secrets"]
    assert "No job lowers it" in visitor().get("/govern/labels?label=secret").text
    owner.do("rule remove", id="no-secrets")


def test_the_vocabulary_is_said_and_linked(visitor: Visitor, world: Any) -> None:
    here = visitor("sue")
    done = here.post("/govern/meaning", "set", kind="term", key="town", name_en="Town",
                     name_zh="城镇", definition_en="", definition_zh="")  # fmt: skip
    assert done.headers["location"] == "/govern/meaning/term/town"
    assert "城镇" in here.get("/govern/meaning/term/town?lang=zh").text
    assert 'href="/govern/meaning/term/town"' in here.get("/d?kind=term&q=town").text
    changed = here.post("/govern/meaning/term/town", "set", kind="term", key="town",
                        name_en="Town", name_zh="")  # fmt: skip
    assert changed.status_code == 303
    assert world.told("term show", key="town")["names"].get("zh", "") == ""
    linked = here.post("/govern/meaning", "link", dataset="govern.piles", column="city",
                       term="town")  # fmt: skip
    assert linked.headers["location"] == "/govern/meaning?dataset=govern.piles"
    columns = here.twin("/govern/meaning?dataset=govern.piles")["columns"]
    assert {c["column"]: c["term"] and c["term"]["key"] for c in columns}["city"] == "town"
    used = here.twin("/govern/meaning/term/town")["thing"]["used_by"]
    assert used == [{"kind": "link", "key": "govern.piles.city"}]
    assert here.post("/govern/meaning/term/town", "remove").status_code in {400, 409}
    assert here.post("/govern/meaning", "link", dataset="govern.piles", column="city"
                     ).status_code == 303  # fmt: skip
    assert here.post("/govern/meaning/term/town", "remove").status_code == 303
    assert here.get("/govern/meaning/nonsense/town").status_code == 404
    assert visitor("ana").post("/govern/meaning", "set", kind="term", key="x", name_en="X"
                               ).status_code == 403  # fmt: skip


def test_meanings_are_proposed_and_wait(visitor: Visitor) -> None:
    here = visitor()
    here.post("/govern/meaning", "set", kind="term", key="power", name_en="Power")
    done = here.post("/govern/meaning", "propose", dataset="govern.piles")
    assert done.headers["location"] == "/govern?kind=link&dataset=govern.piles"
    (item,) = here.twin("/govern?kind=link&dataset=govern.piles")["items"]
    key = item["key"]
    assert 'name="to"' in here.get("/govern?kind=link").text
    edited = here.post("/govern", "edit", proposal=key, to="term", key="power", note="yes")
    assert edited.status_code == 303


def test_actors_and_purposes_are_added_and_removed(visitor: Visitor, world: Any) -> None:
    here = visitor()
    given = {"name": "gus", "roles": "analyst, guest", "purposes": ["research"], "claims": "x=1"}
    assert here.post("/govern/actors", "add", **given).status_code == 303
    (gus,) = [one for one in world.told("actor list")["actors"] if one["name"] == "gus"]
    assert (gus["roles"], gus["purposes"], gus["claims"]) == (
        ["analyst", "guest"], ["research"], {"x": "1"},
    )  # fmt: skip
    assert [a["name"] for a in here.twin("/govern/actors?role=guest")["actors"]] == ["gus"]
    for name in ("sue", "ana"):
        assert visitor(name).post("/govern/actors", "remove", name="gus").status_code in {403, 404}
    assert 'value="remove"' not in visitor("sue").get("/govern/actors").text
    assert here.post("/govern/actors", "remove", name="gus").status_code == 303
    assert "gus" not in {one["name"] for one in world.told("actor list")["actors"]}
    aim = {"aim": "road-planning", "description": "To plan roads."}
    assert visitor("ana").post("/govern/actors", "purpose", **aim).status_code == 403
    assert visitor("sue").post("/govern/actors", "purpose", **aim).status_code == 303
    assert "road-planning" in {one["name"] for one in world.told("purpose list")["purposes"]}


def test_everyone_sees_only_the_actors_that_they_may_know(visitor: Visitor) -> None:
    assert [one["name"] for one in visitor("ana").twin("/govern/actors")["actors"]] == ["ana"]
    assert re.search(r">sue<", visitor("ana").get("/govern/actors").text) is None
