"""Events per second appended in groups, and the time of an inclusion proof at 1M events."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench.measure import Measure, median, seconds
from doumen.model.event import Charge, Event
from doumen.stores.database import Database
from doumen.stores.ledger import Keyring, Ledger

GROUP = 250
GROUPS = 40
MILLION = 1_000_000


def events(start: int, count: int) -> list[Event]:
    """Events as queries leave them."""
    return [
        Event(
            id=f"{number:026d}",
            time="2026-11-24T12:00:00.000000Z",
            type="query",
            actor="ana",
            purpose="research",
            charges=(Charge("actor:ana", "queries", 1),),
            data={"statement": "ab" * 32, "rules": ["r1"], "lineage": []},
        )
        for number in range(start, start + count)
    ]


def run() -> list[Measure]:
    """Each group is one durable transaction with a signed checkpoint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        database = Database.open(f"sqlite:///{path / 'store.sqlite'}", create=True)
        keys = Keyring.create(path / "keys", "bench", "2026-11-24T12:00:00.000000Z", os.urandom)
        ledger = Ledger(database, "bench")

        def append(start: int, count: int) -> None:
            with database.write() as connection:
                ledger.append(connection, events(start, count))
                ledger.sign_head(connection, keys.working, keys.origin)

        def in_groups() -> None:
            for number in range(GROUPS):
                append(number * GROUP, GROUP)

        took = seconds(in_groups)
        rate = GROUP * GROUPS / took
        for start in range(GROUP * GROUPS, MILLION, 10_000):
            append(start, min(10_000, MILLION - start))
        with database.read() as connection:
            proof = median(lambda: ledger.inclusion(connection, 123_456, MILLION), 99)
        database.close()
    return [
        Measure("ledger, groups of 250", f"{rate:,.0f} events/s", ">= 5,000/s", rate >= 5000),
        Measure("inclusion proof at 1M", f"{proof * 1e3:.2f} ms", "<= 5 ms", proof <= 0.005),
    ]
