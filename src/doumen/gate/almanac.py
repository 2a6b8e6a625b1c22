"""What the ledger tells at a glance: the latest findings of a dataset, and uses a day.

Folded from the entries as they come, in the memory of one process: asking again reads only what
is new. An actor is told of their own events, and one who audits of all, as in `sys.events`.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from doumen.model.actor import Actor
from doumen.model.event import CHECKED, SCORED
from doumen.model.happened import Recorded
from doumen.stores.database import Database
from doumen.stores.ledger import Ledger

KEPT = 50
"""Findings of one kind, about one dataset, by one actor, that are remembered."""
_FOUND = frozenset({CHECKED, SCORED})
_USES = frozenset({"query", "query.started", "derive", "files.read"})


class Almanac:
    """The fold over one ledger."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database, self._ledger = database, ledger
        self._lock = threading.Lock()
        self._size = 0
        self._found: dict[tuple[str, str], dict[str, deque[tuple[int, Recorded]]]] = {}
        self._uses: dict[str, dict[str, Counter[str]]] = {}

    def latest(self, actor: Actor, type: str, subject: str, limit: int) -> Sequence[Recorded]:
        """The latest findings about a dataset that an actor may know, the newest first.

        Args:
            actor: Who looks.
            type: `quality.checked` or `quality.scored`.
            subject: `domain.name`.
            limit: How many at most; no more than `KEPT` of one actor are remembered.
        """
        with self._lock:
            self._grow()
            by = self._found.get((type, subject), {})
            held = [pair for name in _known(actor, by) for pair in by[name]]
        held.sort(key=itemgetter(0), reverse=True)
        return [finding for _, finding in held[:limit]]

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
            self._size = size

    def _fold(self, place: int, event: Mapping[str, Any]) -> None:
        type, actor = event["type"], event["actor"]
        if type in _FOUND:
            by = self._found.setdefault((type, event["subject"]), defaultdict(_remembered))
            found = Recorded(event["id"], event["time"], event["data"].get("score"))
            by[actor].append((place, found))
        if type in _USES:
            read = {used["dataset"] for used in event["used"]}
            for name in ("", *read):
                by_actor = self._uses.setdefault(name, defaultdict(Counter))
                by_actor[actor][event["time"][:10]] += 1


def _known(actor: Actor, by: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in by if actor.audits or name == actor.name)


def _remembered() -> deque[tuple[int, Recorded]]:
    return deque(maxlen=KEPT)
