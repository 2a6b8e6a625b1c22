"""One suite for every mask method, on the real engine."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.policy import MASK_KEYS, mask_expression
from doumen.kits.policy.masks import METHODS
from doumen.model.rule import Mask, Option
from doumen.model.schema import Column

OUTER, INNER = "a1" * 32, "5c" * 32
PARTIAL: tuple[tuple[str, Option], ...] = (("keep_end", 1), ("keep_start", 2), ("with", "*"))
TYPES = {
    "VARCHAR": "'Zoë'",
    "BIGINT": "-42",
    "DECIMAL(12,2)": "10.50",
    "DOUBLE": "1.5",
    "BOOLEAN": "true",
    "DATE": "DATE '2027-01-02'",
    "TIMESTAMP": "TIMESTAMP '2027-01-02 03:04:05'",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ '2027-01-02 03:04:05+00'",
    "BLOB": "'\\xAA'::BLOB",
    "INTEGER[]": "[1, 2]",
    "STRUCT(a INTEGER, b VARCHAR)": "{'a': 1, 'b': 'x'}",
}


OPTIONS: dict[str, list[tuple[tuple[str, Option], ...]]] = {
    "null": [()],
    "hash": [()],
    "partial": [PARTIAL],
    "generalise": [
        (("levels", "month"),), (("levels", 10),), (("levels", 0.5),),
        (("levels", (("Zoë", "name"),)),),
    ],
    "bucket": [(("edges", (10, 20.5)),), (("edges", ("2020-01-01", "2027-01-02")),)],
}  # fmt: skip
MASKS = [Mask(name, None, options) for name in OPTIONS for options in OPTIONS[name]]
Shown = Callable[..., Any]


def test_every_method_is_tried() -> None:
    assert [method.name for method in METHODS] == list(OPTIONS)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("mask", MASKS, ids=str)
def test_every_method_is_total_and_declares_its_type(shown: Shown, mask: Mask, type: str) -> None:
    shown(mask, TYPES[type], type)
    assert shown(mask, "NULL", type) is None


@pytest.mark.parametrize("mask", MASKS, ids=str)
def test_names_of_columns_are_quoted(shown: Shown, mask: Mask) -> None:
    assert shown(mask, "'abcd'", "VARCHAR", name='a"; DROP--') != "abcd"


@pytest.mark.parametrize("mask", MASKS[3:], ids=str)
def test_options_are_bound_and_not_in_the_text(mask: Mask) -> None:
    for type in TYPES:
        column, _ = mask_expression(mask, Column("x", type), "d")
        for literal in ("10", "20.5", "0.5", "2020", "2027", "Zoë", "name"):
            assert literal not in (column.expression or "")


def digest(text: str) -> str:
    inner = hashlib.sha256((INNER + text).encode()).hexdigest()
    return hashlib.sha256((OUTER + inner).encode()).hexdigest()


def test_hash_is_the_published_nesting(shown: Shown) -> None:
    for text in ("", "N123", "中文", "🛫é"):
        assert shown(Mask("hash"), f"'{text}'", "VARCHAR") == digest(text)
    assert shown(Mask("hash"), "42", "BIGINT") == digest("42")


def test_hash_with_the_keys_of_rfc_2104_is_its_nesting() -> None:
    """With K xor ipad and K xor opad as keys, H(outer, H(inner, m)) is HMAC (test case 2 of
    RFC 4231, whose padded keys are ASCII); only the inner digest goes in as bytes there."""
    key = b"Jefe".ljust(64, b"\0")
    pads = [bytes(byte ^ pad for byte in key).decode("ascii") for pad in (0x5C, 0x36)]
    message = "what do ya want for nothing?"
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac.new(b"Jefe", message.encode(), "sha256").hexdigest() == expected
    other = duckdb.connect()
    for name, pad in zip(MASK_KEYS, pads, strict=True):
        other.execute(f"SET VARIABLE {name} = $1", [pad])
    column, _ = mask_expression(Mask("hash"), Column("x", "VARCHAR"), "d")
    (got,) = other.execute(
        f"SELECT {column.expression} FROM (SELECT $1 AS x)", [message]
    ).fetchall()[0]
    inner = hashlib.sha256(pads[1].encode() + message.encode())
    assert hashlib.sha256(pads[0].encode() + inner.digest()).hexdigest() == expected
    assert got == hashlib.sha256(pads[0].encode() + inner.hexdigest().encode()).hexdigest()


def test_hash_takes_other_variables() -> None:
    column, values = mask_expression(Mask("hash"), Column("x", "VARCHAR"), "d", ("ko", "ki"))
    assert "getvariable('ko')" in (column.expression or "")
    assert "getvariable('ki')" in (column.expression or "")
    assert values == {}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("a", "*"),
        ("abc", "***"),
        ("abcd", "ab*d"),
        ("13812345678", "13********8"),
        ("张三丰同学", "张三**学"),
        ("🛫🛬🚁🚂🚃", "🛫🛬**🚃"),
    ],
)
def test_partial(shown: Shown, text: str, seen: str) -> None:
    assert shown(Mask("partial", None, PARTIAL), f"'{text}'", "VARCHAR") == seen


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0'"), max_size=12),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from("*#'字🛑"),
)
@settings(derandomize=True, deadline=None, max_examples=count(150))
def test_partial_over_any_text(text: str, start: int, end: int, filler: str) -> None:
    options = (("keep_end", end), ("keep_start", start), ("with", filler))
    column, _ = mask_expression(Mask("partial", None, options), Column("x", "VARCHAR"), "d")
    row = duckdb.execute(
        f"SELECT {column.expression} FROM (SELECT $1::VARCHAR AS x)", [text]
    ).fetchone()
    hidden = len(text) - start - end
    expected = (
        text[:start] + filler * hidden + text[len(text) - end :]
        if hidden > 0
        else filler * len(text)
    )
    assert row == (expected,)


def test_words() -> None:
    options = dict(PARTIAL)
    assert [method.words(options) for method in METHODS[:3]] == [
        "empty",
        "as a keyed hash",
        "with only the first 2 and the last 1 of its characters",
    ]
