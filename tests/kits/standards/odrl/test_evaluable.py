"""Any policy read for evaluation: what W3C published, what is generated, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from tests.counts import count
from tests.kits.policy.odrl.test_laws import policies

from doumen.kits.policy.odrl import (
    Action,
    Agreement,
    Asset,
    Condition,
    Constraint,
    Duty,
    Logical,
    Offer,
    Party,
    Permission,
    Policy,
    Prohibition,
    Request,
    Rule,
    Set,
    World,
    evaluate,
)
from doumen.kits.standards.odrl import CONTEXT
from doumen.kits.standards.odrl.evaluable import MAX_RULES, evaluable
from doumen.kits.standards.odrl.profile import vocabulary
from doumen.model.errors import Invalid

Body = dict[str, Any]
R = TypeVar("R", bound=Rule)
EXAMPLES = json.loads((Path(__file__).parent / "published" / "examples.json").read_text("utf-8"))
READ = {
    "1": (Set, 1, 0, 0), "2": (Offer, 1, 0, 0), "3": (Agreement, 1, 0, 0), "13": (Offer, 1, 0, 0),
    "14": (Offer, 1, 0, 0), "16": (Offer, 1, 0, 0), "17": (Agreement, 1, 0, 0),
    "18": (Offer, 1, 0, 0), "19": (Agreement, 1, 1, 0), "22": (Offer, 1, 0, 0),
    "24": (Agreement, 0, 1, 0), "26": (Set, 4, 0, 0), "28": (Set, 2, 0, 0), "31": (Set, 0, 0, 1),
    "35": (Set, 1, 1, 0),
}  # fmt: skip
"""Example → kind, and how many permissions, prohibitions and obligations it is."""
REFUSED = {
    "5": "permission[0]: `summary` is not understood here",
    "9": "permission[0].assigner: `vcard:fn` is not understood here",
    "15": "permission[0].action[0].refinement.xone[0]: `leftOperand` is missing",
    "21": "obligation[0].consequence[0]: `compensatedParty` is not understood here",
    "23": "permission[0].duty[0]: `attributedParty` is not understood here",
    "32": "the document: `inheritFrom` is not understood here",
}


def why(document: Mapping[str, Any]) -> str:
    with pytest.raises(Invalid) as error:
        evaluable(document)
    assert error.value.code == "invalid.odrl"
    return error.value.why or ""


def test_every_published_example_is_read_or_refused_with_what_is_not_understood() -> None:
    assert {*READ, *REFUSED} == set(EXAMPLES)
    for number, (kind, *counts) in READ.items():
        policy = evaluable(EXAMPLES[number])
        assert type(policy) is kind
        found = (policy.permissions, policy.prohibitions, policy.obligations)
        assert [len(rules) for rules in found] == counts
    for number, told in REFUSED.items():
        assert told in why(EXAMPLES[number]), number


def test_parts_of_published_examples_are_where_they_belong() -> None:
    (rule,) = evaluable(EXAMPLES["14"]).permissions
    assert rule.action == Action("odrl:print", (
        Constraint("odrl:resolution", "odrl:lteq", (1200,),
                   "http://dbpedia.org/resource/Dots_per_inch"),))  # fmt: skip
    assert rule.assigner == Party("http://example.com/org:616")
    (rule,) = evaluable(EXAMPLES["17"]).permissions
    assert rule.assignee is not None
    assert rule.assignee.source == "http://example.com/user44/friends"
    (rule,) = evaluable(EXAMPLES["18"]).permissions
    assert rule.constraints == (Constraint("odrl:dateTime", "odrl:lteq", (date(2017, 12, 31),)),)
    (rule,) = evaluable(EXAMPLES["22"]).permissions
    assert rule.duties[0].uid == "http://example.com/policy:88#permission[0].duty[0]"
    assert rule.duties[0].action is not None
    assert rule.duties[0].constraints == (
        Constraint("odrl:event", "odrl:lt", ("http://www.w3.org/ns/odrl/2/policyUsage",)),
    )
    (denial,) = evaluable(EXAMPLES["24"]).prohibitions
    assert [one.action for one in denial.remedies] == [Action("odrl:anonymize")]
    found = {(o.action, o.target, o.uid) for o in evaluable(EXAMPLES["26"]).permissions}
    assert len(found) == 4
    assert {o.assignee for o in evaluable(EXAMPLES["28"]).permissions} == {
        Party("http://example.com/people/billie"),
        Party("http://example.com/people/murphy"),
    }
    assert evaluable(EXAMPLES["35"]).conflict == "odrl:perm"


def test_a_published_example_is_evaluated() -> None:
    policy = evaluable({k: v for k, v in EXAMPLES["19"].items() if k != "profile"})
    who, what = "http://example.com/assignee:55", "http://example.com/photoAlbum:55"
    world = World(datetime(2026, 11, 29, tzinfo=UTC))
    assert evaluate(policy, Request(who, "odrl:display", what), world).decision.permitted
    assert not evaluate(policy, Request(who, "odrl:archive", what), world).decision.permitted
    with pytest.raises(Invalid, match="cannot be evaluated") as error:
        evaluate(evaluable(EXAMPLES["19"]), Request(who, "odrl:display", what), world)
    assert "profile[0]: `http://example.com/odrl:profile:08`" in (error.value.why or "")


def written(policy: Policy) -> Body:
    """A policy as JSON-LD with prefixed terms, written independently of what reads it."""
    return {
        "@id": policy.uid,
        "@type": "Set",
        "conflict": policy.conflict,
        "permission": [rule(one, "duty", one.duties) for one in policy.permissions],
        "prohibition": [rule(one, "remedy", one.remedies) for one in policy.prohibitions],
        "obligation": [rule(one, "consequence", one.consequences) for one in policy.obligations],
    }


def rule(one: Rule, word: str, duties: Sequence[Duty]) -> Body:
    body: Body = {"uid": one.uid}
    if one.action is not None:
        refinement = [condition(c) for c in one.action.refinements]
        body["action"] = {"rdf:value": {"@id": one.action.name}, "refinement": refinement}
    for key, part in (("assignee", one.assignee), ("target", one.target)):
        if part is not None:
            body[key] = {"@id": part.uid, "refinement": [condition(c) for c in part.refinements]}
    body["constraint"] = [condition(c) for c in one.constraints]
    inner = [rule(duty, "consequence", duty.consequences) for duty in duties]
    return {**body, word: inner} if inner else body


def condition(one: Condition) -> Body:
    if isinstance(one, Logical):
        return {one.connective: {"@list": [condition(part) for part in one.operands]}}
    right = list(one.right) if len(one.right) > 1 else one.right[0]
    return {"leftOperand": one.left, "operator": one.operator, "rightOperand": right}


def whole(one: R) -> R:
    """The rule with something to say."""
    said = one.action or one.assignee or one.target or one.constraints
    return one if said else replace(one, action=Action("odrl:use"))


def duty(one: Duty) -> Duty:
    return replace(whole(one), consequences=tuple(map(duty, one.consequences)))


@pytest.mark.law
@settings(max_examples=count(40), deadline=None)
@given(policies())
def test_generated_policies_are_read_as_they_were(drawn: Set) -> None:
    permits: list[Permission] = [
        replace(whole(one), duties=tuple(map(duty, one.duties))) for one in drawn.permissions
    ]
    denies: list[Prohibition] = [
        replace(whole(one), remedies=tuple(map(duty, one.remedies))) for one in drawn.prohibitions
    ]
    owed = tuple(map(duty, drawn.obligations))
    policy = replace(
        drawn, permissions=tuple(permits), prohibitions=tuple(denies), obligations=owed
    )
    document = json.loads(json.dumps(written(policy)))
    if permits or denies or owed:
        assert evaluable(document) == policy
    else:
        assert why(document) == "the document: a policy has a rule."


BASE: Body = {"@id": "urn:p", "@type": "Set", "permission": [{"action": "read", "target": "urn:a"}]}


def with_rule(**parts: Any) -> Body:
    return {**BASE, "permission": [{"action": "read", **parts}]}


def with_right(left: str, right: Any, operator: str = "eq") -> Body:
    limit = {"leftOperand": left, "operator": operator, "rightOperand": right}
    return with_rule(constraint=[limit])


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [
        ("dateTime", {"@value": "2027-12-31Z", "@type": "xsd:date"}, date(2027, 12, 31)),
        ("dateTime", "2027-12-31", date(2027, 12, 31)),
        ("dateTime", "2027-12-31T08:00:00+08:00", datetime(2027, 12, 31, tzinfo=UTC)),
        ("event", {"@value": "2027-12-31T00:00:00Z", "@type": "xsd:dateTime"},
         datetime(2027, 12, 31, tzinfo=UTC)),
        ("delayPeriod", "P1DT2H3M4.5S", timedelta(1, 4.5, hours=2, minutes=3)),
        ("elapsedTime", {"@value": "P2W", "@type": "xsd:duration"}, timedelta(14)),
        ("count", "5", Decimal(5)),
        ("payAmount", "-10.50", Decimal("-10.5")),
        ("count", {"@value": "5", "@type": "xsd:integer"}, 5),
        ("count", 5, 5),
        ("payAmount", {"@value": "0.10", "@type": "xsd:decimal"}, Decimal("0.1")),
        ("percentage", 0.5, 0.5),
        ("spatial", "CN", "CN"),
        ("spatial", {"@id": "urn:x"}, "urn:x"),
        ("purpose", {"@id": "odrl:read"}, "http://www.w3.org/ns/odrl/2/read"),
        ("version", {"@value": "2027-12-31", "@type": "xsd:string"}, "2027-12-31"),
        ("media", True, True),
        ("media", {"@value": {"b": 1, "a": [2]}, "@type": "@json"}, '{"a": [2], "b": 1}'),
    ],
)  # fmt: skip
def test_right_operands_are_values_that_compare(left: str, right: Any, value: Any) -> None:
    (found,) = evaluable(with_right(left, right)).permissions
    (limit,) = found.constraints
    assert isinstance(limit, Constraint)
    assert limit.right == (value,)
    assert type(limit.right[0]) is type(value)


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ("dateTime", "soon", "`soon` is no value of `dateTime`"),
        ("dateTime", "2027-12-31+08:00", "`2027-12-31+08:00` is no value of `dateTime`"),
        ("dateTime", "2027-12-31T00:00:00", "`2027-12-31T00:00:00` is no value of `dateTime`"),
        ("event", {"@value": "x", "@type": "xsd:date"}, "`x` is no value of `event`"),
        ("delayPeriod", "P1M", "`P1M` is no value of `delayPeriod`"),
        ("delayPeriod", "P", "`P` is no value of `delayPeriod`"),
        ("count", "many", "`many` is no value of `count`"),
        ("spatial", {"@id": "dpv:X"}, "`undeclared dpv:X` has a prefix that is not declared"),
        ("spatial", [["a"]], "a list inside a list is not understood here"),
        ("spatial", ["a", "b"], "constraint[0].rightOperand: `eq` takes one value"),
        ("spatial", {"@value": [1], "@type": "xsd:date"}, "`@type` xsd:date is not understood"),
    ],
)
def test_values_that_are_none_are_refused(left: str, right: Any, told: str) -> None:
    assert told in why(with_right(left, right))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"uid": "dpv:x"}, "uid"),
        ({"profile": ["urn:x", "doumen:x"]}, "profile[1]"),
        ({"target": "doumen:x"}, "target"),
        ({"assigner": {"source": "doumen:x"}}, "assigner.source"),
        ({"permission": [{"uid": "dpv:x", "action": "use"}]}, "permission[0].uid"),
    ],
)
def test_a_prefix_that_is_not_declared_names_nothing(change: Body, place: str) -> None:
    document = {"uid": "urn:x", "permission": [{"action": "use"}], **change}
    assert f"{place}: `undeclared d" in why(document)
    declared = {"dpv": "https://w3id.org/dpv#", "doumen": "urn:d:"}
    assert evaluable({**document, "@context": declared})


def test_a_role_is_one_of_several() -> None:
    (found,) = evaluable(with_right("urn:doumen:odrl:1:role", "analyst")).permissions
    assert found.constraints == (Constraint("doumen:role", "odrl:isAnyOf", ("analyst",)),)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "`uid` is missing"),
        ({**BASE, "permission": []}, "a policy has a rule"),
        ({**BASE, "permission": [{}]}, "permission[0]: a rule is empty"),
        ({**BASE, "permission": ["x"]}, "permission[0]: an object is expected here"),
        ({**BASE, "@type": "Request"}, "@type: `Request` is not"),
        ({**BASE, "@type": ["Offer", "Agreement"]}, "either an Offer or an Agreement"),
        ({**BASE, "timestamp": "2026-01-01T00:00:00Z"}, "timestamp: `timestamp` is not understood"),
        ({**BASE, "target": "urn:b"}, "permission[0].target: the policy has one too"),
        ({**BASE, "conflict": ["perm", "invalid"]}, "conflict: one is read, there are 2"),
        ({**BASE, "@context": {"use": "urn:x:"}}, "only prefixes can be declared"),
        (with_rule(target={}), "permission[0].target: nothing is named"),
        (with_rule(target=7), "permission[0].target: an IRI is expected here"),
        (with_rule(target={"partOf": "urn:c"}), "permission[0].target: `partOf` is not understood"),
        (with_rule(assignee={"@type": "Asset", "@id": "urn:x"}), "`Asset` is not `Party`"),
        (with_rule(action={"@id": "use", "refinement": []}), "a refined action is named by"),
        (with_rule(action={}), "permission[0].action: `rdf:value` is missing"),
        (with_rule(action=7), "permission[0].action: an IRI is expected here"),
        (with_rule(remedy=[]), "permission[0]: `remedy` is not understood here"),
        (with_rule(duty=[{"action": "pay", "remedy": []}]), "duty[0]: `remedy` is not understood"),
        (with_rule(constraint=[{"and": [], "or": []}]), "one of `and`, `or`, `xone`"),
        (with_rule(constraint=[{"and": []}]), "constraint[0].and: a constraint is empty"),
        (with_rule(constraint=[{"or": [{"xone": [7]}]}]), "or[0].xone[0]: an object is expected"),
        (with_rule(constraint=[{}]), "constraint[0]: a constraint is empty"),
        (
            with_rule(
                target=[f"urn:{n}" for n in range(101)], assignee=[f"urn:{n}" for n in range(100)]
            ),
            f"more than {MAX_RULES} rules",
        ),
    ],
)
def test_what_is_not_evaluated_is_refused_with_its_place(document: Body, told: str) -> None:
    assert told in why(document)


def test_names_and_kinds() -> None:
    document = {
        "@context": [CONTEXT, {"ex": "urn:ex:"}],
        "uid": "ex:p",
        "type": ["Policy", "Agreement"],
        "timestamp": "2026-01-01T00:00:00Z",
        "profile": ["urn:doumen:odrl:1"],
        "assigner": "ex:a",
        "assignee": {"source": "ex:all"},
        "permission": {
            "uid": "ex:r",
            "action": [{"@id": "odrl:read"}, "ex:do"],
            "constraint": {"@id": "ex:c", "and": [
                {"uid": "ex:d", "leftOperand": "spatial", "operator": "eq", "rightOperand": "x"},
            ]},
            "duty": {"action": "delete"},
        },
    }  # fmt: skip
    policy = evaluable(document)
    assert isinstance(policy, Agreement)
    assert (policy.uid, policy.profiles) == ("urn:ex:p", ("urn:doumen:odrl:1",))
    inner = Constraint("odrl:spatial", "odrl:eq", ("x",), None, "ex:d")
    first, second = policy.permissions
    assert first == Permission(
        "urn:ex:r#0",
        Action("odrl:read"),
        Party("urn:ex:a"),
        Party(source="urn:ex:all"),
        None,
        (Logical("odrl:and", (replace(inner, uid="urn:ex:d"),), "urn:ex:c"),),
        (Duty("urn:ex:p#permission.duty", Action("odrl:delete")),),
    )
    assert (second.uid, second.action) == ("urn:ex:r#1", Action("urn:ex:do"))


def test_an_asset_is_named_without_more() -> None:
    (found,) = evaluable(BASE).permissions
    assert (found.uid, found.target) == ("urn:p#permission[0]", Asset("urn:a"))


def test_the_profile_knows_its_terms() -> None:
    known = vocabulary(["home town"])
    assert {"doumen:claim.home%20town", "doumen:mask.with", "doumen:limit.value"} <= known.operands
    assert known.covers("odrl:use", "doumen:discover")
    assert known.implied("odrl:read") == {"odrl:read", "doumen:discover"}
    assert known.implied("odrl:reproduce") == {"odrl:reproduce", "odrl:read", "doumen:discover"}
    assert "urn:doumen:odrl:1" in known.profiles
