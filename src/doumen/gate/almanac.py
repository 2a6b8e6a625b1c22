"""What the ledger tells at a glance: the latest finding of each dataset, and uses a day.

Folded from the entries as they come, in the memory of one process: asking again reads only what
is new. An actor is told of their own events, and one who audits of all, as in `sys.events`.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from doumen.model.actor import Actor
from doumen.model.event import CHECKED, SCORED
from doumen.model.happened import Recorded
from doumen.stores.database import Database
from doumen.stores.ledger import Ledger

_FOUND = frozenset({CHECKED, SCORED})
_USES = frozenset({"query", "query.started", "derive", "files.read"})


class Almanac:
    """The fold over one ledger."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database, self._ledger = database, ledger
        self._lock = threading.Lock()
        self._size = 0
        self._found: dict[tuple[str, str], dict[str, tuple[int, Recorded]]] = {}
        self._uses: dict[str, dict[str, Counter[str]]] = {}

    def latest(self, actor: Actor, type: str, datasets: Iterable[str]) -> dict[str, Recorded]:
        """Dataset → the latest finding about it that an actor may know, of those that have one.

        Args:
            actor: Who looks.
            type: `quality.checked` or `quality.scored`.
            datasets: `domain.name` of each.
        """
        latest: dict[str, Recorded] = {}
        with self._lock:
            self._grow()
            for dataset in datasets:
                by = self._found.get((type, dataset), {})
                held = [by[name] for name in _known(actor, by)]
                if held:
                    latest[dataset] = max(held, key=itemgetter(0))[1]
        return latest

    def uses(self, actor: Actor, dataset: str | None) -> Mapping[str, int]:
        """Day (ISO 8601, UTC) → jobs that read a dataset, as far as an actor may know of them.

        Args:
            actor: Who looks.
            dataset: `domain.name`; None: of any.
        """
        with self._lock:
            self._grow()
            by = self._uses.get(dataset or "", {})
            total: Counter[str] = Counter()
            for name in _known(actor, by):
                total.update(by[name])
        return total

    def _grow(self) -> None:
        with self._database.read() as connection:
            size = self._ledger.size(connection)
            if size < self._size:  # another ledger was put in its place
                self._size, self._found, self._uses = 0, {}, {}
            for place, body in enumerate(
                self._ledger.entries(connection, self._size, size), self._size
            ):
                self._fold(place, json.loads(body))
                self._size = place + 1  # what is read no further is not folded again

    def _fold(self, place: int, event: Mapping[str, Any]) -> None:
        type, actor = event["type"], event["actor"]
        if type in _FOUND:
            found = Recorded(event["id"], event["time"], event["data"].get("score"))
            self._found.setdefault((type, event["subject"]), {})[actor] = (place, found)
        if type in _USES:
            read = {used["dataset"] for used in event["used"]}
            for name in ("", *read):
                by_actor = self._uses.setdefault(name, defaultdict(Counter))
                by_actor[actor][event["time"][:10]] += 1


def _known(actor: Actor, by: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in by if actor.audits or name == actor.name)
