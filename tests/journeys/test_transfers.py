"""Two services: a transfer rests, goes on and ends, and every message is as published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests import parties, recorded
from tests.journeys.test_exchange import ALL, ROWS, TERMS
from tests.kits.standards.dsp.conftest import valid, validators
from tests.parties import Party
from tests.recorded import Recorder

import doumen
from doumen.model.errors import Refused
from doumen.session import Node

__all__ = ["valid", "validators"]
PATIENCE = 20.0


class Side:
    """A party with its service, its node opened beside it, and what came to it."""

    def __init__(self, party: Party, node: Node, recorder: Recorder) -> None:
        self.node = node
        self.party, self.recorder = party, recorder

    def do(self, verb: str, **given: Any) -> Any:
        return self.node.session().do(verb, **given).json

    def transfer(self, key: str) -> Any:
        found = [t for t in self.do("transfer list")["transfers"] if t["agreement"] == key]
        return found[0] if found else {"state": None, "outgoing": None}

    def rows(self, key: str) -> Any:
        asked = self.node.session(purpose="research").desk
        return asked.query(ALL, agreement=key).rows()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """A weather service that offers, and a port that asks."""
    both = [parties.party(tmp_path, name) for name in ("weather", "port")]
    for name, text in (
        ("hourly.csv", ROWS),
        ("terms.yaml", TERMS.replace("queries: 5", "queries: 50")),
        ("decisions.yaml", "decisions: [{accept: request, from: [port]}]\n"),
    ):
        (tmp_path / name).write_text(text)
    with ExitStack() as stack:
        sides = []
        for party in both:
            recorder = recorded.record(party)
            stack.callback(recorder.close)
            node = stack.enter_context(doumen.open(party.folder))
            sides.append(Side(party, node, recorder))
        weather, port = sides
        for one, other in ((weather, port), (port, weather)):
            card = tmp_path / f"{one.party.name}.json"
            one.do("participant card", output=card)
            other.do("participant add", card=str(card), alias=one.party.name)
        weather.do("collect", path=str(tmp_path / "hourly.csv"), as_dataset="weather.hourly")
        weather.do("product create", name="weather", title="Weather", dataset=["weather.hourly"])
        weather.do("offer create", product="weather", terms=str(tmp_path / "terms.yaml"))
        weather.do("product publish", name="weather")
        weather.do("negotiation policy", file=str(tmp_path / "decisions.yaml"))
        for party in both:
            stack.callback(party.stop)
        with ThreadPoolExecutor() as threads:
            list(threads.map(Party.serve, both))
        yield weather, port


def until(true: Callable[[], Any]) -> None:
    over = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < over
        time.sleep(0.1)


def both(pair: tuple[Side, Side], key: str, state: str) -> None:
    """Wait until both sides hold a transfer to be in a state, and nothing waits."""
    until(
        lambda: all(
            (one.transfer(key)["state"], one.transfer(key)["outgoing"]) == (state, None)
            for one in pair
        )
    )


def haggled(weather: Side, port: Side, offer: str) -> None:
    """A negotiation in which a person answers with other terms, and another one breaks it off."""
    folder = port.party.folder.parent
    for name, most in (("wanted", 70), ("less", 60)):
        (folder / f"{name}.yaml").write_text(TERMS.replace("queries: 5", f"queries: {most}"))
    asked = port.do("negotiation start", offer=offer, at="weather",
                    terms=str(folder / "wanted.yaml"), wait=0)  # fmt: skip
    until(lambda: [one for one in open_ones(weather) if one["state"] == "REQUESTED"])
    (there,) = open_ones(weather)
    weather.do("negotiation counter", negotiation=there["negotiation"],
               terms=str(folder / "less.yaml"), wait=0)  # fmt: skip
    key = asked["negotiation"]
    until(lambda: port.do("negotiation show", negotiation=key)["state"] == "OFFERED")
    port.do("negotiation reject", negotiation=key, reason="too few")
    until(lambda: not open_ones(weather) and not open_ones(port))


def open_ones(side: Side) -> list[Any]:
    return [one for one in side.do("negotiation list")["negotiations"] if not one["over"]]


def unknown(weather: Side, port: Side) -> None:
    """Processes that are not there."""
    for kind in ("negotiations", "transfers"):
        heard = port.node.session().desk.call(
            weather.node.means.own().id, "GET", f"/{kind}/urn%3Auuid%3A1"
        )
        assert heard.status == 404


def test_a_transfer_rests_goes_on_and_ends(
    pair: tuple[Side, Side], valid: Callable[[str, Any], bool]
) -> None:
    weather, port = pair
    (offer,) = port.do("offer list", at="weather")["offers"]
    key = port.do("negotiation start", offer=offer["id"], at="weather")["agreement"]
    both(pair, key, "STARTED")
    assert port.transfer(key)["endpoint"].endswith("/dsp/exchange/query")
    assert port.rows(key) == [("Oslo", 10), ("Rome", 30)]

    weather.do("transfer suspend", transfer=key, reason="under repair")
    both(pair, key, "SUSPENDED")
    assert port.transfer(key)["reason"] == "under repair"
    with pytest.raises(Refused, match="rests"):
        port.rows(key)
    with pytest.raises(Refused, match="laid the transfer"):
        port.do("transfer resume", transfer=key)
    weather.do("transfer resume", transfer=key)
    both(pair, key, "STARTED")

    port.do("transfer suspend", transfer=key)
    both(pair, key, "SUSPENDED")
    port.do("transfer resume", transfer=key)
    both(pair, key, "STARTED")
    assert len(port.rows(key)) == 2

    port.do("transfer end", transfer=key)
    both(pair, key, "COMPLETED")
    with pytest.raises(Refused, match="ended"):
        port.rows(key)
    port.do("transfer resume", transfer=key)
    both(pair, key, "STARTED")

    weather.do("agreement end", agreement=key, reason="not paid")
    both(pair, key, "TERMINATED")
    told = port.do("agreement show", agreement=key)
    own = weather.do("agreement show", agreement=key)
    assert told["ended"] is not None
    assert told["ended_by"] == own["ended_by"] == weather.node.means.own().id
    with pytest.raises(Refused, match="ended"):
        port.rows(key)

    haggled(weather, port, offer["id"])
    unknown(weather, port)
    documents = [d for side in pair for one in side.recorder.heard for d in one.documents()]
    kinds = {d["@type"] for d in documents}
    assert kinds >= {
        "CatalogRequestMessage", "Catalog", "ContractRequestMessage", "ContractAgreementMessage",
        "ContractAgreementVerificationMessage", "ContractNegotiationEventMessage",
        "ContractNegotiation", "TransferRequestMessage", "TransferStartMessage",
        "TransferSuspensionMessage", "TransferCompletionMessage", "TransferTerminationMessage",
        "TransferProcess", "TransferError", "ContractOfferMessage", "ContractNegotiationError",
        "ContractNegotiationTerminationMessage",
    }  # fmt: skip
    wrong = [document for document in documents if not valid(document["@type"], document)]
    assert wrong == []
