"""Names by root key, against the vectors of the did:key specification."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import keys
from doumen.kits.evidence.didkey import did_key, root_of
from doumen.model.errors import Invalid

VECTORS = {
    0: "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
    1: "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
    2: "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf",
    3: "did:key:z6MkvqoYXQfDDJRv8L4wKzxYeuKyVZBfi9Qo6Ro8MiLH3kDQ",
    4: "did:key:z6MkwW6aqMnjgrhJXFUko3NnZPGzVpkNzhYK7yEhnsibmLwL",
}
"""Last byte of a seed → its name: test-vectors/ed25519-x25519.json of w3c-ccg/did-method-key."""
DID = VECTORS[0]


@pytest.mark.parametrize("last", VECTORS)
def test_the_vectors_of_the_specification(last: int) -> None:
    public = keys.public_hex(keys.new_key(bytes(31) + bytes([last])))
    assert did_key(public) == VECTORS[last]
    assert root_of(VECTORS[last]) == public


@settings(derandomize=True, deadline=None, max_examples=count(200))
@given(st.binary(min_size=32, max_size=32))
def test_a_key_has_one_name(seed: bytes) -> None:
    public = keys.public_hex(keys.new_key(seed))
    assert root_of(did_key(public)) == public


@pytest.mark.parametrize("public", ["", "00", "g" * 64, "A" * 64, "0" * 64, "01" + "0" * 62])
def test_what_is_no_key_has_no_name(public: str) -> None:
    with pytest.raises(Invalid, match="none of Ed25519"):
        did_key(public)


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:example.org",
        DID.upper(),
        DID[:-1],
        DID + "1",
        DID + "#" + DID[8:],
        DID[:-1] + "0",
        DID[:-1] + "l",
        DID[:-1] + "é",
        "did:key:u" + DID[9:],
        "did:key:z" + "z" * 47,  # more than 34 bytes
        "did:key:z" + "1" * 47,
        "did:key:z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW",  # X25519, of the same file
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",  # secp256k1
    ],
)
def test_what_is_no_name_is_refused(did: str) -> None:
    with pytest.raises(Invalid) as caught:
        root_of(did)
    assert caught.value.code == "invalid.did"


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(st.integers(0, len(DID) - 1), st.characters(codec="utf-8"))
def test_a_changed_name_is_another_or_none(place: int, character: str) -> None:
    changed = DID[:place] + character + DID[place + 1 :]
    try:
        found = root_of(changed)
    except Invalid:
        assert changed != DID
    else:
        assert did_key(found) == changed


WEAK = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]
"""The list that libsodium refuses: points of small order, and spellings of them."""


@pytest.mark.parametrize("public", WEAK)
@pytest.mark.parametrize("sign", [0, 0x80])
def test_keys_by_which_anybody_signs_are_refused(public: str, sign: int) -> None:
    data = bytearray.fromhex(public)
    data[31] |= sign
    assert not keys.sound(data.hex())


def test_why_they_are_refused() -> None:
    identity = "01" + "0" * 62
    forged = bytes.fromhex(identity) + bytes(32)
    assert keys.holds(identity, forged, b"anything")
    assert keys.holds(identity, forged, b"anything else")
