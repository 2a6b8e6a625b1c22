"""How somebody signs in: what of it the owner and they themselves may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from doumen.kits.policy import visible_facts, visible_version
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.identity import KEPT

Someone = Callable[..., Actor]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "kept"), KEPT.items())
def test_how_somebody_signs_in_is_for_the_owner_and_for_whom_it_is(
    someone: Someone, kind: str, kept: frozenset[str]
) -> None:
    body = {"told": 1, **dict.fromkeys(kept, "secret")}
    keys = [f"{n}/1" if kind in {"session", "ticket"} else n for n in ("ana", "bob")]
    rows = [FactRow(n, Fact(kind, key, body), "e", "t") for n, key in enumerate(keys)]
    facts = Facts().extended(rows)
    assert visible_facts(someone("owner", "owner"), facts, NOW) is facts
    for role in ("analyst", "steward", "auditor"):
        told = visible_facts(someone("ana", role), facts, NOW)
        assert dict(told.all(kind)) == {keys[0]: {"told": 1}}
        assert not dict(visible_facts(someone("sue", role), facts, NOW).all(kind))
    for role in ("steward", "auditor"):
        versions = [
            visible_version(someone("ana", role), facts, row, then=facts, now=NOW) for row in rows
        ]
        assert [v and v.fact.body for v in versions] == [{"told": 1}, None]


def test_providers_of_identity_are_for_the_owner(someone: Someone) -> None:
    row = FactRow(1, Fact("provider", "bureau", {"issuer": "x"}), "e", "t")
    facts = Facts().extended([row])
    for role in ("analyst", "steward", "auditor"):
        actor = someone("bureau", role)
        assert not dict(visible_facts(actor, facts, NOW).all("provider"))
        assert visible_version(actor, facts, row, then=facts, now=NOW) is None
