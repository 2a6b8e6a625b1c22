"""Signs: what each carries, and tokens that are kept, end, and are fetched anew."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import DoumenError, Faulty, Invalid, Refused
from doumen.rooms.collect.connectors.web import WebOptions, client
from doumen.rooms.collect.web.address import parsed
from doumen.rooms.collect.web.client import Call, Client
from doumen.rooms.collect.web.signing import ClientCredentials, basic, bearer

_made: list[Client] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().close()


def asker(web: Web, secrets: dict[str, str], **options: Any) -> Client:
    _made.append(client(WebOptions(**options), parsed(web.url), secrets))
    return _made[-1]


def ask(made: Client, web: Web) -> int:
    with made.ask(Call(parsed(f"{web.url}/a"))) as answer:
        return answer.status


def test_what_each_carries(web: Web) -> None:
    web.give("/a", b"")
    ask(asker(web, {"token": "t"}), web)
    assert web.asked[-1].headers["Authorization"] == "Bearer t"
    ask(asker(web, {"password": "p:ä"}, user="u"), web)
    said = web.asked[-1].headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(said).decode() == "u:p:ä"
    ask(asker(web, {"key": "k"}, key_header="X-Key"), web)
    assert web.asked[-1].headers["X-Key"] == "k"
    ask(asker(web, {"key": "k&"}, key_param="key"), web)
    assert web.asked[-1].query == {"key": ["k&"]}
    ask(asker(web, {}), web)
    assert "Authorization" not in web.asked[-1].headers


def oauth(web: Web, *lives: Any) -> list[str]:
    """A server of tokens `t1`, `t2` …, each for so many seconds; all but the last are forgotten."""
    given: list[str] = []

    def token(asked: Asked) -> Reply:
        life = lives[len(given)] if len(given) < len(lives) else None
        given.append(f"t{len(given) + 1}")
        told = {"access_token": given[-1], "token_type": "bearer"}
        return Reply(told if life is None else told | {"expires_in": life})

    def inside(asked: Asked) -> Reply:
        mine = asked.headers.get("Authorization") == f"Bearer {given[-1] if given else ''}"
        return Reply(b"in", 200 if mine else 401)

    web.replies |= {"/token": token, "/a": inside}
    return given


SECRET = {"client_secret": "s+s"}


def test_a_token_is_kept_as_long_as_it_holds(web: Web) -> None:
    given = oauth(web, 3600)
    made = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c:1", scope="read")
    assert [ask(made, web) for _ in range(3)] == [200] * 3
    assert given == ["t1"]
    asked = web.asked[0]
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["read"],
    }
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    said = base64.b64decode(asked.headers["Authorization"].removeprefix("Basic "))
    assert said == b"c%3A1:s%2Bs"


def test_name_and_secret_may_stand_in_the_body(web: Web) -> None:
    oauth(web)
    made = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c", client_in="body")
    ask(made, web)
    assert parse_qs(web.asked[0].body.decode())["client_secret"] == ["s+s"]
    assert "Authorization" not in web.asked[0].headers


def test_a_token_that_ended_or_is_not_taken_is_fetched_anew(web: Web) -> None:
    given = oauth(web, "1", None, 3600)
    now = [0.0]
    posted = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c")
    sign = posted._sign
    assert isinstance(sign, ClientCredentials)
    sign.monotonic = lambda: now[0]
    ask(posted, web)
    now[0] = 0.9
    ask(posted, web)
    assert given == ["t1", "t2"]
    now[0] = 1e9
    ask(posted, web)
    assert given == ["t1", "t2"]
    given.append("t3")  # the server forgot the second
    ask(posted, web)
    assert given[-1] == "t4"


def test_a_token_that_is_never_taken_is_fetched_twice_at_most(web: Web) -> None:
    given = oauth(web)
    web.give("/a", Reply(status=401))
    made = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c")
    with pytest.raises(Refused, match="does not let us in"):
        ask(made, web)
    assert given == ["t1", "t2"]
    with pytest.raises(Refused):
        ask(asker(web, {"token": "t"}), web)
    assert web.paths().count("/a") == 3


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (Reply({"error": "invalid_client"}, 401), Refused, "invalid_client"),
        (Reply({"error": "their secret"}, 400), Refused, "client_secret"),
        (Reply(b"no json", 400), Refused, "client_secret"),
        (Reply([1], 200), Faulty, "Bearer"),
        (Reply({"access_token": "t", "token_type": "mac"}), Faulty, "Bearer"),
        (Reply({"access_token": 1, "token_type": "bearer"}), Faulty, "Bearer"),
        (Reply({"access_token": "t\n", "token_type": "bearer"}), Invalid, "token_url"),
    ],
)
def test_tokens_that_are_not_given(
    web: Web, reply: Reply, kind: type[DoumenError], says: str
) -> None:
    web.give("/token", reply)
    made = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c")
    with pytest.raises(kind) as caught:
        ask(made, web)
    said = json.dumps(caught.value.as_json())
    assert says in said
    assert "their secret" not in said
    assert "s+s" not in said


def test_an_end_that_is_none_is_no_end(web: Web) -> None:
    given = oauth(web, "soon")
    made = asker(web, SECRET, token_url=f"{web.url}/token", client_id="c")
    ask(made, web)
    ask(made, web)
    assert given == ["t1"]


def test_secrets_go_with_their_options(web: Web) -> None:
    for secrets, options in (
        ({"token": "t", "key": "k"}, {"key_param": "k"}),
        ({"password": "p"}, {}), ({}, {"user": "u"}), ({"key": "k"}, {}),
        ({"client_secret": "s"}, {}), ({}, {"key_header": "k"}),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            asker(web, secrets, **options)
    for text in ("a\nb", "ä", " a"):
        with pytest.raises(Invalid, match="token"):
            bearer(text)
    assert "geheim" not in repr(bearer("geheim")) + repr(basic("u", "geheim"))


def test_no_secret_goes_out_without_tls(web: Web) -> None:
    for options in (
        WebOptions(), WebOptions(token_url="http://tokens.example.org/", client_id="c"),
    ):  # fmt: skip
        secrets = {"token": "t"} if options.token_url is None else SECRET
        home = "http://api.example.org" if options.token_url is None else "https://a.example.org"
        with pytest.raises(Invalid, match="without TLS"):
            client(options, parsed(home), secrets)
    client(WebOptions(cleartext=True), parsed("http://api.example.org"), {"token": "t"})
    client(WebOptions(), parsed("http://api.example.org"), {})


def test_options_that_do_not_go_together() -> None:
    from doumen.rooms.collect.connectors import SHELF

    for written in (
        {"headers": {"Authorization": "Bearer geheim"}}, {"headers": {"X": "a\nb"}},
        {"client_id": "c"}, {"key_header": "a", "key_param": "b"}, {"token_url": "ftp://x"},
        {"base": "https://u:p@a/"}, {"base": "https://a/?q=1"}, {"base": "/a"},
        {"authorities": ""}, {"rate": 0}, {"tries": 0}, {"token": "geheim"},
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            SHELF["http_api"].check({"base": "https://a/", **written})
        assert "geheim" not in str(caught.value.as_json())
