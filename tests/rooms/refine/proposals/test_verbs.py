"""Proposals at a real node: seen, settled once, and what becomes true with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import doumen
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.proposal import LABEL, LINK, PROPOSAL, RULE, Proposal
from doumen.rooms.refine.proposals.review import review
from doumen.session import Node, Session, create

SET_OF = {"type": "library", "metric": "invalidValues", "mustBe": 0,
          "arguments": {"validValues": ["Rome", "Oslo"]}}  # fmt: skip


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("proposals")
    create(folder / "node", "proposals")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for name in ("g.one", "g.two", "g.three", "g.four"):
            (folder / f"{name}.csv").write_text(f"id,city,age\n1,Rome,30\n2,Oslo,{len(name)}\n")
            owner.do("collect", path=folder / f"{name}.csv", as_dataset=name)
        for name, role in (("sue", "steward"), ("ana", "analyst"), ("vera", "auditor")):
            owner.do("actor add", name=name, role=(role,))
        yield node


def propose(
    session: Session,
    dataset: str,
    kind: str,
    column: str | None,
    change: Any,
    *,
    confidence: float = 0.9,
) -> str:
    one = Proposal(
        kind, dataset, column, change, {"rows": 2}, confidence, session.desk.actor.name, "2026"
    )
    session.desk.amend([Fact(PROPOSAL, one.key, one.as_json())], subject=dataset)
    return one.key


def contract(session: Session, dataset: str) -> odcs.Contract:
    return odcs.read_contract(session.do("contract show", dataset=dataset).json["contract"])


def test_rules_of_one_dataset_become_one_version_of_its_contract(node: Node) -> None:
    owner = node.session()
    rows = {"type": "library", "metric": "rowCount", "mustBeGreaterThan": 0}
    keys = [
        propose(owner, "g.one", RULE, "city", {"quality": SET_OF}),
        propose(owner, "g.one", RULE, "id", {"set": ["required", True]}),
        propose(owner, "g.one", RULE, None, {"quality": rows}),
        propose(owner, "g.one", LABEL, "city", {"labels": ["place"]}),
    ]
    listed = owner.do("proposal list", dataset="g.one").json
    assert {one["key"] for one in listed["proposals"]} == set(keys)
    done = owner.do("proposal accept", proposal=tuple(keys), note="seen").json
    assert (set(done["settled"]), len(done["receipts"])) == (set(keys), 1)
    now = contract(owner, "g.one")
    assert now.version == "2.0.0"
    assert [c.kind for c in now.columns[0].checks] == ["required"]
    assert [c.kind for c in now.columns[1].checks] == ["set"]
    assert [r.kind for r in now.reports] == ["row_count"]
    label = owner.desk.facts().body("label", "g.one.city")
    assert label is not None
    assert label["labels"] == ["place"]
    assert owner.do("proposal list", dataset="g.one").json["count"] == 0
    shown = owner.do("proposal show", proposal=keys[0]).json
    assert (shown["state"], shown["settled_by"], shown["note"]) == ("accepted", "owner", "seen")
    assert owner.do("contract test", dataset="g.one").json["faults"] == 0


def test_labels_of_one_column_settled_together_are_all_there(node: Node) -> None:
    owner = node.session()
    keys = [propose(owner, "g.two", LABEL, "age", {"labels": [name]}) for name in ("a", "b")]
    owner.do("proposal accept", proposal=tuple(keys))
    label = owner.desk.facts().body("label", "g.two.age")
    assert label is not None
    assert label["labels"] == ["a", "b"]


def test_what_is_settled_is_not_settled_again(node: Node) -> None:
    owner = node.session()
    key = propose(owner, "g.two", RULE, "id", {"set": ["unique", True]})
    owner.do("proposal refuse", proposal=(key,), note="a code")
    for verb in ("proposal accept", "proposal refuse"):
        with pytest.raises(Conflict, match="is settled: refused"):
            owner.do(verb, proposal=(key,))
    assert contract(owner, "g.two").version == "1.0.0"


def test_two_at_once_settle_it_once(node: Node) -> None:
    owner, other = node.session(), node.session()
    key = propose(owner, "g.two", RULE, "id", {"set": ["required", True]})
    seen = other.desk.facts()
    owner.do("proposal accept", proposal=(key,))
    before = Proposal.of_json(seen.body(PROPOSAL, key) or {})
    again = Fact(PROPOSAL, key, replace(before, state="refused").as_json())
    with pytest.raises(Conflict):
        other.desk.amend([again], subject="g.two", seen=seen)


def test_another_change_in_its_place(node: Node) -> None:
    owner = node.session()
    key = propose(owner, "g.two", RULE, "city", {"quality": SET_OF})
    wider = {**SET_OF, "arguments": {"validValues": ["Rome", "Oslo", "Bern"]}}
    for change, why in (("{", "no JSON"), ("[]", "a JSON object"), ('{"labels": []}', "fields")):
        with pytest.raises(Invalid, match=why):
            owner.do("proposal edit", proposal=key, change=change)
    done = owner.do("proposal edit", proposal=key, change=json.dumps({"quality": wider})).json
    (instead,) = done["settled"]
    assert owner.do("proposal show", proposal=key).json["state"] == "refused"
    shown = owner.do("proposal show", proposal=instead).json
    assert (shown["state"], shown["evidence"]["instead_of"]) == ("accepted", key)
    assert contract(owner, "g.two").columns[1].checks[0].value == ("Rome", "Oslo", "Bern")


def test_a_change_that_makes_no_contract_changes_nothing(node: Node) -> None:
    owner = node.session()
    good = propose(owner, "g.three", RULE, "id", {"set": ["required", True]})
    bad = propose(owner, "g.three", RULE, "age", {"quality": {"metric": "rowCount", "mustBe": 1}})
    with pytest.raises(Invalid):
        owner.do("proposal accept", proposal=(good, bad))
    assert contract(owner, "g.three").version == "1.0.0"
    assert owner.do("proposal list", dataset="g.three").json["count"] == 2


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (RULE, {"set": 5}), (RULE, {"set": ["required"]}), (RULE, {"set": [1, 2]}),
        (RULE, {"quality": []}), (LABEL, {"labels": "personal"}), (LABEL, {"labels": [1]}),
        (LABEL, {"labels": []}), (LINK, {"to": "term", "key": 5}),
    ],
)  # fmt: skip
def test_a_change_of_another_form_is_refused(node: Node, kind: str, change: dict[str, Any]) -> None:
    proposed = {RULE: {"set": ["required", True]}, LABEL: {"labels": ["odd"]},
                LINK: {"to": "term", "key": "odd"}}[kind]  # fmt: skip
    owner = node.session()
    key = propose(owner, "g.three", kind, "city", proposed)
    with pytest.raises(Invalid) as caught:
        owner.do("proposal edit", proposal=key, change=json.dumps(change))
    assert caught.value.code == "invalid.change"


def test_what_keeps_a_group_from_being_accepted_is_named(node: Node) -> None:
    owner = node.session()
    gone = propose(owner, "g.two", RULE, "gone", {"set": ["required", True]})
    with pytest.raises(Invalid, match=gone) as caught:
        owner.do("proposal accept", proposal=(gone,))
    assert "gone" in str(caught.value.why)
    low, high = (
        propose(owner, "g.two", RULE, "age", {"set": ["logicalTypeOptions.minimum", least]})
        for least in (0, 5)
    )
    with pytest.raises(Conflict, match=high):
        owner.do("proposal accept", proposal=(low, high))
    for key in (gone, low, high):
        assert owner.do("proposal show", proposal=key).json["state"] == "open"
    owner.do("proposal refuse", proposal=(gone, low, high))


def test_who_sees_and_settles(node: Node) -> None:
    owner, sue = node.session(), node.session("sue")
    theirs = propose(owner, "g.four", LABEL, "age", {"labels": ["personal"]})
    hers = propose(sue, "g.four", LABEL, "age", {"labels": ["personal"]})
    assert theirs != hers
    assert [one["key"] for one in sue.do("proposal list").json["proposals"]] == [hers]
    told = []
    for key in (theirs, "P-AAAAAAAAAAAAAAAA"):
        with pytest.raises(NotFound) as caught:
            sue.do("proposal accept", proposal=(key,))
        told.append(str(caught.value.as_json()).replace(key, "KEY"))
    assert told[0].partition("near")[0] == told[1].partition("near")[0]
    for name in ("ana", "vera"):
        assert node.session(name).do("proposal list").json["count"] == 0
        with pytest.raises(Refused):
            propose(node.session(name), "g.four", LABEL, "age", {"labels": ["x"]})
    sue.do("proposal accept", proposal=(hers,))
    assert owner.do("proposal show", proposal=hers).json["state"] == "accepted"


def test_a_group_by_its_conditions(node: Node) -> None:
    owner = node.session()
    with pytest.raises(Invalid, match="which proposals"):
        owner.do("proposal accept")
    with pytest.raises(Invalid, match="no share"):
        owner.do("proposal accept", least="2")
    sure = propose(owner, "g.three", LABEL, "city", {"labels": ["place"]}, confidence=0.97)
    propose(owner, "g.three", LABEL, "city", {"labels": ["secret"]}, confidence=0.5)
    done = owner.do("proposal accept", dataset="g.three", kind="label", least="0.95").json
    assert done["settled"] == [sure]


def test_review_by_keys(node: Node) -> None:
    owner = node.session()
    few = {"metric": "nullValues", "mustBeLessThan": 1}
    for column in ("id", "city", "age"):
        propose(owner, "g.four", RULE, column, {"set": ["required", True]})
        propose(owner, "g.four", RULE, column, {"quality": few}, confidence=0.8)
    said: list[str] = []
    keys = iter("?asRq")
    done = review(owner.desk, "g.four", "rule", ask=lambda: next(keys), say=said.append)
    assert done.json == {"accepted": 1, "refused": 2, "left": 3}
    assert any("proposes: is never empty" in line for line in said)
    done = review(owner.desk, "g.four", "rule", ask=iter("A").__next__, say=said.append)
    assert done.json == {"accepted": 3, "refused": 0, "left": 0}
    assert len([r for r in contract(owner, "g.four").reports if r.kind == "null_values"]) == 3


def test_a_list_says_in_words_what_is_proposed_and_leaves_out_what_is_unsure(node: Node) -> None:
    owner = node.session()
    change = {"labels": ["personal"]}
    sure = propose(owner, "g.four", LABEL, "id", change, confidence=0.95)
    propose(owner, "g.four", LABEL, "age", change, confidence=0.4)
    told = owner.do("proposal list", dataset="g.four", kind=LABEL, least="0.9").json
    assert [(one["key"], one["words"]) for one in told["proposals"]] == [(sure, "label personal")]
    assert told["count"] == 1
    with pytest.raises(Invalid, match="no share from 0 to 1"):
        owner.do("proposal list", least="often")
