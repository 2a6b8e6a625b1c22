"""Two nodes that deal with each other, who is signed in to them, and a product that is offered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import parties
from tests.faces.web.conftest import Browser
from tests.faces.web.pages.market.dealing import SHOWN, World

ROWS = "place,temp,phone\n" + "".join(f"P{n % 4},{n},138{n:04}\n" for n in range(40))


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("market")
    weather, port = (parties.party(folder, name) for name in ("weather", "port"))
    parties.introduce(weather, port)
    parties.introduce(port, weather, place="CN")
    (folder / "hourly.csv").write_text(ROWS)
    weather.run("collect", str(folder / "hourly.csv"), "--as-dataset", "weather.hourly")
    weather.run("label", "set", "weather.hourly.phone", "personal")
    for party in (weather, port):
        for name, role in (("sue", "steward"), ("aud", "auditor"), ("ana", "analyst")):
            party.run("actor", "add", name, "--role", role, "--purpose", "research")
        party.serve("--rate", "10000")
    made = World(weather, port)
    yield made
    for client in made.clients:
        client.close()
    for party in (weather, port):
        party.stop()


@pytest.fixture(scope="session")
def owner(two: World) -> Browser:
    return two.browser(two.weather)


@pytest.fixture(scope="session")
def buyer(two: World) -> Browser:
    return two.browser(two.port)


@pytest.fixture(scope="session")
def offer(two: World, owner: Browser) -> str:
    """A product that is published with one offer, all by forms; the id of the offer."""
    made = owner.post("/market/new", "create", name="hourly", title="Hourly weather",
                      description="By the hour", dataset="weather.hourly",
                      preview="SELECT place, temp FROM weather.hourly LIMIT 3")  # fmt: skip
    assert made.headers["location"] == "/market/products/hourly"
    blank = owner.twin("/market/products/hourly/offer")
    fields = {"id": blank["id"], "for": "research", "until": "2099-12-31", "quota": "20"}
    fields |= {"daily": "10", "price": "free", **SHOWN}
    done = owner.post("/market/products/hourly/offer", "create", **fields)
    assert done.headers["location"] == "/market/offers/hourly-1"
    assert owner.post("/market/products/hourly", "publish").status_code == 303
    return str(blank["id"])
