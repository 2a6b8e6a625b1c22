"""What a provider tells of requests, and which receipts it keeps once the consumer signed them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests import linked
from tests.gate.settling import RECEIPTS, ask, reconcile
from tests.linked import Linked, losing, only

from doumen.gate import outcomes, peers
from doumen.kits.evidence import jws
from doumen.model.errors import NotFound, Tampered
from doumen.model.fact import Fact


def test_a_consumer_tells_its_provider_nothing(two: Linked, key: str) -> None:
    """The endpoints are those of a provider: as a consumer we have no receipts to give."""
    ask(two, key)
    facts = two.port.means.catalog.current()
    provider = peers.of(facts, two.weather.means.own().id)
    for ask_for in (
        lambda: outcomes.outcomes(two.port.means, provider, key, ["x" * 26]),
        lambda: outcomes.unsigned(two.port.means, provider, key),
    ):
        with pytest.raises(NotFound):
            ask_for()


def test_what_is_kept_is_our_receipt_with_their_signature(two: Linked, key: str) -> None:
    two.wire.before = only(RECEIPTS, losing)
    ask(two, key)
    two.settle()
    two.restore()
    ((id, text),) = two.receipts(key)[0].items()
    weather, port = two.weather.means, two.port.means
    asker = peers.of(weather.catalog.current(), port.own().id)
    ring, own = port.keys(), weather.keys()
    kid = str(ring.certificate["kid"])
    payload = jws.read(text).payload
    good = jws.countersign(text, ring.working, kid)
    spare = str(own.certificate["kid"])
    false = {
        "theirs alone": jws.sign(payload, ring.working, kid),
        "the other way round": jws.countersign(
            jws.sign(payload, ring.working, kid), own.working, spare
        ),
        "one of nobody more": jws.countersign(good, own.working, "x" * 16),
        "not theirs": text,
        "something else": jws.countersign(
            jws.sign(payload.replace(b"query", b"quer1"), own.working, spare), ring.working, kid
        ),
        "nothing": "x",
    }
    for name, other in false.items():
        with pytest.raises(Tampered):
            outcomes.countersigned(weather, asker, ring.certificate, [other])
        assert linked.receipt(two.weather, id) == text, name
    assert outcomes.countersigned(weather, asker, ring.certificate, [good, good]) == 1
    assert linked.receipt(two.weather, id) == good
    spy = replace(asker, id="did:web:spy.example")
    with pytest.raises(NotFound):
        outcomes.countersigned(weather, spy, ring.certificate, [good])
    linked.commit(two.weather, Fact("agreement", key, None))
    with pytest.raises(NotFound):
        outcomes.countersigned(weather, asker, ring.certificate, [good])


def test_a_rotated_key_does_not_sign_twice(two: Linked, key: str) -> None:
    two.wire.before = only(RECEIPTS, losing)
    ask(two, key)
    two.settle()
    two.port.session().do("key rotate")
    two.restore()
    assert reconcile(two, key) == (0, 1)
    ask(two, key)
    two.settle()
    assert all(len(linked.signers(text)) == 2 for text in two.receipts(key)[0].values())
