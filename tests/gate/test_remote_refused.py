"""Questions under an agreement that the consumer's own gate refuses: nothing is sent."""

from __future__ import annotations

import pytest
from tests import linked
from tests.gate.test_remote import ALL, TERMS, ask, both, key, two
from tests.linked import Linked

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.ref import Ref

__all__ = ["both", "key", "two"]


def test_our_own_gate_refuses_first(two: Linked, key: str) -> None:
    desk = two.port.session(None, "research").desk
    assert not two.wire.seen
    for sql in ("SELECT * FROM w.other", "SELECT * FROM sys.events"):
        with pytest.raises(Refused, match="is not in agreement"):
            desk.query(sql, agreement=key)
    with pytest.raises(Refused):
        two.port.session().query(ALL, agreement=key)
    with pytest.raises(NotFound):
        desk.query(ALL, agreement="A-\x1b[2J" + "x" * 10_000)
    last = linked.events(two.port)[-1]
    assert (last["type"], last["agreement"]) == ("query.refused", None)
    assert not two.wire.seen
    there = two.weather.session(None, "research").desk
    with pytest.raises(Refused, match="for the other side"):
        there.query(ALL, agreement=key)


@pytest.mark.parametrize("several", [False, True])
def test_what_is_no_question_is_refused_and_recorded(two: Linked, key: str, several: bool) -> None:
    keys = [key, two.agree(f"a second one {several}", TERMS)] if several else [key]
    with pytest.raises(Refused):
        two.port.session(None, "research").desk.query("DROP TABLE w.hourly", agreement=keys)
    last = linked.events(two.port)[-1]
    assert (last["type"], last["agreement"]) == ("query.refused", None if several else key)
    assert not two.wire.seen


@pytest.mark.parametrize("several", [False, True])
def test_a_name_that_is_not_to_be_written_is_recorded(two: Linked, key: str, several: bool) -> None:
    keys = [key, two.agree(f"a third one {several}", TERMS)] if several else [key]
    desk = two.port.session(None, "research").desk
    with pytest.raises(Refused, match="not a name"):
        desk.derive(ALL, Ref.parse("sys.mine"), agreement=keys)
    last = linked.events(two.port)[-1]
    assert (last["type"], last["data"]["code"]) == ("query.refused", "refused.into")
    assert not two.wire.seen


def test_of_a_provider_that_was_taken_away_nothing_is_asked(two: Linked, key: str) -> None:
    id = two.weather.means.own().id
    body = two.port.means.catalog.current().body("participant", id)
    linked.commit(two.port, linked.Fact("participant", id, None))
    try:
        with pytest.raises(NotFound, match="no participant any more"):
            ask(two, key)
    finally:
        linked.commit(two.port, linked.Fact("participant", id, body))


def test_what_the_provider_refuses_is_told_beforehand_too(two: Linked, key: str) -> None:
    desk = two.port.session(None, "research").desk
    with pytest.raises(DoumenError) as caught:
        desk.explain("SELECT station FROM w.hourly", agreement=key)
    assert caught.value.code == "invalid.column"
    assert linked.events(two.port, key) == []


def test_what_another_node_answered_is_not_replayed_here(two: Linked, key: str) -> None:
    desk = two.port.session(None, "research").desk
    answer = desk.query(ALL, agreement=key)
    receipt = read_receipt(desk.receipt(answer.receipt))
    with pytest.raises(Invalid, match="another node answered"):
        desk.replay(receipt)
