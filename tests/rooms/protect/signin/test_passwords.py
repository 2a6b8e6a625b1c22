"""Passwords: RFC 8265's own examples, what one may not be, and the hash."""

from __future__ import annotations

import sys

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from doumen.model.errors import Invalid, Unavailable
from doumen.rooms.protect.signin import passwords

GOOD = "several words not together"


@pytest.mark.parametrize(
    ("given", "made"),
    [  # RFC 8265, section 4.3, tables 3 and 4
        ("correct horse battery staple", "correct horse battery staple"),
        ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
        ("\u03c0\u00df\u00e5", "\u03c0\u00df\u00e5"),
        ("Jack of \u2666s", "Jack of \u2666s"),
        ("foo\u1680bar", "foo bar"),
        ("my cat is a \u0009by", None),
        ("", None),
    ],
)
def test_prepared_as_opaque_string(given: str, made: str | None) -> None:
    assert passwords.prepared(given) == made


def test_two_spellings_of_one_character_are_one_password() -> None:
    hash = passwords.hashed(passwords.checked("cafe\u0301 am alten Hafen", "ana"))
    assert passwords.same(hash, "caf\u00e9 am alten\u00a0Hafen")
    assert not passwords.same(hash, "cafe am alten Hafen")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("short one", "12 to 256"),
        ("x" * 257, "12 to 256"),
        ("ana.ling.wu1", "name"),
        ("abababababababab", "few characters"),
        ("twelve chars\x00", "control"),
    ],
)
def test_what_is_no_password(given: str, why: str) -> None:
    with pytest.raises(Invalid) as error:
        passwords.checked(given, "ana.ling.wu")
    assert why in (error.value.why or "")
    assert given not in str(error.value.as_json())


def test_hashed_by_the_second_choice_of_rfc_9106() -> None:
    hash = passwords.hashed(GOOD)
    assert hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert extract_parameters(hash) == RFC_9106_LOW_MEMORY
    assert hash != passwords.hashed(GOOD)
    assert not passwords.stale(hash)
    assert passwords.stale(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD))


def test_nothing_is_like_no_password() -> None:
    for hash in (None, "$argon2id$broken", ""):
        assert not passwords.same(hash, GOOD)
    for given in ("", "\x00", "-", "x" * 10_000):
        assert not passwords.same(None, given)
    assert not passwords.same(passwords.hashed("-"), "")
    assert not passwords.same(passwords.hashed("x" * 257), "x" * 300)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords._hasher.cache_clear()
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(Unavailable, match="not installed"):
        passwords.hashed(GOOD)
    monkeypatch.undo()
    assert passwords.hashed(GOOD)
