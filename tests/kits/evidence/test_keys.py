"""Keys, their ids and certificates."""

from __future__ import annotations

import json

import pytest

from doumen.kits.evidence import keys
from doumen.kits.evidence.canonical import canonical
from doumen.model.errors import Invalid, Tampered

# RFC 8037, appendix A.1 to A.3
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

ROOT = keys.new_key(bytes(32))
CERTIFICATE = keys.certify(ROOT, PUBLIC, "example.org", "2026-01-01T00:00:00Z")


def test_published_key_and_thumbprint() -> None:
    assert keys.public_hex(keys.new_key(SEED)) == PUBLIC
    assert keys.kid(PUBLIC) == THUMBPRINT


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(Invalid, match="32 bytes"):
        keys.new_key(bytes(31))


def test_published_signature() -> None:
    # RFC 8032, 7.1, test 1: the same key, the empty message
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert keys.new_key(SEED).sign(b"") == signature
    assert keys.holds(PUBLIC, signature, b"")
    assert not keys.holds(PUBLIC, signature, b"x")
    assert not keys.holds("xy", signature, b"")
    assert not keys.holds("00", signature, b"")


def test_a_certificate_says_who_certified_what() -> None:
    body = {name: CERTIFICATE[name] for name in ("kid", "public", "origin", "issued")}
    assert body["kid"] == THUMBPRINT
    assert keys.holds(
        keys.public_hex(ROOT), bytes.fromhex(CERTIFICATE["signature"]), canonical(body)
    )
    assert keys.check_certificate(CERTIFICATE, keys.public_hex(ROOT)) == PUBLIC
    retired = CERTIFICATE | {"retired": "2026-02-01T00:00:00Z"}
    assert keys.check_certificate(retired, keys.public_hex(ROOT)) == PUBLIC


@pytest.mark.parametrize("name", list(CERTIFICATE))
@pytest.mark.parametrize("value", [None, "", "ab", 1])
def test_a_changed_field_is_found(name: str, value: object) -> None:
    with pytest.raises(Tampered) as caught:
        keys.check_certificate(CERTIFICATE | {name: value}, keys.public_hex(ROOT))
    assert caught.value.code == "tampered.certificate"


def test_a_key_cannot_take_the_name_of_another() -> None:
    other = keys.public_hex(keys.new_key(bytes([1] * 32)))
    body = {name: CERTIFICATE[name] for name in ("kid", "origin", "issued")} | {"public": other}
    forged = body | {"signature": ROOT.sign(canonical(body)).hex()}
    with pytest.raises(Tampered, match="does not hold") as caught:
        keys.check_certificate(forged, keys.public_hex(ROOT))
    assert "not the one that it names" in str(caught.value.why)


def test_a_key_that_is_not_hexadecimal_is_found() -> None:
    with pytest.raises(Tampered) as caught:
        keys.check_certificate(CERTIFICATE | {"public": "xyz"}, keys.public_hex(ROOT))
    assert "hexadecimal" in str(caught.value.why)


def test_another_root_is_found() -> None:
    with pytest.raises(Tampered):
        keys.check_certificate(CERTIFICATE, PUBLIC)


def test_a_key_file_is_read_as_written() -> None:
    file = keys.KeyFile("example.org", keys.public_hex(ROOT), (CERTIFICATE,))
    assert keys.read_key_file(json.dumps(file.as_json())) == file


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "[" * 100_000,
        '{"origin":"a","root":"zz","certificates":[]}',
        '{"origin":"a","root":"00","certificates":[]}',
        '{"origin":1,"root":"' + "00" * 32 + '","certificates":[]}',
        '{"origin":"a","root":"' + "00" * 32 + '","certificates":[1]}',
    ],
)  # fmt: skip
def test_what_is_no_key_file_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        keys.read_key_file(text)
    assert caught.value.code == "invalid.key-file"
