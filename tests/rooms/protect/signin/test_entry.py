"""Sign-ins at a real node: by password, link and invitation; locked, raced, recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from doumen.gate.desk import Desk
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.rooms.protect.signin import accounts, codes, entry, second, sessions, tickets
from doumen.session import Node

GOOD, NEW = "several words not together", "a different lot of words"
HOUR = timedelta(hours=1)
At = Callable[..., Desk]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ana(door: Desk) -> str:
    accounts.replaced(door, door.facts(), "ana", GOOD)
    return "ana"


def enrolled(at: At, later: int = 0) -> tuple[bytes, list[str]]:
    """The seed and the recovery codes of ana's second factor."""
    begun = second.second(at("ana")).json
    text = at("ana").unseal(begun["enrolment"], "ana", second.ENROLMENT)
    seed = bytes.fromhex(text.partition(" ")[2])
    code = codes.code_at(seed, int(now().timestamp()) // 30 - 1)
    done = second.second(at("ana"), enrolment=begun["enrolment"], code=code)
    return seed, done.json["recovery"]


def events(node: Node) -> list[dict[str, Any]]:
    return [json.loads(line) for line in node.session().desk.entries()]


def subjects(node: Node) -> list[str]:
    return [e["subject"] for e in events(node) if str(e.get("subject", "")).startswith("sign-")]


def test_a_password_opens_a_session(node: Node, door: Desk, ana: str) -> None:
    opened = entry.sign_in(door, "Ana", GOOD, "", now())
    assert (opened.actor, opened.before, opened.missed) == ("ana", None, 0)
    visitor = sessions.visitor(door.facts(), opened.cookie, now())
    assert visitor is not None
    assert (visitor.actor, visitor.session) == ("ana", opened.session)
    assert visitor.scopes == {"read", "write"}
    assert sessions.visitor(door.facts(), opened.cookie, now() + 13 * HOUR) is None
    short = entry.sign_in(door, "ana", GOOD, "", now(), lasting=HOUR)
    assert sessions.visitor(door.facts(), short.cookie, now() + 2 * HOUR) is None
    assert subjects(node) == ["sign-in ana"] * 2


def test_nothing_secret_is_kept(node: Node, door: Desk, at: At, ana: str) -> None:
    seed, recovery = enrolled(at)
    link = tickets.link(door, actor="ana").json["url"].partition("=")[2]
    opened = entry.by_link(door, link, now())
    kept = json.dumps([r.fact.body for rows in door.facts().rows.values() for r in rows.values()])
    kept += json.dumps(events(node))
    for text in (GOOD, seed.hex(), *recovery, link[17:], opened.cookie[17:]):
        assert text not in kept


def test_each_session_is_one_of_its_own(door: Desk, ana: str) -> None:
    first, then = (entry.sign_in(door, "ana", GOOD, "", now()) for _ in range(2))
    assert first.cookie[:16] != then.cookie[:16]
    crossed = f"{first.cookie[:16]}_{then.cookie[17:]}"
    assert sessions.visitor(door.facts(), crossed, now()) is None
    one, two = (sessions.visitor(door.facts(), o.cookie, now()) for o in (first, then))
    assert one is not None
    assert two is not None
    assert one.csrf != two.csrf
    for text in ("", "x", first.cookie.upper(), first.cookie + "0", f"{'0' * 16}_{'0' * 64}"):
        assert sessions.visitor(door.facts(), text, now()) is None


def test_all_that_is_wrong_is_told_alike(door: Desk, at: At, ana: str) -> None:
    accounts.replaced(door, door.facts(), "bob", GOOD)
    accounts.lock(door, "bob")
    tries = (
        ("ana", "wrong words of somebody"), ("zoe", GOOD), ("sue", GOOD), ("bob", GOOD),
        ("no name!", GOOD), ("", ""), ("ana", ""),
    )  # fmt: skip
    told = set()
    for name, password in tries:
        with pytest.raises(Refused) as error:
            entry.sign_in(door, name, password, "", now())
        told.add(json.dumps(error.value.as_json()))
    assert len(told) == 1
    assert "refused.sign-in" in told.pop()


def test_ten_failures_lock_and_no_more_are_recorded(node: Node, door: Desk, ana: str) -> None:
    for _ in range(14):
        with pytest.raises(Refused):
            entry.sign_in(door, "ana", "wrong words of somebody", "", now())
    assert subjects(node) == ["sign-in failed ana"] * 9 + ["sign-in locked ana"]
    with pytest.raises(Refused):
        entry.sign_in(door, "ana", GOOD, "", now())
    opened = entry.sign_in(door, "ana", GOOD, "", now() + timedelta(minutes=16))
    assert opened.missed == 10
    assert accounts.show_all(door).json["accounts"][0]["failures"] == 0


def test_the_lock_holds_in_another_process(node: Node, door: Desk, ana: str) -> None:
    with Node.open(node.directory) as other:
        for turn in range(10):
            desk = (other.session().desk, door)[turn % 2]
            with pytest.raises(Refused):
                entry.sign_in(desk, "ana", "wrong words of somebody", "", now())
        with pytest.raises(Refused):
            entry.sign_in(door, "ana", GOOD, "", now())
    assert subjects(node)[-1] == "sign-in locked ana"


def test_unknown_names_leave_no_event(node: Node, door: Desk) -> None:
    before = len(events(node))
    for name in ("zoe", "sue", "x y"):
        with pytest.raises(Refused):
            entry.sign_in(door, name, GOOD, "", now())
    assert len(events(node)) == before


def test_the_owner_locks_and_unlocks(door: Desk, ana: str) -> None:
    cookie = entry.sign_in(door, "ana", GOOD, "", now()).cookie
    link = tickets.link(door, actor="ana").json["url"].partition("=")[2]
    accounts.lock(door, "ana")
    assert sessions.visitor(door.facts(), cookie, now()) is None
    with pytest.raises(Refused):
        entry.by_link(door, link, now())
    again = tickets.link(door, actor="ana").json["url"].partition("=")[2]
    with pytest.raises(Refused):
        entry.by_link(door, again, now())
    accounts.unlock(door, "ana")
    assert entry.by_link(door, again, now()).actor == "ana"


def test_a_code_is_needed_and_holds_once(door: Desk, at: At, ana: str) -> None:
    seed, recovery = enrolled(at)
    step = int(now().timestamp()) // 30
    moment = datetime.fromtimestamp(step * 30 + 1, UTC)
    for code in ("", "000000" if codes.code_at(seed, step) != "000000" else "111111"):
        with pytest.raises(Refused):
            entry.sign_in(door, "ana", GOOD, code, moment)
    assert entry.sign_in(door, "ana", GOOD, codes.code_at(seed, step), moment).missed == 2
    with pytest.raises(Refused):
        entry.sign_in(door, "ana", GOOD, codes.code_at(seed, step), moment)
    assert entry.sign_in(door, "ana", GOOD, recovery[0], moment)
    with pytest.raises(Refused):
        entry.sign_in(door, "ana", GOOD, recovery[0], moment)
    second.second(door, actor="ana", off=True)
    assert entry.sign_in(door, "ana", GOOD, "", moment)


def test_a_wrong_password_uses_no_code_up(door: Desk, at: At, ana: str) -> None:
    _, recovery = enrolled(at)
    with pytest.raises(Refused):
        entry.sign_in(door, "ana", "wrong words of somebody", recovery[0], now())
    assert entry.sign_in(door, "ana", GOOD, recovery[0], now())


@pytest.mark.parametrize("by", ["link", "code"])
def test_of_two_at_the_same_moment_one_comes_in(
    node: Node, door: Desk, at: At, ana: str, by: str
) -> None:
    text = tickets.link(door, actor="ana").json["url"].partition("=")[2]
    _, recovery = enrolled(at) if by == "code" else (b"", [""])

    def come(_: int) -> bool:
        desk = node.session().desk
        try:
            if by == "link":
                entry.by_link(desk, text, now())
            else:
                entry.sign_in(desk, "ana", GOOD, recovery[0], now())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(4))) == 1
    assert len(sessions.show_all(door).json["sessions"]) == 1


def test_a_link_is_used_once_and_in_time(node: Node, door: Desk, at: At) -> None:
    made = tickets.link(door).json
    assert made["url"].startswith("http://127.0.0.1:8470/signin?ticket=")
    text = made["url"].partition("=")[2]
    for wrong in (f"{text[:16]}_{'0' * 64}", "", "x"):
        with pytest.raises(Refused):
            entry.by_link(door, wrong, now())
    with pytest.raises(Refused):
        entry.by_link(door, text, now() + timedelta(minutes=11))
    assert entry.by_link(door, text, now()).actor == "owner"
    with pytest.raises(Refused):
        entry.by_link(door, text, now())
    assert tickets.link(at("ana")).json["actor"] == "ana"
    with pytest.raises(Refused, match="how others sign in"):
        tickets.handed(at("ana"), "bob", entry.LINK, HOUR)
    with pytest.raises(NotFound, match="no actor"):
        tickets.link(at("ana"), actor="bob")


def test_an_invitation_lets_its_actor_choose(door: Desk, at: At) -> None:
    cookie = entry.by_link(
        door, tickets.link(door, actor="ana").json["url"].partition("=")[2], now()
    ).cookie
    text = accounts.establish(door, "ana", invite=True).json["url"].partition("=")[2]
    assert entry.invited(door.facts(), text, now()) == "ana"
    with pytest.raises(Invalid):
        entry.accept(door, text, "short", "", now())
    with pytest.raises(Refused):
        entry.by_link(door, text, now())
    assert entry.accept(door, text, GOOD, "", now()).actor == "ana"
    assert sessions.visitor(door.facts(), cookie, now()) is None
    with pytest.raises(Refused):
        entry.accept(door, text, NEW, "", now())
    assert entry.sign_in(door, "ana", GOOD, "", now())
    older = accounts.establish(door, "ana", invite=True).json["url"].partition("=")[2]
    accounts.establish(door, "ana", invite=True)
    assert entry.invited(door.facts(), older, now()) is None


def test_an_invitation_asks_for_the_second_factor(door: Desk, at: At, ana: str) -> None:
    _, recovery = enrolled(at)
    text = accounts.establish(door, "ana", invite=True).json["url"].partition("=")[2]
    with pytest.raises(Refused):
        entry.accept(door, text, NEW, "", now())
    assert accounts.show_all(door).json["accounts"][0]["failures"] == 1
    assert entry.accept(door, text, NEW, recovery[0], now()).actor == "ana"
    again = accounts.establish(door, "ana", invite=True).json["url"].partition("=")[2]
    accounts.lock(door, "ana")
    with pytest.raises(Refused):
        entry.accept(door, again, NEW, recovery[1], now())


def test_a_new_password_ends_what_was_open(door: Desk, at: At, ana: str) -> None:
    cookie = entry.sign_in(door, "ana", GOOD, "", now()).cookie
    accounts.replaced(at("ana"), at("ana").facts(), "ana", NEW)
    assert sessions.visitor(door.facts(), cookie, now()) is None
    with pytest.raises(Refused):
        entry.sign_in(door, "ana", GOOD, "", now())
    assert entry.sign_in(door, "ana", NEW, "", now())


def test_an_actor_who_is_removed_is_nobody(node: Node, door: Desk, at: At, ana: str) -> None:
    enrolled(at)
    cookie = entry.sign_in(door, "ana", GOOD, codes_of(door, at), now()).cookie
    node.session().do("actor remove", name="ana")
    assert sessions.visitor(door.facts(), cookie, now()) is None
    node.session().do("actor add", name="ana")
    for text in (GOOD, NEW):
        with pytest.raises(Refused):
            entry.sign_in(door, "ana", text, "", now())
    assert accounts.show_all(door).json["accounts"] == []


def codes_of(door: Desk, at: At) -> str:
    """A code that holds now."""
    body = door.facts().body("totp", "ana") or {}
    seed = bytes.fromhex(door.unseal(body["sealed"], "ana", entry.SEED))
    return codes.code_at(seed, int(now().timestamp()) // 30)


def test_sessions_do_not_pile_up(door: Desk, ana: str) -> None:
    entry.sign_in(door, "ana", GOOD, "", now() - 20 * HOUR)
    tickets.handed(door, "ana", entry.LINK, -HOUR)
    assert len(dict(door.facts().all("session"))) == 1
    for n in range(sessions.MOST + 2):
        link = tickets.link(door, actor="ana").json["url"].partition("=")[2]
        entry.by_link(door, link, now() + timedelta(seconds=n))
    live = dict(door.facts().all("session"))
    assert len(live) == sessions.MOST
    assert not dict(door.facts().all("ticket"))


def test_an_old_hash_is_made_anew(door: Desk) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    door.amend([Fact("password", "ana", {"hash": weak, "changed": "2026-01-01T00:00:00Z"})],
               subject="password ana")  # fmt: skip
    assert entry.sign_in(door, "ana", GOOD, "", now())
    body = door.facts().body("password", "ana") or {}
    assert body["hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert body["changed"] == "2026-01-01T00:00:00Z"


def test_who_is_signed_in_confirms_by_password(node: Node, door: Desk, ana: str) -> None:
    entry.confirmed(door, "ana", GOOD, now())
    for _ in range(11):
        with pytest.raises(Refused):
            entry.confirmed(door, "ana", "wrong words of somebody", now())
    assert subjects(node)[-1] == "sign-in locked ana"
    with pytest.raises(Refused):
        entry.confirmed(door, "ana", GOOD, now())
    with pytest.raises(Refused):
        entry.confirmed(door, "bob", GOOD, now())


def test_what_everybody_else_knows_of_it(door: Desk, at: At, ana: str) -> None:
    enrolled(at)
    tickets.link(door, actor="ana")
    entry.sign_in(door, "ana", GOOD, codes_of(door, at), now())
    for kind in ("session", "ticket", "password", "totp", "attempts"):
        for name in ("bob", "sue"):
            assert not dict(at(name).facts().all(kind))
            key = next(iter(door.facts().rows[kind]))
            assert not [r for r in at(name).history(kind, key) if r.fact.body is not None]
        own = json.dumps(dict(at("ana").facts().all(kind)))
        assert own != "{}"
        for word in ("hash", "sealed", "recovery", "step", "used"):
            assert f'"{word}"' not in own


def test_a_loser_of_every_race_is_refused(door: Desk, ana: str) -> None:
    class Busy:
        """Somebody else is always first."""

        def __getattr__(self, name: str) -> Any:
            return getattr(door, name)

        def amend(self, facts: Any, *, subject: str, seen: Any = None) -> str:
            attempts = seen.body("attempts", "ana") or {}
            door.amend([Fact("attempts", "ana", {"missed": attempts.get("missed", 0) + 1})],
                       subject="x")  # fmt: skip
            return door.amend(facts, subject=subject, seen=seen)

    desk: Any = Busy()
    with pytest.raises(Refused):
        entry.sign_in(desk, "ana", GOOD, "", now())
    with pytest.raises(Refused):
        entry.confirmed(desk, "ana", "wrong words of somebody", now())


def test_used_signs_in_once(door: Desk, ana: str) -> None:
    way = entry.Way("oidc", HOUR, "bureau", ("digest", "2999-01-01T00:00:00Z"))
    assert entry.opened(door, door.facts(), "ana", way, now())
    assert entry.opened(door, door.facts(), "ana", way, now()) is None
    assert entry.opened(door, door.facts(), "ana", replace(way, used=("d2", "2999")), now())


def test_a_second_factor_is_its_actors_own(door: Desk, at: At, ana: str) -> None:
    for desk, given, error in (
        (door, {"actor": "ana"}, Refused),
        (at("bob"), {"actor": "ana"}, DoumenError),
        (at("ana"), {"code": "123456"}, Invalid),
        (at("ana"), {"enrolment": "x", "code": "123456"}, Invalid),
        (at("ana"), {"off": True}, DoumenError),
    ):
        with pytest.raises(error):
            second.second(desk, **given)
    begun = second.second(at("ana")).json
    assert begun["uri"].startswith("otpauth://totp/Port:ana?secret=")
    with pytest.raises(Invalid, match="code of now"):
        second.second(at("ana"), enrolment=begun["enrolment"], code="12345")
    with pytest.raises(Invalid):
        second.second(at("bob"), enrolment=begun["enrolment"], code="123456")
    assert second.picture(begun["uri"]).startswith("<svg")
    assert door.facts().body("totp", "ana") is None
