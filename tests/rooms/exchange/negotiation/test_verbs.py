"""The verbs of negotiations on two nodes: what is said, what is shown, what is not let through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import exchanged
from tests.exchanged import Pair, Side

from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.exchange import agreements, asking
from doumen.rooms.exchange.negotiation import courier, deciding, steps, verbs
from doumen.rooms.exchange.negotiation.state import KIND
from doumen.rooms.exchange.packages import product_id
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.steps import Other

ASKED = "for: [research]\ndatasets: {w.hourly: {columns: [city]}}\n"
OFFERED = "for: [research]\nuntil: 2030-12-31\ndatasets: {w.hourly: {columns: [city]}}\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchanged.pair(tmp_path_factory.mktemp("verbs")) as made:
        yield made


def ask(pair: Pair, offer: str, terms: str) -> tuple[str, str]:
    """Ask for an offer on terms; names of the negotiation: the consumer's, the provider's."""
    own, body = pair.provider.node.means.own(), pair.provider.fact("offer", offer)
    asked = odrl.write_offer(
        policy.read_terms(terms), uid=body["uid"], target=product_id(own, "weather"),
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


@pytest.fixture
def begun(pair: Pair) -> tuple[str, str]:
    """Names of a negotiation on other terms than offered: the consumer's, the provider's."""
    return ask(pair, "weather-1", ASKED)


def texts(shown: Outcome) -> list[str]:
    """All that is drawn and said, as texts."""
    found = [str(one) for one in shown.said]
    for part in shown.drawn:
        if isinstance(part, Fields):
            found += [str(value) for row in part.pairs for value in row]
        if isinstance(part, Table):
            found += [str(value) for row in part.rows for value in row]
    return found


def file(folder: Path, text: str) -> str:
    (folder / "terms.yaml").write_text(text)
    return str(folder / "terms.yaml")


def led(*sides: Side) -> None:
    for _ in range(4):
        for side in sides:
            courier.attend_all(side.desk())


def test_a_counter_offer_is_shown_for_what_it_is_and_accepted(
    pair: Pair, begun: tuple[str, str], tmp_path: Path
) -> None:
    ours, theirs = begun
    provider, consumer = pair.provider.desk(), pair.consumer.desk()
    waits = verbs.show(provider, negotiation=theirs)
    assert "on other terms than offered" in texts(waits)
    assert f"Decide: doumen negotiation accept {theirs}" in texts(waits)
    verbs.counter(provider, negotiation=theirs, terms=file(tmp_path, OFFERED), wait=0)
    offered = verbs.show(consumer, negotiation=ours)
    assert (offered.json["state"], offered.json["decide"]) == ("OFFERED", True)
    assert offered.json["terms"]["until"] == "2030-12-31"
    assert {"offers on other terms", "provider", "this node"} <= set(texts(offered))
    verbs.accept(consumer, negotiation=ours, wait=0)
    led(pair.provider, pair.consumer)
    done = verbs.show(consumer, negotiation=ours)
    key = done.json["agreement"]
    assert (done.json["state"], done.json["over"], done.json["ended"]) == ("FINALIZED", True, None)
    assert f"Agreed. Ask: doumen query SQL --agreement {key} --for research" in texts(done)
    assert f"Agreed. See it: doumen agreement show {key}" in texts(
        verbs.show(provider, negotiation=theirs)
    )
    assert key in texts(verbs.show_all(provider))
    signed = agreements.show(consumer, agreement=key)
    assert signed.json["signed"].endswith("Z")
    assert signed.json["terms"]["until"] == "2030-12-31"


def test_a_rejection_says_who_and_why_on_both_sides(pair: Pair, begun: tuple[str, str]) -> None:
    ours, theirs = begun
    verbs.reject(pair.provider.desk(), negotiation=theirs, reason="too long")
    for side, key, by in ((pair.consumer, ours, "provider"), (pair.provider, theirs, "this node")):
        shown = verbs.show(side.desk(), negotiation=key)
        assert shown.json["ended"] == {"by": "provider", "code": "rejected", "reason": "too long"}
        assert {by, "too long"} <= set(texts(shown))
        with pytest.raises(Conflict, match="is over"):
            verbs.accept(side.desk(), negotiation=key, wait=0)
    assert "ended" in texts(verbs.show_all(pair.consumer.desk()))


def test_what_does_not_arrive_is_kept_and_sent_again(pair: Pair, begun: tuple[str, str]) -> None:
    ours, theirs = begun
    pair.wire.down = True
    kept_back = verbs.accept(pair.provider.desk(), negotiation=theirs, wait=0)
    pair.wire.down = False
    assert kept_back.json["outgoing"]["says"] == "agree"
    assert not kept_back.json["outgoing"]["refused"]
    assert f"Send it now: doumen negotiation resume {theirs}" in texts(kept_back)
    assert "is to be sent" in texts(verbs.show_all(pair.provider.desk()))
    with pytest.raises(Conflict):
        verbs.accept(pair.consumer.desk(), negotiation=ours, wait=0)
    verbs.resume(pair.provider.desk(), negotiation=theirs, wait=0)
    led(pair.consumer, pair.provider)
    assert verbs.show(pair.consumer.desk(), negotiation=ours).json["state"] == "FINALIZED"


def test_a_provider_grants_nothing_that_its_product_does_not_hold(
    pair: Pair, begun: tuple[str, str], tmp_path: Path
) -> None:
    bad = "for: [fun]\ndatasets: {w.other: {}, w.hourly: {columns: [citi]}}\n"
    with pytest.raises(Invalid) as caught:
        verbs.counter(pair.provider.desk(), negotiation=begun[1], terms=file(tmp_path, bad), wait=0)
    assert caught.value.what == "These terms cannot be agreed to."
    assert all(name in str(caught.value.why) for name in ("fun", "w.other", "citi"))


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ("until: 2020-12-31\ndatasets: {w.hourly: {}}\n", "its last day, 2020-12-31, is over"),
        ("datasets: {w.lost: {}}\n", "`w.lost` is not in the product"),
    ],
)
def test_nothing_is_signed_by_itself_that_a_person_could_not_sign(
    pair: Pair, terms: str, why: str
) -> None:
    """The offer is open, and a row accepts it; but it cannot be granted any more."""
    provider, uid = pair.provider.desk(), pair.provider.fact("offer", "weather-1")["uid"]
    old = {**pair.provider.fact("offer", "weather-1"), "uid": uid.replace("-1", "-9"),
           "terms": policy.terms_as_json(policy.read_terms(terms))}  # fmt: skip
    rows = deciding.decisions_as_json(deciding.read_decisions("decisions: [{accept: request}]"))
    facts = [Fact("offer", "weather-9", old), Fact(deciding.KIND, deciding.KEY, rows)]
    provider.amend(facts, subject="test")
    _, theirs = ask(pair, "weather-9", terms)
    version = provider.facts().version
    courier.attend(provider, theirs)
    shown = verbs.show(provider, negotiation=theirs)
    assert (shown.json["state"], shown.json["decide"]) == ("REQUESTED", True)
    assert "as it is offered" in texts(shown)
    assert provider.facts().version == version
    with pytest.raises(Invalid) as caught:
        verbs.accept(provider, negotiation=theirs, wait=0)
    assert caught.value.what == "These terms cannot be agreed to."
    assert why in str(caught.value.why)
    verbs.reject(provider, negotiation=theirs)


def test_a_counter_offer_may_be_odrl(pair: Pair, begun: tuple[str, str], tmp_path: Path) -> None:
    document = odrl.write_offer(
        policy.read_terms(OFFERED), uid="urn:x:1", target="urn:x:2", assigner="did:key:x"
    )
    (tmp_path / "offer.json").write_text(json.dumps(document))
    told = verbs.counter(
        pair.provider.desk(), negotiation=begun[1], terms=str(tmp_path / "offer.json"), wait=0
    )
    assert told.json["terms"]["until"] == "2030-12-31"
    assert told.json["offer"].endswith(":weather-1")


def test_a_counter_offer_is_one_document(
    pair: Pair, begun: tuple[str, str], tmp_path: Path
) -> None:
    document = odrl.write_offer(
        policy.read_terms(OFFERED), uid="urn:x:1", target="urn:x:2", assigner="did:key:x"
    )
    with pytest.raises(Invalid, match="No offer is made") as caught:
        verbs.counter(
            pair.provider.desk(), negotiation=begun[1],
            terms=file(tmp_path, json.dumps([document])), wait=0,
        )  # fmt: skip
    assert "not a list" in str(caught.value.why)


def test_decisions_name_only_what_there_is_and_are_taken_back(pair: Pair, tmp_path: Path) -> None:
    desk = pair.provider.desk()
    wrong = "decisions: [{accept: request, from: [nobody], for: [fun], product: gone}]\n"
    with pytest.raises(Invalid) as caught:
        verbs.decisions(desk, file=file(tmp_path, wrong))
    assert all(name in str(caught.value.why) for name in ("nobody", "fun", "gone"))
    right = "decisions: [{reject: request, from: [consumer], days: 9}]\n"
    assert verbs.decisions(desk, file=file(tmp_path, right)).json["receipt"]
    assert {"reject", "consumer", "9"} <= {
        str(cell[0]) if isinstance(cell, tuple) else str(cell)
        for table in verbs.decisions(desk).drawn if isinstance(table, Table)
        for row in table.rows for cell in row
    }  # fmt: skip
    none = verbs.decisions(desk, file=file(tmp_path, "decisions: []\n"))
    assert (none.json["decisions"], none.drawn) == ([], ())
    assert texts(verbs.decisions(desk)) == ["Every request waits for a person."]


def test_one_begins_with_an_address_and_with_terms_that_are_understood(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, offer = pair.provider.node.means.own(), pair.provider.fact("offer", "weather-1")
    written = odrl.write_offer(
        policy.terms_from_json(offer["terms"]), uid=offer["uid"],
        target=product_id(own, "weather"), assigner=own.id,
    )  # fmt: skip
    told: dict[str, Any] = {"terms": policy.terms_from_json(offer["terms"])}

    def found(*_: object) -> Any:
        dataset = type("Dataset", (), {"id": product_id(own, "weather")})()
        return asking.Found(offer["uid"], dataset, told["terms"], written)

    monkeypatch.setattr(asking, "offer", found)
    desk = pair.consumer.desk()
    begun = verbs.start(desk, offer="weather-1", at="provider", wait=0)
    assert (begun.json["state"], begun.json["side"]) == ("REQUESTED", "consumer")
    assert any("`provider` has to answer" in text for text in texts(begun))
    told["terms"] = None
    with pytest.raises(Invalid, match="does not understand"):
        verbs.start(desk, offer="weather-1", at="provider", wait=0)
    known = len(list(desk.facts().all(KIND)))
    nowhere = replace(desk.own(), address="")
    monkeypatch.setattr(type(desk), "own", lambda _: nowhere)
    with pytest.raises(Invalid, match="no address"):
        verbs.start(desk, offer="weather-1", at="provider", wait=0)
    assert len(list(desk.facts().all(KIND))) == known
