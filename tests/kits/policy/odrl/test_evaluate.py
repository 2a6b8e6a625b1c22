"""The decision: strategies of conflict, doubt, offers; and that a report says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from doumen.kits.policy.odrl import (
    Agreement,
    ComplianceReport,
    Constraint,
    Duty,
    Offer,
    Party,
    Permission,
    Prohibition,
    Set,
    World,
)

Ask = Callable[..., ComplianceReport]
HERE = Constraint("odrl:spatial", "odrl:eq", ("here",))
US, THEM = Party("urn:p:port"), Party("urn:p:ann")


@pytest.mark.parametrize(
    ("place", "conflict", "permitted", "reason", "rules"),
    [
        ("here", "perm", True, "`urn:allow` permits it.", ["urn:allow"]),
        ("here", "prohibit", False, "`urn:deny` prohibits it.", ["urn:deny"]),
        (
            "here",
            "invalid",
            False,
            "`urn:allow` and `urn:deny` conflict",
            ["urn:allow", "urn:deny"],
        ),
        ("there", "perm", True, "`urn:allow` permits it.", ["urn:allow"]),
        ("there", "prohibit", True, "`urn:allow` permits it.", ["urn:allow"]),
        ("there", "invalid", True, "`urn:allow` permits it.", ["urn:allow"]),
        (None, "perm", True, "`urn:allow` permits it.", ["urn:allow"]),
        (None, "prohibit", False, "`urn:deny` may prohibit it: not enough", ["urn:deny"]),
        (None, "invalid", False, "`urn:allow` and `urn:deny` conflict", ["urn:allow", "urn:deny"]),
    ],
)
def test_strategies(
    ask: Ask, world: World, place: str | None, conflict: str, permitted: bool, reason: str,
    rules: list[str],
) -> None:  # fmt: skip
    policy = Set(
        "urn:s",
        (Permission("urn:allow"),),
        (Prohibition("urn:deny", constraints=(HERE,)),),
        conflict=f"odrl:{conflict}",
    )
    values = {} if place is None else {HERE.operand: (place,)}
    report = ask(policy, world=replace(world, values=values))
    assert report.decision.permitted is permitted
    assert report.decision.reason.startswith(reason)
    assert list(report.decision.rules) == rules


@pytest.mark.parametrize("conflict", ["perm", "prohibit", "invalid"])
def test_what_nothing_permits_is_not_permitted(ask: Ask, conflict: str) -> None:
    empty = Set("urn:s", conflict=f"odrl:{conflict}")
    decision = ask(empty).decision
    assert (decision.permitted, decision.reason) == (False, "No permission is active.")
    denied = ask(replace(empty, prohibitions=(Prohibition("urn:deny"),))).decision
    assert (denied.permitted, denied.reason) == (False, "`urn:deny` prohibits it.")
    doubted = Permission("urn:allow", constraints=(HERE,))
    assert not ask(replace(empty, permissions=(doubted,))).decision.permitted


def test_an_offer_permits_nothing_and_the_agreement_does(ask: Ask) -> None:
    allow = Permission("urn:allow", assigner=US, assignee=THEM)
    offered = ask(Offer("urn:o", (allow,)))
    assert offered.rules[0].active
    assert not offered.decision.permitted
    assert "before it is agreed" in offered.decision.reason
    assert ask(Agreement("urn:o", (allow,))).decision.permitted


def test_obligations_are_reported_and_decide_nothing(ask: Ask, world: World) -> None:
    policy = Set("urn:s", (Permission("urn:allow"),), obligations=(Duty("urn:owed"),))
    report = ask(policy)
    assert [rule.rule for rule in report.rules] == ["urn:allow", "urn:owed"]
    assert report.decision.permitted
    assert report.decision.due == ()
    assert (report.policy, report.request, report.created) == ("urn:s", "urn:r:1", world.now)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (("here",), "All premises are satisfied."),
        (("there",), "`odrl:spatial` is `there`; `odrl:eq` `here` is asked."),
        ((), "Nothing is known of `odrl:spatial`."),
        ((7,), "`odrl:spatial` is `7`, of which `odrl:eq` `here` cannot be judged."),
    ],
)
def test_an_activation_says_why(
    ask: Ask, world: World, known: tuple[str, ...], reason: str
) -> None:
    policy = Set("urn:s", (Permission("urn:allow", constraints=(HERE,)),))
    report = ask(policy, world=replace(world, values={HERE.operand: known}))
    assert report.rules[0].activation.reason == reason
