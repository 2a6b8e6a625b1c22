"""Two organisations: from empty folders to an agreement, an answer, and evidence that both hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import parties
from tests.exchanged import verdict
from tests.parties import Party

from doumen.kits.evidence.receipt import read_receipt

TERMS = """
for: [research]
until: 2099-12-31
datasets:
  weather.hourly:
    columns: [place, temp]
    duties: [{filter: "place <> 'secret'"}]
quota: {queries: 5}
price: "none"
"""
ROWS = "place,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n"
ALL = "SELECT place, temp FROM weather.hourly ORDER BY place"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Party, Party]]:
    """A weather service that offers, and a port that asks: each test by an agreement of its own."""
    tmp_path = tmp_path_factory.mktemp("exchange")
    weather, port = (parties.party(tmp_path, name) for name in ("weather", "port"))
    parties.introduce(weather, port)
    parties.introduce(port, weather)
    (tmp_path / "hourly.csv").write_text(ROWS)
    (tmp_path / "terms.yaml").write_text(TERMS)
    (tmp_path / "decisions.yaml").write_text("decisions: [{accept: request, from: [port]}]\n")
    weather.run("collect", str(tmp_path / "hourly.csv"), "--as-dataset", "weather.hourly")
    weather.run("product", "create", "weather", "--title", "Weather", "--dataset", "weather.hourly")
    weather.run("offer", "create", "weather", "--terms", str(tmp_path / "terms.yaml"))
    weather.run("product", "publish", "weather")
    weather.run("negotiation", "policy", str(tmp_path / "decisions.yaml"))
    for one in (weather, port):
        one.serve()
    yield weather, port
    for one in (weather, port):
        one.stop()


def test_from_an_offer_to_an_answer(pair: tuple[Party, Party]) -> None:
    weather, port = pair
    (offer,) = port.run("offer", "list", "--at", "weather")["offers"]
    done = port.run("negotiation", "start", offer["id"], "--at", "weather")
    assert (done["state"], done["over"]) == ("FINALIZED", True)
    key = done["agreement"]
    answer = port.run("query", ALL, "--agreement", key, "--for", "research")
    assert answer["rows"] == [["Oslo", 10], ["Rome", 30]]
    refused = port.command("query", ALL, "--agreement", key)
    assert refused.returncode == 3
    used = port.run("agreement", "usage", key)
    assert (used["queries"], used["rows"], used["left"]) == (1, 2, 4)
    assert {**weather.run("agreement", "usage", key), "side": "consumer"} == used
    receipt = read_receipt(port.command("receipt", "show", answer["receipt"]).stdout)
    told = (receipt.id, receipt.event["type"], receipt.event["agreement"])
    assert told == (answer["receipt"], "query", key)
    theirs = read_receipt(receipt.disclosed["counterpart"])
    assert (theirs.event["type"], theirs.event["agreement"]) == ("query", key)
    assert theirs.event["actor"].endswith("#owner")


def test_a_join_fetches_first_and_says_so(pair: tuple[Party, Party], tmp_path: Path) -> None:
    _, port = pair
    (offer,) = port.run("offer", "list", "--at", "weather")["offers"]
    key = port.run("negotiation", "start", offer["id"], "--at", "weather")["agreement"]
    (tmp_path / "ships.csv").write_text("ship,place\nAnna,Rome\nBerta,Oslo\nClara,Rome\n")
    port.run("collect", str(tmp_path / "ships.csv"), "--as-dataset", "port.ships")
    join = (
        "SELECT place, count(*) AS ships, max(temp) AS temp FROM port.ships"
        " JOIN weather.hourly USING (place) GROUP BY place ORDER BY place"
    )
    asked = (join, "--agreement", key, "--for", "research")
    told = port.run("query", *asked, "--explain")
    assert told["tables"][0]["first"] == 'SELECT "place", "temp" FROM "weather"."hourly"'
    assert port.run("query", *asked)["rows"] == [["Oslo", 1, 10], ["Rome", 2, 30]]
    made = port.run("query", *asked, "--into", "port.heat")
    assert made["rows"] == 2
    again = port.run("query", "SELECT * FROM port.heat ORDER BY place", "--for", "research")
    assert again["rows"] == [["Oslo", 1, 10], ["Rome", 2, 30]]
    refused = port.run("query", "SELECT * FROM port.heat", ok=False)
    assert refused["error"]["code"] == "refused.agreement"


def test_both_sides_show_the_same_to_whoever_judges(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    weather, port = pair
    (offer,) = port.run("offer", "list", "--at", "weather")["offers"]
    key = port.run("negotiation", "start", offer["id"], "--at", "weather")["agreement"]
    for _ in range(2):
        port.run("query", ALL, "--agreement", key, "--for", "research")
    assert weather.run("witness", "ask", "port")["size"] > 0
    assert port.run("witness", "show")["held"][0]["size"] > 0
    bundles, roots = [], []
    for one, other in ((weather, port), (port, weather)):
        path = tmp_path / f"{one.name}.zip"
        told = one.run("agreement", "dispute", key, "-o", str(path))
        assert (told["agreement"], told["bytes"]) == (key, path.stat().st_size)
        bundles.append(path)
        pinned = one.run("participant", "show", other.name)
        roots += ["--root", f"{pinned['id']}={pinned['root']}"]
    code, said = verdict(bundles[0], "--other", str(bundles[1]), *roots)
    assert (code, "port" in said, said.count("2 reads")) == (0, True, 2), said
