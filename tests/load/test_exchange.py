"""Consumers that use up the quotas of their agreements while either side is killed by failpoints.

Both ledgers agree to the last count, each quota is met and none exceeded, no read is acknowledged
after its agreement was ended, and negotiations that were cut off finish. A short storm in the
check, the full counts by `make soak`.
"""

from __future__ import annotations

import json
import os
import random
import signal
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

COMMIT = ("commit.prepared", "commit.written", "commit.durable", "ledger.appended")
PROVIDER = ("gate.planned", "gate.executed", "gate.recorded", *COMMIT)
CONSUMER = ("remote.asked", "remote.recorded", *COMMIT)
"""Where a side is killed."""
TERMS = """
for: [research]
datasets: {{w.hourly: {{duties: [{{filter: "place <> 'secret'"}}]}}}}
quota: {{queries: {quota}}}
"""
METERED, AMPLE = "weather-1", "weather-2"
"""The offer that is used up, and the one that is negotiated in the storm and ended in use."""
SQL = "SELECT count(*), sum(temp) FROM w.hourly WHERE temp >= ?"
ROWS = [("Rome", 30), ("Oslo", 10), ("secret", 99), ("Lima", 20)]
Written = Callable[[str, str, Told], None]


@dataclass
class Market:
    """One provider, its consumers, and what was acknowledged to those who asked.

    Attributes:
        pace: Reads that should go before each kill.
        keys: Consumer → the agreement that it uses.
        given: Agreement → answers that were given.
        ended: Agreements that are being ended.
        kills: Processes that died at their failpoint.
    """

    provider: Party
    consumers: list[Party]
    pace: float
    keys: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, list[str]] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    ended: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    kills: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def all(self) -> list[Party]:
        return [self.provider, *self.consumers]

    def stop(self) -> None:
        self.over.set()
        for party in self.all:
            with suppress(Exception):
                party.stop()


def market(folder: Path, consumers: int, actors: int, quota: int, kills: int) -> Market:
    """A provider whose offers are accepted for everyone, and consumers who have agreed to one."""
    made = Market(
        parties.party(folder, "weather"),
        [parties.party(folder, f"c{number}") for number in range(consumers)],
        pace=quota * consumers / (kills + 1),
    )
    (folder / "hourly.csv").write_text(
        "place,temp\n" + "".join(f"{place},{temp}\n" for place, temp in ROWS)
    )
    (folder / "decisions.yaml").write_text("decisions: [{accept: request}]\n")
    for consumer in made.consumers:
        parties.introduce(made.provider, consumer)
        parties.introduce(consumer, made.provider)
    with doumen.open(made.provider.folder) as node:
        owner = node.session()
        owner.do("collect", path=folder / "hourly.csv", as_dataset="w.hourly")
        owner.do("product create", name="weather", title="Weather", dataset=("w.hourly",))
        for number, queries in enumerate((quota, 10**6)):
            terms = folder / f"terms{number}.yaml"
            terms.write_text(TERMS.format(quota=queries))
            owner.do("offer create", product="weather", terms=str(terms))
        owner.do("product publish", name="weather")
        owner.do("negotiation policy", file=str(folder / "decisions.yaml"))
    for party in made.all:
        party.serve()
    for consumer in made.consumers:
        done = do(consumer, "negotiation start", offer=METERED, at="weather", wait=60)
        _use(made, consumer, done["agreement"])
        made.tokens[consumer.name] = _actors(consumer, actors)
    return made


def do(party: Party, words: str, **given: Any) -> Any:
    """What the owner of a party is told."""
    with doumen.open(party.folder) as node:
        return node.session().do(words, **given).json


def _use(made: Market, consumer: Party, key: str) -> None:
    """Let the actors of a consumer use an agreement."""
    made.keys[consumer.name] = key
    rules = consumer.folder.parent / f"{key}.yaml"
    rules.write_text(
        f"rules: [{{id: {key}, permit: query, who: {{role: analyst}}, on: {{agreement: {key}}}}}]\n"
    )
    do(consumer, "rule add", file=str(rules))


def _actors(consumer: Party, count: int) -> list[str]:
    """Tokens of actors."""
    with doumen.open(consumer.folder) as node:
        owner = node.session()
        for number in range(count):
            owner.do("actor add", name=f"a{number}", role=("analyst",), purpose=("research",))
        return [
            str(owner.do("token add", actor=f"a{number}", scope=("read",)).json["token"])
            for number in range(count)
        ]


def ask(made: Market, consumer: Party, remote: Remote, draw: random.Random) -> None:
    """Read until the quota is used up, or the agreement was ended."""
    with remote:
        _ask(made, consumer, remote, draw)


def _ask(made: Market, consumer: Party, remote: Remote, draw: random.Random) -> None:
    key = made.keys[consumer.name]
    while not made.over.is_set():
        ahead = made.given.total() - made.pace * (made.kills + 1)
        if ahead > 0:  # the kills are to fall among all of the reads
            time.sleep(min(3.0, 2 * ahead / made.pace))
        least = draw.choice([0, 15, 25, 50])
        right = [temp for place, temp in ROWS if temp >= least and place != "secret"]
        try:
            rows = remote.query(SQL, [least], agreement=key).rows()
        except OverBudget:
            return
        except (Unavailable, Conflict):
            time.sleep(0.5)
            continue
        except (DoumenError, OSError) as error:
            if isinstance(error, Refused) and key in made.ended:
                return
            told = error.as_json() if isinstance(error, DoumenError) else repr(error)
            with made.lock:
                made.wrong.append(f"{consumer.name}: {told}")
            time.sleep(0.1)
            continue
        with made.lock:
            made.given[key] += 1
            if rows != [(len(right), sum(right) if right else None)]:
                made.wrong.append(f"{consumer.name}: {rows} for {least}")


def asking(made: Market, actors: int | None = None) -> list[threading.Thread]:
    """All who read, started."""
    threads = []
    for consumer in made.consumers:
        for token in made.tokens[consumer.name][:actors]:
            remote = Remote(f"http://127.0.0.1:{consumer.port}", token, purpose="research")
            given = (made, consumer, remote, random.Random(token))
            threads.append(threading.Thread(target=ask, args=given))
    for thread in threads:
        thread.start()
    return threads


def armed(made: Market, party: Party, draw: random.Random) -> Party:
    """Serve a side that is down, to be killed at a failpoint."""
    ours = party is made.provider
    passed = made.pace if ours else made.pace / len(made.consumers)
    often = draw.randint(1, max(1, int(passed)))
    point = f"{draw.choice(PROVIDER if ours else CONSUMER)}:{often}"
    party.serve(environment={"DOUMEN_FAILPOINT": point})
    return party


def down(party: Party) -> Party:
    """Take a side down, as a power cut does."""
    assert party.server is not None
    party.server.process.kill()
    party.stop()
    return party


def killing(made: Market, kills: int, going_on: Callable[[], bool]) -> None:
    """Keep the provider and some consumers on their way to a failpoint while somebody asks."""
    draw = random.Random(7)
    doomed = [armed(made, down(one), draw) for one in made.all[: 2 + len(made.consumers) // 4]]
    while made.kills < kills and going_on():
        time.sleep(0.05)
        for party in [
            one for one in doomed if one.server and one.server.process.poll() is not None
        ]:
            assert party.server is not None
            died = party.server.process.poll()
            assert died == -signal.SIGKILL, (party.name, died, party.server.log[-5:])
            made.kills += 1
            party.stop()
            doomed.remove(party)
            rest = [one for one in made.consumers if one not in doomed and one is not party]
            if party is not made.provider and rest:
                party.serve()
                party = down(draw.choice(rest))  # noqa: PLW2901
            doomed.append(armed(made, party, draw))
    for party in doomed:
        down(party).serve()


def negotiating(made: Market) -> None:
    """Each consumer starts a negotiation, one after the other, whoever is killed meanwhile."""
    for consumer in made.consumers:
        while not made.over.is_set():
            with suppress(Unavailable):
                do(consumer, "negotiation start", offer=AMPLE, at="weather", wait=0)
                break
            time.sleep(0.5)


def storm(made: Market, kills: int) -> None:
    """All ask, and negotiate, while sides are killed."""
    threads = [*asking(made), threading.Thread(target=negotiating, args=(made,))]
    threads[-1].start()
    killing(made, kills, lambda: any(thread.is_alive() for thread in threads))
    for thread in threads:
        thread.join(600)
    assert not any(thread.is_alive() for thread in threads)


def finished(made: Market) -> None:
    """Every negotiation comes to its end, the same on both sides; what was agreed is used next."""
    for consumer in made.consumers:
        until = time.monotonic() + 120
        while True:
            ours = do(consumer, "negotiation list")["negotiations"]
            if all(one["state"] in {"FINALIZED", "TERMINATED"} for one in ours):
                break
            assert time.monotonic() < until, ours
            time.sleep(1)
        (key,) = {
            one["agreement"] for one in ours if one["state"] == "FINALIZED"
        } - {made.keys[consumer.name]}  # fmt: skip
        do(made.provider, "agreement show", agreement=key)
        _use(made, consumer, key)
    theirs = do(made.provider, "negotiation list")["negotiations"]
    assert {one["state"] for one in theirs} <= {"FINALIZED", "TERMINATED"}, theirs


def balanced(made: Market, quota: int) -> None:
    """Both ledgers agree on a quota that is used up, and nothing was given that was not counted."""
    assert made.wrong == []
    for consumer in made.consumers:
        key = made.keys[consumer.name]
        do(consumer, "agreement reconcile", agreement=key)
        ours = do(consumer, "agreement usage", agreement=key)
        theirs = do(made.provider, "agreement usage", agreement=key)
        assert (ours["queries"], ours["rows"]) == (theirs["queries"], theirs["rows"])
        assert (ours["open"], ours["queries"]) == (0, quota)
        assert quota - made.kills * len(made.tokens[consumer.name]) <= made.given[key] <= quota
        assert do(consumer, "agreement reconcile", agreement=key)["receipts"] == 0
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
    threads = asking(made, 2)
    until = time.monotonic() + 60
    while len(made.given) < len(made.consumers) and time.monotonic() < until:
        time.sleep(0.1)
    for key in made.keys.values():
        made.ended.add(key)
        do(made.provider, "agreement end", agreement=key, reason="the test is over")
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert made.wrong == []
    for key in made.keys.values():
        kinds = [entry["type"] for entry in entries(made.provider, key)]
        last = kinds.index("amend")
        assert not {"query", "query.started", "query.reserved"} & set(kinds[last + 1 :])
        assert 0 < made.given[key] <= kinds.count("query.reserved")


@pytest.fixture
def folder(tmp_path: Path, choose: Any) -> Iterator[Path]:
    with choose("sqlite"):
        yield tmp_path


@pytest.mark.timeout(400)
def test_some_kills(folder: Path) -> None:
    made = market(folder, consumers=2, actors=2, quota=12, kills=2)
    try:
        storm(made, kills=2)
        balanced(made, quota=12)
        finished(made)
        ended(made)
    finally:
        made.stop()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_ten_thousand_reads_and_a_hundred_kills(folder: Path, written: Written) -> None:
    reads = int(os.environ.get("DOUMEN_SOAK_READS", "10000"))
    kills = int(os.environ.get("DOUMEN_SOAK_KILLS", "100"))
    consumers = int(os.environ.get("DOUMEN_SOAK_CONSUMERS", "16"))
    began = time.monotonic()
    made = market(folder, consumers, actors=2, quota=reads // consumers, kills=kills)
    try:
        storm(made, kills=kills)
        assert made.kills == kills
        balanced(made, quota=reads // consumers)
        given = made.given.total()
        finished(made)
        ended(made)
    finally:
        made.stop()
    told = Told()
    told.done["read"] = given
    seconds = time.monotonic() - began
    said = f"{seconds:.0f} s, {made.kills} kills, quotas of {reads // consumers} used up"
    written(f"exchange: {consumers} consumers", said, told)
