"""Fifty people at the pages of one service: every page comes, none says an error, memory stays.

Each looks, thinks for a second or two, and looks again: home, catalogue and search, a dataset with
its rows and lineage, events, a report. A few seconds of it in the check; by `make soak` fifty
people for five minutes, whose times are written down.
"""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import psutil
import pytest
from tests.browser.city import fill
from tests.load.storm import Told, flat
from tests.served import Server, serve

import doumen
from doumen.rooms.protect.signin import sessions
from doumen.session import create

PATHS = (
    "/", "/d", "/d?q=charging", "/d?q=充电&brief=1", "/d/traffic.charging",
    "/d/traffic.charging?tab=sample&sort=-kwh", "/d/traffic.charging?tab=lineage",
    "/d/traffic.parking?tab=sample", "/d/traffic.charging?tab=audit", "/trace",
    "/report/traffic.by_district", "/market", "/jobs",
)  # fmt: skip
PEOPLE, SECONDS = 50, float(os.environ.get("DOUMEN_SOAK_PAGES_SECONDS", "300"))
THINKING = (1.0, 3.0)
Written = Callable[[str, str, Told], None]


@dataclass
class Seen:
    """What people saw: milliseconds of each page, and all that was not one."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        """The time within which so many of all pages came."""
        every = sorted(one for times in self.times.values() for one in times)
        return every[min(len(every) - 1, int(len(every) * share))]

    @property
    def count(self) -> int:
        """Pages that came."""
        return sum(map(len, self.times.values()))


@dataclass(frozen=True)
class Place:
    """A running service, and the cookie of each who is signed in."""

    server: Server
    cookies: list[str]


@pytest.fixture(scope="module")
def place(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("people")
    create(folder / "node", "people", address="http://127.0.0.1:8999")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        fill(owner, folder)
        cookies = []
        for number in range(PEOPLE):
            actor = ("owner", "ana", "sue")[number % 3]
            text, fact = sessions.opened(actor, "link", datetime.now(UTC), timedelta(hours=2))
            owner.desk.amend([fact], subject=f"sign-in {actor}")
            cookies.append(text)
    server = serve(folder / "node", "--rate", "10000")
    yield Place(server, cookies)
    server.close()


async def _person(place: Place, number: int, until: float, seen: Seen) -> None:
    chance = random.Random(number)
    cookies = {sessions.COOKIE: place.cookies[number]}
    headers = {"Accept": "text/html", "Accept-Language": chance.choice(("zh", "en"))}
    async with httpx2.AsyncClient(
        base_url=place.server.url, cookies=cookies, headers=headers, timeout=60
    ) as client:
        await asyncio.sleep(chance.uniform(0, THINKING[1]))
        while time.monotonic() < until:
            path = chance.choice(PATHS)
            since = time.monotonic()
            answer = await client.get(path)
            taken = (time.monotonic() - since) * 1000
            if answer.status_code == 200 and answer.text.rstrip().endswith(("</html>", "</div>")):
                seen.times.setdefault(path, []).append(taken)
            else:
                seen.wrong[f"{answer.status_code} {path}"] += 1
            await asyncio.sleep(chance.uniform(*THINKING))


async def _people(place: Place, people: int, seconds: float, seen: Seen) -> None:
    until = time.monotonic() + seconds
    await asyncio.gather(*(_person(place, n, until, seen) for n in range(people)))


def visited(place: Place, people: int, seconds: float) -> tuple[Seen, list[int]]:
    """So many people for so long; and bytes of the service, looked at each second."""
    seen, memory, over = Seen(), [], threading.Event()
    process = psutil.Process(place.server.process.pid)

    def look() -> None:
        while not over.wait(1.0):
            every = [process, *process.children(recursive=True)]
            memory.append(sum(one.memory_info().rss for one in every if one.is_running()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        # Apart, as a browser that other tests drive leaves a loop running in this thread.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(asyncio.run, _people(place, people, seconds, seen)).result()
    finally:
        over.set()
        watcher.join()
    return seen, memory


def test_a_few_people_for_a_few_seconds(place: Place) -> None:
    seen, _ = visited(place, 8, 8)
    assert seen.wrong == {}
    assert seen.count > 8


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_fifty_people(place: Place, written: Written) -> None:
    visited(place, PEOPLE, 20)
    seen, memory = visited(place, PEOPLE, SECONDS)
    assert seen.wrong == {}
    flat(memory)
    told = Told()
    told.done["pages"] = seen.count
    slow = max(seen.times, key=lambda path: sorted(seen.times[path])[len(seen.times[path]) // 2])
    written(
        "load: 50 people at the pages of one service",
        f"{SECONDS:.0f} s, p50 {seen.at(0.5):.0f} ms, p95 {seen.at(0.95):.0f} ms, p99 "
        f"{seen.at(0.99):.0f} ms, slowest page {slow}, at most {max(memory) >> 20} MiB",
        told,
    )
