"""Signed payloads, against the vector of RFC 8037."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import jws, keys
from doumen.kits.evidence.canonical import canonical
from doumen.model.errors import Conflict, Tampered

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
KEY, OTHER = keys.new_key(SEED), keys.new_key(bytes(32))
KNOWN = {"a": keys.public_hex(KEY), "b": keys.public_hex(OTHER)}
TEXT = jws.sign(b"payload", KEY, "a")


def test_the_vector_of_rfc_8037() -> None:
    # Appendix A.4
    protected, payload = "eyJhbGciOiJFZERTQSJ9", "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    assert jws.decode(payload) == b"Example of Ed25519 signing"
    assert jws.encode(jws.signature(protected, payload, KEY)) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


def test_the_form_is_that_of_rfc_7515() -> None:
    body = json.loads(TEXT)
    assert set(body) == {"payload", "signatures"}
    (entry,) = body["signatures"]
    assert set(entry) == {"protected", "signature"}
    assert jws.decode(entry["protected"]) == b'{"alg":"EdDSA","kid":"a"}'
    assert jws.decode(body["payload"]) == b"payload"


def test_what_was_signed_verifies() -> None:
    assert jws.verify(TEXT, KNOWN) == b"payload"
    twice = jws.countersign(TEXT, OTHER, "b")
    assert jws.signers(twice) == ("a", "b")
    for known in (KNOWN, {"a": KNOWN["a"]}, {"b": KNOWN["b"]}):
        assert jws.verify(twice, known) == b"payload"


def test_a_key_signs_once() -> None:
    with pytest.raises(Conflict):
        jws.countersign(TEXT, KEY, "a")


def test_unknown_and_wrong_keys_are_told_apart() -> None:
    with pytest.raises(Tampered) as caught:
        jws.verify(TEXT, {"b": KNOWN["b"]})
    assert caught.value.code == "tampered.unknown-key"
    with pytest.raises(Tampered) as caught:
        jws.verify(TEXT, {"a": KNOWN["b"]})
    assert caught.value.code == "tampered.signature"
    twice = jws.countersign(TEXT, KEY, "b")
    with pytest.raises(Tampered, match="`b`"):
        jws.verify(twice, KNOWN)


@settings(derandomize=True, deadline=None, max_examples=count(400))
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_found(place: int, flip: int) -> None:
    data = bytearray(jws.countersign(TEXT, OTHER, "b").encode())
    data[place % len(data)] ^= flip
    with pytest.raises(Tampered):
        jws.verify(data.decode(errors="surrogateescape"), KNOWN)


def header(**fields: object) -> str:
    return jws.encode(canonical(fields))


def text(payload: object = "", **entry: object) -> str:
    good = json.loads(TEXT)["signatures"][0]
    return canonical({"payload": payload, "signatures": [good | entry]}).decode()


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{}",
        "[]",
        " " + TEXT,
        TEXT.replace(":", ": ", 1),
        '{"payload":"","signatures":[]}',
        '{"payload":"","signatures":{}}',
        '{"payload":"","signatures":[1]}',
        text(payload=1),
        text(payload="a"),
        text(payload="YQ=="),
        text(payload="YR"),
        text(payload="Y+"),
        text(payload="é"),
        text(header={"kid": "a"}),
        text(protected=header(alg="EdDSA")),
        text(protected=header(alg="none", kid="a")),
        text(protected=header(alg="EdDSA", kid=1)),
        text(protected=header(alg="EdDSA", kid="a", crit=["x"])),
        text(protected=jws.encode(b'{"kid":"a","alg":"EdDSA"}')),
        text(protected=jws.encode(b'["kid"]')),
    ],
)
def test_another_form_is_refused(broken: str) -> None:
    with pytest.raises(Tampered):
        jws.read(broken)


@pytest.mark.parametrize("text", ["YR", "YQ==", "Y+A", "Y", "é", "Y Q"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(Tampered):
        jws.decode(text)
