"""Rulings on collected datasets: who sees what, and by which rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from doumen.kits.policy import DatasetRuling, absent
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.rule import Action, Mask

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Ask = Callable[..., DatasetRuling]

FLIGHTS = Ref("transport", "flights")
PERMIT = "{id: p, permit: query, who: {role: analyst}, on: transport.flights"


def rules(*lines: str) -> str:
    return "rules:\n" + "\n".join(f"  - {line}" for line in lines)


def names(ruling: DatasetRuling) -> list[str]:
    return [c.column.name for c in ruling.columns]


def masks(ruling: DatasetRuling) -> dict[str, str]:
    return {c.column.name: c.mask.method for c in ruling.columns if c.mask is not None}


def test_the_owner_sees_all_and_no_rule_applies(
    facts_of: Build, someone: Someone, ask: Ask
) -> None:
    facts = facts_of(rules("{id: d, deny: query, who: {role: owner}, on: '*.*'}"))
    for purpose in (None, "anything"):
        ruling = ask(facts, someone("owner", "owner"), purpose=purpose)
        assert names(ruling) == ["year", "origin", "tailnum", "delay"]
        assert ruling.whole
        assert ruling.rules == ()


def test_a_permit_with_its_duties(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            PERMIT
            + """, duties: [
                {filter: "origin <> 'LGA'"}, {mask: {column: TAILNUM, method: hash}},
                {limit: 9}]}"""
        )
    )
    ruling = ask(facts)
    assert names(ruling) == ["year", "origin", "tailnum", "delay"]
    assert masks(ruling) == {"tailnum": "hash"}
    assert ruling.filters == (("p", "origin <> 'LGA'"),)
    assert ruling.limit == (9, "p")
    assert ruling.rules == ("p",)
    assert ruling.denied == {}
    assert ruling.discoverable
    assert not ruling.whole


def test_duties_of_all_permits_are_joined(facts_of: Build, someone: Someone, ask: Ask) -> None:
    facts = facts_of(
        rules(
            PERMIT + ", duties: [{filter: delay > 1}, {limit: 9}, "
            "{mask: {column: origin, method: hash}}]}",
            "{id: q, permit: query, who: {actor: ana}, on: 'transport.*', duties: "
            "[{filter: year = 2013}, {limit: 5}, {mask: {column: origin, method: null}}]}",
            "{id: other, permit: query, who: {actor: bob}, on: '*.*', duties: [{limit: 1}]}",
        )
    )
    ruling = ask(facts)
    assert ruling.filters == (("p", "delay > 1"), ("q", "year = 2013"))
    assert ruling.limit == (5, "q")
    assert masks(ruling) == {"origin": "null"}
    assert ruling.rules == ("p", "q")
    assert next(c for c in ruling.columns if c.column.name == "origin").rules == ("p", "q")


def test_a_permit_on_columns_shows_these_only(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            "{id: c, permit: query, who: {role: analyst}, on: {column: transport.flights.Origin}, "
            "duties: [{mask: {method: hash}}, {filter: delay > 1}]}",
            "{id: l, permit: query, who: {role: analyst}, on: {label: public}}",
        ),
        labels={"transport.flights.delay": ["public"]},
    )
    ruling = ask(facts)
    assert names(ruling) == ["origin", "delay"]
    assert masks(ruling) == {"origin": "hash"}
    assert [c.rules for c in ruling.columns] == [("c",), ("l",)]
    assert ruling.filters == (("c", "delay > 1"),)
    assert ruling.denied == {}


def test_a_label_mask_is_on_every_column_of_the_label(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            PERMIT + "}",
            "{id: l, permit: query, who: {role: analyst}, on: {label: PERSONAL}, "
            "duties: [{mask: {method: partial, keep_start: 1}}]}",
        ),
        labels={"transport.flights.tailnum": ["personal"], "transport.flights.origin": ["x"]},
    )
    assert masks(ask(facts)) == {"tailnum": "partial"}


def test_deny_beats_permit(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(PERMIT + "}", "{id: no, deny: query, who: {actor: ana}, on: 'transport.*'}")
    )
    with pytest.raises(Refused, match="Rule `no` denies `transport") as error:
        ask(facts)
    assert error.value.rule == "no"
    assert "doumen rule explain no" in (error.value.next or "")


def test_denied_columns_are_left_out_and_told(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            PERMIT + "}",
            "{id: no, deny: query, who: {role: analyst}, on: {label: personal}}",
            "{id: no2, deny: query, who: {role: analyst}, on: {column: transport.flights.delay}}",
        ),
        labels={"transport.flights.tailnum": ["personal"]},
    )
    ruling = ask(facts)
    assert names(ruling) == ["year", "origin"]
    assert ruling.denied == {"tailnum": "no", "delay": "no2"}
    assert ruling.rules == ("no", "no2", "p")
    assert not ruling.whole


def test_a_denial_does_not_tell_of_a_column_that_may_not_be_known(
    facts_of: Build, ask: Ask
) -> None:
    facts = facts_of(
        rules(
            "{id: c, permit: query, who: {role: analyst}, on: {column: transport.flights.year}}",
            "{id: no, deny: query, who: {role: analyst}, on: {label: personal}}",
        ),
        labels={"transport.flights.tailnum": ["personal"]},
    )
    ruling = ask(facts)
    assert names(ruling) == ["year"]
    assert ruling.denied == {}
    assert ruling.rules == ("c",)


def test_when_all_columns_are_denied(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(PERMIT + "}", "{id: no, deny: query, who: {role: analyst}, on: {label: secret}}"),
        labels={"transport.flights": ["secret"]},
    )
    with pytest.raises(Refused, match="Nothing is left") as error:
        ask(facts)
    assert error.value.rule == "no"


def test_what_may_not_be_discovered_answers_as_what_is_absent(
    facts_of: Build, someone: Someone, ask: Ask
) -> None:
    facts = facts_of(rules("{id: p, permit: query, who: {role: other}, on: '*.*'}"))
    denied = facts_of(
        rules(PERMIT + "}", "{id: no, deny: discover, who: {role: analyst}, on: transport.flights}")
    )
    expired = facts_of(rules(PERMIT + ", until: 2020-01-01}"))
    for case in (facts, denied, expired):
        for action in Action:
            with pytest.raises(NotFound) as hidden:
                ask(case, action=action)
            assert hidden.value.as_json() == absent(FLIGHTS).as_json()


def test_a_dataset_without_a_fact_is_absent(facts_of: Build, ask: Ask) -> None:
    from dataclasses import replace

    from doumen.kits.policy import Asked, rule_dataset
    from doumen.model.schema import Schema

    for role in ("owner", "analyst"):
        asked = Asked(
            actor=Actor("x", roles=frozenset({role})),
            purpose=None,
            action=Action.QUERY,
            ref=FLIGHTS,
            schema=Schema.of(a="BIGINT"),
            facts=facts_of(),
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )
        with pytest.raises(NotFound) as error:
            rule_dataset(replace(asked, ref=Ref("a", "b")))
        assert error.value.as_json() == absent(Ref("a", "b")).as_json()


def test_discover_tells_names_without_rows(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            "{id: d, permit: discover, who: {role: analyst}, on: transport.flights}",
            "{id: no, deny: discover, who: {role: analyst}, on: {column: transport.flights.delay}}",
        )
    )
    ruling = ask(facts, action=Action.DISCOVER)
    assert names(ruling) == ["year", "origin", "tailnum"]
    with pytest.raises(Refused, match="No rule permits actor `ana` to query") as error:
        ask(facts)
    assert error.value.rule is None
    assert error.value.code == "refused.permit"


def test_a_column_that_may_not_be_discovered_is_not_shown_either(
    facts_of: Build, someone: Someone, ask: Ask
) -> None:
    facts = facts_of(
        rules(
            PERMIT + "}",
            "{id: s, permit: query, who: {role: steward}, on: transport.flights}",
            "{id: no, deny: discover, who: {role: analyst}, on: {label: x}}",
            "{id: no2, deny: discover, who: {role: steward}, on: {label: x}}",
        ),
        labels={"transport.flights.delay": ["x"]},
    )
    ruling = ask(facts)
    assert names(ruling) == ["year", "origin", "tailnum"]
    assert ruling.denied == {}
    steward = ask(facts, someone("sue", "steward"))
    assert names(steward) == ["year", "origin", "tailnum"]
    assert steward.denied == {"delay": "no2"}


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_overseers_discover_all_and_read_by_rules_only(
    facts_of: Build, someone: Someone, ask: Ask, role: str
) -> None:
    overseer = someone("sue", role)
    assert len(ask(facts_of(), overseer, action=Action.DISCOVER).columns) == 4
    with pytest.raises(Refused, match="No rule permits"):
        ask(facts_of(), overseer)
    permit = f"{{id: p, permit: query, who: {{role: {role}}}, on: '*.*', duties: [limit: 1]}}"
    assert ask(facts_of(rules(permit)), overseer).limit == (1, "p")


def test_purposes(facts_of: Build, someone: Someone, ask: Ask) -> None:
    facts = facts_of(rules(PERMIT + ", for: [research, security]}"))
    ana = someone(purposes=["research", "marketing"])
    assert ask(facts, ana, purpose="research").rules == ("p",)
    with pytest.raises(Refused, match="when no purpose is stated") as unstated:
        ask(facts, ana)
    assert unstated.value.next == "State a purpose: `--for research`."
    assert unstated.value.code == "refused.purpose"
    assert unstated.value.rule == "p"
    with pytest.raises(Refused, match="for purpose `marketing`"):
        ask(facts, ana, purpose="marketing")
    with pytest.raises(Refused, match="Purpose `security` is not assigned") as unassigned:
        ask(facts, ana, purpose="security")
    assert "`marketing`, `research`" in (unassigned.value.why or "")
    with pytest.raises(NotFound):
        ask(facts, someone())
    with pytest.raises(Refused, match="not assigned") as none:
        ask(facts, someone(), purpose="research")
    assert none.value.why == "Assigned: none."


def test_a_purpose_that_is_not_assigned_is_refused_before_any_dataset(
    facts_of: Build, ask: Ask
) -> None:
    with pytest.raises(Refused, match="not assigned"):
        ask(facts_of(), purpose="research")


def test_a_denial_for_a_purpose(facts_of: Build, someone: Someone, ask: Ask) -> None:
    facts = facts_of(
        rules(
            PERMIT + "}",
            "{id: no, deny: query, who: {role: analyst}, on: '*.*', for: [marketing]}",
        )
    )
    ana = someone(purposes=["research", "marketing"])
    assert ask(facts, ana, purpose="research").rules == ("p",)
    with pytest.raises(Refused, match="for purpose `marketing`"):
        ask(facts, ana, purpose="marketing")


def test_until_includes_its_day_in_utc(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(rules(PERMIT + ", until: 2026-11-24}"))
    end = datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=UTC)
    assert ask(facts, now=end).rules == ("p",)
    with pytest.raises(NotFound):
        ask(facts, now=end + timedelta(microseconds=1))
    east = datetime(2026, 11, 25, 7, 0, tzinfo=timezone(timedelta(hours=8)))
    assert ask(facts, now=east).rules == ("p",)


@pytest.mark.parametrize("kind", ["quarantine", "table"])
def test_quarantine(
    facts_of: Build,
    body_of: Callable[..., dict[str, Any]],
    someone: Someone,
    ask: Ask,
    kind: str,
) -> None:
    name = "transport.flights__quarantine" if kind == "table" else "transport.bad"
    facts = facts_of(
        rules("{id: p, permit: query, who: {role: analyst}, on: 'transport.*'}"),
        datasets={name: body_of({"_row": "BIGINT"}, kind=kind)},
    )
    for role in ("owner", "steward"):
        assert names(ask(facts, someone("sue", role), name)) == ["_row"]
    with pytest.raises(Refused, match="only owner and steward"):
        ask(facts, someone("al", "auditor"), name)
    with pytest.raises(NotFound) as error:
        ask(facts, someone(), name)
    assert error.value.as_json() == absent(Ref.parse(name)).as_json()


def test_a_condition_that_does_not_fit_shows_nothing(facts_of: Build, ask: Ask) -> None:
    facts = facts_of(
        rules(
            "{id: p, permit: query, who: {role: analyst}, on: 'transport.*', "
            "duties: [{filter: hidden_name = 'secret'}]}"
        )
    )
    with pytest.raises(Refused, match="condition of rule `p`") as error:
        ask(facts)
    assert "hidden_name" not in str(error.value.as_json())


def test_a_claim_that_does_not_fit_shows_nothing(
    facts_of: Build, someone: Someone, ask: Ask
) -> None:
    facts = facts_of(rules(PERMIT + ", duties: [filter: year = actor.year]}"))
    assert ask(facts, someone(year="2013")).filters == (("p", "year = actor.year"),)
    assert ask(facts, someone()).filters == (("p", "year = actor.year"),)
    with pytest.raises(Refused, match="condition of rule `p`"):
        ask(facts, someone(year="last"))


def test_masks_of_the_same_strength(facts_of: Build, ask: Ask) -> None:
    partial = "{{column: origin, method: partial, keep_start: {}}}"
    line = (
        "{{id: {0}, permit: query, who: {{role: analyst}}, on: 'transport.*', duties: [mask: {1}]}}"
    )
    same = rules(line.format("a", partial.format(1)), line.format("b", partial.format(1)))
    other = rules(line.format("a", partial.format(1)), line.format("b", partial.format(2)))
    options = (("keep_end", 0), ("keep_start", 1), ("with", "*"))
    assert ask(facts_of(same)).columns[1].mask == Mask("partial", None, options)
    assert ask(facts_of(other)).columns[1].mask == Mask("null")
