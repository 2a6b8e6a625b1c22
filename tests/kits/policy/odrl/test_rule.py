"""States of rules: the published table; duties, consequences, remedies; premises, refinements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from doumen.kits.policy.odrl import (
    ODRL,
    Action,
    Asset,
    ComplianceReport,
    Constraint,
    Duty,
    Earlier,
    Logical,
    Party,
    Performance,
    Permission,
    Policy,
    Prohibition,
    Request,
    RuleReport,
    Set,
    World,
)

Ask = Callable[..., ComplianceReport]
HERE = Constraint("odrl:spatial", "odrl:eq", ("here",))
NEVER = Constraint("odrl:dateTime", "odrl:neq", (datetime.fromisoformat("2026-11-29T12:00Z"),))
P, U, X = Performance.PERFORMED, Performance.UNPERFORMED, Performance.UNKNOWN
# The table of the compliance report model, as published in its README.
TABLE = """
Active   Performed   Permission  Fulfilled
Active   Performed   Prohibition Violated
Active   Performed   Duty        Fulfilled
Active   Unperformed Permission  NonSet
Active   Unperformed Prohibition Fulfilled
Active   Unperformed Duty        Violated
Active   Unknown     Permission  NonSet
Active   Unknown     Prohibition NonSet
Active   Unknown     Duty        NonSet
Inactive Performed   Permission  Violated
Inactive Performed   Prohibition NonSet
Inactive Performed   Duty        NonSet
Inactive Unperformed Permission  Fulfilled
Inactive Unperformed Prohibition NonSet
Inactive Unperformed Duty        NonSet
Inactive Unknown     Permission  NonSet
Inactive Unknown     Prohibition NonSet
Inactive Unknown     Duty        NonSet
"""


def one(report: ComplianceReport) -> RuleReport:
    (rule,) = report.rules
    return rule


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1])
def test_the_published_table(ask: Ask, world: World, line: str) -> None:
    activation, performance, concept, deontic = line.split()
    terms = () if activation == "Active" else (NEVER,)
    policy: Policy = {
        "Permission": Set("urn:s", permissions=(Permission("urn:r", constraints=terms),)),
        "Prohibition": Set("urn:s", prohibitions=(Prohibition("urn:r", constraints=terms),)),
        "Duty": Set("urn:s", obligations=(Duty("urn:r", constraints=terms),)),
    }[concept]
    earlier = {"urn:r": Earlier(Performance(performance))}
    found = one(ask(policy, world=replace(world, earlier=earlier)))
    assert found.kind == f"{concept}Report"
    assert (found.activation.state, found.performance.state) == (activation, performance)
    assert found.deontic.state == deontic
    assert found.attempt.state == ("NotAttempted" if concept == "Duty" else "Attempted")
    for finding in (found.attempt, found.activation, found.performance, found.deontic):
        assert finding.reason


def permitted_with(duty: Duty) -> Set:
    return Set("urn:s", (Permission("urn:allow", duties=(duty,)),))


@pytest.mark.parametrize(
    ("before", "permitted", "deontic", "due"),
    [
        (Earlier(), True, "NonSet", ("urn:d",)),
        (Earlier(P), True, "Fulfilled", ()),
        (Earlier(U), False, "Violated", ()),
        (Earlier(X, violated=True), False, "Violated", ()),
        (Earlier(P, violated=True), True, "Fulfilled", ()),
    ],
)
def test_a_duty_holds_up_its_permission(
    ask: Ask, world: World, before: Earlier, permitted: bool, deontic: str, due: tuple[str, ...]
) -> None:
    report = ask(permitted_with(Duty("urn:d")), world=replace(world, earlier={"urn:d": before}))
    assert report.decision.permitted is permitted
    assert report.decision.due == due
    assert one(report).duties[0].deontic.state == deontic
    if not permitted:
        assert one(report).activation.reason == "Duty `urn:d` is violated."


@pytest.mark.parametrize(
    ("place", "before", "permitted", "due"),
    [
        ("here", Earlier(U), False, ()),
        ("there", Earlier(U), True, ()),
        (None, Earlier(U), False, ()),
        ("here", Earlier(), True, ("urn:d",)),
        ("there", Earlier(), True, ()),
        (None, Earlier(), True, ("urn:d",)),
        ("there", Earlier(P, violated=True), True, ()),
    ],
)
def test_a_duty_in_doubt_is_held_for_due(
    ask: Ask, world: World, place: str | None, before: Earlier, permitted: bool, due: Any
) -> None:
    values = {} if place is None else {HERE.operand: (place,)}
    world = replace(world, values=values, earlier={"urn:d": before})
    decision = ask(permitted_with(Duty("urn:d", constraints=(HERE,))), world=world).decision
    assert (decision.permitted, decision.due) == (permitted, due)


@pytest.mark.parametrize(
    ("duty", "consequence", "deontic", "due"),
    [
        (Earlier(), Earlier(), "NonSet", False),
        (Earlier(P), Earlier(), "Fulfilled", False),
        (Earlier(U), Earlier(), "Violated", True),
        (Earlier(U), Earlier(P), "Violated", True),  # both must be fulfilled (2.6.3)
        (Earlier(X, violated=True), Earlier(P), "Violated", True),
        (Earlier(P, violated=True), Earlier(), "Violated", True),
        (Earlier(P, violated=True), Earlier(U), "Violated", True),
        (Earlier(P, violated=True), Earlier(P), "Fulfilled", True),
    ],
)
def test_consequences_are_due_besides_the_duty(
    ask: Ask, world: World, duty: Earlier, consequence: Earlier, deontic: str, due: bool
) -> None:
    policy = Set("urn:s", obligations=(Duty("urn:d", consequences=(Duty("urn:c"),)),))
    world = replace(world, earlier={"urn:d": duty, "urn:c": consequence})
    found = one(ask(policy, world=world))
    assert found.deontic.state == deontic
    assert found.duties[0].active is due
    assert found.duties[0].rule == "urn:c"


@pytest.mark.parametrize(
    ("done", "remedy", "deontic", "due"),
    [
        (X, X, "NonSet", False),
        (U, X, "Fulfilled", False),
        (P, X, "Violated", True),
        (P, U, "Violated", True),
        (P, P, "Fulfilled", True),
    ],
)
def test_remedies_undo_an_infringement(
    ask: Ask, world: World, done: Performance, remedy: Performance, deontic: str, due: bool
) -> None:
    policy = Set("urn:s", prohibitions=(Prohibition("urn:p", remedies=(Duty("urn:m"),)),))
    world = replace(world, earlier={"urn:p": Earlier(done), "urn:m": Earlier(remedy, True)})
    found = one(ask(policy, world=world))
    assert found.deontic.state == deontic
    assert found.duties[0].active is due
    assert found.duties[0].attempt.state == "Attempted"
    assert found.active  # it still prohibits


def premise(ask: Ask, world: World, **part: Any) -> tuple[bool | None, str]:
    (found,) = one(ask(Set("urn:s", (Permission("urn:allow", **part),)), world=world)).premises
    return found.holds, found.kind


@pytest.mark.parametrize(
    ("part", "kind", "holds"),
    [
        ({"assignee": Party("urn:p:ann")}, "PartyReport", True),
        ({"assignee": Party("urn:p:bob")}, "PartyReport", False),
        ({"assignee": Party("urn:g:port")}, "PartyReport", True),
        ({"assignee": Party("urn:g:all")}, "PartyReport", True),
        ({"assignee": Party(source="urn:g:port")}, "PartyReport", True),
        ({"assignee": Party("urn:g:none", "urn:g:port")}, "PartyReport", True),
        ({"target": Asset("urn:a:ships")}, "TargetReport", True),
        ({"target": Asset("urn:a:all")}, "TargetReport", True),
        ({"target": Asset("urn:a:crews")}, "TargetReport", False),
        ({"action": Action("odrl:use")}, "ActionReport", True),
        ({"action": Action("odrl:print")}, "ActionReport", False),
    ],
)
def test_premises_of_a_request(
    ask: Ask, world: World, part: dict[str, Any], kind: str, holds: bool
) -> None:
    world = replace(
        world,
        part_of={
            "urn:p:ann": frozenset({"urn:g:port"}),
            "urn:g:port": frozenset({"urn:g:all"}),
            "urn:a:ships": frozenset({"urn:a:all"}),
        },
    )
    assert premise(ask, world, **part) == (holds, kind)


BIG = Constraint("odrl:absoluteSize", "odrl:gt", (10,), unit="urn:rows")


@pytest.mark.parametrize("part", ["assignee", "target", "action"])
@pytest.mark.parametrize(
    ("known", "holds"),
    [((11,), True), ((10,), False), ((), None), (("eleven",), None)],
)
def test_refinements(
    ask: Ask, world: World, part: str, known: tuple[Any, ...], holds: bool | None
) -> None:
    values = {BIG.operand: known} if known else {}
    world = replace(world, values=values, attributes={"urn:p:ann": values, "urn:a:ships": values})
    other = replace(world, values={}, attributes={})
    refined: Any = {
        "assignee": Party("urn:p:ann", refinements=(BIG,)),
        "target": Asset(refinements=(BIG,)),
        "action": Action("odrl:read", (BIG,)),
    }[part]
    assert premise(ask, world, **{part: refined})[0] is holds
    assert premise(ask, other, **{part: refined})[0] is None
    unfit = Request("urn:p:bob", "odrl:print", "urn:a:crews")
    bare = Set("urn:s", (Permission("urn:allow", **{part: refined}),))
    assert not ask(bare, request=unfit, world=world).decision.permitted


def test_another_unit_is_another_quantity(ask: Ask, world: World) -> None:
    values = {("odrl:absoluteSize", "urn:bytes"): (11,), ("odrl:absoluteSize", None): (11,)}
    assert premise(ask, replace(world, values=values), constraints=(BIG,))[0] is None


HOUR = timedelta(hours=1)


@pytest.mark.parametrize("names", [("urn:1", "urn:2"), ("urn:b", "urn:a")])
@pytest.mark.parametrize(
    ("since", "holds"),
    [
        ({}, True),
        ({0: -2, 1: -1}, True),
        ({0: -1, 1: -1}, True),
        ({0: -1, 1: -2}, False),
        ({0: -1}, True),
        ({1: -1}, False),
    ],
)
def test_a_sequence_holds_in_its_order(
    ask: Ask,
    world: World,
    now: datetime,
    names: tuple[str, str],
    since: dict[int, int],
    holds: bool,
) -> None:
    parts = tuple(replace(HERE, uid=uid) for uid in names)
    sequence = Logical("odrl:andSequence", parts)
    both = Logical("odrl:and", parts)
    world = replace(
        world,
        values={HERE.operand: ("here",)},
        since={names[n]: now + hours * HOUR for n, hours in since.items()},
    )
    assert premise(ask, world, constraints=(sequence,))[0] is holds
    assert premise(ask, world, constraints=(both,))[0] is True
    elsewhere = replace(world, values={HERE.operand: ("there",)})
    assert premise(ask, elsewhere, constraints=(sequence,))[0] is False


def test_what_an_action_implies_may_not_be_prohibited(ask: Ask) -> None:
    profile = ODRL.extended(
        "urn:x",
        actions={"x:chart": "odrl:use"},
        implies={"x:chart": frozenset({"odrl:index"})},
    )
    allow = Permission("urn:allow", Action("x:chart"))
    deny = Prohibition("urn:deny", Action("odrl:index"))
    chart = Request("urn:p:ann", "x:chart", "urn:a:ships")
    for conflict, permitted in (("perm", True), ("prohibit", False), ("invalid", False)):
        policy = Set("urn:s", (allow,), (deny,), conflict=f"odrl:{conflict}")
        decision = ask(policy, request=chart, vocabulary=profile).decision
        assert decision.permitted is permitted
    index = replace(chart, action="odrl:index")
    bare = Set("urn:s", (allow,))
    assert not ask(bare, request=index, vocabulary=profile).decision.permitted
