"""Terms as rules: what is ruled under them, names that last, and their form among the facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.counts import count
from tests.kits.policy.offers.strategies import terms

from doumen.kits.policy import rule_as_json, rule_from_json
from doumen.kits.policy.offers import clause_of, read_terms, rules_of
from doumen.kits.policy.target import folded
from doumen.model.rule import Action, Effect, Expire, Filter, Limit, Mask, Rule, Who
from doumen.model.terms import Grant, Terms

often = settings(max_examples=count(60), deadline=None)
KEY, ACTOR = "A-7F3KQ2AB", "did:web:port.example#ana"
TEXT = """
for: [research]
until: 2027-12-31
datasets:
  weather.daily:
    duties: [{mask: {column: temp, method: hash}}]
  weather.hourly:
    columns: [Temp, origin]
    duties: [{mask: {column: temp, method: hash}}, {limit: 5}, {filter: "origin = 'a'"}]
due: {delete: 30}
"""


def test_a_clause_is_a_rule_or_one_for_each_column() -> None:
    whole, temp, origin = rules_of(KEY, read_terms(TEXT), ACTOR)
    assert (whole.id, whole.on.value) == ("A-7F3KQ2AB-1", "weather.daily")
    assert whole.duties == (Mask("hash", "temp"), Expire(30))
    assert (temp.id, temp.on.value) == ("A-7F3KQ2AB-2-1", "weather.hourly.Temp")
    assert temp.duties == (Filter("origin = 'a'"), Mask("hash"), Limit(5), Expire(30))
    assert (origin.id, origin.on.value) == ("A-7F3KQ2AB-2-2", "weather.hourly.origin")
    assert origin.duties == (Filter("origin = 'a'"), Limit(5), Expire(30))
    for rule in (whole, temp, origin):
        assert (rule.effect, rule.action, rule.who) == (
            Effect.PERMIT,
            Action.QUERY,
            Who(actor=ACTOR),
        )
        assert rule.purposes == ("research",)
        assert str(rule.until) == "2027-12-31"


def test_a_clause_is_found_by_its_name_and_by_those_of_its_rules() -> None:
    terms = read_terms(TEXT)
    daily, hourly = terms.grants
    assert clause_of(KEY, terms, f"{KEY}-1") == daily
    assert clause_of(KEY, terms, f"{KEY}-2") == hourly
    temp, origin = (clause_of(KEY, terms, f"{KEY}-2-{n}") for n in (1, 2))
    assert temp == Grant(hourly.ref, ("Temp",), hourly.duties)
    rest = tuple(duty for duty in hourly.duties if not isinstance(duty, Mask))
    assert origin == Grant(hourly.ref, ("origin",), rest)
    for id in (KEY, f"{KEY}-0", f"{KEY}-3", f"{KEY}-1-1", f"{KEY}-2-3", f"{KEY}-02"):
        assert clause_of(KEY, terms, id) is None


@pytest.mark.law
@often
@given(terms())
def test_they_are_rules_of_a_document_with_names_of_their_own(found: Terms) -> None:
    actor = f"did:web:{'x' * 880}#{'y' * 63}"
    rules: tuple[Rule, ...] = rules_of(KEY, found, actor)
    assert tuple(rule_from_json(rule_as_json(rule)) for rule in rules) == rules
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.id.startswith(f"{KEY}-") for rule in rules)


@pytest.mark.law
@often
@given(terms())
def test_no_duty_is_lost(found: Terms) -> None:
    rules = rules_of(KEY, found, ACTOR)
    for number, grant in enumerate(found.grants, start=1):
        own = [r for r in rules if r.id == f"{KEY}-{number}" or r.id.startswith(f"{KEY}-{number}-")]
        assert len(own) == max(1, len(grant.columns))
        for rule in own:
            rest = [d for d in rule.duties if not isinstance(d, Mask | Expire)]
            assert rest == [d for d in grant.duties if not isinstance(d, Mask)]
            assert (Expire(found.dues.delete or 0) in rule.duties) == (
                found.dues.delete is not None
            )
        if grant.columns:
            masked = {
                (folded(rule.on.value), duty.method, duty.options)
                for rule in own
                for duty in rule.duties
                if isinstance(duty, Mask)
            }
            asked = {
                (folded(f"{grant.ref}.{duty.column}"), duty.method, duty.options)
                for duty in grant.duties
                if isinstance(duty, Mask)
            }
            assert masked == asked
