"""Tokens: made, listed, revoked, read from a request; the secret is told once and kept nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.rooms.protect import actors, tokens

DeskOf = Callable[..., Desk]


class Ledgerless(Protocol):
    """The node of the fake desks."""

    facts: Facts

    def add(self, facts: Sequence[Fact]) -> None: ...


LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def people(desk_of: DeskOf) -> DeskOf:
    for name in ("ana", "bob"):
        actors.add(desk_of(), name, role=("analyst",))
    actors.add(desk_of(), "sue", role=("steward",))
    return desk_of


def made(desk: Desk, actor: str, *scopes: str, days: int = 90) -> str:
    return str(tokens.add(desk, actor=actor, scope=scopes, days=days).json["token"])


def test_the_secret_is_told_once_and_kept_nowhere(people: DeskOf, node: Ledgerless) -> None:
    outcome = tokens.add(people(), actor="Ana", scope=("write", "read"), name="notebook")
    text = outcome.json["token"]
    _, id, secret = text.split("_")
    assert (len(id), len(secret)) == (16, 64)
    assert outcome.json["actor"] == "ana"
    assert outcome.json["scopes"] == ["read", "write"]
    assert secret not in "".join(outcome.said)
    kept = json.dumps([row.fact.body for row in node.facts.rows["token"].values()])
    assert secret not in kept
    assert "hash" not in str(tokens.show_all(people()).json)
    assert tokens.bearer(node.facts, text, LATER) == tokens.Bearer(
        id, "ana", frozenset({"read", "write"})
    )


def test_who_makes_tokens_for_whom(people: DeskOf) -> None:
    assert made(people("ana", "analyst"), "ana")
    for name in ("ana", "sue"):
        with pytest.raises(Refused, match="token of another"):
            made(people(name, "steward"), "bob")
    with pytest.raises(NotFound, match="no actor"):
        made(people(), "zoe")


def test_all_faults_at_once(people: DeskOf) -> None:
    with pytest.raises(Invalid) as error:
        tokens.add(people(), actor="ana", scope=("root",), days=0, name="two\nlines")
    why = error.value.why or ""
    assert "root" in why
    assert "0 days" in why
    assert "one line" in why


def test_what_lets_nobody_in(people: DeskOf, node: Ledgerless) -> None:
    text = made(people(), "ana", days=1)
    _, id, secret = text.split("_")
    wrong = [
        "",
        "doumen_",
        f"doumen_{id}_{secret[:-1]}",
        f"doumen_{id}_{'0' * 64}",
        f"doumen_{'0' * 16}_{secret}",
        text.upper(),
        f"{text} ",
        f"doumen_{id}_{secret[:-1]}é",
    ]
    assert [tokens.bearer(node.facts, one, LATER) for one in wrong] == [None] * len(wrong)
    assert tokens.bearer(node.facts, text, LATER) is not None
    assert tokens.bearer(node.facts, text, LATER + timedelta(days=1)) is None
    tokens.revoke(people(), id)
    assert tokens.bearer(node.facts, text, LATER) is None


def test_a_removed_actor_leaves_no_token_to_who_comes_later(
    people: DeskOf, node: Ledgerless
) -> None:
    text = made(people(), "ana")
    node.add([Fact("actor", "ana", None)])
    assert tokens.bearer(node.facts, text, LATER) is None
    actors.add(people(), "ana", role=("analyst",))
    actors.remove(people(), "ana")
    actors.add(people(), "ana", role=("auditor",))
    assert tokens.bearer(node.facts, text, LATER) is None


def test_who_sees_and_revokes_which(people: DeskOf) -> None:
    id = made(people(), "ana").split("_")[1]
    made(people(), "bob")
    seen = {
        name: [t["actor"] for t in tokens.show_all(people(name, role)).json["tokens"]]
        for name, role in [
            ("owner", "owner"),
            ("ana", "analyst"),
            ("sue", "steward"),
            ("aud", "auditor"),
        ]
    }
    assert seen == {"owner": ["ana", "bob"], "ana": ["ana"], "sue": [], "aud": []}
    for name, role in [("bob", "analyst"), ("sue", "steward")]:
        with pytest.raises(NotFound):
            tokens.revoke(people(name, role), id)
    assert tokens.revoke(people("ana", "analyst"), id).json["actor"] == "ana"


def test_a_token_carries_what_it_is_for() -> None:
    bearer = tokens.Bearer("1", "ana", frozenset({"read"}))
    tokens.need(bearer, "read", "query")
    with pytest.raises(Refused, match="not for `collect`") as error:
        tokens.need(bearer, "write", "collect")
    assert error.value.code == "refused.scope"


def test_only_the_hash_differs_between_owner_and_holder(people: DeskOf) -> None:
    made(people(), "ana")
    owners = dict(people().facts().all("token"))
    own: dict[str, FactRow] = dict(people("ana", "analyst").facts().rows["token"])
    assert own.keys() == owners.keys()
    for key, row in own.items():
        assert row.fact.body == {k: v for k, v in owners[key].items() if k != "hash"}
