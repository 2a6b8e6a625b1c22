"""The verbs of accounts and sessions: who may, what they show, passwords from files and hands."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.protect.signin import accounts, entry, second, sessions, tickets
from doumen.session import Node

GOOD = "several words not together"
At = Callable[..., Desk]


def come(door: Desk, name: str) -> str:
    """Sign an actor in by a link; the id of the session."""
    text = tickets.link(door, actor=name).json["url"].partition("=")[2]
    return entry.by_link(door, text, datetime.now(UTC)).session


def test_a_password_from_a_file(door: Desk, at: At, tmp_path: Path) -> None:
    file = tmp_path / "pw"
    file.write_text(f"{GOOD}\r\nmore")
    assert accounts.establish(door, "Ana", password_file=file).json["actor"] == "ana"
    assert entry.sign_in(door, "ana", GOOD, "", datetime.now(UTC))
    assert accounts.change(at("bob"), password_file=file).json["actor"] == "bob"
    file.write_bytes(b"\xff\xfe")
    for wrong in (file, tmp_path / "none"):
        with pytest.raises(Unavailable, match="cannot be read"):
            accounts.establish(door, "ana", password_file=wrong)


def test_a_password_typed_twice(door: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="no terminal"):
        accounts.establish(door, "ana")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    typed = iter([GOOD, "another", GOOD, GOOD])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    with pytest.raises(Invalid, match="not the same"):
        accounts.establish(door, "ana")
    assert accounts.establish(door, "ana").json["actor"] == "ana"


def test_only_the_owner_sets_accounts_up(door: Desk, at: At, tmp_path: Path) -> None:
    file = tmp_path / "pw"
    file.write_text(GOOD)
    for name in ("sue", "bob"):
        with pytest.raises((Refused, NotFound)):
            accounts.establish(at(name), "ana", password_file=file)
    accounts.establish(door, "ana", password_file=file)
    for verb in (accounts.lock, accounts.unlock, accounts.remove):
        with pytest.raises((Refused, NotFound)):
            verb(at("sue"), "ana")
    with pytest.raises(Refused, match="this of how they sign in"):
        accounts.unlock(at("ana"), "ana")
    with pytest.raises(NotFound):
        accounts.establish(door, "zoe", password_file=file)
    with pytest.raises(Invalid, match="1 to 30"):
        accounts.establish(door, "ana", invite=True, days=31)
    with pytest.raises(Invalid, match="not the address"):
        accounts.establish(door, "ana", invite=True, endpoint="ftp://x")
    with pytest.raises(Invalid, match="read along"):
        accounts.establish(door, "ana", invite=True, endpoint="http://port.example")
    with pytest.raises(Conflict, match="yourself out"):
        accounts.lock(door, "owner")


def test_how_accounts_stand(door: Desk, at: At, tmp_path: Path) -> None:
    accounts.establish(door, "ana", invite=True)
    come(door, "bob")
    accounts.lock(door, "sue")
    shown = accounts.show_all(door)
    rows = {row[0]: str(row[1]) for table in shown.drawn for row in getattr(table, "rows", ())}
    assert rows == {"ana": "invited", "bob": "without password", "sue": "locked"}
    assert {a["actor"]: a["locked_until"] for a in shown.json["accounts"]} == dict.fromkeys(rows)
    assert [a["actor"] for a in accounts.show_all(at("bob")).json["accounts"]] == ["bob"]
    file = tmp_path / "pw"
    file.write_text(GOOD)
    accounts.establish(door, "ana", password_file=file)
    (ana, *_) = accounts.show_all(door).json["accounts"]
    assert (ana["password"], ana["invited"], ana["locked"]) == (True, False, False)
    assert accounts.remove(door, "ana").json["actor"] == "ana"
    with pytest.raises(NotFound, match="no account"):
        accounts.remove(door, "ana")


def test_sessions_are_listed_and_ended_by_whom_they_are_of(node: Node, door: Desk, at: At) -> None:
    ana, other, bob = come(door, "ana"), come(door, "ana"), come(door, "bob")
    assert {s["id"] for s in sessions.show_all(door).json["sessions"]} == {ana, other, bob}
    assert {s["id"] for s in sessions.show_all(at("ana")).json["sessions"]} == {ana, other}
    assert sessions.show_all(at("sue")).json["sessions"] == []
    for desk in (at("bob"), at("sue")):
        with pytest.raises(NotFound, match="no such session"):
            sessions.end(desk, ana)
    with pytest.raises(NotFound):
        sessions.end(at("sue"), all=True)
    for given in ((None, False), (ana, True)):
        with pytest.raises(Invalid):
            sessions.end(door, given[0], all=given[1])
    assert sessions.end(at("ana"), ana).json["ended"] == [ana]
    come(door, "ana")
    assert len(sessions.end(at("ana"), all=True).json["ended"]) == 2
    assert sessions.end(door, bob).json["ended"] == [bob]
    assert node.session().do("session list").json == {"sessions": []}


def test_a_second_factor_without_the_library(door: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(Unavailable, match="not installed"):
        second.second(door)
