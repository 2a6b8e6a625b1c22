from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doumen.gate.views import Views
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.rule import Action, Effect, Rule, Target, TargetKind, Who

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ANA, BEN = Actor("ana", purposes=frozenset({"research"})), Actor("ben")


RULE = Rule(
    id="r",
    effect=Effect.PERMIT,
    action=Action.QUERY,
    who=Who(actor="ana"),
    on=Target(TargetKind.DATASET, "b.*"),
    until=NOW.date(),
)


def facts(*names: str) -> Facts:
    body = {"kind": "table", "columns": [{"name": "a", "type": "BIGINT"}], "version": 0,
            "files": []}  # fmt: skip
    told = [Fact("dataset", name, body) for name in names]
    told.append(Fact("rule", "r", policy.rule_as_json(RULE)))
    return Facts().extended(FactRow(at, fact, f"e{at}", "") for at, fact in enumerate(told, 1))


def test_what_is_given_is_what_the_actor_may_know_and_the_same_object() -> None:
    views, all_facts = Views(), facts("b.x", "c.y")
    seen = views.of(ANA, all_facts, NOW, None)
    assert seen == policy.visible_facts(ANA, all_facts, NOW)
    assert list(seen.rows["dataset"]) == ["b.x"]
    assert views.of(ANA, all_facts, NOW + timedelta(hours=9), None) is seen
    assert "dataset" not in views.of(BEN, all_facts, NOW, None).rows


def test_other_facts_days_roles_and_purposes_are_looked_at_anew() -> None:
    views, all_facts = Views(), facts("b.x")
    seen = views.of(ANA, all_facts, NOW, None)
    assert views.of(ANA, all_facts, NOW, "research") is not seen
    assert "dataset" not in views.of(ANA, all_facts, NOW + timedelta(days=1), None).rows
    steward = Actor("ana", roles=frozenset({"steward"}), purposes=ANA.purposes)
    assert views.of(steward, all_facts, NOW, None) is not seen
    more = facts("b.x", "b.z")
    assert list(views.of(ANA, more, NOW, None).rows["dataset"]) == ["b.x", "b.z"]
    with pytest.raises(Refused):
        views.of(BEN, more, NOW, "research")


def test_the_oldest_view_is_forgotten() -> None:
    views, all_facts = Views(kept=1), facts("b.x")
    seen = views.of(ANA, all_facts, NOW, None)
    views.of(BEN, all_facts, NOW, None)
    assert views.of(ANA, all_facts, NOW, None) is not seen


def test_a_view_of_facts_that_changed_meanwhile_is_given_but_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    views, old, new = Views(), facts("b.x"), facts("b.x", "b.z")
    visible = policy.visible_facts

    def slowly(actor: Actor, all_facts: Facts, now: datetime, purpose: str | None) -> Facts:
        if all_facts is old:
            views.of(BEN, new, NOW, None)
        return visible(actor, all_facts, now, purpose)

    monkeypatch.setattr(policy, "visible_facts", slowly)
    assert list(views.of(ANA, old, NOW, None).rows["dataset"]) == ["b.x"]
    assert list(views.of(ANA, new, NOW, None).rows["dataset"]) == ["b.x", "b.z"]
