"""What is refused of the messages of another participant, with which error, and unchanged state."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.rooms.exchange.conftest import Other
from tests.rooms.exchange.transfer.conftest import Linked

from doumen.kits import policy
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp.transfer import (
    DataAddress,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from doumen.model.agreement import Side
from doumen.model.fact import Fact
from doumen.rooms.exchange.catalogue import QUERY
from doumen.rooms.exchange.transfer import courier, verbs
from doumen.rooms.exchange.transfer.state import KIND

ID = "urn:uuid:6a4cbd5e-3c1f-4f6a-9d0c-000000000001"


def request(port: Linked, **changed: Any) -> TransferRequestMessage:
    return replace(TransferRequestMessage("urn:c", ID, QUERY, port.own().address), **changed)


def send(
    weather: Linked, by: Linked, message: Any, path: str = "/transfers/request"
) -> tuple[int, dict[str, Any]]:
    status, body = weather.answer(by.own(), "POST", path, json.dumps(dsp.write(message)).encode())
    return status, body or {}


def started(weather: Linked, port: Linked) -> tuple[str, str]:
    """A transfer that runs; the name of the agreement, and the provider's identifier."""
    for one in (weather, port):
        key = one.agree(ID)
    courier.attend_all(port.desk)
    courier.attend_all(weather.desk)
    (body,) = (body for _, body in weather.facts().all(KIND))
    assert body["state"] == "STARTED"
    return key, body["own"]


def test_a_valid_request_is_begun_once(weather: Linked, port: Linked) -> None:
    weather.agree(ID)
    status, told = send(weather, port, request(port))
    assert (status, told["@type"], told["state"]) == (201, "TransferProcess", "REQUESTED")
    version = weather.known.version
    assert send(weather, port, request(port)) == (201, told)
    assert weather.known.version == version
    status, error = send(weather, port, request(port, format="doumen:other"))
    assert (status, error["@type"], error["code"]) == (400, "TransferError", "conflict.dsp-state")
    assert weather.known.version == version


@pytest.mark.parametrize(
    ("held", "changed", "status", "code"),
    [
        ({}, {"agreement_id": "urn:x"}, 404, "not-found.agreement"),
        ({"counterparty": "did:web:spy.example"}, {}, 404, "not-found.agreement"),
        ({"side": Side.CONSUMER}, {}, 404, "not-found.agreement"),
        ({}, {"format": "HttpData-PULL"}, 400, "invalid.transfer"),
        ({}, {"data_address": DataAddress(QUERY, "https://x.example")}, 400, "invalid.transfer"),
        ({}, {"callback_address": "https://evil.example/dsp"}, 400, "invalid.dsp-address"),
        ({"ended": "2026-02-02T00:00:00Z"}, {}, 403, "refused.agreement"),
        (
            {"terms": policy.read_terms("until: 2026-01-01\ndatasets: {w.hourly: {}}")},
            {}, 403, "refused.agreement",
        ),
    ],
)  # fmt: skip
def test_what_is_no_valid_request_changes_nothing(
    weather: Linked,
    port: Linked,
    held: dict[str, Any],
    changed: dict[str, Any],
    status: int,
    code: str,
) -> None:
    weather.agree(ID, **held)
    version = weather.known.version
    got, error = send(weather, port, request(port, **changed))
    assert (got, error["@type"], error["code"]) == (status, "TransferError", code)
    assert weather.known.version == version


def test_one_transfer_of_an_agreement_is_open_at_a_time(weather: Linked, port: Linked) -> None:
    started(weather, port)
    version = weather.known.version
    status, error = send(weather, port, request(port, consumer_pid="urn:another"))
    assert (status, error["code"]) == (400, "conflict.transfer")
    assert weather.known.version == version


def test_unknown_and_foreign_alike(weather: Linked, port: Linked) -> None:
    _, pid = started(weather, port)
    spy = Linked("Spy", 7, Side.CONSUMER)
    spy.here = Other("Spy", 7)
    for way in ("GET", "POST"):
        told = []
        for one, asked in ((spy, pid), (port, "urn:uuid:none")):
            message = TransferSuspensionMessage(asked, "urn:c")
            text = json.dumps(dsp.write(message)).encode() if way == "POST" else b""
            tail = "/suspension" if way == "POST" else ""
            status, body = weather.answer(one.own(), way, f"/transfers/{asked}{tail}", text)
            assert status == 404
            told.append(json.dumps(body).replace(asked, "PID"))
        assert told[0] == told[1]
    status, body = weather.answer(port.own(), "GET", f"/transfers/{pid}", b"")
    assert (status, (body or {})["state"]) == (200, "STARTED")


def test_what_does_not_fit_changes_nothing(weather: Linked, port: Linked) -> None:
    _, pid = started(weather, port)
    version = weather.known.version
    (body,) = (body for _, body in port.facts().all(KIND))
    message = TransferStartMessage(pid, body["own"])
    status, error = send(weather, port, message, f"/transfers/{pid}/start")
    assert (status, error["@type"], error["code"]) == (400, "TransferError", "conflict.dsp-state")
    assert weather.known.version == version


def test_a_consumer_lifts_no_rest_of_the_provider(weather: Linked, port: Linked) -> None:
    key, pid = started(weather, port)
    verbs.suspend(weather.desk, transfer=key)
    (body,) = (body for _, body in port.facts().all(KIND))
    version = weather.known.version
    message = TransferStartMessage(pid, body["own"])
    status, error = send(weather, port, message, f"/transfers/{pid}/start")
    assert (status, error["code"]) == (403, "refused.transfer")
    assert weather.known.version == version


def test_nothing_goes_on_of_an_agreement_that_is_over(weather: Linked, port: Linked) -> None:
    key, _ = started(weather, port)
    verbs.suspend(port.desk, transfer=key)
    body = {**(weather.facts().body("agreement", key) or {}), "terms": {
        **policy.terms_as_json(policy.read_terms("until: 2026-01-01\ndatasets: {w.hourly: {}}"))
    }}  # fmt: skip
    weather.commit(Fact("agreement", key, body))
    verbs.resume(port.desk, transfer=key)
    path, status, error = port.answers[-1]
    assert (path.endswith("/start"), status, error["code"]) == (True, 403, "refused.agreement")


@pytest.mark.parametrize(
    ("type_", "endpoint"),
    [("HttpData", None), (QUERY, "https://evil.example/dsp/exchange/query"), (QUERY, "")],
)
def test_nobody_is_sent_elsewhere(
    weather: Linked, port: Linked, type_: str, endpoint: str | None
) -> None:
    for one in (weather, port):
        one.agree(ID)
    courier.attend_all(port.desk)
    (body,) = (body for _, body in port.facts().all(KIND))
    message = TransferStartMessage(body["theirs"], body["own"], DataAddress(type_, endpoint))
    version = port.known.version
    status, error = send(port, weather, message, f"/transfers/{body['own']}/start")
    assert (status, error["code"]) == (400, "invalid.dsp-address")
    assert port.known.version == version
    bare = TransferStartMessage(body["theirs"], body["own"])
    assert send(port, weather, bare, f"/transfers/{body['own']}/start")[0] == 200


@pytest.mark.parametrize(("code", "ends"), [("agreement-ended", True), ("99", False)])
def test_the_end_of_an_agreement_is_learnt(
    weather: Linked, port: Linked, code: str, ends: bool
) -> None:
    key, pid = started(weather, port)
    (body,) = (body for _, body in port.facts().all(KIND))
    message = TransferTerminationMessage(pid, body["own"], code, ("not paid",))
    path = f"/transfers/{pid}/termination"
    assert send(weather, port, message, path)[0] == 200
    held = weather.held(key)
    assert (held.ended is not None) is ends
    assert held.ended_by == (port.own().id if ends else None)
    assert held.use is not None
    assert (held.use.state, held.use.by, held.use.held) == ("TERMINATED", Side.CONSUMER, False)
    version = weather.known.version
    assert send(weather, port, message, path)[0] == 200
    assert weather.known.version == version
