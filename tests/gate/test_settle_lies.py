"""Providers that lie where questions are settled: nothing they show is signed or counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from tests import linked
from tests.gate.settling import (
    ALL,
    QUERY,
    RECEIPTS,
    SETTLE,
    ask,
    lose_answer,
    reconcile,
)
from tests.linked import Linked, losing, only

from doumen.kits.evidence import jws
from doumen.kits.evidence.canonical import canonical
from doumen.model.errors import DoumenError, Tampered, Unavailable
from doumen.model.peer import Call, Streamed


def answering(document: Any) -> linked.Bend:
    def bend(call: Call, answer: Streamed) -> Streamed:
        if not call.address.endswith(SETTLE):
            return answer
        told = document(json.loads(b"".join(answer.pieces)))
        return Streamed(200, {}, iter([canonical(told)]))

    return bend


def outcome_of(**changes: Any) -> Callable[[Any], Any]:
    def told(body: Any) -> Any:
        return {**body, "outcomes": [{**one, **changes} for one in body["outcomes"]]}

    return told


LIES: dict[str, tuple[Callable[[Any], Any], type[DoumenError]]] = {
    "a list": (lambda body: [], Unavailable),
    "nothing": (lambda body: {}, Unavailable),
    "outcomes that are none": (lambda body: {**body, "outcomes": "x"}, Unavailable),
    "outcomes of words": (lambda body: {**body, "outcomes": ["x"]}, Unavailable),
    "no outcome": (lambda body: {**body, "outcomes": []}, Unavailable),
    "another's": (outcome_of(request="x"), Unavailable),
    "no request": (outcome_of(request=[1]), Unavailable),
    "words for a receipt": (outcome_of(receipt="x"), Tampered),
    "a number for a receipt": (outcome_of(receipt=7), Tampered),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_provider_that_lies_settles_nothing(two: Linked, key: str, lie: str) -> None:
    two.wire.bend = lose_answer(QUERY)
    with pytest.raises(Unavailable):
        ask(two, key)
    document, error = LIES[lie]
    two.wire.bend = answering(document)
    with pytest.raises(error):
        reconcile(two, key)
    assert two.usage(key)[1:] == ((0, 0), 1)
    two.restore()
    assert reconcile(two, key) == (1, 1)


def test_a_receipt_of_another_question_settles_nothing(two: Linked, key: str) -> None:
    ask(two, key)
    (other,) = two.receipts(key)[0].values()
    two.wire.bend = lose_answer(QUERY)
    with pytest.raises(Unavailable):
        ask(two, key)
    two.wire.bend = answering(outcome_of(receipt=other))
    with pytest.raises(Tampered, match="does not hold"):
        reconcile(two, key)


def test_what_was_never_asked_is_not_signed(two: Linked, key: str) -> None:
    ask(two, key)
    two.settle()
    member = f"{two.port.means.own().id}#ana"
    desk = linked.desk(two.weather, "research", two.weather.means, member)
    desk.query(ALL, agreement=key, request=linked.Request("q" * 26, "t", "{}", "ab" * 32))
    with pytest.raises(Tampered, match="does not hold"):
        reconcile(two, key)


def test_another_receipt_of_the_same_name_is_not_signed(two: Linked, key: str) -> None:
    two.wire.before = only(RECEIPTS, losing)
    ask(two, key)
    two.settle()
    two.restore()
    (text,) = two.receipts(key)[0].values()
    body = json.loads(jws.read(text).payload)
    body["rules"] = [{"rule": "x", "duties": []}]
    keyring = two.weather.means.keys()
    other = jws.sign(canonical(body), keyring.working, str(keyring.certificate["kid"]))
    two.wire.bend = answering(
        lambda body: {**body, "receipts": [other] if body["receipts"] else []}
    )
    with pytest.raises(Tampered, match="does not hold"):
        reconcile(two, key)
    two.restore()
    assert reconcile(two, key) == (0, 1)


def test_receipts_that_are_shown_again_and_again_have_an_end(two: Linked, key: str) -> None:
    ask(two, key)
    two.settle()
    (text,) = two.receipts(key)[0].values()
    two.wire.bend = answering(lambda body: {**body, "receipts": [text]})
    assert reconcile(two, key) == (0, 1)


def test_one_receipt_in_ever_new_spellings_has_an_end(two: Linked, key: str) -> None:
    """The signature is not what it is known by: a provider can make a new one each time."""
    ask(two, key)
    two.settle()
    (text,) = two.receipts(key)[0].values()
    spellings = count()

    def spelled(body: Any) -> Any:
        other = json.loads(text)
        other["signatures"] = other["signatures"][:1]
        other["signatures"][0]["signature"] = jws.encode(f"{next(spellings):064}".encode())
        return {**body, "receipts": [canonical(other).decode()]}

    def bend(call: Call, answer: Streamed) -> Streamed:
        taken = call.address.endswith(RECEIPTS)
        return Streamed(200, {}, iter([b"{}"])) if taken else answering(spelled)(call, answer)

    two.wire.bend = bend
    assert reconcile(two, key) == (0, 1)


def test_a_question_that_goes_on_is_left_to_whoever_asked(two: Linked, key: str) -> None:
    """Its receipt is there at the provider before its answer has been read here."""

    def meanwhile(call: Call) -> None:
        two.wire.before = lambda _: None
        two.wire.bend = lose_answer(QUERY)
        with suppress(Unavailable):
            ask(two, key)

    two.wire.before = only(SETTLE, meanwhile)
    assert reconcile(two, key) == (0, 0)
    two.restore()
    assert reconcile(two, key) == (1, 1)
