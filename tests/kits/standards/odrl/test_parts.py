"""Contexts, values, constraints, targets, assignees and duties: what is read, and what is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from doumen.kits.policy import rule_as_json
from doumen.kits.standards.odrl import CONTEXT, read_policy
from doumen.model.message import msg

Faults = Callable[[Any], str]


def put(policy: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    other = copy.deepcopy(policy)
    other["permission"][0][key] = value
    return other


def read(policy: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The rule in its written form, once a key of its node has this value."""
    (rule,) = read_policy(put(policy, key, value))
    return rule_as_json(rule)


def constraint(left: Any, operator: Any, right: Any, **more: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right, **more}


def day(text: str, type: str | None = None) -> Any:
    return text if type is None else {"@value": text, "@type": f"xsd:{type}"}


@pytest.mark.parametrize(
    ("context", "told"),
    [
        (None, f"@context: it is missing; give `{CONTEXT}`"),
        ("urn:x:y", "@context: no context is loaded"),
        ([CONTEXT, 7], "@context[1]: no context is loaded"),
        ([CONTEXT, {"@vocab": "urn:x:"}], "@context[1].@vocab: only prefixes can be declared"),
        ([CONTEXT, {"permission": "odrl:prohibition"}], "@context[1].permission: only prefixes"),
        ([CONTEXT, {"uid": "urn:x:"}], "@context[1].uid: only prefixes"),
        ([CONTEXT, {"d": "nothing:at/all"}], "@context[1].d: only prefixes"),
        ([CONTEXT, {"d": {"@id": "urn:d:", "@type": "@id"}}], "@context[1].d: only prefixes"),
        (CONTEXT, "`undeclared doumen:role eq`"),
        ({"doumen": "urn:doumen:odrl:1:"}, "the document: `permission` is not understood here"),
        ([CONTEXT, {"doumen": "urn:other:"}], "`urn:other:role eq`"),
        ([CONTEXT, {"xsd": "urn:other:"}], "`@type` urn:other:date is not understood"),
    ],
)
def test_contexts_that_would_change_a_meaning(
    policy: dict[str, Any], faults: Faults, context: Any, told: str
) -> None:
    assert told in faults({**policy, "@context": context})


@pytest.mark.parametrize(
    ("right", "purposes"),
    [
        ("research", ["research"]),
        ({"@id": "urn:doumen:purpose:%E8%A7%84"}, ["规"]),
        ("urn:doumen:purpose:a", ["a"]),
        ("https://w3id.org/dpv#Marketing", ["marketing"]),
        ([{"@value": "a", "@type": "xsd:string"}, {"@id": "b"}], ["a", "b"]),
        ({"@list": ["b", "a"]}, ["b", "a"]),
    ],
)
def test_purposes(policy: dict[str, Any], right: Any, purposes: list[str]) -> None:
    several = isinstance(right, list | dict) and "@id" not in right
    operator = "isAnyOf" if several else "eq"
    assert (
        read(policy, msg("constraint"), constraint("purpose", operator, right))["for"] == purposes
    )


@pytest.mark.parametrize(
    ("operator", "right", "until"),
    [
        ("lteq", day("2027-12-31"), "2027-12-31"),
        ("lteq", day("2027-12-31Z", "date"), "2027-12-31"),
        ("lteq", day("2027-12-31+00:00", "date"), "2027-12-31"),
        ("lt", day("2028-01-01", "date"), "2027-12-31"),
        ("lt", day("2028-01-01T00:00:00Z", "dateTime"), "2027-12-31"),
        ({"@id": "odrl:lt"}, day("2028-03-01T00:00:00.000+00:00"), "2028-02-29"),
    ],
)
def test_last_days(policy: dict[str, Any], operator: Any, right: Any, until: str) -> None:
    assert (
        read(policy, msg("constraint"), constraint("dateTime", operator, right))["until"] == until
    )


UNTIL = "`dateTime` is read as `lteq` a day"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (constraint("dateTime", "lteq", day("2027-12-31T00:00:00Z")), UNTIL),
        (constraint("dateTime", "lteq", day("2027-12-31+08:00", "date")), UNTIL),
        (constraint("dateTime", "lt", day("2027-12-31T00:00:01Z", "dateTime")), UNTIL),
        (constraint("dateTime", "lteq", day("2027-12-31", "dateTime")), UNTIL),
        (constraint("dateTime", "lt", day("2028-01-01T00:00:00Z", "date")), UNTIL),
        (constraint("dateTime", "gt", day("2027-12-31")), UNTIL),
        (constraint("dateTime", "lteq", ["2027-12-31", "2027-12-30"]), UNTIL),
        (constraint("dateTime", "lteq", {"@id": "2027-12-31"}), UNTIL),
        (constraint("dateTime", "lteq", 2027), UNTIL),
        (constraint("dateTime", "lteq", day("2027-02-30")), "`2027-02-30` is not a day"),
        (constraint("dateTime", "lt", day("0001-01-01")), "`0001-01-01` is not a day"),
        (constraint("purpose", "neq", "a"), "operator of `purpose`"),
        (constraint("purpose", "eq", ["a", "b"]), "operator of `purpose`"),
        (constraint("purpose", "isAnyOf", 7), "`7` is not a purpose"),
        (constraint("purpose", "isAnyOf", day("2027-12-31", "date")), "is not a purpose"),
        (constraint("purpose", "isAnyOf", "urn:x:y"), "`urn:x:y` is not a purpose; `urn:doumen"),
        (constraint("purpose", "isAnyOf", {"@id": "dpv:Marketing"}), "`undeclared dpv:Marketing`"),
        (constraint("purpose", "eq", "a", unit="urn:x:y"), "`unit` is not understood here"),
        (constraint("purpose", "eq", "a", uid="urn:x:y"), "`uid` is not understood here"),
        ([constraint("purpose", "eq", "a")] * 2, "constraint[1]: a second constraint"),
        (constraint("spatial", "eq", "a"), "left operand `spatial` is not understood"),
        ({"or": []}, "`or` is not understood here"),
        ({"leftOperand": "purpose"}, "constraint: `operator` is missing"),
        ({"leftOperand": "purpose", "operator": "eq"}, "constraint: `rightOperand` is missing"),
        (constraint("purpose", "eq", []), "constraint: `rightOperand` is missing"),
        ({}, "constraint: a constraint is empty"),
        ("urn:x:y", "constraint: an object is expected here"),
        (constraint("purpose", "eq", "a") | {"@type": "Duty"}, "`Duty` is not `Constraint`"),
        (constraint(7, "eq", "a"), "leftOperand: an IRI is expected here"),
        (constraint("purpose", "eq", [["a"]]), "rightOperand[0]: a list inside a list"),
        (constraint("purpose", "eq", {"@id": 7}), "rightOperand: an IRI is expected here"),
        (constraint("purpose", "eq", {"@type": "xsd:date"}), "a value has `@value`"),
        (constraint("purpose", "eq", {"@value": "a", "@id": "b"}), "a value has `@value`"),
        (constraint("purpose", "eq", {"@value": ["a"]}), "`@type` None is not understood"),
        (constraint("purpose", "eq", {"@value": "a", "@language": "en"}), "`@language` is not"),
        (constraint("purpose", "eq", {"@value": "a", "@type": "xsd:gYear"}), "`@type` xsd:gYear"),
        (constraint("purpose", "eq", {"@value": 7, "@type": "xsd:string"}), "`7` is no xsd:string"),
    ],
)
def test_constraints_that_are_told(
    policy: dict[str, Any], faults: Faults, body: Any, told: str
) -> None:
    assert told in faults(put(policy, "constraint", body))


PATTERN = constraint("doumen:dataset", "doumen:like", "Transport.*")
LABEL = constraint("doumen:label", "eq", {"@value": "personal", "@type": "xsd:string"})


def chosen(source: str, *refinements: Any, **more: Any) -> dict[str, Any]:
    return {"source": source, "refinement": [*refinements], **more}


@pytest.mark.parametrize(
    ("target", "on"),
    [
        ("urn:doumen:dataset:Transport.Flights", "transport.flights"),
        ({"@id": "urn:doumen:dataset:a.b"}, "a.b"),
        ("urn:doumen:column:a.b.Tail%20Num", {"column": "a.b.Tail Num"}),
        ({"@type": "Asset", "uid": "urn:doumen:column:a.b.名"}, {"column": "a.b.名"}),
        (chosen("urn:doumen:datasets", PATTERN), "transport.*"),
        (chosen("urn:doumen:columns", LABEL), {"label": "personal"}),
    ],
)
def test_targets(policy: dict[str, Any], target: Any, on: Any) -> None:
    policy = put(policy, "duty", None)
    assert read(policy, msg("target"), target)["on"] == on


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("urn:x:y", "target: `urn:x:y` is no asset of a node"),
        ("urn:doumen:dataset:", "is no asset of a node"),
        ("urn:doumen:dataset:a", "permission[0]: rule `read`, on: `a` is not a dataset name"),
        (7, "target: an IRI is expected here"),
        ({"uid": 7}, "target.uid: an IRI is expected here"),
        ({"@type": "Party", "uid": "urn:doumen:dataset:a.b"}, "`Party` is not `Asset`"),
        (chosen("urn:doumen:datasets"), "target: `refinement` is missing"),
        (chosen("urn:doumen:datasets", PATTERN, uid="urn:x:y"), "has no `uid`"),
        (chosen("urn:doumen:columns", PATTERN), "`urn:doumen:columns` by `doumen:dataset doumen"),
        (chosen("urn:doumen:columns", {**LABEL, "unit": "urn:x:y"}), "is not understood; `urn"),
        (chosen("urn:doumen:columns", {**LABEL, "rightOperand": 7}), "is not understood; `urn"),
        (chosen("urn:doumen:columns", {**LABEL, "rightOperand": ["a", "b"]}), "is not understood"),
        ({"refinement": PATTERN}, "target: `source` is missing"),
    ],
)
def test_targets_that_are_told(
    policy: dict[str, Any], faults: Faults, target: Any, told: str
) -> None:
    assert told in faults(put(policy, "target", target))


ROLE = constraint("doumen:role", "eq", "analyst")
CLAIM = constraint("doumen:claim.department", "isAnyOf", ["transport", "health"])


@pytest.mark.parametrize(
    ("assignee", "who"),
    [
        ("urn:doumen:actor:ana", {"actor": "ana"}),
        ({"@type": ["Party"], "uid": "urn:doumen:actor:%E5%90%8D%20x"}, {"actor": "名 x"}),
        (chosen("urn:doumen:actors", ROLE), {"role": "analyst"}),
        (chosen("urn:doumen:actors", constraint("doumen:actor", "eq", "ana")), {"actor": "ana"}),
        (
            chosen("urn:doumen:actors", CLAIM, ROLE),
            {"role": "analyst", "claims": {"department": ["health", "transport"]}},
        ),
        (
            chosen("urn:doumen:actors", ROLE, constraint("doumen:claim.x", "eq", "1")),
            {"role": "analyst", "claims": {"x": ["1"]}},
        ),
    ],
)
def test_assignees(policy: dict[str, Any], assignee: Any, who: Any) -> None:
    assert read(policy, msg("assignee"), assignee)["who"] == who


@pytest.mark.parametrize(
    ("assignee", "told"),
    [
        ("urn:x:y", "assignee: `urn:x:y` is no actor of a node"),
        (7, "assignee: an IRI is expected here"),
        ({"uid": 7}, "assignee.uid: an IRI is expected here"),
        (chosen("urn:x:y", ROLE), "assignee.source: `urn:x:y` is not `urn:doumen:actors`"),
        (chosen("urn:doumen:actors"), "refined by `doumen:role` or `doumen:actor`"),
        (chosen("urn:doumen:actors", CLAIM), "refined by `doumen:role` or `doumen:actor`"),
        (chosen("urn:doumen:actors", ROLE, uid="urn:x:y"), "has no `uid`"),
        (chosen("urn:doumen:actors", ROLE, ROLE), "refinement[1]: `doumen:role` is refined twice"),
        (chosen("urn:doumen:actors", ROLE, CLAIM, CLAIM), "`doumen:claim.department` is refined"),
        (chosen("urn:doumen:actors", {**ROLE, "operator": "neq"}), "`doumen:role neq` does not"),
        (chosen("urn:doumen:actors", {**ROLE, "rightOperand": 7}), "`doumen:role eq`: actors are"),
        (chosen("urn:doumen:actors", {**ROLE, "unit": "urn:x:y"}), "`doumen:role eq`: actors are"),
        (chosen("urn:doumen:actors", constraint("doumen:claim.", "eq", "a")), "does not choose"),
        (chosen("urn:doumen:actors", constraint("recipient", "eq", "a")), "`recipient eq` does"),
        (chosen("urn:doumen:actors", {}), "refinement[0]: a constraint is empty"),
    ],
)
def test_assignees_that_are_told(
    policy: dict[str, Any], faults: Faults, assignee: Any, told: str
) -> None:
    assert told in faults(put(policy, "assignee", assignee))


def act(action: Any, *refinements: Any, **more: Any) -> dict[str, Any]:
    return {"action": {"rdf:value": {"@id": action}, "refinement": [*refinements]}, **more}


def option(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return constraint(f"doumen:{name}", "eq", value, **more)


def number(value: Any, type: str = "integer") -> dict[str, Any]:
    return {"@value": value, "@type": f"xsd:{type}"}


EDGES = {"@type": "@json", "@value": [1, 2.5]}
PERIOD = constraint("delayPeriod", "lteq", {"@value": "P30D", "@type": "xsd:duration"})
MASK = (option("mask.column", "a"), option("mask.method", "bucket"))


@pytest.mark.parametrize(
    ("duty", "form"),
    [
        (act("doumen:limit", option("limit.value", number("7"))), {"limit": 7}),
        (act("doumen:limit", option("limit.value", number(7, "long"))), {"limit": 7}),
        (act("doumen:filter", option("filter.value", "a > 1")), {"filter": "a > 1"}),
        (
            act("doumen:mask", *MASK, option("mask.edges", EDGES)),
            {"mask": {"column": "a", "method": "bucket", "edges": [1, 2.5]}},
        ),
        (
            act("doumen:min_group", option("min_group.k", 3), option("min_group.unit", "a")),
            {"min_group": {"k": 3, "unit": "a"}},
        ),
        (act("doumen:min_group", option("min_group.value", 3)), {"min_group": 3}),
        (act("odrl:delete", PERIOD), {"expire": 30}),
        (act("odrl:delete", {**PERIOD, "rightOperand": "P0D"}), {"expire": 0}),
    ],
)
def test_duties(policy: dict[str, Any], duty: Any, form: Any) -> None:
    assert read(policy, msg("duty"), duty)["duties"] == [form]


def test_count_is_a_constraint_and_duties_keep_their_order(policy: dict[str, Any]) -> None:
    uid = "urn:doumen:rule:read:duty:"
    count = constraint("count", "lteq", 5, unit={"@id": "doumen:perDay"})
    limits = [act("doumen:limit", option("limit.value", n), uid=f"{uid}{n}") for n in (4, 1)]
    unplaced = act("doumen:limit", option("limit.value", 9))
    policy = put(policy, "constraint", [{**count, "uid": f"{uid}2"}, count])
    duties = read(policy, msg("duty"), [unplaced, *limits])["duties"]
    assert duties == [{"limit": 1}, {"count": 5}, {"limit": 4}, {"limit": 9}, {"count": 5}]


VALUE = option("limit.value", 7)


@pytest.mark.parametrize(
    ("duty", "told"),
    [
        ({"action": "attribute"}, "duty.action: duty `attribute` is not understood; `delete`, "),
        ({"action": "doumen:limit"}, "`refinement` is missing: `doumen:limit.OPTION eq VALUE`"),
        ({}, "duty: `action` is missing"),
        ("urn:x:y", "duty: an object is expected here"),
        ({"uid": "urn:doumen:rule:read:duty:1"}, "duty: `action` is missing"),
        (act("doumen:nothing", VALUE), "duty `doumen:nothing` is not understood"),
        (act("doumen:count", VALUE), "duty `doumen:count` is not understood"),
        (act("limit", VALUE), "duty `limit` is not understood"),
        (act("doumen:limit", VALUE, VALUE), "`doumen:limit.value` is given twice"),
        (act("doumen:limit", option("mask.value", 7)), "a refinement is `doumen:limit.OPTION eq"),
        (act("doumen:limit", {**VALUE, "operator": "lteq"}), "a refinement is `doumen:limit"),
        (act("doumen:limit", {**VALUE, "unit": "urn:x:y"}), "a refinement is `doumen:limit"),
        (act("doumen:limit", {**VALUE, "uid": "urn:x:y"}), "a refinement is `doumen:limit"),
        (act("doumen:limit", option("limit.value", [7, 8])), "a refinement is `doumen:limit"),
        (act("doumen:limit", option("limit.value", {"@id": "x"})), "a refinement is `doumen"),
        (act("doumen:limit", option("limit.value", -7)), "`limit`: input should be greater"),
        (act("doumen:limit", option("limit.value", "7")), "`limit`: input should be a valid int"),
        (act("doumen:limit", option("limit.value", number("7", "decimal"))), "valid integer"),
        (act("doumen:limit", option("limit.value", number(True))), "`True` is no xsd:integer"),
        (act("doumen:limit", option("limit.value", number("x", "double"))), "is no xsd:double"),
        (act("doumen:limit", option("limit.value", number("inf", "float"))), "is no xsd:float"),
        (act("doumen:limit", option("limit.value", number(True, "double"))), "is no xsd:double"),
        (act("doumen:limit", option("limit.value", number("true", "boolean"))), "valid integer"),
        (act("doumen:limit", option("limit.value", number(False, "boolean"))), "valid integer"),
        (act("doumen:limit", option("limit.value", number("ja", "boolean"))), "no xsd:boolean"),
        (act("doumen:limit", {}), "refinement[0]: a constraint is empty"),
        (act("doumen:mask", option("mask.method", "rot13")), "`mask`: input tag 'rot13'"),
        (act("doumen:mask", *MASK, option("mask.edges", [1])), "`mask` bucket.edges: "),
        ({"action": {"@id": "doumen:limit", "refinement": [VALUE]}}, "is named by `rdf:value`"),
        ({"action": {"refinement": [VALUE]}}, "duty.action: `rdf:value` is missing"),
        ({"action": [{"@id": "odrl:delete"}] * 2}, "duty.action: one is read, there are 2"),
        (act("odrl:delete"), "`delete` is read with `delayPeriod lteq` whole days"),
        (act("odrl:delete", PERIOD, PERIOD), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "rightOperand": "P1M"}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "rightOperand": ["P1D", "P2D"]}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "rightOperand": 7}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "operator": "gteq"}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "leftOperand": "elapsedTime"}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "unit": "urn:x:y"}), "`delete` is read with"),
        (act("odrl:delete", {**PERIOD, "rightOperand": "P99999999D"}), "`expire`: input should"),
        (act("doumen:limit", VALUE, uid="urn:x:y"), "duty: `uid` of a duty is `urn:doumen:rule:"),
        (act("doumen:limit", VALUE, uid="urn:doumen:rule:other:duty:1"), "`uid` of a duty is"),
        (act("doumen:limit", VALUE, uid="urn:doumen:rule:read:duty:0"), "`uid` of a duty is"),
        ([act("doumen:limit", VALUE, uid="urn:doumen:rule:read:duty:1")] * 2, "the same `uid`"),
        (act("doumen:limit", VALUE) | {"constraint": []}, "duty: `constraint` is not understood"),
    ],
)
def test_duties_that_are_told(policy: dict[str, Any], faults: Faults, duty: Any, told: str) -> None:
    assert told in faults(put(policy, "duty", duty))


@pytest.mark.parametrize(
    "more",
    [
        {"unit": None},
        {"unit": "urn:x:y"},
        {"operator": "lt"},
        {"rightOperand": "5"},
        {"rightOperand": [5, 6]},
        {"rightOperand": {"@id": "x"}},
    ],
)
def test_counts_that_say_something_else(
    policy: dict[str, Any], faults: Faults, more: dict[str, Any]
) -> None:
    count = constraint("count", "lteq", 5, unit={"@id": "doumen:perDay"}) | more
    assert "`count` is read as `lteq` a whole number" in faults(put(policy, "constraint", count))


def test_counts_out_of_range(policy: dict[str, Any], faults: Faults) -> None:
    count = constraint("count", "lteq", -5, unit={"@id": "doumen:perDay"})
    assert "constraint: `count`: input should be" in faults(put(policy, "constraint", count))
