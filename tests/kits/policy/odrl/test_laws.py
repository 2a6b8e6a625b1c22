"""Laws of the evaluation, over policies, requests and worlds drawn by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.policy.odrl import (
    Action,
    Asset,
    ComplianceReport,
    Condition,
    Connective,
    Constraint,
    Duty,
    Earlier,
    Logical,
    Operator,
    Party,
    Performance,
    Permission,
    PremiseReport,
    Prohibition,
    Request,
    RuleReport,
    Set,
    Strategy,
    World,
    evaluate,
)

pytestmark = pytest.mark.law
often = settings(max_examples=count(60), deadline=None, suppress_health_check=list(HealthCheck))
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PLACES, PARTIES, ASSETS = ("nl", "eu", "cn"), ("ann", "bob", "port"), ("ships", "crews", "all")
ACTIONS = ("odrl:read", "odrl:use", "odrl:play", "odrl:display", "odrl:sell", "odrl:write")
LISTS = {Operator.IS_ANY_OF, Operator.IS_ALL_OF, Operator.IS_NONE_OF}
T = TypeVar("T")


@st.composite
def constraints(draw: st.DrawFn) -> Constraint:
    operator = draw(st.sampled_from(Operator))
    right = draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True))
    if operator in LISTS:
        return Constraint("odrl:spatial", operator, tuple(right))
    if draw(st.booleans()):
        return Constraint("odrl:count", operator, (draw(st.integers(0, 3)),))
    return Constraint("odrl:spatial", operator, (right[0],))


conditions: st.SearchStrategy[Condition] = st.recursive(
    constraints(),
    lambda inner: st.builds(
        Logical, st.sampled_from(Connective), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=5,
)


def several(one: st.SearchStrategy[T], most: int = 2) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(one, max_size=most).map(tuple)


def parts() -> dict[str, st.SearchStrategy[Any]]:
    def maybe(one: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
        return st.none() | one

    return {
        "action": maybe(st.builds(Action, st.sampled_from(ACTIONS), several(conditions, 1))),
        "assignee": maybe(
            st.builds(Party, st.sampled_from(PARTIES), refinements=several(conditions, 1))
        ),
        "target": maybe(
            st.builds(Asset, st.sampled_from(ASSETS), refinements=several(conditions, 1))
        ),
        "constraints": several(conditions),
    }


def named(word: str, rules: Sequence[T]) -> tuple[T, ...]:
    return tuple(replace(rule, uid=f"{word}{n}") for n, rule in enumerate(rules))  # type: ignore[type-var]


simple = st.builds(Duty, st.just(""), constraints=several(conditions, 1))
duties = st.builds(
    lambda duty, more: replace(duty, consequences=named("c", more)), simple, several(simple)
)
permissions = several(
    st.builds(
        lambda rule, more: replace(rule, duties=more),
        st.builds(Permission, st.just(""), **parts()),
        several(duties),
    ),
    3,
)
prohibitions = several(
    st.builds(
        lambda rule, more: replace(rule, remedies=more),
        st.builds(Prohibition, st.just(""), **parts()),
        several(simple),
    ),
    3,
)


@st.composite
def policies(draw: st.DrawFn) -> Set:
    """Every rule has a uid of its own, wherever it stands."""
    count = 0

    def uid(duty: Duty) -> Duty:
        nonlocal count
        count += 1
        name = f"d{count}"
        return replace(duty, uid=name, consequences=tuple(uid(o) for o in duty.consequences))

    permits = [
        replace(rule, uid=f"p{n}", duties=tuple(uid(one) for one in rule.duties))
        for n, rule in enumerate(draw(permissions))
    ]
    denies = [
        replace(rule, uid=f"x{n}", remedies=tuple(uid(one) for one in rule.remedies))
        for n, rule in enumerate(draw(prohibitions))
    ]
    owed = tuple(uid(one) for one in draw(several(duties)))
    return Set("s", tuple(permits), tuple(denies), owed, draw(st.sampled_from(Strategy)))


known = st.fixed_dictionaries(
    {},
    optional={
        ("odrl:spatial", None): st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
        ("odrl:count", None): st.integers(0, 3).map(lambda n: (n,)),
    },
)
names = [*(f"d{n}" for n in range(1, 9)), "p0", "x0"]
worlds = st.builds(
    World,
    st.just(NOW),
    part_of=st.sampled_from(
        [{}, {"ann": frozenset({"port"}), "ships": frozenset({"all"}), "nl": frozenset({"eu"})}]
    ),
    values=known,
    attributes=st.fixed_dictionaries({}, optional={"ann": known, "ships": known}),
    earlier=st.dictionaries(
        st.sampled_from(names),
        st.builds(Earlier, st.sampled_from(Performance), st.booleans(), st.booleans()),
    ),
)
requests = st.builds(
    Request, st.sampled_from(PARTIES), st.sampled_from(ACTIONS), st.sampled_from(ASSETS)
)


@often
@given(policies(), permissions, requests, worlds)
def test_more_permissions_never_refuse_more(
    policy: Set, more: tuple[Permission, ...], request: Request, world: World
) -> None:
    named = tuple(replace(o, uid=f"q{n}", duties=()) for n, o in enumerate(more))
    wider = replace(policy, permissions=(*policy.permissions, *named))
    before, after = evaluate(policy, request, world), evaluate(wider, request, world)
    assert after.decision.permitted >= before.decision.permitted


@often
@given(policies(), prohibitions, requests, worlds)
def test_more_prohibitions_never_allow_more(
    policy: Set, more: tuple[Prohibition, ...], request: Request, world: World
) -> None:
    named = tuple(replace(o, uid=f"y{n}", remedies=()) for n, o in enumerate(more))
    stricter = replace(policy, prohibitions=(*policy.prohibitions, *named))
    before, after = evaluate(policy, request, world), evaluate(stricter, request, world)
    assert after.decision.permitted <= before.decision.permitted


@often
@given(policies(), requests, worlds, known)
def test_what_is_not_known_permits_nothing(
    policy: Set, request: Request, world: World, more: dict[Any, Any]
) -> None:
    """What is permitted stays so, whatever is learned of an operand of which nothing was known."""
    policy = replace(policy, conflict="odrl:prohibit")
    learned = replace(world, values={**more, **{k: v for k, v in world.values.items() if v}})
    if evaluate(policy, request, world).decision.permitted:
        assert evaluate(policy, request, learned).decision.permitted


def shuffled(policy: Set, shuffle: Callable[[Sequence[Any]], tuple[Any, ...]]) -> Set:
    """The same policy with everything that has no order in another one."""

    def condition(one: Condition) -> Condition:
        if isinstance(one, Constraint):
            return replace(one, right=shuffle(one.right))
        operands = tuple(condition(part) for part in one.operands)
        keep = one.connective == Connective.AND_SEQUENCE
        return replace(one, operands=operands if keep else shuffle(operands))

    def part(one: Any) -> Any:
        return one and replace(one, refinements=shuffle([condition(o) for o in one.refinements]))

    def rule(one: Any) -> Any:
        inner = {
            key: shuffle([rule(duty) for duty in getattr(one, key)])
            for key in ("duties", "remedies", "consequences")
            if hasattr(one, key)
        }
        return replace(
            one,
            action=part(one.action),
            assignee=part(one.assignee),
            target=part(one.target),
            constraints=shuffle([condition(o) for o in one.constraints]),
            **inner,
        )

    return replace(
        policy,
        permissions=shuffle([rule(o) for o in policy.permissions]),
        prohibitions=shuffle([rule(o) for o in policy.prohibitions]),
        obligations=shuffle([rule(o) for o in policy.obligations]),
    )


@often
@given(policies(), requests, worlds, st.data())
def test_another_order_gives_the_same_report(
    policy: Set, request: Request, world: World, data: st.DataObject
) -> None:
    def shuffle(parts: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(data.draw(st.permutations(list(parts))))

    again = evaluate(shuffled(policy, shuffle), request, world)
    assert again == evaluate(policy, request, world)


def holds(premise: PremiseReport) -> None:
    assert premise.reason
    assert (premise.satisfaction == "Satisfied") is (premise.holds is True)
    for inner in premise.premises:
        holds(inner)


@often
@given(policies(), requests, worlds)
def test_a_report_says_everything_and_follows_from_its_parts(
    policy: Set, request: Request, world: World
) -> None:
    report: ComplianceReport = evaluate(policy, request, world)
    rules: list[RuleReport] = [*report.rules]
    wanted = (*policy.permissions, *policy.prohibitions, *policy.obligations)
    assert {one.rule for one in rules} == {one.uid for one in wanted}
    active = {kind: [o for o in rules if o.kind == f"{kind}Report" and o.active]
              for kind in ("Permission", "Prohibition")}  # fmt: skip
    assert not report.decision.permitted or active["Permission"]
    if policy.conflict != Strategy.PERM and active["Prohibition"]:
        assert not report.decision.permitted
    for one in rules:
        rules += one.duties
        for finding in (one.attempt, one.activation, one.performance, one.deontic):
            assert finding.reason
        for premise in one.premises:
            holds(premise)
        if one.kind != "DutyReport" and one.active:
            assert all(p.holds for p in one.premises)


TRUE, FALSE = (Constraint("odrl:count", f"odrl:{o}", (1,)) for o in ("eq", "neq"))
OPEN = Constraint("odrl:spatial", "odrl:eq", ("nl",))


@pytest.mark.parametrize("parts", [p for n in (1, 2, 3) for p in product("tf?", repeat=n)])
def test_connectives_by_their_truth_tables(parts: tuple[str, ...]) -> None:
    """Also with what is unknown: it counts where both of its truths give the same."""
    tables: dict[Connective, Callable[[Sequence[bool]], bool]] = {
        Connective.AND: all,
        Connective.OR: any,
        Connective.XONE: lambda truths: sum(truths) == 1,
        Connective.AND_SEQUENCE: all,
    }
    operands = tuple({"t": TRUE, "f": FALSE, "?": OPEN}[part] for part in parts)
    world = World(NOW, values={TRUE.operand: (1,)})
    for connective, table in tables.items():
        term = Logical(connective, operands)
        policy = Set("s", (Permission("p", constraints=(term,)),))
        (rule,) = evaluate(policy, Request("ann", "odrl:read", "ships"), world).rules
        either = {table(truths) for truths in product(
            *[(True, False) if part == "?" else (part == "t",) for part in parts])}  # fmt: skip
        assert rule.premises[0].holds is (either.pop() if len(either) == 1 else None)
        assert rule.active is (rule.premises[0].holds is True)
