"""Laws of the rules: monotony, deny beats permit, order, existence, what hidden rows change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.kits.policy import DatasetRuling, absent, visible_facts
from doumen.kits.policy.masks import BY_NAME
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import (
    Action,
    Duty,
    Effect,
    Filter,
    Limit,
    Mask,
    Rule,
    Target,
    TargetKind,
    Who,
)

Build = Callable[..., Facts]
Ask = Callable[..., DatasetRuling]
Body = Callable[..., dict[str, Any]]

COLUMNS = {"a": "BIGINT", "b": "VARCHAR", "c": "VARCHAR"}
LABELS = {"x.raw.c": ["personal"], "ana.made": ["mine"]}
LINEAGE = {
    "ana.made": {
        "a": {"projection": [], "influence": []},
        "b": {"projection": ["x.raw.b"], "influence": ["x.raw.c"]},
        "c": {"projection": ["x.raw.c"], "influence": []},
    }
}
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANA = Actor("ana", roles=frozenset({"analyst"}), purposes=frozenset({"research", "security"}))
BOB = replace(ANA, name="bob")
DATASETS = ("x.raw", "ana.made", "x.other")

WHO = st.sampled_from([Who(role="analyst"), Who(actor="ana"), Who(actor="bob")])
DATASET_TARGETS = st.sampled_from(["x.raw", "x.*", "ana.made", "*.*"]).map(
    lambda value: Target(TargetKind.DATASET, value)
)
TARGETS = DATASET_TARGETS | st.sampled_from(
    [
        *(Target(TargetKind.COLUMN, f"x.raw.{name}") for name in COLUMNS),
        Target(TargetKind.COLUMN, "ana.made.b"),
        Target(TargetKind.LABEL, "personal"),
        Target(TargetKind.LABEL, "mine"),
    ]
)
PURPOSES = st.sampled_from([(), (), ("research",), ("security",), ("marketing",)])
UNTIL = st.sampled_from([None, None, date(2026, 11, 24), date(2026, 11, 23)])
OPTIONS = [(("keep_end", 0), ("keep_start", n), ("with", "*")) for n in (1, 2)]
METHODS = st.sampled_from([("null", ()), ("hash", ()), *(("partial", o) for o in OPTIONS)])


def duties_on(target: Target) -> st.SearchStrategy[Duty]:
    names = st.sampled_from([*COLUMNS]) if target.kind is TargetKind.DATASET else st.none()
    masks = st.builds(lambda m, c: Mask(m[0], c, m[1]), METHODS, names)
    return st.sampled_from(["a > 1", "b = 'x'"]).map(Filter) | st.integers(0, 9).map(Limit) | masks


@st.composite
def rule(draw: st.DrawFn, effect: Effect | None = None) -> Rule:
    on = draw(TARGETS)
    chosen = effect or draw(st.sampled_from([Effect.PERMIT, Effect.PERMIT, Effect.DENY]))
    action = draw(st.sampled_from([Action.QUERY, Action.QUERY, Action.DISCOVER]))
    duties: list[Duty] = []
    if (chosen, action) == (Effect.PERMIT, Action.QUERY):
        duties = draw(st.lists(duties_on(on), max_size=2))
    return Rule(
        id="r",
        effect=chosen,
        action=action,
        who=draw(WHO),
        on=on,
        purposes=draw(PURPOSES),
        until=draw(UNTIL),
        duties=tuple(duties),
    )


def numbered(rules: list[Rule]) -> list[Rule]:
    return [replace(one, id=f"r{number}") for number, one in enumerate(rules)]


RULES = st.lists(rule(), max_size=6).map(numbered)
OPEN = st.just(
    Rule("r", Effect.PERMIT, Action.QUERY, Who(role="analyst"), Target(TargetKind.DATASET, "*.*"))
)
SETS = RULES | st.tuples(OPEN, RULES).map(lambda pair: numbered([pair[0], *pair[1]]))
ASKING = st.tuples(
    st.sampled_from([ANA, BOB]),
    st.sampled_from(DATASETS),
    st.sampled_from([None, "research", "security"]),
)


@dataclass(frozen=True)
class Shown:
    """How much a ruling shows."""

    strengths: dict[str, tuple[int, Mask | None]]
    filters: frozenset[str]
    limit: int | None


@pytest.fixture(scope="session")
def shown(facts_of: Build, body_of: Body, ask: Ask) -> Callable[..., Shown | None]:
    bodies = {
        "x.raw": body_of(COLUMNS),
        "x.other": body_of(COLUMNS),
        "ana.made": body_of(COLUMNS, derived=True, creator="ana", sources=["x.raw"]),
    }

    def show(rules: list[Rule], asking: tuple[Actor, str, str | None]) -> Shown | None:
        actor, ref, purpose = asking
        facts = facts_of(rules, datasets=bodies, labels=LABELS, lineage=LINEAGE)
        try:
            ruling = ask(facts, actor, ref, purpose=purpose)
        except Refused:
            return None
        except NotFound as error:
            if error.as_json() != absent(Ref.parse(ref)).as_json():
                raise
            return None
        return Shown(
            {
                c.column.name: (BY_NAME[c.mask.method].strength if c.mask else 0, c.mask)
                for c in ruling.columns
            },
            frozenset(expression for _, expression in ruling.filters),
            None if ruling.limit is None else ruling.limit[0],
        )

    return show


def assert_no_more(after: Shown | None, before: Shown | None) -> None:
    if after is None:
        return
    assert before is not None
    for name, (strength, mask) in after.strengths.items():
        before_strength, before_mask = before.strengths[name]
        assert strength > before_strength or mask == before_mask
    assert after.filters >= before.filters
    if before.limit is not None:
        assert after.limit is not None
        assert after.limit <= before.limit


@pytest.mark.law
@given(rules=SETS, more=rule(Effect.DENY), asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=400)
def test_a_further_denial_never_shows_more(
    shown: Callable[..., Shown | None],
    rules: list[Rule],
    more: Rule,
    asking: tuple[Actor, str, str | None],
) -> None:
    before = shown(rules, asking)
    for id in ("a", "z"):
        assert_no_more(shown([*rules, replace(more, id=id)], asking), before)


@pytest.mark.law
@given(rules=SETS, data=st.data(), asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_further_duty_never_shows_more(
    shown: Callable[..., Shown | None],
    rules: list[Rule],
    data: st.DataObject,
    asking: tuple[Actor, str, str | None],
) -> None:
    permits = [r for r in rules if r.effect is Effect.PERMIT and r.action is Action.QUERY]
    if not permits:
        return
    chosen = data.draw(st.sampled_from(permits))
    duty = data.draw(duties_on(chosen.on))
    stricter = replace(chosen, duties=(*chosen.duties, duty))
    after = [stricter if one is chosen else one for one in rules]
    assert_no_more(shown(after, asking), shown(rules, asking))


@pytest.mark.law
@given(rules=SETS, data=st.data(), asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_second_permit_never_widens(
    shown: Callable[..., Shown | None],
    rules: list[Rule],
    data: st.DataObject,
    asking: tuple[Actor, str, str | None],
) -> None:
    permits = [
        r
        for r in rules
        if r.effect is Effect.PERMIT
        and r.action is Action.QUERY
        and r.on.kind is TargetKind.DATASET
    ]
    if not permits:
        return
    chosen = data.draw(st.sampled_from(permits))
    duties = tuple(data.draw(st.lists(duties_on(chosen.on), max_size=3)))
    second = replace(chosen, id="second", duties=duties)
    assert_no_more(shown([*rules, second], asking), shown(rules, asking))


@pytest.mark.law
@given(rules=SETS, asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_what_is_shown_does_not_depend_on_the_order_of_rules(
    shown: Callable[..., Shown | None], rules: list[Rule], asking: tuple[Actor, str, str | None]
) -> None:
    assert shown(numbered(rules[::-1]), asking) == shown(rules, asking)


@pytest.mark.law
@given(rules=SETS, asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_denied_dataset_is_never_shown(
    shown: Callable[..., Shown | None], rules: list[Rule], asking: tuple[Actor, str, str | None]
) -> None:
    actor, ref, _ = asking
    for action in Action:
        who = Who(actor=actor.name)
        no = Rule("no", Effect.DENY, action, who, Target(TargetKind.DATASET, ref))
        assert shown([*rules, no], asking) is None


@pytest.mark.law
@given(rules=SETS, asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_rules_that_are_over_or_for_another_purpose_change_nothing(
    shown: Callable[..., Shown | None], rules: list[Rule], asking: tuple[Actor, str, str | None]
) -> None:
    matching = [
        r
        for r in rules
        if (not r.purposes or asking[2] in r.purposes) and r.until != date(2026, 11, 23)
    ]
    assert shown(matching, asking) == shown(rules, asking)


@pytest.mark.law
@given(rules=SETS, asking=ASKING)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_the_catalogue_does_not_tell_of_hidden_rows(
    facts_of: Build,
    body_of: Body,
    ask: Ask,
    rules: list[Rule],
    asking: tuple[Actor, str, str | None],
) -> None:
    actor, ref, purpose = asking
    bodies = {
        "x.raw": body_of(COLUMNS),
        "x.other": body_of(COLUMNS),
        "ana.made": body_of(COLUMNS, derived=True, creator="ana", sources=["x.raw"]),
    }
    facts = facts_of(rules, datasets=bodies, labels=LABELS, lineage=LINEAGE)
    new = {**bodies[ref], "version": 9, "files": [], "updated": "2027"}
    changed = facts.extended([FactRow(99, Fact("dataset", ref, new), "e", "2027")])
    try:
        ruling = ask(facts, actor, ref, purpose=purpose)
        sees_all = ruling.whole and len(ruling.columns) == len(COLUMNS)
    except (Refused, NotFound):
        sees_all = False
    before, after = (visible_facts(actor, f, NOW, purpose) for f in (facts, changed))
    assert (before == after) is not sees_all
