"""The verbs of evidence: a bundle as a file, heads cosigned by asking and by the service itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.exchanged import Pair, Side, pair

from doumen.faces.web.courier import Courier
from doumen.gate import Counter, Gate
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Unavailable
from doumen.model.fact import Fact
from doumen.rooms.exchange import witness
from doumen.rooms.exchange.dispute import dispute
from doumen.session.node import silent


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("evidence")) as made:
        made.read()
        yield made


def test_the_bundle_is_written_when_it_is_whole(both: Pair, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    told = dispute(both.consumer.desk(), agreement=both.key, output=path, sizes=("3",))
    assert told.json["side"] == "consumer"
    assert told.json["bytes"] == path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == told.json["files"]
    assert both.provider.id in str(told.said[1])
    assert both.verify(path)[0] == 0
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(Conflict):
        dispute(both.consumer.desk(), agreement=both.key, output=path)


def test_what_fails_leaves_no_file(both: Pair, tmp_path: Path) -> None:
    desk = both.provider.desk()
    for sizes, code in (((999,), "invalid.size"), (("x",), "invalid.size")):
        with pytest.raises(Invalid) as caught:
            dispute(desk, agreement=both.key, output=tmp_path / "b.zip", sizes=sizes)
        assert caught.value.code == code
    with pytest.raises(Unavailable):
        dispute(desk, agreement=both.key, output=tmp_path / "no" / "b.zip")
    with pytest.raises(NotFound):
        dispute(desk, agreement="A-AAAAAAAA", output=tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_head_is_cosigned_and_shown(both: Pair) -> None:
    provider = both.provider
    assert "doumen witness ask" in str(witness.show(both.third.desk()).said[0])
    told = witness.ask(provider.desk(), participant="third")
    assert told.json["participant"] == both.third.id
    assert f"size {told.json['size']}" in str(told.said[0])
    ours, theirs = (witness.show(side.desk()) for side in (provider, both.third))
    assert ours.json["held"] == []
    assert ours.json["cosigned"][0]["size"] == told.json["size"]
    assert theirs.json["cosigned"] == []
    assert theirs.json["held"][0]["participant"] == provider.id
    assert (ours.exit, theirs.exit, theirs.said) == (0, 0, ())
    with pytest.raises(NotFound):
        witness.ask(provider.desk(), participant="nobody")


def test_heads_that_were_refused_are_shown(both: Pair) -> None:
    third = both.third
    body = third.fact("head", both.provider.id)
    odd = {**body, "refused": [{**body, "why": "because"}]}
    keep(third, Fact("head", both.provider.id, odd))
    told = witness.show(third.desk())
    assert (told.exit, told.json["held"][0]["refused"][0]["why"]) == (1, "because")
    assert "1 heads were refused" in str(told.said[0])
    keep(third, Fact("head", both.provider.id, body))
    keep(both.provider, Fact("participant", third.id, None))
    assert str(witness.show(both.provider.desk()).drawn[1]).count(third.id) == 1


def keep(side: Side, fact: Fact) -> None:
    from doumen.gate.witness import _draft

    side.means.commits.submit(lambda _: _draft(side.means, "owner", "test", {}, fact))


@dataclass
class Clock:
    now: float = 0

    def __call__(self) -> float:
        return self.now


def test_the_service_shows_the_head_by_itself(both: Pair) -> None:
    """To whom an agreement is in force with, when there is news, and not at once again."""
    clock, wire = Clock(), both.wire
    rounds, desk = witness.Rounds(clock), both.consumer.desk()
    wire.seen.clear()
    for _ in range(3):
        rounds.exchange_all(desk)
    assert [path.rpartition("/")[2] for path in wire.seen] == ["checkpoint"]
    clock.now = witness.PAUSE
    rounds.exchange_all(desk)
    assert len(wire.seen) == 1, "there is no news"


def test_who_does_not_answer_is_asked_again_after_a_while(both: Pair) -> None:
    clock, wire = Clock(), both.wire
    rounds, desk = witness.Rounds(clock), both.provider.desk()
    wire.down = True
    wire.seen.clear()
    for _ in range(3):
        rounds.exchange_all(desk)
    assert len(wire.seen) == 1
    wire.down = False
    clock.now = witness.PAUSE
    rounds.exchange_all(desk)
    assert both.provider.fact("cosigned", both.consumer.id)["size"] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"ended": "2026-01-01T00:00:00Z"},
        {"terms": {"until": "2020-01-01"}},
        {"terms": {"from": "2099-01-01"}},
        {"counterparty": "did:web:gone.example"},
    ],
)
def test_without_an_agreement_in_force_nothing_is_shown(both: Pair, change: dict[str, Any]) -> None:
    facts = both.consumer.desk().facts()
    body = dict(facts.body("agreement", both.key) or {})
    terms = {**body["terms"], **change.get("terms", {})}
    odd = facts.extended([])
    rows = {**odd.rows}
    row = rows["agreement"][both.key]
    changed = replace(row, fact=Fact("agreement", both.key, {**body, **change, "terms": terms}))
    rows["agreement"] = {both.key: changed}
    assert witness._partners(replace(odd, rows=rows), both.consumer.means.clock()) == set()


def test_the_courier_makes_the_rounds(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Rounds:
        def exchange_all(self, desk: object) -> None:
            made.append(desk)
            courier.stop()

    desk = Counter(Gate(both.provider.means), "owner", None, silent)
    courier = Courier(desk, pause=0.01)
    monkeypatch.setattr(courier, "_rounds", Rounds())
    courier.start()
    courier.join()
    assert made == [desk]


def test_what_goes_wrong_on_a_round_does_not_end_the_courier(both: Pair) -> None:
    class Broken:
        def ask_witness(self, other: str) -> None:
            raise DoumenError("x")  # type: ignore[arg-type]  # of a test

        def witness_due(self, other: str) -> bool:
            return True

    class Desk:
        def facts(self) -> Any:
            return both.consumer.desk().facts()

        def exchange(self) -> Broken:
            return Broken()

    witness.Rounds().exchange_all(Desk())  # type: ignore[arg-type]  # as far as it is used
