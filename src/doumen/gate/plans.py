"""Plans that were made before: the same question under the same facts is planned once.

A plan holds what an actor may see, so the key names all that it was made of: the version of
the facts (roles, claims, rules, labels, snapshots), actor, purpose, statement and the UTC day
on which rules end. What differs between two askings, time and parameters, is put in anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime

from doumen.gate.rewrite import unhurried
from doumen.gate.stages import Asked, Planned

KEPT = 512
"""Most plans that are kept."""

Key = tuple[int, str, str | None, str, str | None, str, int | datetime | None]


class Plans:
    """The plans of one node. Safe for any number of threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._plans: OrderedDict[Key, Planned] = OrderedDict()
        self._version = 0
        self._lock = threading.Lock()

    @staticmethod
    def key(asked: Asked, version: int) -> Key:
        """What a plan depends on."""
        job = asked.job
        day = asked.now.date().isoformat()
        query = asked.query
        return (version, job.actor, job.purpose, query.sql, job.agreement, day, query.as_of)

    def find(self, key: Key, asked: Asked) -> Planned | None:
        """The plan for a question that was planned before, with its time and parameters."""
        with self._lock:
            found = self._plans.get(key)
            if found is None:
                return None
            self._plans.move_to_end(key)
        known = replace(found.ruled.known, asked=asked)
        plan = replace(
            found.plan,
            now=asked.now.replace(tzinfo=None),
            parameters=asked.query.parameters,
        )
        if plan.parameters:
            plan = unhurried(plan, asked)
        return replace(found, ruled=replace(found.ruled, known=known), plan=plan)

    def keep(self, key: Key, planned: Planned) -> None:
        """Keep a plan, if it depends on nothing but its key.

        The `sys.*` tables grow with every job; minimum groups look at parameters. Plans of
        earlier facts are forgotten: they hold those facts, and nobody asks for them again.
        """
        ruled = planned.ruled
        if ruled.known.system or (ruled.condition and planned.plan.parameters):
            return
        version = key[0]
        with self._lock:
            if version < self._version:
                return
            if version > self._version:
                self._plans.clear()
                self._version = version
            self._plans[key] = planned
            if len(self._plans) > self._kept:
                self._plans.popitem(last=False)
