"""The Dataspace Protocol between two real services: who is let in, and that nothing else is."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import replace
from typing import Any

import pytest
from tests.faces.web.protocols.conftest import Pair, signature

from doumen.gate import remote, settle, witness
from doumen.kits.evidence import keys, token
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import catalog, negotiation, transfer
from doumen.kits.standards.dsp.discovery import VersionResponse
from doumen.model.peer import Call

ASK = json.dumps(dsp.write(catalog.CatalogRequestMessage())).encode()
EVENT = negotiation.ContractNegotiationEventMessage("urn:p:1", "urn:c:1", "FINALIZED")
FINAL = json.dumps(dsp.write(EVENT)).encode()
CATALOG = "/catalog/request"


def test_the_versions_are_told_to_everybody(pair: Pair) -> None:
    for node, method in ((pair.port, "did:key"), (pair.weather, "did:web")):
        base = node.means.own().address.removesuffix("/dsp")
        reply = pair.means.peers.call(Call("GET", base + dsp.VERSIONS.path), 1 << 16)
        (version,) = dsp.read(reply.body, VersionResponse).protocol_versions
        assert (version.version, version.path, version.binding) == ("2025-1", "/dsp", "HTTPS")
        assert version.identifier_type == method


def test_the_document_of_a_did_web(pair: Pair) -> None:
    own = pair.weather.means.own()
    body = pair.port.session().desk.look(str(dsp.document_address(own.id, dsp.Reach.LOOPBACK)))
    assert dsp.read_did(body, own.id).participant == own
    document = json.loads(body)
    (kid,) = document["capabilityInvocation"]
    assert kid == f"{own.id}#{pair.weather.means.keys().certificate['kid']}"
    other = pair.port.means.own().address.removesuffix("/dsp")
    reply = pair.means.peers.call(Call("GET", f"{other}/.well-known/did.json"), 1 << 16)
    assert reply.status == 404  # named by its root key, it needs none


def test_who_was_added_is_pinned(pair: Pair) -> None:
    known = pair.port.session().do("participant show", participant="weather").json
    own = pair.weather.means.own()
    assert known == {**own.as_json(), "alias": "weather"}
    known = pair.weather.session().do("participant show", participant="port").json
    assert known == {**pair.port.means.own().as_json(), "alias": "port", "place": "CN"}


@pytest.mark.parametrize(
    ("method", "path", "message", "absent"),
    [
        ("GET", "/catalog/datasets/urn%3Auuid%3A1", None, "dataset"),
        ("GET", "/negotiations/urn%3Auuid%3A1", None, "negotiation"),
        ("POST", "/negotiations/urn%3Ap%3A1/events", EVENT, "negotiation"),
        ("POST", "/negotiations/urn%3Ac%3A1/events", EVENT, "negotiation"),
        ("POST", "/transfers/urn%3Ap%3A1/completion",
         transfer.TransferCompletionMessage("urn:p:1", "urn:c:1"), "transfer"),
        ("GET", "/transfers/urn%3Ap%3A1", None, "transfer"),
    ],
)  # fmt: skip
def test_a_known_participant_is_answered_and_the_answer_is_signed(
    pair: Pair, method: str, path: str, message: object | None, absent: str
) -> None:
    document = None if message is None else dsp.write(message)
    before = pair.state()
    heard = pair.port.session().desk.call(pair.weather.means.own().id, method, path, document)
    assert heard.status == 404
    assert heard.reply is not None
    answered = token.claimed(heard.reply)
    assert (answered.re, answered.status) == (token.claimed(heard.token).id, 404)
    found = dsp.match(method, path, dsp.Role.PROVIDER)
    assert found is not None
    assert found[0].fails is not None
    error: Any = dsp.read(heard.body, found[0].fails)
    assert error.code == f"not-found.{absent}"
    if message is EVENT:
        assert (error.provider_pid, error.consumer_pid) == ("urn:p:1", "urn:c:1")
    assert pair.state() == before


def test_both_directions(pair: Pair) -> None:
    heard = pair.weather.session().desk.call(
        pair.port.means.own().id, "POST", CATALOG, dsp.write(catalog.CatalogRequestMessage())
    )
    assert heard.status == 200
    assert heard.reply is not None


def refused(pair: Pair, reply: Any) -> None:
    """The request let nobody in, and the answer does not say why."""
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    error = dsp.read(reply.body, catalog.CatalogError)
    assert error.code == "refused.token"
    assert "somebody unknown" in str(error.reason)


def issued(pair: Pair, **changed: Any) -> str:
    claims = replace(pair.claims("POST", CATALOG, ASK), **changed)
    return token.issue(claims, pair.means.keys().working)


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": "did:web:third.example"},
        {"issuer": "did:web:third.example"},
        {"path": "/negotiations/request"},
        {"method": "GET"},
        {"issued": 1_700_000_000, "expires": 1_700_000_060},
        {"issued": 4_000_000_000, "expires": 4_000_000_060},
        {"digest": token.digest_of(b"")},
        {"re": "01K5QZ2X4Y0000000000000000", "status": 200},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_token_for_something_else_lets_nobody_in(pair: Pair, changed: dict[str, Any]) -> None:
    before = pair.state()
    refused(pair, pair.send("POST", CATALOG, ASK, signed=issued(pair, **changed)))
    assert pair.state() == before


def test_a_token_of_somebody_else_lets_nobody_in(pair: Pair) -> None:
    claims = pair.claims("POST", CATALOG, ASK)
    stranger = keys.new_key(bytes(32))
    certificate = keys.certify(stranger, keys.public_hex(stranger), claims.certificate["origin"],
                               claims.certificate["issued"])  # fmt: skip
    own = token.issue(replace(claims, certificate=certificate), stranger)
    honest = issued(pair)
    weather = pair.weather.means
    mirrored = replace(claims, issuer=weather.own().id, certificate=weather.keys().certificate)
    for signed in (
        "", "x", "a.b.c", honest[:-2], honest + "A", own, token.issue(claims, stranger),
        token.issue(mirrored, weather.keys().working), "dm_0123456789abcdef_" + "0" * 64,
    ):  # fmt: skip
        refused(pair, pair.send("POST", CATALOG, ASK, signed=signed))
    refused(pair, pair.send("POST", CATALOG, ASK, authorization=f"Basic {honest}"))


def test_a_token_does_not_serve_for_another_path(pair: Pair) -> None:
    signed = issued(pair)
    assert pair.send("POST", CATALOG, ASK, signed=signed).status == 200
    reply = pair.send("POST", "/negotiations/urn%3Ap%3A1/events", ASK, signed=signed)
    assert reply.status == 401
    other = pair.send("POST", "/negotiations/urn:p:1/events", FINAL,
                      signed=token.issue(
                          pair.claims("POST", "/negotiations/urn%3Ap%3A1/events", FINAL),
                          pair.means.keys().working,
                      ))  # fmt: skip
    assert other.status == 401  # another spelling of the same path is another path


def test_tokens_of_actors_are_for_the_verbs_alone(pair: Pair) -> None:
    made = pair.weather.session().do("token add", actor="owner").json["token"]
    refused(pair, pair.send("POST", CATALOG, ASK, signed=made))
    address = pair.weather.means.own().address.removesuffix("/dsp") + "/v1/dataset/list"
    assert pair.send("GET", CATALOG, address=address, signed=made).status == 200
    assert pair.send("GET", CATALOG, address=address).status == 401


def bad(pair: Pair, body: bytes, status: int = 400, **headers: str) -> Any:
    """A body that its sender signed, and that is refused as it should be."""
    before = pair.state()
    reply = pair.send("POST", CATALOG, body, **headers)
    assert reply.status == status
    assert signature(reply) is not None
    assert pair.state() == before
    return dsp.read(reply.body, catalog.CatalogError)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        ASK[:-1],
        ASK + ASK,
        ASK.replace(b"CatalogRequestMessage", b"CatalogErrorMessage"),
        b'{"@type": "CatalogRequestMessage", ' + ASK[1:],
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        ASK[:-1] + b', "filter": ' + b"[" * 500 + b"]" * 500 + b"}",
        ASK[:-1] + b', "other": 1}',
        ASK[:-1] + b', "filter": [1e999]}',
    ],
)
def test_what_is_no_message_is_refused(pair: Pair, body: bytes) -> None:
    assert bad(pair, body).code == "invalid.dsp"


def test_other_forms_of_requests_are_refused(pair: Pair) -> None:
    assert bad(pair, ASK, 415, content_type="text/plain").code == "invalid.media"
    base = pair.weather.means.own().address
    reply = pair.send("GET", "/negotiations/urn%3A1", b"{}")
    assert reply.status == 400
    assert dsp.read(reply.body, negotiation.ContractNegotiationError).code == "invalid.request"
    for path in ("/nothing", "", "/catalog/request/", "/.well-known/dspace-version"):
        assert pair.send("POST", CATALOG, ASK, address=base + path).status == 404
    assert pair.send("PUT", CATALOG, ASK).status == 404
    reply = pair.send("GET", "/negotiations/%20")
    assert reply.status == 400


def test_a_message_of_another_process_than_its_address_is_refused(pair: Pair) -> None:
    reply = pair.send("POST", "/negotiations/urn%3Ax%3A1/events", FINAL)
    assert reply.status == 400
    error = dsp.read(reply.body, negotiation.ContractNegotiationError)
    assert error.code == "invalid.dsp-path"


def plainly(pair: Pair) -> http.client.HTTPSConnection:
    """A client that can be made to say anything."""
    host = pair.weather.means.own().address.removeprefix("https://").removesuffix("/dsp")
    context = ssl.create_default_context(cafile=str(pair.folder / "authority.pem"))
    return http.client.HTTPSConnection(host, context=context)


def test_a_query_string_is_refused(pair: Pair) -> None:
    line = plainly(pair)
    given = {"Authorization": f"Bearer {issued(pair)}", "Content-Type": "application/json"}
    line.request("POST", f"/dsp{CATALOG}?a=b", ASK, given)
    answer = line.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (400, "invalid.request")
    line.close()


def said(pair: Pair, headers: list[tuple[str, str]], body: bytes = b"", path: str = CATALOG) -> int:
    """The status of a request with these very headers."""
    line = plainly(pair)
    line.putrequest("POST", f"/dsp{path}")
    for name, value in headers:
        line.putheader(name, value)
    line.endheaders(body)
    status = line.getresponse().status
    line.close()
    return status


def test_bodies_are_bounded_before_they_are_read(pair: Pair) -> None:
    signed = ("Authorization", f"Bearer {issued(pair)}")
    kind, large = ("Content-Type", "application/json"), ("Content-Length", str(1 << 40))
    assert said(pair, [signed, kind, large]) == 413
    assert said(pair, [kind, large]) == 401  # of a stranger, nothing is read at all
    chunks = b"%x\r\n%b\r\n" % (1 << 19, bytes(1 << 19))
    coded = ("Transfer-Encoding", "chunked")
    assert said(pair, [signed, kind, coded], chunks * 3) == 413


@pytest.mark.parametrize("path", [CATALOG, remote.PATH, settle.SETTLE, witness.PATH])
def test_two_tokens_are_none(pair: Pair, path: str) -> None:
    text = token.issue(pair.claims("POST", path, b""), pair.means.keys().working)
    signed, length = ("Authorization", f"Bearer {text}"), ("Content-Length", "0")
    kind = ("Content-Type", "application/json")
    assert said(pair, [signed, kind, length], path=path) == 400  # known, and says nothing
    assert said(pair, [signed, signed, kind, length], path=path) == 401
    assert said(pair, [kind, length], path=path) == 401


def test_a_removed_participant_is_unknown(pair: Pair) -> None:
    owner = pair.weather.session()
    owner.do("participant remove", participant="port")
    try:
        refused(pair, pair.send("POST", CATALOG, ASK))
    finally:
        owner.do("participant add", card=str(pair.folder / "port.json"), alias="port", place="CN")
    assert pair.send("POST", CATALOG, ASK).status == 200


def logged(pair: Pair, operation: str, code: str) -> dict[str, Any]:
    """What the last line says of a request that failed so, and of who asked."""
    until = time.monotonic() + 10
    while time.monotonic() < until:  # a line is written after its answer
        line = pair.services["weather"].lines()[-1]
        if (line.get("operation"), line.get("code")) == (operation, code):
            break
        time.sleep(0.02)
    told = ("operation", "participant", "actor", "status", "code")
    return {name: line[name] for name in told if name in line}


def test_what_is_logged(pair: Pair) -> None:
    assert pair.send("POST", CATALOG, b'{"logged": 1}').status == 400
    operation, code = "dsp /catalog/request", "invalid.dsp"
    assert logged(pair, operation, code) == {
        "operation": operation, "participant": "port", "status": 400, "code": code,
    }  # fmt: skip


@pytest.mark.parametrize("path", [remote.PATH, settle.SETTLE, settle.RECEIPTS, witness.PATH])
def test_what_is_logged_of_the_exchange(pair: Pair, path: str) -> None:
    assert pair.send("POST", path, b"{}").status == 400
    operation, code = path[1:].replace("/", " "), "invalid.exchange"
    assert logged(pair, operation, code) == {
        "operation": operation, "participant": "port", "actor": pair.means.own().id,
        "status": 400, "code": code,
    }  # fmt: skip
