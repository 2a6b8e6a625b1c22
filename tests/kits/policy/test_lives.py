"""Who reads a dataset in which state of its life, and to whom a draft is absent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.kits.policy.conftest import FLIGHTS, NOW

from doumen.kits.policy import check_delivered, check_written, life, readers, visible_facts
from doumen.model.errors import DoumenError, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.life import DEPRECATED, DRAFT, READERS, RETIRED, STATE, Life, Notice
from doumen.model.ref import Ref
from doumen.model.rule import Action

NAME = "transport.flights"
FLIGHT, TRIP = Ref.parse(NAME), Ref.parse("transport.trips")
RULES = """
rules:
  - {id: all, permit: query, who: {role: analyst}, on: transport.*}
  - {id: one, permit: query, who: {role: reviewer}, on: transport.flights}
  - {id: more, permit: query, who: {role: steward}, on: transport.*}
  - {id: named, permit: query, who: {role: analyst}, on: {column: transport.flights.origin}}
"""


@pytest.fixture
def at(facts_of: Callable[..., Facts], body_of: Callable[..., Any]) -> Callable[..., Facts]:
    def build(told: Life | None, *more: Fact, derived: bool = False) -> Facts:
        own: dict[str, Any] = {"derived": True, "creator": "ana"} if derived else {}
        bodies = {NAME: body_of(FLIGHTS, **own), "transport.trips": body_of({"a": "BIGINT"})}
        stands = [] if told is None else [Fact(STATE, NAME, told.as_json())]
        return facts_of(RULES, datasets=bodies, more=[*stands, *more],
                        labels={NAME: ["secret"]})  # fmt: skip

    return build


def code(ask: Callable[..., Any], *given: Any, **more: Any) -> str:
    try:
        ask(*given, **more)
    except DoumenError as error:
        return error.code
    return "read"


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("active", "read read read refused.permit read"),
        (DRAFT, "not-found.dataset not-found.dataset read refused.draft read"),
        (DEPRECATED, "read read read refused.permit read"),
        (RETIRED, "refused.retired refused.retired refused.retired refused.retired read"),
    ],
)
def test_who_reads_in_which_state(at: Any, ask: Any, someone: Any, state: str, codes: str) -> None:
    who = [someone(), someone("ria", "reviewer"), someone("stu", "steward"),
           someone("vera", "auditor"), someone("owner", "owner")]  # fmt: skip
    facts = at(Life(state))
    assert [code(ask, facts, one) for one in who] == codes.split()


@pytest.mark.parametrize(("state", "before"), [(DRAFT, "not-found.dataset"),
                                               (RETIRED, "refused.retired")])  # fmt: skip
def test_named_roles_read_by_their_rules(
    at: Any, ask: Any, someone: Any, state: str, before: str
) -> None:
    assert code(ask, at(Life(state)), someone()) == before
    named = at(Life(state), Fact(READERS, state, {"roles": ["analyst"]}))
    assert code(ask, named, someone()) == "read"
    assert code(ask, named, someone("ria", "reviewer")) == before
    assert code(ask, named, someone("stu", "steward")) == f"refused.{state}"
    assert code(ask, named, someone("bo", "guest")) != "read"
    assert readers(named, state) == {"analyst"}
    assert readers(at(None), "active") == frozenset()


def test_who_derived_it_reads_their_draft(at: Any, ask: Any, someone: Any) -> None:
    facts = at(Life(DRAFT), derived=True)
    assert code(ask, facts, someone()) == "read"
    assert code(ask, facts, someone("bea")) == "not-found.dataset"
    assert code(ask, at(Life(RETIRED), derived=True), someone()) == "refused.retired"


def test_a_draft_is_known_to_an_actor_as_what_is_not_there(
    at: Any, someone: Any, body_of: Any, facts_of: Any
) -> None:
    there = at(Life(DRAFT, reason="Not ready."))
    gone = facts_of(RULES, datasets={"transport.trips": body_of({"a": "BIGINT"})})
    for one in (someone(), someone("ria", "reviewer"), someone("bo", "guest")):
        assert visible_facts(one, there, NOW) == visible_facts(one, gone, NOW)
    assert visible_facts(someone(), at(Life()), NOW) != visible_facts(someone(), gone, NOW)
    for one in (someone("stu", "steward"), someone("vera", "auditor")):
        assert visible_facts(one, there, NOW).dataset(FLIGHT) is not None


def test_what_is_retired_is_known_as_before(at: Any, ask: Any, someone: Any) -> None:
    facts = at(Life(RETIRED, str(TRIP)))
    ruling = ask(facts, someone(), action=Action.DISCOVER)
    assert [c.column.name for c in ruling.columns] == list(FLIGHTS)
    known = visible_facts(someone(), facts, NOW)
    assert (known.body(STATE, NAME) or {})["successor"] == str(TRIP)


def test_a_notice_names_a_successor_that_may_be_known(at: Any, ask: Any, someone: Any) -> None:
    last = NOW.date()
    facts = at(Life(DEPRECATED, str(TRIP), last))
    full = Notice(NAME, str(TRIP), last.isoformat())
    assert ask(facts, someone()).notice == ask(facts, someone("owner", "owner")).notice == full
    assert ask(facts, someone("ria", "reviewer")).notice == Notice(NAME, None, last.isoformat())
    known = visible_facts(someone("ria", "reviewer"), facts, NOW)
    assert (known.body(STATE, NAME) or {})["successor"] is None
    assert ask(at(Life(DEPRECATED, "transport.gone")), someone()).notice == Notice(NAME)
    assert ask(at(None), someone()).notice is None


def test_a_refusal_names_a_successor_that_may_be_known(at: Any, ask: Any, someone: Any) -> None:
    facts = at(Life(RETIRED, str(TRIP), reason="Counted twice."))
    with pytest.raises(Refused) as told:
        ask(facts, someone())
    assert "transport.trips" in str(told.value.next)
    assert "Counted twice." in str(told.value.why)
    with pytest.raises(Refused) as silent:
        ask(facts, someone("ria", "reviewer"))
    assert "trips" not in str(silent.value.as_json())


def test_after_its_last_day_it_is_retired(at: Any, ask: Any, someone: Any) -> None:
    facts = at(Life(DEPRECATED, until=NOW.date()))
    assert code(ask, facts, someone()) == "read"
    late = NOW + timedelta(days=1)
    assert life(facts, FLIGHT, late).state == RETIRED
    assert code(ask, facts, someone(), now=late) == "refused.retired"
    assert code(ask, facts, someone("owner", "owner"), now=late) == "read"


def test_nothing_is_brought_into_what_is_retired(at: Any, someone: Any) -> None:
    owner, ana = someone("owner", "owner"), someone()
    for told in (None, Life(DRAFT), Life(DEPRECATED)):
        check_written(at(told), FLIGHT, owner, NOW)
    with pytest.raises(Refused) as caught:
        check_written(at(Life(RETIRED, str(TRIP), reason="Twice.")), FLIGHT, owner, NOW)
    said = str(caught.value.as_json())
    assert "transport.trips" in said
    assert "doumen dataset state transport.flights active" in said
    assert "Twice." in said
    with pytest.raises(Refused) as caught:
        check_written(at(Life(RETIRED, str(TRIP))), FLIGHT, ana, NOW)
    assert "trips" not in str(caught.value.as_json())


def test_others_are_given_what_is_active_or_deprecated(at: Any) -> None:
    for told in (None, Life(), Life(DEPRECATED)):
        check_delivered(at(told), [TRIP, FLIGHT], NOW)
    for state, said in ((DRAFT, "not-found.dataset"), (RETIRED, "refused.retired")):
        with pytest.raises(DoumenError) as caught:
            check_delivered(at(Life(state, str(TRIP), reason="x")), [TRIP, FLIGHT], NOW)
        assert caught.value.code == said
        assert "trips" not in str(caught.value.as_json())
