"""A provider of identity with real keys, which tells whatever a test wants it to tell."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

CLIENT, SECRET = "doumen", "s3cret/+ &é"


@dataclass
class Provider:
    """What it knows, and how it lies.

    Attributes:
        claims: What it tells of whoever comes.
        codes: Code → what the browser was sent with.
        lies: Claims that are told in place of the true ones; `...` leaves one out.
        token: A whole token in place of the true one.
        metadata: Of discovery, in place of the true one.
        keys: That sign, and that are told.
        asked: Paths that were asked for.
    """

    issuer: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u-1", "preferred_username": "ling"}
    )
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    told: list[Any] | None = None
    asked: list[str] = field(default_factory=list)
    reuse: bool = False
    names_itself: bool = True

    def discovery(self) -> dict[str, Any]:
        """What it tells of itself."""
        made = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "authorization_response_iss_parameter_supported": self.names_itself,
        }
        return {k: v for k, v in {**made, **self.metadata}.items() if v is not ...}

    def authorize(self, address: str) -> str:
        """Where a browser is sent back to that was sent to this address, and agreed."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        named = {"iss": self.issuer} if self.names_itself else {}
        return (
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **named})}"
        )

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer to a code."""
        asked = self.codes.get(form.get("code", ""))
        if asked is None:
            return 400, {"error": "invalid_grant"}
        if not self.reuse:
            del self.codes[form["code"]]
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        if "client_secret" in form:
            client, secret = form["client_id"], form["client_secret"]
        known = (unquote(client), unquote(secret)) == (CLIENT, SECRET)
        fits = challenge == asked["code_challenge"] and asked["code_challenge_method"] == "S256"
        if not known or not fits or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "access", "token_type": "Bearer",
            "id_token": self.token or self.signed(asked["nonce"]),
        }  # fmt: skip

    def signed(self, nonce: str) -> str:
        """A token for whoever comes."""
        now = int(time.time())
        half = hashlib.sha256(b"access").digest()[:16]
        true = {
            "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), **self.claims,
        }  # fmt: skip
        said = {k: v for k, v in {**true, **self.lies}.items() if v is not ...}
        header = {"alg": "RS256", "kid": self.key.kid}
        return jws.serialize_compact(header, json.dumps(said), self.key, algorithms=["RS256"])


@contextmanager
def served(provider: Provider) -> Iterator[Provider]:
    """The provider on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(urlsplit(self.path).path)
            if self.path.startswith("/authorize"):
                self.send_response(302)
                self.send_header("location", provider.authorize(self.path))
                self.send_header("content-length", "0")
                self.end_headers()
                return
            keys = provider.told or [provider.key.as_dict(private=False)]
            told = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/keys": {"keys": keys},
            }
            self._tell(200 if self.path in told else 404, told.get(self.path, {}))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = dict(parse_qsl(body))
            self._tell(*provider.exchange(form, self.headers.get("authorization", "")))

        def _tell(self, status: int, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
