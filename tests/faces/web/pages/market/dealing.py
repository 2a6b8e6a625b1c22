"""Two organisations that deal with each other by the pages of the market, for tests of those."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from tests.faces.web.conftest import Browser
from tests.parties import Party
from tests.served import PATIENCE

ASK = "SELECT place, count(*) FROM weather.hourly GROUP BY 1"


@dataclass
class World:
    """Two organisations that know each other, both served, with people of the first."""

    weather: Party
    port: Party
    clients: list[httpx2.Client] = field(default_factory=list)

    def browser(self, party: Party, name: str = "owner") -> Browser:
        """An actor of one of them, signed in."""
        assert party.server is not None
        client = httpx2.Client(base_url=party.server.url, timeout=60)
        self.clients.append(client)
        found = Browser(client)
        link = party.run("session", "link", "--actor", name)["url"]
        ticket = link.partition("ticket=")[2]
        given = {"csrf": found.token("/signin"), "do": "link", "ticket": ticket, "next": "/"}
        assert client.post("/signin", data=given).status_code == 303
        return found


SHOWN = {
    "of:weather.hourly": "some",
    "show:weather.hourly:place": "plain",
    "show:weather.hourly:temp": "tens",
    "show:weather.hourly:phone": "",
}


def key(location: str) -> str:
    """The name at the end of an address."""
    return location.partition("?")[0].rsplit("/", 1)[1]


def request(buyer: Browser, offer: str) -> str:
    """Ask for an offer by its form; the name of the negotiation at the consumer."""
    here = "/market/products/hourly?at=weather&tab=offers"
    sent = buyer.post(here, "request", offer=offer, at="weather")
    assert sent.status_code == 303, sent.text
    return key(sent.headers["location"])


def waiting(owner: Browser) -> str:
    """The negotiation in which the provider has to decide."""
    listed = owner.twin("/market/negotiations?state=ours")["negotiations"]
    return str(listed[0]["negotiation"])


def agree(two: World, owner: Browser, buyer: Browser, offer: str) -> str:
    """From a request to an agreement in force, on both sides."""
    asked = request(buyer, offer)
    here = f"/market/negotiations/{waiting(owner)}"
    done = owner.post(here, "accept", seen="1")
    assert done.status_code == 303, done.text
    until(lambda: buyer.twin(f"/market/negotiations/{asked}")["negotiation"]["over"])
    told = until(lambda: owner.twin(here)["negotiation"]["over"] and owner.twin(here))
    return str(told["negotiation"]["agreement"])


def until(look: Callable[[], Any]) -> Any:
    """What is there after a while, as services of two nodes bring it about."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return found
