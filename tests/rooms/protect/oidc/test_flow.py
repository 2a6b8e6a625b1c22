"""The way to a provider and back, over HTTP: who comes in, and what an attacker tries."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey
from tests.provider import Provider, served

from doumen.gate.desk import Desk
from doumen.model.errors import DoumenError, Faulty, NotFound, Refused, Unavailable
from doumen.rooms.protect.oidc import flow, verbs
from doumen.rooms.protect.oidc.directory import Directory
from doumen.rooms.protect.signin import accounts, sessions
from doumen.session import Node

BASE = "http://127.0.0.1:8470"


def now() -> datetime:
    return datetime.now(UTC)


class Comer:
    """A browser that goes to the provider and comes back."""

    def __init__(self, door: Desk, provider: Provider, directory: Directory | None = None) -> None:
        self.door, self.provider = door, provider
        self.directory = directory or Directory()

    def go(self, name: str = "bureau") -> flow.Sent:
        return flow.begin(self.door, name, BASE, now(), next="/d", directory=self.directory)

    def agree(self, sent: flow.Sent) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.provider.authorize(sent.where)).query))

    def back(self, sent: flow.Sent, query: dict[str, str], **given: Any) -> sessions.Opened:
        said = {"name": "bureau", "cookie": sent.cookie, "now": now(), **given}
        opened, where = flow.finish(
            self.door, said["name"], said["cookie"], query, said["now"], directory=self.directory
        )
        assert where == "/d"
        return opened

    def come(self) -> sessions.Opened:
        sent = self.go()
        return self.back(sent, self.agree(sent))


@pytest.fixture
def comer(door: Desk, provider: Provider, put: Callable[..., Any]) -> Comer:
    put()
    return Comer(door, provider)


def test_somebody_comes_for_the_first_time(node: Node, comer: Comer) -> None:
    comer.provider.claims |= {"groups": ["analysts", "others"], "department": "roads"}
    opened = comer.come()
    assert opened.actor == "ling"
    visitor = sessions.visitor(comer.door.facts(), opened.cookie, now())
    assert visitor is not None
    assert (visitor.actor, visitor.via) == ("ling", "oidc")
    actor = comer.door.facts().actor("ling")
    assert actor is not None
    assert actor.roles == {"analyst"}
    assert actor.purposes == {"research"}
    assert actor.claims == (("department", "roads"),)
    (event,) = [
        e for e in map(json.loads, comer.door.entries()) if e.get("subject") == "sign-in ling"
    ]
    kinds = {(f["kind"], f["change"]) for f in event["data"]["facts"]}
    assert {("actor", "set"), ("subject", "set"), ("session", "set")} <= kinds


def test_what_is_sent_along(comer: Comer) -> None:
    sent = comer.go()
    asked = dict(parse_qsl(urlsplit(sent.where).query))
    assert asked.pop("redirect_uri") == f"{BASE}/signin/from/bureau"
    assert (asked["response_type"], asked["client_id"]) == ("code", "doumen")
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid profile", "S256")
    lengths = {name: len(asked[name]) for name in ("state", "nonce", "code_challenge")}
    assert lengths == dict.fromkeys(lengths, 43)
    for name in ("state", "nonce", "verifier"):
        assert name not in sent.cookie
    again = comer.go()
    assert asked["state"] not in again.where
    assert "s3cret" not in sent.where + sent.cookie


def test_roles_are_as_the_provider_says_now(comer: Comer, node: Node) -> None:
    comer.provider.claims["groups"] = ["heads"]
    assert comer.come().actor == "ling"
    node.session().do("actor add", name="ling", role=("guest",))
    comer.provider.claims |= {"groups": "analysts", "preferred_username": "renamed"}
    assert comer.come().actor == "ling"
    actor = comer.door.facts().actor("ling")
    assert actor is not None
    assert actor.roles == {"analyst", "guest"}
    del comer.provider.claims["groups"]
    comer.come()
    actor = comer.door.facts().actor("ling")
    assert actor is not None
    assert actor.roles == {"guest"}
    assert not actor.purposes


LIES: dict[str, dict[str, Any]] = {
    "expired": {"exp": 1},
    "of long ago": {"iat": 1},
    "of another": {"iss": "https://id.example"},
    "for another": {"aud": "other"},
    "for several": {"aud": ["doumen", "other"]},
    "another nonce": {"nonce": "n"},
    "no nonce": {"nonce": ...},
    "another access token": {"at_hash": "x"},
    "nobody": {"sub": ...},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold(comer: Comer, lie: str) -> None:
    comer.provider.lies = LIES[lie]
    with pytest.raises(Refused, match="not signed in"):
        comer.come()
    comer.provider.lies = {}
    assert comer.come()


def test_a_token_that_nobody_signed_or_another(comer: Comer) -> None:
    head = "eyJhbGciOiJub25lIn0"
    comer.provider.token = f"{head}.{comer.provider.signed('n').split('.')[1]}."
    with pytest.raises(Refused):
        comer.come()
    comer.provider.token = None
    told = comer.provider.key.as_dict(private=False)
    comer.provider.told = [told]
    comer.provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    with pytest.raises(Refused):
        comer.come()


def test_keys_that_were_changed_are_fetched_anew(door: Desk, provider: Provider, put: Any) -> None:
    put()
    seconds = [0.0]
    comer = Comer(door, provider, Directory(lambda: seconds[0]))
    comer.come()
    provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    with pytest.raises(Refused):
        comer.come()
    assert provider.asked.count("/keys") == 1
    seconds[0] = 31
    assert comer.come()
    assert provider.asked.count("/keys") == 2
    comer.come()
    seconds[0] = 700
    comer.come()
    assert provider.asked.count("/keys") == 3
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def test_what_comes_back_must_be_of_this_browser_and_this_time(comer: Comer) -> None:
    mine, other = comer.go(), comer.go()
    query = comer.agree(mine)
    for cookie in (other.cookie, "", "x", mine.cookie[:-4] + "AAAA"):
        with pytest.raises(Refused):
            comer.back(mine, query, cookie=cookie)
    for bad in ({"state": "x"}, {"iss": "https://id.example"}, {"iss": ""}, {"code": ""},
                {"error": "access_denied"}):  # fmt: skip
        with pytest.raises(Refused):
            comer.back(mine, {**query, **bad})
    with pytest.raises(Refused):
        comer.back(mine, {k: v for k, v in query.items() if k != "iss"})
    with pytest.raises(Refused):
        comer.back(mine, query, now=now() + timedelta(minutes=11))
    with pytest.raises(Refused):
        comer.back(mine, query, name="other")
    assert comer.back(mine, query)


def test_a_code_of_another_browser(comer: Comer) -> None:
    mine, other = comer.go(), comer.go()
    stolen = comer.agree(other)["code"]
    with pytest.raises(Refused):
        comer.back(mine, {**comer.agree(mine), "code": stolen})


def test_an_answer_is_used_once(comer: Comer) -> None:
    comer.provider.reuse = True
    sent = comer.go()
    query = comer.agree(sent)
    assert comer.back(sent, query)
    with pytest.raises(Refused):
        comer.back(sent, query)


def test_an_answer_of_another_provider(node: Node, comer: Comer, put: Callable[..., Any]) -> None:
    with served(Provider()) as other:
        put(bureau="other", **{comer.provider.issuer: other.issuer})
        sent = comer.go()
        there = Comer(comer.door, other).agree(sent)
        with pytest.raises(Refused):
            comer.back(sent, there)
        comer.provider.names_itself = other.names_itself = False
        quiet = Comer(comer.door, comer.provider)
        sent = quiet.go()
        there = Comer(comer.door, other).agree(sent)
        with pytest.raises(Refused):
            quiet.back(sent, there)


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "owner"},
        {"preferred_username": "Owner"},
        {"preferred_username": "bob"},
        {"preferred_username": "city"},
        {"preferred_username": "two words"},
        {"preferred_username": ["ling"]},
        {"preferred_username": ...},
    ],
)
def test_names_that_are_not_theirs(node: Node, comer: Comer, claims: dict[str, Any]) -> None:
    node.session().do("actor add", name="bob", role=("steward",))
    node.session().derive("select 1 as a", "city.things")
    comer.provider.lies = claims
    with pytest.raises(Refused) as error:
        comer.come()
    assert error.value.code == "refused.provider"
    assert not dict(comer.door.facts().all("session"))


def test_who_may_come_at_all(node: Node, comer: Comer, put: Callable[..., Any]) -> None:
    put("create: false\nadopt: [bob]\nonly: [analysts]\n")
    with pytest.raises(Refused, match="not signed in"):
        comer.come()
    comer.provider.claims["groups"] = ["analysts"]
    with pytest.raises(Refused) as error:
        comer.come()
    assert "made an actor" in (error.value.why or "")
    node.session().do("actor add", name="bob")
    comer.provider.claims["preferred_username"] = "Bob"
    assert comer.come().actor == "bob"
    accounts.lock(comer.door, "bob")
    with pytest.raises(Refused):
        comer.come()
    node.session().do("actor remove", name="bob")
    node.session().do("actor add", name="bob")
    put("create: false\n")
    with pytest.raises(Refused):
        comer.come()


def test_failures_with_a_password_keep_nobody_out_who_comes_so(comer: Comer) -> None:
    from doumen.rooms.protect.signin import entry

    comer.come()
    accounts.replaced(comer.door, comer.door.facts(), "ling", "several words not together")
    for _ in range(10):
        with pytest.raises(Refused):
            entry.sign_in(comer.door, "ling", "wrong words of somebody", "", now())
    assert comer.come().missed == 10


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"issuer": "https://id.example"}, Faulty),
        ({"token_endpoint": ...}, Faulty),
        ({"token_endpoint": "https://10.0.0.1/token"}, Refused),
        ({"token_endpoint": "http://169.254.169.254/"}, Refused),
        ({"jwks_uri": "file:///etc/passwd"}, DoumenError),
        ({"authorization_endpoint": "http://id.example/"}, Faulty),
        ({"authorization_endpoint": "javascript:alert(1)"}, Faulty),
        ({"end_session_endpoint": "http://id.example/"}, Faulty),
        ({"authorization_endpoint": 7}, Faulty),
    ],
)
def test_a_provider_that_leads_elsewhere(
    comer: Comer, metadata: dict[str, Any], error: type[DoumenError]
) -> None:
    comer.provider.metadata = metadata
    with pytest.raises(error):
        comer.go()


def test_a_provider_that_is_broken(comer: Comer) -> None:
    sent = comer.go()
    comer.provider.told = [7, {"kty": "x"}]
    with pytest.raises(Refused):
        comer.back(sent, comer.agree(sent))
    comer.provider.metadata = {"jwks_uri": f"{comer.provider.issuer}/none"}
    comer.directory.forget(comer.provider.issuer)
    sent = comer.go()
    with pytest.raises(Unavailable):
        comer.back(sent, comer.agree(sent))


def test_the_secret_goes_where_it_is_asked_for(comer: Comer, put: Callable[..., Any]) -> None:
    comer.provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert comer.come()
    put(secret="wrong")
    with pytest.raises(Refused):
        comer.come()


def test_the_verbs(node: Node, comer: Comer, put: Callable[..., Any], provider: Provider) -> None:
    shown = verbs.show(comer.door, "bureau").json
    assert (shown["secret"], shown["issuer"]) == (True, provider.issuer)
    assert "sealed" not in str(shown) + str(verbs.show_all(comer.door).json)
    assert put()["redirect_uri"] == f"{BASE}/signin/from/bureau"
    assert put(secret="")["secret"] is True
    assert put(secret="", doumen="other")["secret"] is False
    told = verbs.test(comer.door, "bureau").json
    assert (told["keys"], told["names_itself"], told["signs_out"]) == (1, True, True)
    put()
    opened = comer.come()
    assert flow.goodbye(comer.door.facts(), "bureau", BASE, comer.directory) == (
        f"{provider.issuer}/end?client_id=doumen&post_logout_redirect_uri="
        "http%3A%2F%2F127.0.0.1%3A8470%2Fsignout"
    )
    assert flow.goodbye(comer.door.facts(), "none", BASE, comer.directory) is None
    assert flow.goodbye(comer.door.facts(), "bureau", BASE, Directory()) is None
    assert verbs.remove(comer.door, "bureau").json["ended"] == 1
    assert sessions.visitor(comer.door.facts(), opened.cookie, now()) is None
    with pytest.raises(Refused):
        comer.go()
    for verb in (verbs.show, verbs.remove, verbs.test):
        with pytest.raises(NotFound):
            verb(comer.door, "bureau")


def test_only_the_owner_knows_of_providers(node: Node, comer: Comer) -> None:
    node.session().do("actor add", name="sue", role=("steward",))
    desk = node.session("sue").desk
    assert verbs.show_all(desk).json == {"providers": []}
    with pytest.raises(NotFound):
        verbs.show(desk, "bureau")
