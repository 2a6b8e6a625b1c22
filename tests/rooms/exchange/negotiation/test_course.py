"""The course of a negotiation, told message by message, and answers that say what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import exchanged
from tests.exchanged import Pair

from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.model.errors import Conflict, Invalid
from doumen.model.message import msg
from doumen.rooms.exchange import asking
from doumen.rooms.exchange.negotiation import courier, course, steps, verbs
from doumen.rooms.exchange.negotiation.state import KIND, Negotiation
from doumen.rooms.exchange.packages import product_id
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.steps import Other

ASKED = "for: [research]\nuntil: 2099-12-31\ndatasets: {w.hourly: {columns: [city]}}\n"
ANSWER = "for: [research]\nuntil: 2030-12-31\ndatasets: {w.hourly: {columns: [city]}}\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchanged.pair(tmp_path_factory.mktemp("course")) as made:
        yield made


@pytest.fixture
def begun(pair: Pair) -> tuple[str, str]:
    """Names of a negotiation on other terms than offered: the consumer's, the provider's."""
    own, body = pair.provider.node.means.own(), pair.provider.fact("offer", "weather-1")
    asked = odrl.write_offer(
        policy.read_terms(ASKED), uid=body["uid"], target=product_id(own, "weather"),
        assigner=own.id,
    )  # fmt: skip
    desk = pair.consumer.desk()
    made = steps.requested(
        kept.new_pid(), Other(own.id, ""), asked,
        callback=desk.own().address, now=kept.stamp(datetime.now(UTC)),
    )  # fmt: skip
    kept.keep(desk, desk.facts(), made)
    courier.attend(desk, made.key)
    listed = verbs.show_all(pair.provider.desk()).json["negotiations"]
    return made.key, next(one["negotiation"] for one in listed if one["decide"])


def written(folder: Path, text: str) -> str:
    (folder / "terms.yaml").write_text(text)
    return str(folder / "terms.yaml")


def headings(said: dict[str, Any]) -> set[str]:
    return {str(one["heading"]) for one in said["changes"]}


def test_each_proposal_is_told_with_what_it_changes(
    pair: Pair, begun: tuple[str, str], tmp_path: Path
) -> None:
    ours, theirs = begun
    provider, consumer = pair.provider.desk(), pair.consumer.desk()
    (request,) = verbs.show(provider, negotiation=theirs).json["said"]
    assert headings(request) == {"quota", "dataset `w.hourly`"}
    assert request["terms"]["until"] == "2099-12-31"
    assert verbs.show(consumer, negotiation=ours).json["said"][0]["changes"] is None
    verbs.counter(provider, negotiation=theirs, terms=written(tmp_path, ANSWER), seen=1, wait=0)
    for desk, key in ((provider, theirs), (consumer, ours)):
        told = verbs.show(desk, negotiation=key).json
        (change,) = told["said"][1]["changes"]
        assert str(change["heading"]) == "until"
        assert [str(t) for t in change["come"]] == ["2030-12-31, that day (UTC) included"]
        assert ["until", "2030-12-31, that day (UTC) included"] in told["words"]
    verbs.reject(consumer, negotiation=ours, seen=2)
    last = verbs.show(provider, negotiation=theirs).json["said"][-1]
    assert (last["says"], "terms" in last) == ("terminate", False)


def test_nobody_agrees_to_what_was_said_since(
    pair: Pair, begun: tuple[str, str], tmp_path: Path
) -> None:
    ours, theirs = begun
    provider, consumer = pair.provider.desk(), pair.consumer.desk()
    verbs.counter(provider, negotiation=theirs, terms=written(tmp_path, ANSWER), wait=0)
    verbs.counter(consumer, negotiation=ours, terms=written(tmp_path, ASKED), wait=0)
    with pytest.raises(Conflict, match="went on since") as caught:
        verbs.accept(provider, negotiation=theirs, seen=1, wait=0)
    assert (caught.value.code, "1 messages; there are 3" in str(caught.value.why)) == (
        "conflict.seen",
        True,
    )
    with pytest.raises(Conflict, match="went on since"):
        verbs.counter(provider, negotiation=theirs, terms="no file", seen=1)
    with pytest.raises(Conflict, match="went on since"):
        verbs.reject(provider, negotiation=theirs, seen=1)
    assert verbs.show(provider, negotiation=theirs).json["decide"]
    done = verbs.accept(provider, negotiation=theirs, seen=3, wait=0)
    assert done.json["state"] == "AGREED"


def test_terms_that_ours_cannot_say_are_told_as_none(
    pair: Pair, begun: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = kept.found(pair.provider.desk().facts(), Negotiation, begun[1])

    def unknown(_: Any) -> Any:
        raise Invalid(msg("beyond ours"), detail="terms")

    monkeypatch.setattr(odrl, "read_offer", unknown)
    (said,) = course.course(found, pair.provider.desk().facts())
    assert (said["terms"], said["changes"]) == (None, None)


def test_what_is_asked_for_twice_under_one_text_is_begun_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, offer = pair.provider.node.means.own(), pair.provider.fact("offer", "weather-1")
    terms = policy.terms_from_json(offer["terms"])
    target = product_id(own, "weather")
    policy_ = odrl.write_offer(terms, uid=offer["uid"], target=target, assigner=own.id)

    def found(*_: object) -> Any:
        dataset = type("Dataset", (), {"id": target})()
        return asking.Found(offer["uid"], dataset, terms, policy_)

    monkeypatch.setattr(asking, "offer", found)
    desk = pair.consumer.desk()
    before = len(list(desk.facts().all(KIND)))
    keys = [
        verbs.start(desk, offer="weather-1", at="provider", once=once, wait=0).json["negotiation"]
        for once in ("form 1", "form 1", "form 2")
    ]
    assert keys[0] == keys[1] != keys[2]
    assert len(list(desk.facts().all(KIND))) == before + 2
