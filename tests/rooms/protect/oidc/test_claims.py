"""ID tokens: what holds, and all that attackers make of one; the example of the standard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from doumen.rooms.protect.oidc.claims import Expected, Wrong, _half, checked, key_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
EXPECTED = Expected("https://id.example", "doumen", "n-1", None, NOW)
RSA = RSAKey.generate_key(2048, {"kid": "r", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "e"})
ED = OKPKey.generate_key("Ed25519", {"kid": "d"})
KEYS = {"keys": [key.as_dict(private=False) for key in (RSA, EC, ED)]}
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example", "aud": "doumen", "sub": "1", "nonce": "n-1",
    "exp": AT + 300, "iat": AT,
}  # fmt: skip


def token(key: Any = RSA, alg: str = "RS256", kid: str | None = "r", **claims: Any) -> str:
    said = {k: v for k, v in {**CLAIMS, **claims}.items() if v is not ...}
    header = {"alg": alg, **({} if kid is None else {"kid": kid})}
    return jws.serialize_compact(header, json.dumps(said), key, algorithms=[alg])


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("key", "alg", "kid"),
    [(RSA, "RS256", "r"), (RSA, "PS512", "r"), (EC, "ES256", "e"), (ED, "Ed25519", "d"),
     (RSA, "RS256", None)],
)  # fmt: skip
def test_what_holds(key: Any, alg: str, kid: str | None) -> None:
    made = token(key, alg, kid)
    assert key_of(made) == kid
    assert checked(made, KEYS, EXPECTED)["sub"] == "1"
    assert checked(token(aud=["doumen", "x"], azp="doumen"), KEYS, EXPECTED)
    assert checked(token(exp=AT - 59, iat=AT - 400, nbf=AT + 59), KEYS, EXPECTED)


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"iss": "https://id.example/"}, "iss"),
        ({"iss": ...}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["other"]}, "aud"),
        ({"aud": {"doumen": 1}}, "aud"),
        ({"aud": ...}, "aud"),
        ({"aud": ["doumen", "other"]}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"exp": AT - 60}, "exp"),
        ({"exp": ...}, "exp"),
        ({"exp": str(AT + 300)}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": AT + 61}, "iat"),
        ({"iat": AT - 661}, "iat"),
        ({"iat": ...}, "iat"),
        ({"nbf": AT + 61}, "nbf"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": ...}, "nonce"),
        ({"nonce": 1}, "nonce"),
        ({"sub": ...}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"at_hash": "x"}, "at_hash"),
    ],
)
def test_what_it_says_must_be_for_us_and_now(claims: dict[str, Any], fault: str) -> None:
    with pytest.raises(Wrong, match=f"^{fault}$"):
        checked(token(**claims), KEYS, EXPECTED)


def public_as_secret() -> str:
    """HS256 under the public key of the provider, which anybody has."""
    body = f"{part({'alg': 'HS256', 'kid': 'r'})}.{part(CLAIMS)}"
    tag = hmac.digest(RSA.as_pem(private=False), body.encode(), hashlib.sha256)
    return f"{body}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


def embedded() -> str:
    """A key of the attacker in the head of the token."""
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": "r", "jwk": own.as_dict(private=False)}
    return jws.serialize_compact(header, json.dumps(CLAIMS), own, algorithms=["RS256"])


def changed() -> str:
    head, _, tag = token().split(".")
    return f"{head}.{part({**CLAIMS, 'sub': '2'})}.{tag}"


FORGED: dict[str, Callable[[], str]] = {
    "none": lambda: f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
    "None": lambda: f"{part({'alg': 'None', 'kid': 'r'})}.{part(CLAIMS)}.",
    "no algorithm": lambda: f"{part({'kid': 'r'})}.{part(CLAIMS)}.x",
    "public key as secret": public_as_secret,
    "another key of the same id": lambda: token(RSAKey.generate_key(2048)),
    "another key that is unknown": lambda: token(RSAKey.generate_key(2048), kid="z"),
    "another key without id": lambda: token(RSAKey.generate_key(2048), kid=None),
    "a key of another kind": lambda: token(EC, "ES256", "r"),
    "a key in the head": embedded,
    "changed claims": changed,
    "no signature": lambda: token().rpartition(".")[0] + ".",
    "critical": lambda: f"{part({'alg': 'RS256', 'kid': 'r', 'crit': ['b64']})}.{part(CLAIMS)}.x",
    "no token": lambda: "x",
    "three parts of nothing": lambda: "..",
    "not ASCII": lambda: "é.é.é",
    "encrypted": lambda: "a.b.c.d.e",
    "very long": lambda: token(pad="x" * 70_000),
    "no object": lambda: jws.serialize_compact({"alg": "RS256"}, "[]", RSA, algorithms=["RS256"]),
}


@pytest.mark.parametrize("how", FORGED)
def test_what_is_forged(how: str) -> None:
    with pytest.raises(Wrong):
        checked(FORGED[how](), KEYS, EXPECTED)


def test_keys_that_do_not_sign() -> None:
    shared = OctKey.generate_key(256, {"kid": "s"})
    tried: tuple[list[dict[str, Any]], ...] = (
        [],
        [{**KEYS["keys"][0], "use": "enc"}],
        [{**KEYS["keys"][0], "alg": "RS512"}],
        [{"kty": "RSA", "kid": "r"}],
        [{"kty": "oct", "kid": "r", "k": shared.as_dict()["k"]}],
        [{}],
    )
    for keys in tried:
        with pytest.raises(Wrong, match="signature"):
            checked(token(), {"keys": keys}, EXPECTED)


def test_the_example_of_at_hash() -> None:
    """OpenID Connect Core 1.0, appendix A.3 and A.4."""
    access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert _half(access, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    expected = Expected("https://id.example", "doumen", "n-1", access, NOW)
    assert checked(token(at_hash="77QmUPtjPfzWtF2AnpK9RQ"), KEYS, expected)
    with pytest.raises(Wrong, match="at_hash"):
        checked(token(at_hash="77QmUPtjPfzWtF2AnpK9RR"), KEYS, expected)
