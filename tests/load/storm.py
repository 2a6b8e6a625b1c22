"""Clients that do all that clients do, while processes are killed; and what must hold after it.

Each client knows what every answer must be. What it was told has happened is kept as
acknowledged; a change whose answer never came is sent again until it is known.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.load.scene import BASE, CLIENTS, TIGHT, Process, Scene
from tests.sound import faults

import doumen
from doumen.client import Remote
from doumen.model.errors import Conflict, DoumenError, OverBudget, Unavailable

AGAIN = 0.2
"""Seconds before something is tried again."""
LONGEST = 120.0
"""Seconds in which a change must be done, however often it is sent."""
SHOWN = [row for row in BASE if row[1] != 3]
"""What the rule lets analysts see."""


@dataclass
class Told:
    """What clients were told, and what was wrong with it.

    Attributes:
        receipts: Ids of all that was acknowledged.
        batches: Files acknowledged as landed: client and number → rows.
        labels: The one that each client put on last.
        jobs: Jobs acknowledged as queued: id → the file that each brings in, and its rows.
        spent: Counted queries that were answered: rule and actor → how many.
        unsure: Counted queries of which no answer came.
        errors: Codes of errors that are allowed, and how often they came.
        over: Set when the time is over.
    """

    receipts: set[str] = field(default_factory=set)
    batches: dict[tuple[int, int], int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    jobs: dict[str, tuple[tuple[int, int], int]] = field(default_factory=dict)
    spent: Counter[tuple[str, str]] = field(default_factory=Counter)
    unsure: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def acknowledged(self, what: str, receipt: str) -> None:
        """Keep a receipt."""
        with self.lock:
            self.receipts.add(receipt)
            self.done[what] += 1

    def failed(self, error: DoumenError) -> None:
        """Keep an error; one that says nothing to a person is wrong."""
        with self.lock:
            self.errors[error.code] += 1
            if not error.what or (isinstance(error, Unavailable) and not error.next):
                self.wrong.append(f"an error that helps nobody: {error.as_json()}")

    def amiss(self, what: str) -> None:
        """Keep what was wrong."""
        with self.lock:
            self.wrong.append(what)


class Client(threading.Thread):
    """One client: an analyst who asks, spends and derives, and the owner who brings in."""

    def __init__(self, scene: Scene, told: Told, number: int, folder: Path) -> None:
        super().__init__(name=f"client-{number}")
        self._scene, self._told, self._number = scene, told, number
        self._folder = folder
        self._random = random.Random(number)
        self._actor = f"ana{number}"
        self._remotes: dict[tuple[str, str], Remote] = {}
        self._batch = 0

    def run(self) -> None:
        """Do one thing after another until the time is over."""
        ways: list[tuple[Callable[[], None], int]] = [
            (self.ask, 10), (self.ask_much, 2), (self.spend, 4), (self.spend_tight, 2),
            (self.bring, 3), (self.queue, 1), (self.derive, 1), (self.label, 1),
        ]  # fmt: skip
        steps, weights = zip(*ways, strict=True)
        while not self._told.over.is_set():
            step = self._random.choices(steps, weights)[0]
            try:
                step()
            except Unavailable as error:
                self._told.failed(error)
                time.sleep(AGAIN)
            except Exception as error:
                said = error.as_json() if isinstance(error, DoumenError) else error
                self._told.amiss(f"{step.__name__}: {type(error).__name__}: {said}")
                time.sleep(AGAIN)
        for remote in self._remotes.values():
            remote.close()

    def ask(self) -> None:
        """A small question with a known answer."""
        least = self._random.randrange(3 * len(BASE))
        sql = "SELECT k, count(*), sum(v) FROM load.base WHERE v >= ? GROUP BY k ORDER BY k"
        answer = self._remote().query(sql, [least])
        rows = answer.rows()
        right: dict[int, list[int]] = {}
        for _, k, v in SHOWN:
            if v >= least:
                right.setdefault(k, []).append(v)
        expected = [(k, len(vs), sum(vs)) for k, vs in sorted(right.items())]
        self._hold("ask", rows, expected)
        self._told.acknowledged("ask", answer.receipt)

    def ask_much(self) -> None:
        """All rows of an answer, masked column included."""
        answer = self._remote().query("SELECT id, k, v, word FROM load.base ORDER BY id")
        rows = answer.rows()
        self._hold("ask_much", rows, [(*row, None) for row in SHOWN])
        self._told.acknowledged("ask_much", answer.receipt)

    def spend(self) -> None:
        """A counted question."""
        self._counted("counted")

    def spend_tight(self) -> None:
        """A question of which only so many are allowed."""
        with suppress(OverBudget):
            self._counted("tight")

    def bring(self) -> None:
        """Bring rows in, once, however often they must be sent."""
        path, batch, rows = self._written()
        told = self._until_known(
            lambda: self._remote("owner").do(
                "collect", path=path, as_dataset="load.intake", append=True
            )
        )
        if told is not None:
            if not told["unchanged"] and (told["landed"], told["quarantined"]) != (rows, 0):
                self._told.amiss(f"bring: {told}")
            with self._told.lock:
                self._told.batches[self._number, batch] = rows
            self._told.acknowledged("bring", told["receipt"])
        path.unlink()

    def queue(self) -> None:
        """Leave rows to be brought in later; what is queued twice lands once."""
        path, batch, rows = self._written()
        told = self._until_known(
            lambda: self._remote("owner").submit(
                "collect", path=path, as_dataset="load.intake", append=True
            )
        )
        if told is not None:
            with self._told.lock:
                self._told.jobs[told["job"]] = (self._number, batch), rows
                self._told.done["queue"] += 1
        path.unlink()

    def derive(self) -> None:
        """Write what is seen as a dataset, then read it."""
        into = f"{self._actor}.seen"
        told = self._until_known(
            lambda: self._remote().do("query", sql="SELECT id, v FROM load.base", into=into)
        )
        if told is None:
            return
        if told["rows"] != len(SHOWN):
            self._told.amiss(f"derive: {told['rows']} rows")
        self._told.acknowledged("derive", told["receipt"])
        answer = self._remote().query(f"SELECT count(*), sum(v) FROM {into}")
        self._hold("derived", answer.rows(), [(len(SHOWN), sum(row[2] for row in SHOWN))])
        self._told.acknowledged("derived", answer.receipt)

    def label(self) -> None:
        """Change a fact."""
        label = f"l{self._number}x{self._batch}x{self._random.randrange(1000)}"
        told = self._until_known(
            lambda: self._remote("owner").do("label set", target="load.counted.one", label=label)
        )
        if told is not None:
            with self._told.lock:
                self._told.labels[self._number] = label
            self._told.acknowledged("label", told["receipt"])

    def _written(self) -> tuple[Path, int, int]:
        """A new file, its number and its rows."""
        self._batch += 1
        batch, rows = self._batch, self._random.randrange(1, 50)
        path = self._folder / f"{self._number}-{batch}.csv"
        lines = (f"{self._number},{batch},{n}\n" for n in range(rows))
        path.write_text("client,batch,n\n" + "".join(lines))
        return path, batch, rows

    def _counted(self, name: str) -> None:
        key = (name, self._actor)
        try:
            answer = self._remote().query(f"SELECT one FROM load.{name}")
            rows, receipt = answer.rows(), answer.receipt
        except Unavailable:
            with self._told.lock:
                self._told.unsure[key] += 1
            raise
        with self._told.lock:
            self._told.spent[key] += 1
        self._hold(name, rows, [(1,)])
        self._told.acknowledged(name, receipt)

    def _until_known(self, step: Callable[[], Any]) -> dict[str, Any] | None:
        """What a change came to; sent again while nobody knows. None: it takes too long."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            try:
                return dict(step().json)
            except (Unavailable, Conflict) as error:
                if isinstance(error, Conflict) and error.code != "conflict.changed":
                    raise
                self._told.failed(error)
                time.sleep(AGAIN)
        self._told.amiss(f"a change was not done in {LONGEST} s")
        return None

    def _hold(self, what: str, rows: list[Any], expected: list[Any]) -> None:
        if rows != expected:
            self._told.amiss(f"{what}: {rows[:5]} where {expected[:5]} are right")

    def _remote(self, actor: str = "") -> Remote:
        """A service, any of them, as an actor."""
        key = (self._random.choice(self._scene.urls), actor or self._actor)
        if key not in self._remotes:
            self._remotes[key] = doumen.connect(key[0], self._scene.tokens[key[1]], timeout=60)
        return self._remotes[key]


Weather = Iterator[tuple[float, Callable[[], None]]]
"""What happens to the processes meanwhile: pauses in seconds, and what comes after each."""


def killing(scene: Scene, every: float, times: int | None = None) -> Weather:
    """One process after another is killed and started again; without end, or so often."""
    turns = itertools.count() if times is None else range(times)
    for turn in turns:
        one = scene.processes[turn % len(scene.processes)]

        def again(one: Process = one) -> None:
            one.kill()
            one.start()

        yield every, again


def storm(scene: Scene, folder: Path, weather: Weather, seconds: float | None = None) -> Told:
    """Let all clients work for so long, or until the weather is over."""
    told, began = Told(), time.monotonic()
    clients = [Client(scene, told, number, folder) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for pause, step in weather:
            if seconds is not None and time.monotonic() + pause - began >= seconds:
                break
            time.sleep(pause)
            step()
        time.sleep(max(0.0, began + (seconds or 0.0) - time.monotonic()))
    finally:
        told.over.set()
        for client in clients:
            client.join()
    queued(scene, told)
    return told


def queued(scene: Scene, told: Told) -> None:
    """Wait until all jobs are over; one that found its rows there already has nothing to do."""
    with doumen.connect(scene.urls[0], scene.tokens["owner"]) as node:
        for job, (batch, rows) in told.jobs.items():
            over = node.wait(job, seconds=LONGEST).json
            code = (over["error"] or {}).get("code")
            if over["state"] == "done":
                told.receipts.add(over["outcome"]["receipt"])
            elif (over["state"], code) != ("failed", "conflict.changed"):
                told.wrong.append(f"a job that was queued: {over}")
            told.batches[batch] = rows


@contextmanager
def watched(scene: Scene) -> Iterator[list[int]]:
    """Bytes of all processes, looked at every second."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            seen.append(sum(one.memory() for one in scene.processes))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def settle(scene: Scene, told: Told) -> None:
    """Hold what was told against the node as it is now.

    No wrong answer; every receipt in the ledger and sound; every batch there once and whole;
    charges as acknowledged, and never more than a rule allows; labels as they were set last.
    """
    assert not told.wrong, "\n".join(told.wrong[:20])
    with doumen.open(scene.folder) as node:
        owner = node.session()
        rows = owner.query(
            "SELECT client, batch, count(*), count(DISTINCT n), max(n) FROM load.intake "
            "WHERE batch >= 0 GROUP BY client, batch"
        ).rows()
        landed = {(client, batch): tuple(rest) for client, batch, *rest in rows}
        assert landed == {key: (n, n, n - 1) for key, n in told.batches.items()}
        events = {row[0] for row in owner.query("SELECT id FROM sys.events").rows()}
        assert not told.receipts - events, len(told.receipts - events)
        balances(owner, told)
        last = set((owner.desk.facts().body("label", "load.counted.one") or {})["labels"])
        assert set(told.labels.values()) <= last
        verified = owner.do("ledger verify")
        assert verified.exit == 0, verified.json
        some = random.Random(0).sample(sorted(told.receipts), min(60, len(told.receipts)))
        for receipt in some:
            assert owner.do("receipt verify", receipt=receipt).exit == 0, receipt
        assert owner.desk.inspect() == ()
    found = faults(scene.folder, mend=True)
    assert not found, found


def balances(owner: Any, told: Told) -> None:
    """Charges in the ledger are those acknowledged, and at most those of which nobody knows."""
    charged = {
        tuple(account.split("/")[:2]): amount
        for account, amount in owner.query(
            "SELECT account, CAST(sum(amount) AS BIGINT) FROM sys.charges "
            "WHERE account LIKE 'rule:%' GROUP BY account"
        ).rows()
    }
    for rule, actor in {*told.spent, *told.unsure}:
        amount = charged.get((f"rule:{rule}", f"actor:{actor}"), 0)
        least = told.spent[rule, actor]
        assert least <= amount <= least + told.unsure[rule, actor], (rule, actor, amount, least)
        if rule == "tight":
            assert amount <= TIGHT


def flat(seen: list[int], warm: float = 0.3, grown: float = 0.15) -> None:
    """Memory after warming up does not grow: the middle of the last third and of the one before."""
    kept = [each for each in seen[int(len(seen) * warm) :] if each]
    third = len(kept) // 3
    early, late = (sorted(part)[len(part) // 2] for part in (kept[:third], kept[-third:]))
    assert late <= early * (1 + grown), (early >> 20, late >> 20)
