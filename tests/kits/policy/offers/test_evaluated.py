"""What ODRL says of an agreement is what is enforced: its evaluation against rules and conditions.

Terms, moments, places, purposes, parties and counts are drawn by chance; for each the agreement
as it was signed is evaluated, and the rules that are made of its terms are ruled on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kits.policy.offers.strategies import COLUMNS, PARTICIPANTS, PLACES, PURPOSES, terms

from doumen.kits.policy import Asked, rule_as_json, rule_dataset
from doumen.kits.policy.odrl import Agreement, Request, World, evaluate
from doumen.kits.policy.offers import not_in_force, rules_of
from doumen.kits.standards.odrl import purpose_iri, write_agreement
from doumen.kits.standards.odrl.evaluable import evaluable
from doumen.kits.standards.odrl.granted import UNITS
from doumen.kits.standards.odrl.profile import vocabulary
from doumen.kits.standards.odrl.terms import iri
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import Action
from doumen.model.terms import Per, Terms

pytestmark = pytest.mark.law

TARGET, PROVIDER = "urn:uuid:3dd1add4", "did:web:weather.example"
TYPES = {"origin": "VARCHAR", "temp": "DOUBLE", "Tail Num.x": "VARCHAR", "身份证 号/%": "VARCHAR"}
HELD = ("weather.hourly", "weather.daily", "健康.人")
FILTERS = ("origin <> 'LGA'", "temp > 1")
NONE = iri("purpose", "")
"""Of a request that states no purpose it is known that it has none."""
VOCABULARY = vocabulary()
MIDNIGHTS = [datetime(2026, 11, day, tzinfo=UTC) for day in (28, 29, 30)]
ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11)))


@dataclass(frozen=True)
class Case:
    """A request, and what is known of it."""

    participant: str
    place: str | None
    purpose: str | None
    now: datetime
    ref: str
    column: str
    spent: int


cases = st.builds(
    Case,
    participant=st.sampled_from(PARTICIPANTS),
    place=st.sampled_from((*PLACES, None)),
    purpose=st.sampled_from((*PURPOSES, None)),
    now=st.builds(
        lambda day, moved, zone: (day + timedelta(seconds=moved)).astimezone(zone),
        st.sampled_from(MIDNIGHTS),
        st.sampled_from((-1, 0, 43_200)),
        st.sampled_from(ZONES),
    ),
    ref=st.sampled_from(HELD),
    column=st.sampled_from(tuple(TYPES)),
    spent=st.integers(0, 3),
)
drawn = terms(columns=(*COLUMNS, "gone"), filters=FILTERS, units=tuple(TYPES))


def facts_with(base: Facts, terms: Terms, actor: str) -> Facts:
    """The facts of the node with the rules of the agreement alone."""
    rules = [Fact("rule", rule.id, rule_as_json(rule)) for rule in rules_of("A-1", terms, actor)]
    rows = [FactRow(100 + n, fact, f"e{n}", "2026") for n, fact in enumerate(rules)]
    return base.extended(rows)


def enforced(base: Facts, terms: Terms, case: Case) -> frozenset[str]:
    """The columns that the node shows; quotas stand for what the gate reserves."""
    actor = Actor(
        f"{case.participant}#ana",
        case.participant,
        purposes=frozenset([] if case.purpose is None else [case.purpose]),
    )
    stopped = not_in_force(
        terms,
        participant=case.participant,
        place=case.place,
        purpose=case.purpose,
        now=case.now,
    )
    if stopped is not None or any(case.spent + 1 > quota.queries for quota in terms.quotas):
        return frozenset()
    facts = facts_with(base, terms, actor.name)
    snapshot = facts.snapshot(Ref.parse(case.ref))
    assert snapshot is not None
    asked = Asked(actor, case.purpose, Action.QUERY, snapshot.ref, snapshot.schema, facts, case.now)
    try:
        return frozenset(column.column.name for column in rule_dataset(asked).columns)
    except (Refused, NotFound):
        return frozenset()


def evaluated(terms: Terms, case: Case) -> tuple[bool, bool]:
    """Whether the agreement permits reading the dataset, and the one column of it."""
    document = write_agreement(
        terms, "urn:uuid:1", TARGET,
        assigner=PROVIDER, assignee=case.participant, timestamp=MIDNIGHTS[0],
    )  # fmt: skip
    policy = evaluable(json.loads(json.dumps(document)))
    assert isinstance(policy, Agreement)
    asset, party = iri("dataset", case.ref), f"{case.participant}#ana"
    request = Request(party, "odrl:read", asset)

    def permitted(*columns: str) -> bool:
        world = World(
            now=case.now,
            part_of={asset: frozenset({TARGET}), party: frozenset({case.participant})},
            values={
                ("odrl:recipient", None): (case.participant,),
                ("odrl:purpose", None): (purpose_iri(case.purpose) if case.purpose else NONE,),
                **({("odrl:spatial", None): (case.place,)} if case.place else {}),
                ("doumen:dataset", None): (case.ref,),
                ("doumen:column", None): columns,
                **{("odrl:count", UNITS[per]): (case.spent + 1,) for per in Per},
            },
        )
        return evaluate(policy, request, world, VOCABULARY).decision.permitted

    return permitted(*TYPES), permitted(case.column)


def agree(base: Facts, count: int) -> Counter[bool]:
    """Hold so many cases to the law; how many were permitted and how many not."""
    seen: Counter[bool] = Counter()

    @settings(max_examples=count, derandomize=True, deadline=None, database=None)
    @given(drawn, cases)
    def law(terms: Terms, case: Case) -> None:
        whole, column = evaluated(terms, case)
        shown = enforced(base, terms, case)
        assert (whole, column) == (bool(shown), case.column in shown)
        seen[whole] += 1

    law()
    return seen


@pytest.fixture(scope="module")
def base(facts_of: Callable[..., Facts], body_of: Callable[..., dict[str, Any]]) -> Facts:
    return facts_of(datasets={name: body_of(TYPES) for name in HELD})


def test_evaluation_and_enforcement_agree(base: Facts) -> None:
    seen = agree(base, 120)
    assert min(seen.values()) > 12, seen


@pytest.mark.soak
def test_evaluation_and_enforcement_agree_on_ten_thousand(base: Facts) -> None:
    seen = agree(base, 10_000)
    assert seen.total() >= 10_000
    assert min(seen.values()) > 1_000, seen
