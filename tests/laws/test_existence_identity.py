"""How others sign in answers like what does not exist, to all but them and the owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.model.errors import DoumenError
from doumen.model.fact import Fact
from doumen.rooms.protect.signin import accounts, entry, second, tickets

pytestmark = pytest.mark.law
GOOD = "several words not together"
RULES = """
rules:
  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}
"""
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("account list", {}),
    ("session list", {}),
    ("provider list", {}),
    ("provider show", {"name": "bureau"}),
    ("provider remove", {"name": "bureau"}),
    ("account remove", {"name": "zed"}),
    ("account lock", {"name": "zed"}),
    ("account unlock", {"name": "zed"}),
    ("what-can", {"actor": "zed"}),
    ("actor list", {}),
    ("token list", {}),
    ("session end", {"all": True}),
    ("who-can", {"dataset": "law.visits"}),
)
TABLES = ("datasets", "columns", "rules", "events", "charges", "lineage")
PROVIDER: dict[str, Any] = {
    "title": "x", "issuer": "https://id.example", "client": "c", "sealed": None,
    "scopes": [], "actor": "sub", "create": True, "adopt": [], "groups": "groups",
    "only": [], "roles": {}, "purposes": {}, "claims": [],
}  # fmt: skip


def told(session: Any) -> dict[str, str]:
    """All that an actor can learn of how others sign in."""

    def asked(ask: Callable[[], Any]) -> str:
        try:
            return str(ask())
        except DoumenError as error:
            return str(error.as_json())

    found = {
        f"{verb} {given}": asked(lambda v=verb, g=given: session.do(v, **g).json)  # type: ignore[misc]
        for verb, given in VERBS
    }
    for table in TABLES:
        statement = f"SELECT count(*) FROM sys.{table}"
        found[table] = asked(lambda s=statement: session.query(s).rows())  # type: ignore[misc]
    facts = session.desk.facts()
    found["facts"] = str(
        {kind: sorted(rows) for kind, rows in facts.rows.items() if rows and kind != "dataset"}
    )
    return found


def come(owner: Any, name: str) -> None:
    """All that somebody can have by whom they sign in."""
    door = owner.desk
    accounts.replaced(door, door.facts(), name, GOOD)
    entry.sign_in(door, name, GOOD, "", datetime.now(UTC))
    with pytest.raises(DoumenError):
        entry.sign_in(door, name, "wrong words of somebody", "", datetime.now(UTC))
    tickets.link(door, actor=name)
    accounts.establish(door, name, invite=True)
    door.amend(
        [Fact("totp", name, {"sealed": "x", "recovery": [], "step": 0, "since": "x"}),
         Fact("subject", f"{name}/{'0' * 64}", {"provider": "bureau", "since": "x"}),
         Fact("provider", "bureau", PROVIDER)],
        subject="x",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["analyst", "guest"])
def test_others_come_and_go_unseen(world: Any, role: str) -> None:
    world.rule(RULES)
    owner = world.node.session()
    owner.do("actor add", name="ida", role=(role,))
    owner.do("actor add", name="zed", role=("analyst",))
    ida = world.node.session("ida")
    told(ida)  # what asking leaves of itself is there both times
    before = told(ida)
    come(owner, "zed")
    during = told(ida)
    accounts.remove(owner.desk, "zed")
    owner.do("provider remove", name="bureau")
    after = told(ida)
    for key, value in before.items():
        if key not in {"events", "charges"}:
            assert during[key] == after[key] == value, key
    for table in ("events", "charges"):
        counts = [int("".join(c for c in one[table] if c.isdigit())) for one in (during, after)]
        assert counts[1] - counts[0] == counts[0] - int(
            "".join(c for c in before[table] if c.isdigit())
        )
    owner.do("actor remove", name="zed")
    owner.do("actor remove", name="ida")


def test_of_a_steward_and_an_auditor_the_same_is_hidden(world: Any) -> None:
    owner = world.node.session()
    for name, role in (("stan", "steward"), ("aude", "auditor"), ("zed", "analyst")):
        owner.do("actor add", name=name, role=(role,))
    come(owner, "zed")
    for name in ("stan", "aude"):
        session = world.node.session(name)
        for verb in ("account list", "session list", "provider list", "token list"):
            assert "zed" not in str(session.do(verb).json)
            assert "bureau" not in str(session.do(verb).json)
        for kind in ("session", "ticket", "password", "totp", "attempts", "subject", "provider"):
            assert not dict(session.desk.facts().all(kind))
    for name in ("stan", "aude", "zed"):
        owner.do("actor remove", name=name)
    owner.do("provider remove", name="bureau")


def test_what_is_theirs_they_know_without_its_secrets(world: Any) -> None:
    owner = world.node.session()
    owner.do("actor add", name="zed", role=("analyst",))
    come(owner, "zed")
    zed = world.node.session("zed")
    own = str([dict(zed.desk.facts().all(kind)) for kind in ("session", "password", "totp")])
    assert "argon2" not in own
    assert "hash" not in own
    assert "sealed" not in own
    assert [one["actor"] for one in zed.do("account list").json["accounts"]] == ["zed"]
    begun = second.second(zed.desk).json
    with pytest.raises(DoumenError):
        second.second(owner.desk, enrolment=begun["enrolment"], code="123456")
    owner.do("actor remove", name="zed")
    owner.do("provider remove", name="bureau")
