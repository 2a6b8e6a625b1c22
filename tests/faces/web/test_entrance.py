"""Who is let in: every token that does not fit gets the same answer, and none is ever logged."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from doumen.faces.web.entrance import KNOWN, Rate
from doumen.faces.web.problems import Problem
from doumen.model.fact import Fact

Client = Callable[..., httpx2.Client]


def denied(client: httpx2.Client, token: str, scheme: str = "Bearer") -> dict[str, Any]:
    response = client.get("/v1/dataset/list", headers={"Authorization": f"{scheme} {token}"})
    assert response.status_code == 401, response.text
    assert response.headers["www-authenticate"] == 'Bearer realm="doumen"'
    body: dict[str, Any] = response.json()
    body.pop("instance")
    return body


def test_all_that_lets_nobody_in_is_answered_alike(http: Client, world: Any) -> None:
    good = world.tokens["ana"]
    _, id, secret = good.split("_")
    owner = world.node.session()
    revoked = str(owner.do("token add", actor="ana").json["token"])
    owner.do("token revoke", id=revoked.split("_")[1])
    expired = str(owner.do("token add", actor="ana", days=1).json["token"])
    old = dict(owner.desk.facts().body("token", f"ana/{expired.split('_')[1]}") or {})
    old["expires"] = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    owner.desk.amend([Fact("token", f"ana/{expired.split('_')[1]}", old)], subject="x")
    owner.do("actor add", name="gone")
    gone = str(owner.do("token add", actor="gone").json["token"])
    owner.do("actor remove", name="gone")
    owner.do("actor add", name="gone", role=("steward",))
    client = http("")
    wrong = [
        "x",
        revoked,
        expired,
        gone,
        f"doumen_{id}_{'0' * 64}",
        f"doumen_{'0' * 16}_{secret}",
        f"doumen_{id}_{secret}0",
        good.upper(),
    ]
    told = [denied(client, one) for one in wrong]
    told.append(denied(client, good, "Basic"))
    assert all(one == told[0] for one in told)
    missing = client.get("/v1/dataset/list")
    assert missing.status_code == 401
    assert client.get("/v1/dataset/list", headers={"Authorization": f"bearer {good}"}).is_success


def test_a_token_in_an_address_or_a_body_is_none(http: Client, world: Any) -> None:
    token = world.tokens["owner"]
    assert http("").get("/v1/dataset/list", params={"token": token}).status_code == 401
    assert http("").post("/v1/dataset/list", json={"token": token}).status_code == 401


def test_scopes_narrow(http: Client) -> None:
    reader = http("reader")
    assert reader.get("/v1/dataset/list").is_success
    assert reader.post("/v1/query", json={"sql": "select 1"}).is_success
    for path, body in [
        ("/v1/label/set", {"target": "city.people", "label": "x"}),
        ("/v1/actor/add", {"name": "eve", "role": ["owner"]}),
        ("/v1/token/revoke", {"id": "0" * 16}),
        ("/v1/collect", {}),
    ]:
        response = reader.post(path, json=body)
        assert (response.status_code, response.json()["code"]) == (403, "refused.scope")
    assert http("ana").post("/v1/actor/add", json={"name": "eve"}).json()["code"] == "refused.role"


def test_no_request_is_made_as_another(http: Client) -> None:
    for header in ("Doumen-Actor", "X-Forwarded-User"):
        told = http("ana", "", **{header: "owner"}).get("/v1/actor/list").json()
        assert [actor["name"] for actor in told["actors"]] == ["ana"]
    wrong = http("ana").post("/v1/query", json={"sql": "select 1", "actor": "owner"})
    assert wrong.json()["code"] == "invalid.request"


def test_a_purpose_must_be_the_actors(http: Client) -> None:
    refused = http("ana", "fraud-detection").post("/v1/query", json={"sql": "select 1"})
    assert refused.status_code in {400, 403}
    assert http("ana", "research").get("/v1/dataset/list").is_success


def test_no_token_and_no_statement_is_written_anywhere(
    http: Client, server: Any, world: Any
) -> None:
    mark = "canary_7f31"
    token = world.tokens["owner"]
    http("").get(f"/v1/{token}")
    http("").get("/v1/dataset/list", headers={"Authorization": f"Bearer {token}x"})
    http().post("/v1/query", json={"sql": f"select '{mark}'"})
    http().post("/v1/query", json={"sql": f"select {mark}"})
    http().post(f"/v1/query?{mark}={token}", json={"sql": "select 1"})
    http().get("/v1/describe", params={"dataset": mark})
    http("", "", **{"X-Request-Id": f"{token}\x7f"}).get("/health/live")
    log = "\n".join(server.log)
    secrets = [one.split("_")[2] for one in world.tokens.values()]
    assert mark not in log
    assert not [secret for secret in secrets if secret in log]
    with sqlite3.connect(world.folder / "store.sqlite") as store:
        kept = "\n".join(store.iterdump())
    store.close()
    assert not [secret for secret in secrets if secret in kept]
    line = next(one for one in server.lines() if one.get("operation") == "query")
    assert line["actor"]
    assert line["token"]


def test_no_secret_of_a_token_lies_anywhere(http: Client, server: Any, world: Any) -> None:
    tokens = [*world.tokens.values(), f"doumen_{'0' * 16}_{'ab' * 32}"]
    told = []
    for token in tokens:
        client = http("", "", Authorization=f"Bearer {token}")
        told += [
            client.get("/v1/token/list").text,
            client.post("/v1/query", json={"sql": "select * from sys.events"}).text,
            client.post("/v1/query", json={"sql": "select nothing", "explain": True}).text,
            client.post("/v1/token/revoke", json={"id": "0" * 16}).text,
            client.get("/v1/openapi.json").text,
            client.get(f"/v1/{token}").text,
        ]
    kept = [path.read_bytes() for path in world.folder.rglob("*") if path.is_file()]
    everything = b"\n".join([*kept, *(text.encode() for text in [*told, *server.log])])
    for token in tokens:
        secret = token.split("_")[2]
        raw = bytes.fromhex(secret)
        ways = (secret.encode(), secret.upper().encode(), raw, raw[::-1], base64.b64encode(raw))
        assert not [way for way in ways if way[:24] in everything]


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rate = Rate(2.0, 3, clock=lambda: now[0])
    for _ in range(3):
        rate.take("a")
    rate.take("b")
    with pytest.raises(Problem) as problem:
        rate.take("a")
    assert problem.value.status == 429
    assert problem.value.headers["Retry-After"] == "1"
    now[0] = 0.5
    rate.take("a")
    with pytest.raises(Problem):
        rate.take("a")
    now[0] = 1000.0
    for _ in range(3):
        rate.take("a")


def test_buckets_do_not_grow_without_end() -> None:
    rate = Rate(1.0, 1, clock=lambda: 0.0)
    for n in range(KNOWN + 10):
        rate.take(str(n))
    rate.take("0")
