"""What is refused, with its place; and all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from doumen.kits.policy.odrl import (
    ODRL,
    Action,
    Agreement,
    Asset,
    ComplianceReport,
    Constraint,
    Duty,
    Logical,
    Offer,
    Party,
    Permission,
    Policy,
    Prohibition,
    Request,
    Set,
    World,
)
from doumen.kits.policy.odrl.check import MAX_DEPTH, MAX_FAULT, MAX_FAULTS
from doumen.model.errors import Invalid

Ask = Callable[..., ComplianceReport]
US = Party("urn:p:port")


def constraint(left: str, operator: str, *right: Any) -> Constraint:
    return Constraint(f"odrl:{left}", f"odrl:{operator}", right)


def refused(ask: Ask, policy: Policy | None = None, **more: Any) -> str:
    with pytest.raises(Invalid) as caught:
        ask(policy, **more)
    assert caught.value.code == "invalid.odrl"
    return str(caught.value.why)


BAD = Constraint("odrl:mood", "odrl:eq", ("good",))
DEEP = Logical("odrl:or", (Logical("odrl:and", (BAD,)),))


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (Set("s", conflict="odrl:maybe"), "conflict: `odrl:maybe` is not understood."),
        (Set("s", profiles=("odrl:core", "urn:x")), "profile[1]: `urn:x` is not understood."),
        (Set("s", (Permission("p", Action("odrl:fly")),)), "permission[0].action: `odrl:fly`"),
        (Set("s", obligations=(Duty("p", Action("x:fly")),)), "obligation[0].action: `x:fly`"),
        (Set("s", (Permission("p"), Permission("p", Action("odrl:use")))),
         "permission[1]: `p` is another rule too"),
        (Set("s", (Permission("p"),), (Prohibition("p"),)),
         "prohibition[0]: `p` is another rule too"),
        (Set("s", (Permission("p", assignee=Party()),)),
         "permission[0].assignee: nothing is named"),
        (Set("s", (Permission("p", target=Asset()),)), "permission[0].target: nothing is named"),
        (Set("s", (Permission("p", target=Asset(refinements=(BAD,))),)),
         "permission[0].target.refinement[0].leftOperand: `odrl:mood` is not understood"),
        (Set("s", (Permission("p", Action("odrl:use", (BAD,))),)),
         "permission[0].action.refinement[0].leftOperand: `odrl:mood`"),
        (Set("s", prohibitions=(Prohibition("p", constraints=(DEEP,)),)),
         "prohibition[0].constraint[0].operand[0].operand[0].leftOperand: `odrl:mood`"),
        (Set("s", (Permission("p", duties=(Duty("d", consequences=(Duty("c", constraints=(BAD,)),)),
                                           )),)),
         "permission[0].duty[0].consequence[0].constraint[0].leftOperand: `odrl:mood`"),
        (Set("s", obligations=(Duty("d", consequences=(Duty("c", consequences=(Duty("e"),)),)),)),
         "obligation[0].consequence[0]: a remedy or a consequence has no consequence"),
        (Set("s", prohibitions=(Prohibition("p", remedies=(Duty("d", consequences=(Duty("e"),)),)),
                                )),
         "prohibition[0].remedy[0]: a remedy or a consequence has no consequence"),
        (Offer("s", (Permission("p"),)), "permission[0]: `assigner` is missing."),
        (Agreement("s", prohibitions=(Prohibition("p", assigner=US),)),
         "prohibition[0]: `assignee` is missing."),
    ],
)  # fmt: skip
def test_policies(ask: Ask, policy: Policy, told: str) -> None:
    assert told in refused(ask, policy)


NAIVE = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("term", "told"),
    [
        (constraint("spatial", "like", "a"), ".operator: `odrl:like` is not understood"),
        (constraint("spatial", "eq"), ".rightOperand: `rightOperand` is missing"),
        (constraint("spatial", "eq", "a", "b"), ".rightOperand: `odrl:eq` takes one value"),
        (constraint("spatial", "isPartOf", "a", "b"), "`odrl:isPartOf` takes one value"),
        (constraint("spatial", "eq", None), "`None` is no value of `odrl:spatial`"),
        (constraint("percentage", "eq", float("nan")), "`nan` is no value of `odrl:percentage`"),
        (constraint("count", "lt", True), "`True` is no value of `odrl:count`"),
        (constraint("count", "lt", "3"), "`3` is no value of `odrl:count`"),
        (constraint("dateTime", "lt", "2026"), "`2026` is no value of `odrl:dateTime`"),
        (constraint("dateTime", "lt", NAIVE), "is no value of `odrl:dateTime`"),
        (constraint("elapsedTime", "lt", 3), "`3` is no value of `odrl:elapsedTime`"),
        (Logical("odrl:nand", (constraint("count", "lt", 3),)), "]: `odrl:nand` is not understood"),
        (Logical("odrl:or", ()), "constraint[0]: a constraint is empty"),
    ],
)
def test_constraints(ask: Ask, term: Any, told: str) -> None:
    why = refused(ask, Set("s", (Permission("p", constraints=(term,)),)))
    assert why.startswith("permission[0].constraint[0]")
    assert told in why


@pytest.mark.parametrize(
    "term",
    [
        constraint("count", "lt", 3),
        constraint("dateTime", "lt", datetime.fromisoformat("2026-01-01T00:00Z")),
        constraint("dateTime", "lteq", datetime(2026, 1, 1).date()),
        constraint("elapsedTime", "lt", timedelta(1)),
        constraint("purpose", "isAnyOf", "a", "b"),
        constraint("spatial", "eq", True),
    ],
)
def test_what_is_understood(ask: Ask, term: Constraint) -> None:
    assert ask(Set("s", (Permission("p", constraints=(term,)),)))


def test_requests_and_worlds(ask: Ask, world: World, now: datetime) -> None:
    fly = Request("urn:p:ann", "odrl:fly", "urn:a:ships")
    assert refused(ask, request=fly) == "request.action: `odrl:fly` is not understood."
    assert "world.now: a moment needs its zone" in refused(ask, world=World(NAIVE))
    assert "a moment needs its zone" in refused(ask, world=replace(world, since={"c": NAIVE}))
    timed = replace(world, values={("odrl:dateTime", None): (now,)})
    assert "`odrl:dateTime` is the time of the world" in refused(ask, world=timed)


def test_one_duty_may_serve_several_permissions(ask: Ask) -> None:
    duty = Duty("d", Action("odrl:attribute"))
    policy = Set("s", (Permission("p", duties=(duty,)), Permission("q", duties=(duty,))))
    assert ask(policy).decision.due == ("d",)


def test_a_profile_makes_its_terms_understood(ask: Ask) -> None:
    profile = ODRL.extended("urn:x", actions={"x:peek": "odrl:read"}, operands=["odrl:mood"])
    peek = Permission("p", Action("x:peek"), constraints=(BAD,))
    assert ask(Set("s", (peek,), profiles=("urn:x",)), vocabulary=profile)


def test_all_faults_are_told_and_not_without_end(ask: Ask) -> None:
    many = tuple(Permission(f"p{n}", Action(f"x:{n}")) for n in range(MAX_FAULTS + 2))
    why = refused(ask, Set("s", many))
    assert all(f"permission[{n}].action: `x:{n}`" in why for n in range(MAX_FAULTS))
    assert why.endswith("; … and 2 more.")
    long = refused(ask, Set("s", (Permission("p", Action("x" * 5000)),)))
    assert len(long) == MAX_FAULT + 2


def test_constraints_are_nested_so_deep_and_no_deeper(ask: Ask) -> None:
    def nested(depth: int) -> Set:
        term: Any = constraint("count", "lt", 3)
        for _ in range(depth):
            term = Logical("odrl:and", (term,))
        return Set("s", (Permission("p", constraints=(term,)),))

    assert ask(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 300):
        told = "permission[0].constraint[0]: constraints are nested too deeply."
        assert refused(ask, nested(depth)) == told
