"""Who may change facts, bring data in and write derived datasets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.kits.policy import (
    may_amend,
    may_ask_elsewhere,
    may_collect,
    may_derive,
    may_foresee,
    may_speak,
)
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Fact
from doumen.model.ref import Ref

Someone = Callable[..., Actor]
KINDS = {
    "rule": {"owner", "steward"},
    "contract": {"owner", "steward"},
    "label": {"owner", "steward"},
    "purpose": {"owner", "steward"},
    "participant": {"owner", "steward"},
    "term": {"owner", "steward"},
    "element": {"owner", "steward"},
    "codelist": {"owner", "steward"},
    "link": {"owner", "steward"},
    "actor": {"owner"},
    "upkeep": {"owner"},
    "vacuumed": set[str](),
    "connection": {"owner"},
    "arrival": {"owner"},
    "dataset": set[str](),
    "source": set[str](),
    "lineage": set[str](),
    "key": set[str](),
}


@pytest.mark.parametrize("role", ["owner", "steward", "auditor", "analyst"])
@pytest.mark.parametrize("kind", KINDS)
def test_who_changes_what(someone: Someone, kind: str, role: str) -> None:
    fact = Fact(kind, "x", None)
    if role in KINDS[kind]:
        may_amend(someone("sue", role), fact)
    else:
        with pytest.raises(Refused):
            may_amend(someone("sue", role), fact)


def test_the_owner_is_fixed(someone: Someone) -> None:
    with pytest.raises(Refused, match="fixed"):
        may_amend(someone("owner", "owner"), Fact("actor", "owner", {"roles": []}))


def test_proposals_are_for_the_owner_and_the_steward_who_had_them_made(someone: Someone) -> None:
    may_amend(someone("owner", "owner"), Fact("proposal", "P-1", {"by": "sue"}))
    may_amend(someone("sue", "steward"), Fact("proposal", "P-1", {"by": "sue"}))
    for actor, body in (
        (someone("sue", "steward"), {"by": "owner"}),
        (someone("sue", "steward"), None),
        (someone("ana", "analyst"), {"by": "ana"}),
        (someone("vera", "auditor"), {"by": "vera"}),
    ):
        with pytest.raises(Refused, match="proposal"):
            may_amend(actor, Fact("proposal", "P-1", body))


def test_tokens_are_for_the_owner_and_their_holder(someone: Someone) -> None:
    may_amend(someone("owner", "owner"), Fact("token", "ana/1", None))
    may_amend(someone("ana"), Fact("token", "ana/1", None))
    for key in ("bob/1", "ana", "ana/x/1", "/1"):
        with pytest.raises(Refused, match="token of another"):
            may_amend(someone("ana", "steward"), Fact("token", key, None))


def test_how_somebody_signs_in_is_changed_by_the_owner_and_of_their_own(someone: Someone) -> None:
    theirs = [("ticket", "ana/1"), ("password", "ana"), ("totp", "ana")]
    node = [("session", "ana/1"), ("attempts", "ana")]
    for kind, key in (*theirs, *node, ("provider", "bureau")):
        for fact in (Fact(kind, key, None), Fact(kind, key, {})):
            may_amend(someone("owner", "owner"), fact)
            with pytest.raises(Refused, match="how others sign in"):
                may_amend(someone("bob", "steward", "auditor"), fact)
    for kind, key in theirs:
        may_amend(someone("ana"), Fact(kind, key, {}))
        may_amend(someone("ana"), Fact(kind, key, None))
    may_amend(someone("ana"), Fact("session", "ana/1", None))
    for kind, key in node:
        with pytest.raises(Refused, match="this of how they sign in"):
            may_amend(someone("ana"), Fact(kind, key, {}))
    for fact in (Fact("attempts", "ana", None), Fact("provider", "ana", None)):
        with pytest.raises(Refused, match="sign in"):
            may_amend(someone("ana"), fact)
    for key in ("ana/x/1", "/ana", "anna/1"):
        with pytest.raises(Refused, match="how others"):
            may_amend(someone("ana"), Fact("ticket", key, {}))


def test_grants_are_taken_back_by_their_holder_and_those_who_govern(someone: Someone) -> None:
    for actor in (someone("owner", "owner"), someone("sue", "steward"), someone("ana")):
        may_amend(actor, Fact("grant", "ana/01", None))
    for actor in (someone("bob"), someone("al", "auditor")):
        with pytest.raises(Refused, match="grant of another"):
            may_amend(actor, Fact("grant", "ana/01", None))


def test_grants_are_made_by_jobs_alone(someone: Someone) -> None:
    for actor in (someone("owner", "owner"), someone("sue", "steward"), someone("ana")):
        with pytest.raises(Refused, match="not changed by hand"):
            may_amend(actor, Fact("grant", "ana/01", {"dataset": "a.b"}))


def test_who_collects(someone: Someone) -> None:
    may_collect(someone("owner", "owner"))
    for role in ("steward", "auditor", "analyst"):
        with pytest.raises(Refused, match="may not collect"):
            may_collect(someone("sue", role))


def test_who_speaks_for_the_node(someone: Someone) -> None:
    for role in ("owner", "steward"):
        may_speak(someone("sue", role))
    for role in ("auditor", "analyst"):
        with pytest.raises(Refused, match="may not speak to other nodes"):
            may_speak(someone("sue", role))


def test_where_derived_datasets_go(someone: Someone) -> None:
    owner, ana = someone("owner", "owner"), someone()
    may_derive(owner, Ref("transport", "delays"))
    may_derive(ana, Ref("ana", "delays"))
    may_derive(someone("Ana"), Ref("ana", "delays"))
    with pytest.raises(Refused, match="domain `transport`") as error:
        may_derive(ana, Ref("transport", "delays"))
    assert error.value.next == "Write `--into ana.delays`."
    with pytest.raises(Refused) as nameless:
        may_derive(someone("li-wei"), Ref("transport", "delays"))
    assert nameless.value.next == "Ask the owner to derive it."


@pytest.mark.parametrize("name", ["owner", "sys"])
@pytest.mark.parametrize(
    "ref", [Ref("sys", "x"), Ref("main", "x"), Ref("a", "x__quarantine"), Ref("a", "x", "node")]
)
def test_where_nobody_writes(someone: Someone, name: str, ref: Ref) -> None:
    with pytest.raises(Refused, match="not a name for a derived dataset"):
        may_derive(someone(name, "owner" if name == "owner" else "x"), ref)


def test_a_hint_without_a_domain_of_ones_own(someone: Someone) -> None:
    with pytest.raises(Refused) as error:
        may_derive(someone("li-wei"), Ref("sys", "x"))
    assert "lab.result" in (error.value.next or "")


@pytest.mark.parametrize("kind", ["negotiation", "transfer", "agreement"])
def test_what_two_sides_hold_is_changed_by_both(someone: Someone, kind: str) -> None:
    """By those who govern, and by the other side of it in its own name; nothing is removed."""
    port = "did:web:port.example"
    fact = Fact(kind, "X-1", {"counterparty": port})
    for name, role in (("owner", "owner"), ("sue", "steward")):
        may_amend(someone(name, role), fact)
    may_amend(Actor(port, participant=port), fact)
    others = [
        (someone("ana", "analyst"), fact),
        (Actor(f"{port}#ana", participant=port), fact),
        (Actor("did:web:spy.example", participant="did:web:spy.example"), fact),
        (Actor(port, participant=port), Fact(kind, "X-1", None)),
    ]
    for actor, one in others:
        with pytest.raises(Refused):
            may_amend(actor, one)


def test_who_asks_providers_of_identity(someone: Someone) -> None:
    may_ask_elsewhere(someone("owner", "owner"))
    for role in ("steward", "auditor", "analyst"):
        with pytest.raises(Refused, match="may not ask providers"):
            may_ask_elsewhere(someone("x", role))


def test_who_is_told_what_another_may_see(someone: Someone) -> None:
    for role in ("owner", "steward"):
        may_foresee(someone("x", role), "ana")
    for role in ("auditor", "analyst"):
        may_foresee(someone("ana", role), "ana")
        with pytest.raises(Refused, match="what another may see"):
            may_foresee(someone("x", role), "ana")


def test_questions_are_saved_by_whom_they_are_of(someone: Someone) -> None:
    body = {"title": "t"}
    may_amend(someone("ana", "analyst"), Fact("question", "ana/Q-1", body))
    may_amend(someone("ana", "analyst"), Fact("question", "ana/Q-1", None))
    may_amend(someone("owner", "owner"), Fact("question", "ana/Q-1", None))
    for actor, fact in (
        (someone("owner", "owner"), Fact("question", "ana/Q-1", body)),
        (someone("sue", "steward"), Fact("question", "ana/Q-1", None)),
        (someone("bob", "analyst"), Fact("question", "ana/Q-1", body)),
        (someone("bob", "analyst"), Fact("question", "ana/bob/Q-1", None)),
    ):
        with pytest.raises(Refused, match="question of another"):
            may_amend(actor, fact)
