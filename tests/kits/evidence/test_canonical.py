"""Canonical JSON and commitments."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence.canonical import canonical, commitment, parsed
from doumen.model.errors import Invalid, Tampered
from doumen.model.message import msg


def test_the_example_of_rfc_8785() -> None:
    # RFC 8785, section 3.2.2 and its output in 3.2.3
    text = (
        '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        '"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
        '"literals": [null, true, false]}'
    )
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(json.loads(text)).decode() == wanted


def test_keys_are_sorted_by_utf16_units() -> None:
    # RFC 8785, section 3.2.3
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    wanted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == wanted


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), [2**53], float("nan"), {1: 2}, b"x", "\ud800", {"a": object()}]
)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        canonical(value)
    assert caught.value.code == "invalid.json"


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.0", b"NaN", b"\xff", b"1e999"],
)
def test_another_spelling_is_refused(text: bytes) -> None:
    with pytest.raises(Tampered, match="The thing is not canonical"):
        parsed(text, msg("The thing"))


def test_too_deep_a_text_is_refused() -> None:
    with pytest.raises(Tampered):
        parsed(b"[" * 200_000, msg("The thing"))


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@settings(derandomize=True, deadline=None, max_examples=count(100))
@given(values | st.dictionaries(st.text(st.characters(codec="ascii")), values))
def test_what_is_plain_is_written_as_the_library_writes_it(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@settings(derandomize=True, deadline=None, max_examples=count(100))
@given(values)
def test_read_gives_what_was_written(value: object) -> None:
    assert parsed(canonical(value), msg("It")) == value


def test_a_commitment_is_a_hash_over_lengths_and_parts() -> None:
    data = b"".join(len(part).to_bytes(8, "big") + part for part in (b"salt", b"a", b"bc"))
    assert commitment(b"salt", b"a", b"bc") == hashlib.sha256(data).hexdigest()


def test_a_commitment_depends_on_salt_and_on_where_parts_end() -> None:
    made = {
        commitment(b"s", b"ab", b"c"),
        commitment(b"s", b"a", b"bc"),
        commitment(b"s", b"abc"),
        commitment(b"sa", b"bc"),
        commitment(b"", b"s", b"ab", b"c"),
    }
    assert len(made) == 5
