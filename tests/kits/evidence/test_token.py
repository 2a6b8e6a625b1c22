"""Signed requests: what holds, and that nothing else does."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import keys, token
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.didkey import did_key
from doumen.kits.evidence.jws import encode, signature
from doumen.kits.evidence.token import Claims, check, claimed, digest_of, issue
from doumen.model.errors import DoumenError
from doumen.model.participant import Participant

NOW = 1_800_000_000
ROOT, KEY = keys.new_key(bytes([1] * 32)), keys.new_key(bytes([2] * 32))
CERTIFICATE = keys.certify(ROOT, keys.public_hex(KEY), "port-1", "2026-01-01T00:00:00.000000Z")
DID = did_key(keys.public_hex(ROOT))
OTHER = "did:web:weather.example"
SENDER = Participant(
    DID, "Port", "port", "https://port.example/dsp", "port-1", keys.public_hex(ROOT)
)
BODY = b'{"@type": "ContractRequestMessage"}'
PATH = "/negotiations/request"
REQUEST = Claims(
    issuer=DID,
    audience=OTHER,
    id="01K5QZ2X4Y6A8B0C2D4E6F8G0H",
    issued=NOW,
    expires=NOW + token.LIFE,
    method="POST",
    path=PATH,
    digest=digest_of(BODY),
    certificate=CERTIFICATE,
)
REPLY = replace(REQUEST, re="01K5QZ2X4Y0000000000000000", status=201)
TOKEN = issue(REQUEST, KEY)


def checked(text: str, **changed: Any) -> Claims:
    given: dict[str, Any] = {
        "participant": SENDER,
        "audience": OTHER,
        "method": "POST",
        "path": PATH,
        "body": BODY,
        "now": datetime.fromtimestamp(NOW, UTC),
    }
    return check(text, **(given | changed))


def code(text: str, **changed: Any) -> str:
    with pytest.raises(DoumenError) as caught:
        checked(text, **changed)
    return caught.value.code


def at(seconds: int) -> dict[str, datetime]:
    return {"now": datetime.fromtimestamp(NOW + seconds, UTC)}


def signed(header: Mapping[str, Any] | bytes, payload: Mapping[str, Any] | bytes) -> str:
    """A token whose signature holds, whatever is in it."""
    head, body = (
        encode(part if isinstance(part, bytes) else canonical(part)) for part in (header, payload)
    )
    return f"{head}.{body}.{encode(signature(head, body, KEY))}"


def parts(text: str = TOKEN) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = text.split(".")
    head, body = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in (header, payload))
    return head, body


def test_what_was_issued_holds() -> None:
    assert checked(TOKEN) == claimed(TOKEN) == REQUEST
    answers = (REPLY.re or "", 201)
    assert checked(issue(REPLY, KEY), answers=answers) == REPLY


def test_the_form_is_that_of_the_standards() -> None:
    head, body = parts()
    assert head == {"alg": "EdDSA", "kid": f"{DID}#{CERTIFICATE['kid']}", "typ": "JWT"}
    assert body["iss"] == body["sub"] == DID  # DCP 1.0, Self-Issued ID Tokens
    assert (body["aud"], body["iat"], body["exp"]) == (OTHER, NOW, NOW + 60)
    assert (body["htm"], body["htu"]) == ("POST", PATH)
    assert "re" not in body
    assert parts(issue(REPLY, KEY))[1]["status"] == 201


def test_the_vector_of_rfc_8037() -> None:
    # Appendix A.4: the signing of this module, header and payload aside
    key = keys.new_key(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    value = signature("eyJhbGciOiJFZERTQSJ9", "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", key)
    assert encode(value) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


def test_the_digest_of_no_body() -> None:
    # SHA-256 of the empty text, FIPS 180-4
    hexed = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(b"") == encode(bytes.fromhex(hexed))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"audience": "did:web:third.example"}, "refused.token-audience"),
        ({"path": "/negotiations/urn:uuid:1/request"}, "refused.token-request"),
        ({"method": "GET"}, "refused.token-request"),
        ({"answers": ("01K5QZ2X4Y0000000000000000", 200)}, "refused.token-request"),
        ({"body": BODY + b" "}, "tampered.token-body"),
        ({"body": b""}, "tampered.token-body"),
        ({"participant": replace(SENDER, id=OTHER)}, "refused.token-issuer"),
        ({"participant": replace(SENDER, origin="port-2")}, "tampered.certificate"),
        ({"participant": replace(SENDER, root=keys.public_hex(KEY))}, "tampered.certificate"),
        (at(-61), "refused.token-early"),
        (at(120), "refused.token-expired"),
    ],
)
def test_what_is_not_about_this_request(changed: dict[str, Any], expected: str) -> None:
    assert code(TOKEN, **changed) == expected


def test_all_but_the_body_is_known_before_it_comes() -> None:
    assert checked(TOKEN, body=None) == REQUEST
    assert code(TOKEN, body=None, path="/") == "refused.token-request"


def test_clocks_may_differ_by_a_minute() -> None:
    assert checked(TOKEN, **at(-60))
    assert checked(TOKEN, **at(119))
    assert claimed(TOKEN).until == NOW + 120


@pytest.mark.parametrize("seconds", [0, -1, 301, 10**9])
def test_a_token_is_short_lived(seconds: int) -> None:
    assert code(issue(replace(REQUEST, expires=NOW + seconds), KEY)) == "refused.token-long"


def test_a_reply_answers_one_request_with_one_status() -> None:
    text = issue(REPLY, KEY)
    for answers in (None, ("01K5QZ2X4Y0000000000000001", 201), (REPLY.re, 200)):
        assert code(text, answers=answers) == "refused.token-request"


def test_another_key_does_not_sign() -> None:
    third = keys.new_key(bytes([3] * 32))
    assert code(issue(REQUEST, third)) == "tampered.signature"
    public = keys.public_hex(third)
    by_itself = keys.certify(third, public, "port-1", CERTIFICATE["issued"])
    assert code(issue(replace(REQUEST, certificate=by_itself), third)) == "tampered.certificate"
    by_root = keys.certify(ROOT, public, "port-1", CERTIFICATE["issued"])
    assert code(issue(replace(REQUEST, certificate=by_root), KEY)) == "tampered.signature"
    assert checked(issue(replace(REQUEST, certificate=by_root), third))


def test_a_key_by_which_anybody_signs_is_not_believed() -> None:
    weak = keys.certify(ROOT, "01" + "0" * 62, "port-1", CERTIFICATE["issued"])
    header, payload, _ = issue(replace(REQUEST, certificate=weak), KEY).split(".")
    forged = encode(bytes.fromhex("01" + "0" * 62) + bytes(32))
    assert code(f"{header}.{payload}.{forged}") == "tampered.certificate"


HEAD, PAYLOAD = parts()


@pytest.mark.parametrize(
    "head",
    [
        HEAD | {"alg": "none"},
        HEAD | {"alg": "HS256"},
        HEAD | {"alg": "Ed25519"},
        HEAD | {"typ": "jwt"},
        HEAD | {"kid": OTHER + "#" + CERTIFICATE["kid"]},
        HEAD | {"kid": DID},
        HEAD | {"crit": ["exp"]},
        HEAD | {"jwk": {}},
        {k: v for k, v in HEAD.items() if k != "typ"},
        b"[]",
        b"{",
        b"\xff",
        json.dumps(HEAD).encode(),
    ],
)
def test_other_headers_are_refused(head: Any) -> None:
    assert code(signed(head, PAYLOAD)) == "tampered.token-form"


@pytest.mark.parametrize(
    "payload",
    [
        *({k: v for k, v in PAYLOAD.items() if k != gone} for gone in PAYLOAD),
        *(PAYLOAD | {name: None} for name in PAYLOAD),
        *(PAYLOAD | {name: 7.5} for name in PAYLOAD),
        PAYLOAD | {"sub": OTHER},
        PAYLOAD | {"nbf": NOW},
        PAYLOAD | {"iat": True},
        PAYLOAD | {"iat": str(NOW)},
        PAYLOAD | {"aud": [OTHER]},
        PAYLOAD | {"jti": ""},
        PAYLOAD | {"jti": "01K5QZ2X4Y6A8B0C2D4E6F8G0 "},
        PAYLOAD | {"jti": "x" * 65},
        PAYLOAD | {"re": None},
        PAYLOAD | {"re": "01K5QZ2X4Y6A8B0C2D4E6F8G0H"},
        PAYLOAD | {"re": "01K5QZ2X4Y6A8B0C2D4E6F8G0H", "status": None},
        PAYLOAD | {"re": "01K5QZ2X4Y6A8B0C2D4E6F8G0H", "status": True},
        PAYLOAD | {"re": "short", "status": 200},
        PAYLOAD | {"re": 7, "status": 200},
        PAYLOAD | {"status": 200},
        PAYLOAD | {"certificate": "text"},
        PAYLOAD | {"certificate": []},
        PAYLOAD | {"certificate": {**CERTIFICATE, "retired": "2026"}},
        PAYLOAD | {"certificate": {**CERTIFICATE, "issued": 7}},
        PAYLOAD | {"iss": 7, "sub": 7},
        b"[]",
        b"7",
        b"null",
        b'{"a":"\\ud800"}',
        b'{"iat":9007199254740993}',
        b"[" * 4000,
        json.dumps(PAYLOAD).encode(),
        canonical(PAYLOAD).replace(b'{"aud"', b'{"aud":"x","aud"'),
    ],
)
def test_other_claims_are_refused(payload: Any) -> None:
    assert code(signed(HEAD, payload)) == "tampered.token-form"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        TOKEN + ".",
        TOKEN.rpartition(".")[0],
        TOKEN.rpartition(".")[0] + ".",
        TOKEN + "=",
        TOKEN + "A",
        " " + TOKEN,
        TOKEN + "\n",
        TOKEN[:-1] + "é",
        signed(HEAD, PAYLOAD | {"htu": "/" + "a" * 8192}),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert code(text) == "tampered.token-form"


@settings(derandomize=True, deadline=None, max_examples=count(1000))
@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_any_changed_character_breaks_it(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(DoumenError):
            checked(changed)


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(st.text(max_size=300) | st.binary(max_size=300).map(encode))
def test_noise_is_refused(text: str) -> None:
    for spelled in (text, f"{text}.{text}.{text}"):
        assert code(spelled) == "tampered.token-form"
