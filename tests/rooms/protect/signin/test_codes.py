"""Codes by time: the vectors of RFC 6238; recovery codes."""

from __future__ import annotations

import urllib.parse
from datetime import UTC, datetime

import pytest

from doumen.rooms.protect.signin import codes

SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [  # RFC 6238, appendix B, SHA-1: the last six of eight digits
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    step = seconds // 30
    now = datetime.fromtimestamp(seconds, UTC)
    assert codes.code_at(SEED, step) == code[2:]
    assert codes.step_of(SEED, code[2:], now, -1) == step


def test_one_step_before_and_after_and_none_twice() -> None:
    now = datetime.fromtimestamp(1111111109, UTC)
    here = 1111111109 // 30
    for step, holds in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = codes.step_of(SEED, codes.code_at(SEED, here + step), now, -1)
        assert found == (here + step if holds else None)
    code = codes.code_at(SEED, here)
    assert codes.step_of(SEED, code, now, here) is None
    assert codes.step_of(SEED, code, now, here - 1) == here
    assert codes.step_of(SEED, f"{code[:3]} {code[3:]}", now, -1) == here


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345"])
def test_what_is_no_code(text: str) -> None:
    assert codes.step_of(SEED, text, datetime.fromtimestamp(0, UTC), -1) is None


def test_the_address_names_node_and_actor() -> None:
    uri = codes.address(SEED, "ana", "Port: 港口")
    parts = urllib.parse.urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(parts.path) == "/Port  港口:ana"
    asked = urllib.parse.parse_qs(parts.query)
    assert asked == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Port  港口"]}


def test_recovery_codes_are_used_once() -> None:
    made = codes.recovery(bytes(range(30)))
    assert [len(one) for one in made] == [19, 19, 19]
    kept = [codes.digest(one) for one in made]
    left = codes.without(kept, made[1].upper().replace("-", " "))
    assert left == [kept[0], kept[2]]
    assert codes.without(left, made[1]) is None
    assert codes.without(kept, "") is None
