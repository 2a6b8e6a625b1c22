"""What actors may know, found once while nothing changes: the same facts, seen by the same actor.

What an actor may know follows from all facts, from the actor (roles and claims are facts too), from
the purpose stated, and from the UTC day, on which rules and states of datasets end. All of these
are the key, so what is given is what `policy.visible_facts` would give, and the same object.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, date, datetime

from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.fact import Facts

KEPT = 32
"""Most views that are kept."""


class Views:
    """The views of one node. Safe for any number of threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._all: Facts | None = None
        self._views: OrderedDict[tuple[Actor, str | None, date], Facts] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, actor: Actor, facts: Facts, now: datetime, purpose: str | None) -> Facts:
        """The facts that an actor may know, of all facts.

        Raises:
            Refused: the purpose is not assigned to the actor.
        """
        key = (actor, purpose, now.astimezone(UTC).date())
        with self._lock:
            if self._all is not facts:
                self._views.clear()
                self._all = facts
            found = self._views.get(key)
            if found is not None:
                self._views.move_to_end(key)
                return found
        made = policy.visible_facts(actor, facts, now, purpose)
        with self._lock:
            if self._all is facts:
                made = self._views.setdefault(key, made)
                if len(self._views) > self._kept:
                    self._views.popitem(last=False)
        return made
