"""Consumers that read under agreements with quotas while either side is killed by failpoints.

Both ledgers agree to the last count, no quota is exceeded, no read is acknowledged after its
agreement was ended, and negotiations that were cut off finish. A short storm in the check, the
full counts by `make soak`.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests import parties
from tests.load.storm import Told
from tests.parties import Party

import doumen
from doumen.client import Remote
from doumen.model.errors import Conflict, DoumenError, OverBudget, Refused, Unavailable

POINTS = (
    "gate.planned", "gate.executed", "gate.recorded", "commit.prepared", "commit.written",
    "commit.durable", "ledger.appended", "remote.asked", "remote.recorded", "catalog.appended",
)  # fmt: skip
"""Where a side is killed; those of the other side are never passed, and wait for the next turn."""
TERMS = """
for: [research]
datasets: {{w.hourly: {{duties: [{{filter: "place <> 'secret'"}}]}}}}
quota: {{queries: {quota}}}
"""
SQL = "SELECT count(*), sum(temp) FROM w.hourly WHERE temp >= ?"
ROWS = [("Rome", 30), ("Oslo", 10), ("secret", 99), ("Lima", 20)]
Written = Callable[[str, str, Told], None]


@dataclass
class Market:
    """One provider, its consumers, and what was acknowledged to those who asked.

    Attributes:
        given: Agreement → answers that were given.
        ended: Agreements that were ended → when, by the clock of this process.
        kills: Processes that died.
    """

    provider: Party
    consumers: list[Party]
    keys: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, list[str]] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    kills: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    killing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def all(self) -> list[Party]:
        return [self.provider, *self.consumers]

    def stop(self) -> None:
        self.over.set()
        for party in self.all:
            with suppress(Exception):
                party.stop()


def market(folder: Path, consumers: int, actors: int, quota: int) -> Market:
    """A provider whose offer is accepted for everyone, and consumers who have agreed to it."""
    made = Market(
        parties.party(folder, "weather"),
        [parties.party(folder, f"c{number}") for number in range(consumers)],
    )
    (folder / "hourly.csv").write_text(
        "place,temp\n" + "".join(f"{place},{temp}\n" for place, temp in ROWS)
    )
    (folder / "terms.yaml").write_text(TERMS.format(quota=quota))
    (folder / "decisions.yaml").write_text("decisions: [{accept: request}]\n")
    for consumer in made.consumers:
        parties.introduce(made.provider, consumer)
        parties.introduce(consumer, made.provider)
    with doumen.open(made.provider.folder) as node:
        owner = node.session()
        owner.do("collect", path=folder / "hourly.csv", as_dataset="w.hourly")
        owner.do("product create", name="weather", title="Weather", dataset=("w.hourly",))
        owner.do("offer create", product="weather", terms=str(folder / "terms.yaml"))
        owner.do("product publish", name="weather")
        owner.do("negotiation policy", file=str(folder / "decisions.yaml"))
    for party in made.all:
        party.serve()
    for consumer in made.consumers:
        done = consumer.run("negotiation", "start", "weather-1", "--at", "weather", "--wait", "60")
        made.keys[consumer.name] = done["agreement"]
        made.tokens[consumer.name] = _actors(consumer, folder, done["agreement"], actors)
    return made


def _actors(consumer: Party, folder: Path, key: str, count: int) -> list[str]:
    """Tokens of actors who may use the agreement."""
    rules = folder / f"{consumer.name}.yaml"
    rules.write_text(
        f"rules: [{{id: use, permit: query, who: {{role: analyst}}, on: {{agreement: {key}}}}}]\n"
    )
    with doumen.open(consumer.folder) as node:
        owner = node.session()
        for number in range(count):
            owner.do("actor add", name=f"a{number}", role=("analyst",), purpose=("research",))
        owner.do("rule add", file=str(rules))
        return [
            str(owner.do("token add", actor=f"a{number}", scope=("read",)).json["token"])
            for number in range(count)
        ]


def ask(made: Market, consumer: Party, token: str, reads: int) -> None:
    """Read until so many were given and no side is killed any more; or the quota is used up."""
    with Remote(f"http://127.0.0.1:{consumer.port}", token, purpose="research") as remote:
        _ask(made, consumer, remote, random.Random(token), reads)


def _ask(made: Market, consumer: Party, remote: Remote, draw: random.Random, reads: int) -> None:
    key, done = made.keys[consumer.name], 0
    while (done < reads or made.killing.is_set()) and not made.over.is_set():
        least = draw.choice([0, 15, 25, 50])
        right = [temp for place, temp in ROWS if temp >= least and place != "secret"]
        try:
            rows = remote.query(SQL, [least], agreement=key).rows()
        except (OverBudget, Refused):
            return
        except (Unavailable, Conflict):
            time.sleep(0.1)
            continue
        except (DoumenError, OSError) as error:
            told = error.as_json() if isinstance(error, DoumenError) else repr(error)
            with made.lock:
                made.wrong.append(f"{consumer.name}: {told}")
            time.sleep(0.1)
            continue
        done += 1
        with made.lock:
            made.given[key] += 1
            if rows != [(len(right), sum(right) if right else None)]:
                made.wrong.append(f"{consumer.name}: {rows} for {least}")


def killing(made: Market, kills: int, asking: Callable[[], bool]) -> None:
    """Kill one side after the other at a failpoint, as long as somebody asks."""
    draw = random.Random(7)
    while made.kills < kills and asking():
        party = draw.choice([made.provider, draw.choice(made.consumers)])
        party.stop()
        point = f"{draw.choice(POINTS)}:{draw.randrange(1, 12)}"
        party.serve(environment={"DOUMEN_FAILPOINT": point})
        until = time.monotonic() + 3
        assert party.server is not None
        while time.monotonic() < until and party.server.process.poll() is None:
            time.sleep(0.05)
        if party.server.process.poll() is not None:
            made.kills += 1
            party.server.close()
            party.server = None
            party.serve()


def storm(made: Market, reads: int, kills: int) -> None:
    """All ask at once while sides are killed."""
    threads = [
        threading.Thread(target=ask, args=(made, consumer, token, reads))
        for consumer in made.consumers
        for token in made.tokens[consumer.name]
    ]
    made.killing.set()
    for thread in threads:
        thread.start()
    killing(made, kills, lambda: any(thread.is_alive() for thread in threads))
    made.killing.clear()
    for thread in threads:
        thread.join(600)
    assert not any(thread.is_alive() for thread in threads)


def balanced(made: Market, quota: int) -> None:
    """Both ledgers agree, and nothing was given that was not counted."""
    assert made.wrong == []
    for party in made.all:
        if party.server is None or party.server.process.poll() is not None:
            party.serve()
    for consumer in made.consumers:
        key = made.keys[consumer.name]
        consumer.run("agreement", "reconcile", key)
        ours = consumer.run("agreement", "usage", key)
        theirs = made.provider.run("agreement", "usage", key)
        assert ours["open"] == 0
        assert (ours["queries"], ours["rows"]) == (theirs["queries"], theirs["rows"]), (
            ours,
            theirs,
        )
        assert made.given[key] <= ours["queries"] <= quota
        assert consumer.run("agreement", "reconcile", key)["receipts"] == 0
    for party in made.all:
        party.run("doctor", "--full")


def entries(party: Party, key: str) -> Iterator[dict[str, Any]]:
    with doumen.open(party.folder) as node:
        for body in node.session().desk.entries():
            entry = json.loads(body)
            if entry["agreement"] == key or entry["subject"] == f"agreement {key}":
                yield entry


def ended(made: Market) -> None:
    """Agreements are ended while they are used: nothing is given afterwards, on either side."""
    made.given.clear()
    threads = [
        threading.Thread(target=ask, args=(made, consumer, token, 10_000))
        for consumer in made.consumers
        for token in made.tokens[consumer.name][:2]
    ]
    for thread in threads:
        thread.start()
    time.sleep(1)
    for key in made.keys.values():
        made.provider.run("agreement", "end", key, "--reason", "the test is over")
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    for key in made.keys.values():
        kinds = [entry["type"] for entry in entries(made.provider, key)]
        last = kinds.index("amend") if "amend" in kinds else len(kinds)
        assert not {"query", "query.started", "query.reserved"} & set(kinds[last + 1 :])


@pytest.fixture
def folder(tmp_path: Path, choose: Any) -> Iterator[Path]:
    with choose("sqlite"):
        yield tmp_path


@pytest.mark.timeout(400)
def test_some_kills(folder: Path) -> None:
    made = market(folder, consumers=2, actors=2, quota=5000)
    try:
        storm(made, reads=5, kills=2)
        assert made.kills == 2
        balanced(made, quota=5000)
        ended(made)
    finally:
        made.stop()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_ten_thousand_reads_and_a_hundred_kills(folder: Path, written: Written) -> None:
    reads = int(os.environ.get("DOUMEN_SOAK_READS", "10000"))
    kills = int(os.environ.get("DOUMEN_SOAK_KILLS", "100"))
    began = time.monotonic()
    made = market(folder, consumers=4, actors=4, quota=reads)
    try:
        storm(made, reads=reads // 16, kills=kills)
        balanced(made, quota=reads)
        given = sum(made.given.values())
        ended(made)
    finally:
        made.stop()
    told = Told()
    told.done["read"] = given
    seconds = time.monotonic() - began
    written("exchange: 16 consumers", f"{seconds:.0f} s, {made.kills} kills", told)
