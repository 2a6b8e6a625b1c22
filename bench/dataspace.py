"""Two nodes as two processes on loopback: a negotiation, questions across, a large catalogue.

What a question across is held against is the same one, asked at the gate of the provider.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import doumen
from bench.measure import RUNS, Measure, seconds
from bench.service import free, running
from doumen.model.fact import Fact
from doumen.rooms.exchange import asking, participants
from doumen.rooms.exchange.catalogue import NEXT
from doumen.session import Node, create

PRODUCTS, EACH = 2_000, 5
"""Products of the large catalogue, and offers of each."""
NEGOTIATIONS, QUESTIONS = 10, 100
SQL = "SELECT place, count(*) AS n, avg(temp) AS t FROM w.hourly GROUP BY place ORDER BY place"
TERMS = "for: [research]\ndatasets: {w.hourly: {duties: [{filter: \"place <> 'p7'\"}]}}\n"
RULE = """
rules:
  - {id: ana, permit: query, who: {actor: ana}, on: w.hourly, for: [research],
     duties: [{filter: "place <> 'p7'"}]}
"""


@dataclass
class Space:
    """A provider and a consumer, both served, and both open here too."""

    weather: Node
    port: Node


@contextmanager
def space() -> Iterator[Space]:
    """Make both, introduce them, and serve them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder)
        nodes = {name: _node(path, name, stack) for name in ("weather", "port")}
        for giver, taker in (("weather", "port"), ("port", "weather")):
            card = path / f"{giver}.json"
            nodes[giver].session().do("participant card", output=card)
            nodes[taker].session().do("participant add", card=str(card), alias=giver)
        _offered(nodes["weather"], path)
        yield Space(nodes["weather"], nodes["port"])


def _node(path: Path, name: str, stack: ExitStack) -> Node:
    port = free()
    create(path / name, name, address=f"http://127.0.0.1:{port}")
    stack.enter_context(
        running(
            [sys.executable, "-m", "doumen", "--node", str(path / name), "serve", "--port",
             str(port), "--rate", "100000"],
            port,
        )
    )  # fmt: skip
    return stack.enter_context(doumen.open(path / name))


def _offered(node: Node, path: Path) -> None:
    owner = node.session()
    rows = "".join(f"p{n % 20},{n % 400 / 10}\n" for n in range(100_000))
    (path / "hourly.csv").write_text("place,temp\n" + rows)
    (path / "terms.yaml").write_text(TERMS)
    (path / "rule.yaml").write_text(RULE)
    (path / "decisions.yaml").write_text("decisions: [{accept: request}]\n")
    owner.do("collect", path=path / "hourly.csv", as_dataset="w.hourly")
    owner.do("product create", name="weather", title="Weather", dataset=("w.hourly",))
    owner.do("offer create", product="weather", terms=str(path / "terms.yaml"))
    owner.do("product publish", name="weather")
    owner.do("negotiation policy", file=str(path / "decisions.yaml"))
    owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
    owner.do("rule add", file=str(path / "rule.yaml"))


def negotiated(two: Space) -> tuple[float, str]:
    """Seconds from request to finalised, median, and one of the agreements."""
    owner = two.port.session()
    spent, done = [], None
    for _ in range(NEGOTIATIONS):

        def start() -> None:
            nonlocal done
            done = owner.do("negotiation start", offer="weather-1", at="weather", wait=30).json

        spent.append(seconds(start))
        assert done is not None
        assert done["state"] == "FINALIZED", done
    assert done is not None
    return statistics.median(spent), str(done["agreement"])


def asked(two: Space, agreement: str) -> tuple[float, float]:
    """Seconds of a question at the gate of the provider, and of the same across; medians."""
    near = two.weather.session("ana", "research")
    far = two.port.session(None, "research")

    def here() -> Any:
        return near.query(SQL).rows()

    def there() -> Any:
        return far.query(SQL, agreement=agreement).rows()

    assert here() == there()
    pairs = [(seconds(here), seconds(there)) for _ in range(QUESTIONS)]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)


def many(node: Node) -> None:
    """Products and offers as the verbs make them, in one change."""
    facts = node.session().desk.facts()
    product, offer = facts.body("product", "weather"), facts.body("offer", "weather-1")
    assert product is not None
    assert offer is not None
    made = []
    for number in range(PRODUCTS):
        name = f"p{number:04}"
        made.append(Fact("product", name, {**product, "title": f"Product {number}"}))
        for each in range(1, EACH + 1):
            uid = offer["uid"].replace("weather-1", f"{name}-{each}")
            made.append(Fact("offer", f"{name}-{each}", {**offer, "product": name, "uid": uid}))
    node.session().desk.amend(made, subject="bench")


def told(two: Space) -> list[float]:
    """Seconds of each request for a page of the catalogue, over all pages, several times."""
    desk = two.port.session().desk
    at = participants.find(desk.facts(), "weather")
    spent = []
    for _ in range(RUNS):
        token: str | None = None
        count = 0
        while True:
            page: Any = None

            def ask(token: str | None = token) -> None:
                nonlocal page
                page = asking.page(desk, at, token)

            spent.append(seconds(ask))
            count += sum(len(one.has_policy) for one in page.dataset or ())
            token = page.extra.get(NEXT)
            if token is None:
                break
        assert count == PRODUCTS * EACH + 1, count
    return spent


def run() -> list[Measure]:
    """All of it, the large catalogue last."""
    with space() as two:
        finalised, key = negotiated(two)
        near, far = asked(two, key)
        many(two.weather)
        pages = told(two)
    p95 = statistics.quantiles(pages, n=20)[-1]
    more = (far - near) * 1000
    return [
        Measure("negotiation, from request to finalised", f"{finalised:.2f} s", "<= 1 s",
                finalised <= 1),
        Measure("a question to another node, over the local gate", f"{more:.0f} ms", "<= 20 ms",
                more <= 20, f"{near * 1000:.0f} ms here, {far * 1000:.0f} ms across"),
        Measure(f"catalogue of {PRODUCTS * EACH:,} offers, p95 of a request",
                f"{p95 * 1000:.0f} ms", "<= 200 ms", p95 <= 0.2,
                f"median {statistics.median(pages) * 1000:.0f} ms, {len(pages)} requests"),
    ]  # fmt: skip
