"""Schedules as one actor may see and move them, and what is told of their runs.

A position moves in one transaction, from where it was seen, together with the job that it queues
and the notices of what it tells: so any number of workers queue each occurrence once, and a kill
at any instant loses none. It moves only while the schedule is what it was taken for: one that was
paused, changed or removed meanwhile does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate.means import Means
from doumen.gate.record import stamp
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.alert import ALERT, Condition, Notice, Told
from doumen.model.queued import Queued
from doumen.model.schedule import SCHEDULE, Move, Position
from doumen.stores.queue import Conditions, Notices, Schedules


class Scheduled:
    """The schedules of a node before one actor.

    Args:
        means: What the gate works with.
        actor: Who looks or moves: whoever oversees the node may look, the owner may move.
    """

    def __init__(self, means: Means, actor: Actor) -> None:
        self._means = means
        self._actor = actor
        self._positions = Schedules()
        self._conditions = Conditions()
        self._notices = Notices(means.database)

    def positions(self) -> Mapping[str, Position]:
        """Name → how far it is done; of those at which a worker looked."""
        if not self._actor.oversees:
            return {}
        with self._means.database.read() as connection:
            return self._positions.all(connection)

    def run(self, job: str) -> Queued | None:
        """A run of a schedule, whosever it is; None: it is forgotten.

        Raises:
            Refused: only the owner may.
        """
        policy.may_schedule(self._actor)
        return self._means.queue.one(job)

    def conditions(self) -> Mapping[Condition, str]:
        """What is wrong and was told, each since when; for the owner."""
        if not self._actor.is_owner:
            return {}
        with self._means.database.read() as connection:
            return self._conditions.all(connection)

    def move(self, move: Move, told: Sequence[Told] = ()) -> bool:
        """Make one step, and tell what comes of it; False where it is not to be made any more.

        Raises:
            Refused: only the owner may.
        """
        policy.may_schedule(self._actor)
        with self._means.database.write() as connection:
            if not self._stands(connection, move):
                return False
            if not self._positions.move(connection, move):
                return False
            if move.job is not None:
                self._means.queue.insert(connection, move.job)
            self._weigh(connection, told)
            passing("schedule.moved")
        passing("schedule.durable")
        return True

    def tell(self, told: Sequence[Told]) -> None:
        """Tell what became another, without a step.

        Raises:
            Refused: only the owner may.
        """
        policy.may_schedule(self._actor)
        with self._means.database.write() as connection:
            self._weigh(connection, told)

    def notices(self, alert: str, limit: int = 20) -> list[Notice]:
        """What an alert told, and is to tell; the latest first; for the owner."""
        return self._notices.of(alert, limit) if self._actor.is_owner else []

    def outbox(self) -> Notices:
        """What is to be sent.

        Raises:
            Refused: only the owner may send.
        """
        policy.may_schedule(self._actor)
        return self._notices

    def tidy(self, before: str) -> None:
        """Forget old notices, and what is told of alerts that are gone.

        Raises:
            Refused: only the owner may.
        """
        policy.may_schedule(self._actor)
        alerts = [name for name, _ in self._means.catalog.current().all(ALERT)]
        self._notices.forget(before, alerts)
        gone = [one for one in self.conditions() if one.alert not in alerts]
        if gone:
            self.tell([Told(one, holds=False, notice=None) for one in gone])

    def _stands(self, connection: Connection, move: Move) -> bool:
        """Whether the schedule is what the one who moves it takes it for."""
        facts = self._means.catalog.current(connection)
        row = facts.rows.get(SCHEDULE, {}).get(move.name)
        if move.then is None:
            return row is None
        return row is not None and row.event == move.then.event

    def _weigh(self, connection: Connection, told: Sequence[Told]) -> None:
        now = stamp(self._means.clock())
        self._notices.put(connection, list(self._conditions.weigh(connection, told, now)))
