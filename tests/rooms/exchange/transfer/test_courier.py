"""What happens by itself: a transfer is asked for once, started, and ended with its agreement."""

from __future__ import annotations

import pytest
from tests.rooms.exchange.transfer.conftest import Linked

from doumen.kits import policy
from doumen.model.agreement import Side
from doumen.model.errors import Conflict, DoumenError, NotFound, Refused
from doumen.model.fact import Fact
from doumen.rooms.exchange import agreements
from doumen.rooms.exchange.transfer import book, courier, verbs
from doumen.rooms.exchange.transfer.state import KIND, Transfer

ID = "urn:uuid:6a4cbd5e-3c1f-4f6a-9d0c-000000000002"


def agreed(*both: Linked) -> str:
    (key,) = {one.agree(ID) for one in both}
    return key


def turn(*both: Linked, times: int = 2) -> None:
    for _ in range(times):
        for one in both:
            courier.attend_all(one.desk)


def states(key: str, *both: Linked) -> list[str | None]:
    """The state of the open, else latest transfer on each side."""
    found = [book.of_agreement(one.facts(), key) for one in both]
    return [one[0].state.value if one and one[0].state else None for one in found]


def stands(one: Linked, key: str) -> bool:
    try:
        policy.check_stands(one.held(key))
    except Refused:
        return False
    return True


def test_it_is_asked_for_once_and_started(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    assert stands(weather, key)
    turn(port, weather)
    assert states(key, weather, port) == ["STARTED", "STARTED"]
    before = (weather.known.version, port.known.version)
    turn(port, weather)
    assert (weather.known.version, port.known.version) == before
    assert len(list(port.facts().all(KIND))) == 1
    (body,) = (body for _, body in port.facts().all(KIND))
    assert body["endpoint"] == f"{weather.own().address}/exchange/query"


@pytest.mark.parametrize("changed", [{"side": Side.PROVIDER}, {"ended": "2026-02-02T00:00:00Z"}])
def test_nothing_is_asked_for_where_it_cannot_be(port: Linked, changed: dict[str, object]) -> None:
    port.agree(ID, **changed)
    turn(port)
    assert list(port.facts().all(KIND)) == []


def test_what_cannot_be_sent_is_sent_later(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    port.open = weather.open = False
    turn(port, weather)
    assert states(key, weather, port) == [None, None]
    port.open = True
    turn(port, weather)
    assert states(key, weather, port) == ["REQUESTED", "REQUESTED"]
    assert stands(port, key)
    weather.open = True
    turn(port, weather)
    assert states(key, weather, port) == ["STARTED", "STARTED"]


def test_a_rest_binds_here_before_it_arrives(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    turn(port, weather)
    weather.open = False
    verbs.suspend(weather.desk, transfer=key, reason="repair")
    assert (stands(weather, key), stands(port, key)) == (False, True)
    weather.open = True
    turn(weather)
    assert (stands(weather, key), stands(port, key)) == (False, False)
    with pytest.raises(Refused, match="laid the transfer"):
        verbs.resume(port.desk, transfer=key)
    verbs.resume(weather.desk, transfer=key)
    assert (stands(weather, key), stands(port, key)) == (True, True)


def test_no_way_round_a_rest_of_the_provider(weather: Linked, port: Linked) -> None:
    """The consumer ends what rests and asks anew: a person of the provider decides."""
    key = agreed(weather, port)
    turn(port, weather)
    verbs.suspend(weather.desk, transfer=key)
    for _ in range(2):
        verbs.end(port.desk, transfer=key, reason="another way")
        verbs.resume(port.desk, transfer=key)
        turn(port, weather)
        assert states(key, weather, port) == ["REQUESTED", "REQUESTED"]
        assert not stands(weather, key)
    verbs.resume(weather.desk, transfer=key)
    assert states(key, weather, port) == ["STARTED", "STARTED"]
    assert stands(weather, key)


def test_what_the_consumer_ended_is_started_anew(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    turn(port, weather)
    verbs.end(port.desk, transfer=key)
    assert states(key, weather, port) == ["COMPLETED", "COMPLETED"]
    assert not stands(weather, key)
    turn(port, weather)
    assert states(key, weather, port) == ["COMPLETED", "COMPLETED"]
    verbs.resume(port.desk, transfer=key)
    turn(port, weather)
    assert states(key, weather, port) == ["STARTED", "STARTED"]
    assert stands(weather, key)


@pytest.mark.parametrize("by", ["weather", "port"])
def test_the_end_of_the_agreement_is_told(weather: Linked, port: Linked, by: str) -> None:
    key = agreed(weather, port)
    turn(port, weather)
    one, other = (weather, port) if by == "weather" else (port, weather)
    verbs.suspend(port.desk, transfer=key)
    one.open = False
    agreements.end(one.desk, agreement=key, reason="not paid")
    assert other.held(key).ended is None
    one.open = True
    turn(one)
    assert states(key, weather, port) == ["TERMINATED", "TERMINATED"]
    assert one.held(key).ended_by == other.held(key).ended_by == one.own().id
    assert (other.facts().body("agreement", key) or {})["reason"] == "not paid"
    for side in (weather, port):
        with pytest.raises(DoumenError, match="ended"):
            verbs.resume(side.desk, transfer=key)


def test_the_end_is_told_at_once_though_a_message_was_in_trouble(
    weather: Linked, port: Linked
) -> None:
    key = agreed(weather, port)
    turn(port, weather)
    port.open = False
    verbs.suspend(port.desk, transfer=key)
    port.open = True
    agreements.end(port.desk, agreement=key, reason="not paid")
    assert states(key, weather, port) == ["TERMINATED", "TERMINATED"]
    assert weather.held(key).ended_by == port.own().id


def test_what_is_told_of_a_transfer_is_what_became_of_it(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    turn(port, weather)
    port.open = False
    verbs.suspend(port.desk, transfer=key)
    ended = book.ended(port.facts(), key, by=port.own().id, reason="x", now="2026-02-02T00:00:00Z")
    port.commit(ended)
    (found,) = book.of_agreement(port.facts(), key)
    told = courier.attend(port.desk, found.key)
    assert told.outgoing is not None
    assert (told.outgoing.move, bool(told.outgoing.trouble)) == ("terminate", True)
    assert [told] == book.of_agreement(port.facts(), key)


def test_an_agreement_that_is_over_is_not_started(weather: Linked, port: Linked) -> None:
    key = agreed(weather, port)
    port.open = True
    weather.open = False
    turn(port)
    body = {**(weather.facts().body("agreement", key) or {})}
    body["terms"] = policy.terms_as_json(
        policy.read_terms("until: 2026-01-01\ndatasets: {w.hourly: {}}")
    )
    weather.commit(Fact("agreement", key, body))
    weather.open = True
    turn(weather)
    assert states(key, weather, port) == ["TERMINATED", "TERMINATED"]


def test_a_refused_request_is_sent_again_by_a_person(weather: Linked, port: Linked) -> None:
    key = port.agree(ID)
    turn(port)
    (found,) = book.of_agreement(port.facts(), key)
    assert found.outgoing is not None
    assert found.outgoing.refused
    assert "404" in found.outgoing.trouble
    weather.agree(ID)
    turn(port)
    assert states(key, weather) == [None]
    verbs.resume(port.desk, transfer=key)
    turn(port, weather)
    assert states(key, weather, port) == ["STARTED", "STARTED"]


def test_verbs_tell_what_there_is(weather: Linked, port: Linked) -> None:
    assert verbs.show_all(port.desk).json == {"transfers": []}
    key = agreed(weather, port)
    with pytest.raises(NotFound, match="no transfer of agreement"):
        verbs.suspend(weather.desk, transfer=key)
    with pytest.raises(NotFound, match="no transfer of agreement"):
        verbs.resume(weather.desk, transfer=key)
    with pytest.raises(NotFound, match="no agreement"):
        verbs.show(port.desk, transfer="A-AAAAAAAA")
    with pytest.raises(NotFound, match="no transfer"):
        verbs.show(port.desk, transfer="T-AAAAAAAA")
    told = verbs.resume(port.desk, transfer=key).json
    assert (told["state"], told["side"]) == ("REQUESTED", "consumer")
    turn(weather)
    with pytest.raises(Conflict, match="already"):
        verbs.resume(weather.desk, transfer=key)
    verbs.suspend(weather.desk, transfer=key, reason="repair")
    shown = verbs.show(port.desk, transfer=told["transfer"])
    assert (shown.json["reason"], shown.json["held"]) == ("repair", True)
    assert [one["says"] for one in shown.json["said"]] == ["request", "start", "suspend"]
    listed = verbs.show_all(weather.desk)
    assert [one["state"] for one in listed.json["transfers"]] == ["SUSPENDED"]
    verbs.end(weather.desk, transfer=key)
    with pytest.raises(Conflict, match="was ended"):
        verbs.resume(weather.desk, transfer=key)
    with pytest.raises(Conflict):
        verbs.end(weather.desk, transfer=key)
    assert "transfer ended" in str(agreements.show(port.desk, agreement=key).drawn)


def test_a_message_that_waits_is_not_outdone(weather: Linked, port: Linked) -> None:
    """A completion that has not arrived stays, even where the agreement is ended meanwhile."""
    key = agreed(weather, port)
    turn(port, weather)
    port.open = False
    told = verbs.end(port.desk, transfer=key)
    assert "complete" in str(told.json["outgoing"])
    assert verbs.resume(port.desk, transfer=key).json["outgoing"]["says"] == "complete"
    agreements.end(port.desk, agreement=key, reason="x")
    port.open = True
    turn(port)
    assert states(key, weather, port) == ["COMPLETED", "COMPLETED"]
    (found,) = (Transfer.from_json(body) for _, body in port.facts().all(KIND))
    assert found.over
