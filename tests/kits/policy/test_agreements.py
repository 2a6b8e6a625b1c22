"""Agreements as facts, and what of them lets nobody read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side, Use, key_of
from doumen.model.errors import DoumenError, NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts

HELD = Agreement(
    key_of("urn:a"), "urn:a", Side.CONSUMER, "did:web:w.example", "weather",
    policy.read_terms("datasets: {w.hourly: {}}"), "2026-01-01T00:00:00Z",
)  # fmt: skip
USE = Use("T-7F3KQ2AB", "STARTED", Side.PROVIDER, "2026-02-02T00:00:00Z", held=False)
ENDED = replace(HELD, ended="2026-03-03T00:00:00Z")


@pytest.mark.parametrize(
    "held",
    [HELD, replace(HELD, use=USE), ENDED, replace(ENDED, ended_by="did:web:w.example", use=USE)],
)
def test_what_is_written_is_read_again(held: Agreement) -> None:
    body = policy.agreement_as_json(held)
    assert policy.agreement_from_json(held.key, {**body, "negotiation": "N-1"}) == held


@pytest.mark.parametrize("held", [HELD, replace(HELD, use=USE)])
def test_it_stands_until_somebody_says_otherwise(held: Agreement) -> None:
    policy.check_stands(held)


@pytest.mark.parametrize(
    ("held", "what", "why"),
    [
        (ENDED, "was ended", "since 2026-03-03"),
        (replace(ENDED, ended_by="did:web:w.example"), "was ended", "`did:web:w.example` ended"),
        (replace(HELD, use=replace(USE, state="SUSPENDED")), "rests", "The provider suspended"),
        (
            replace(HELD, use=replace(USE, state="COMPLETED", by=Side.CONSUMER)),
            "was ended",
            "The consumer ended",
        ),
    ],
)
def test_who_ended_it_is_told(held: Agreement, what: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        policy.check_stands(held)
    assert what in str(caught.value.what)
    assert why in str(caught.value.why)
    assert caught.value.code == "refused.agreement"


FILTERED = replace(
    HELD, terms=policy.read_terms("datasets: {w.hourly: {duties: [{filter: \"city <> 'hid'\"}]}}")
)
SIGNED = {"policy": {"filter": "city <> 'hid'"}, "negotiation": "N-1"}
NOW = datetime(2026, 5, 5, tzinfo=UTC)
PERMIT = {"id": "use", "permit": "query", "who": {"actor": "ana"}, "on": {"agreement": HELD.key}}
DENIAL = {"id": "no", "deny": "query", "who": {"actor": "ana"}, "on": {"agreement": HELD.key}}


def facts(*rules: dict[str, Any]) -> Facts:
    body = policy.agreement_as_json(FILTERED) | SIGNED
    given = [
        Fact("agreement", HELD.key, body),
        Fact("negotiation", "N-1", {"offer": "city <> 'hid'"}),
        *(Fact("rule", rule["id"], rule) for rule in rules),
    ]
    rows: dict[str, dict[str, FactRow]] = {}
    for fact in given:
        rows.setdefault(fact.kind, {})[fact.key] = FactRow(1, fact, "e", "t")
    return Facts(1, rows)


def test_filters_of_an_agreement_are_for_those_who_govern() -> None:
    known = facts(PERMIT)
    for who, told in (
        (Actor("owner", roles=frozenset({"owner"})), True),
        (Actor("sue", roles=frozenset({"steward"})), True),
        (Actor("al", roles=frozenset({"auditor"})), False),
        (Actor("ana", roles=frozenset({"analyst"})), False),
    ):
        seen = policy.visible_facts(who, known, NOW)
        assert seen.body("agreement", HELD.key) is not None
        assert ("hid" in json.dumps([dict(seen.all(k)) for k in seen.rows], default=str)) is told
    other = policy.visible_facts(Actor("bob", roles=frozenset({"analyst"})), known, NOW)
    assert other.body("agreement", HELD.key) is None
    denied = policy.visible_facts(Actor("ana", roles=frozenset({"analyst"})), facts(DENIAL), NOW)
    assert denied.body("agreement", HELD.key) is None


def test_a_clause_is_known_to_those_who_know_of_the_agreement() -> None:
    known = facts(PERMIT)
    found = policy.agreed_clause(known, f"{HELD.key}-1")
    assert found == (FILTERED, FILTERED.terms.grants[0])
    for id in (f"{HELD.key}-2", HELD.key, "A-AAAAAAAA-1", "read", ""):
        assert policy.agreed_clause(known, id) is None
    bob = policy.visible_facts(Actor("bob", roles=frozenset({"analyst"})), known, NOW)
    assert policy.agreed_clause(bob, f"{HELD.key}-1") is None


@pytest.mark.parametrize(
    ("rules", "purpose", "error"),
    [
        ([PERMIT], None, None),
        ([], None, NotFound),
        ([DENIAL], None, NotFound),
        ([PERMIT, DENIAL], None, Refused),
        ([{**PERMIT, "for": ["research"]}], None, Refused),
        ([{**PERMIT, "for": ["research"]}], "research", None),
        ([{**PERMIT, "who": {"actor": "bob"}}], None, NotFound),
        ([{**PERMIT, "on": {"agreement": "A-AAAAAAAA"}}], None, NotFound),
    ],
)
def test_who_may_use_it(
    rules: list[dict[str, Any]], purpose: str | None, error: type[DoumenError] | None
) -> None:
    ana = Actor("ana", roles=frozenset({"analyst"}), purposes=frozenset({"research"}))
    known = facts(*rules)
    if error is None:
        policy.may_use(ana, known, HELD.key, purpose, NOW)
        return
    with pytest.raises(error) as caught:
        policy.may_use(ana, known, HELD.key, purpose, NOW)
    assert type(caught.value) is error


def test_who_oversees_knows_of_it_and_still_needs_a_rule() -> None:
    aud = Actor("al", roles=frozenset({"auditor"}))
    with pytest.raises(Refused, match="No rule lets"):
        policy.may_use(aud, facts(), HELD.key, None, NOW)


@pytest.mark.parametrize(
    ("form", "ended", "held"),
    [
        ("{}", None, True),
        ("{}", "2026-01-01T00:00:00Z", False),
        ("{from: 2026-11-24, until: 2026-11-24}", None, True),
        ("{from: 2026-11-25}", None, False),
        ("{until: 2026-11-23}", None, False),
    ],
)
def test_those_in_force(form: str, ended: str | None, held: bool) -> None:
    terms = form[:-1] + (", " if form != "{}" else "") + "datasets: {w.daily: {}}}"
    one = replace(HELD, terms=policy.read_terms(terms), ended=ended)
    row = FactRow(1, Fact("agreement", one.key, policy.agreement_as_json(one)), "", "")
    found = policy.agreements_in_force(Facts(1, {"agreement": {one.key: row}}), date(2026, 11, 24))
    assert list(found) == ([one] if held else [])
