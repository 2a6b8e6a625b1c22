"""What is wrong by the clock: runs that are late, streams that bring nothing new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from doumen.flows.alert import judging, kept
from doumen.flows.alert.saying import Teller
from doumen.model.alert import Alert, Condition, Kind, Told
from doumen.model.fact import Facts
from doumen.model.schedule import SCHEDULE, Position, Schedule
from doumen.model.source import CONNECTION
from doumen.rooms.collect.sources import kept as sources

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


@dataclass(frozen=True, slots=True)
class Watch:
    """All alerts of a node at one moment.

    Attributes:
        standing: What is wrong and was told.
    """

    alerts: Sequence[Alert]
    standing: Mapping[Condition, str]
    teller: Teller

    @classmethod
    def of(cls, desk: Desk, facts: Facts, now: datetime) -> Watch:
        """The alerts of the node before whose desk this is."""
        alerts = tuple(kept.every(facts))
        standing = desk.schedules().conditions() if alerts else {}
        return cls(alerts, standing, Teller(desk.own().name, now, desk.jobs().new_id))

    def late(self, schedule: Schedule, position: Position) -> list[Told]:
        """What is to be told of a run that should have ended."""
        found = [judging.of_time(alert, schedule, position, self.teller) for alert in self.alerts]
        return [one for one in found if one is not None and one.condition not in self.standing]

    def over(self, names: Sequence[str], *kinds: Kind) -> list[Told]:
        """Conditions of schedules that are not looked at any more: nobody is told."""
        gone = [one for one in self.standing if one.subject in names and one.kind in kinds]
        return [Told(one, holds=False, notice=None) for one in gone]

    def streams(self, facts: Facts) -> list[Told]:
        """What became another with streams, and what is told of what is gone."""
        told = [
            one for one in self._streams(facts) if one.holds != (one.condition in self.standing)
        ]
        gone = [one for one in self.standing if not _is_there(one, facts)]
        return [*told, *(Told(one, holds=False, notice=None) for one in gone)]

    def _streams(self, facts: Facts) -> Iterator[Told]:
        if all(alert.stale_after is None for alert in self.alerts):
            return
        for source in sources.every(facts):
            changed = facts.rows[CONNECTION][source.name].time
            for stream in source.streams if not source.paused else ():
                at = sources.position(facts, source, stream)
                since = changed if at is None else max(changed, at["time"])
                for alert in self.alerts:
                    told = judging.of_stream(
                        alert, source.name, str(stream.ref), since, self.teller
                    )
                    if told is not None:
                        yield told


def _is_there(condition: Condition, facts: Facts) -> bool:
    """Whether what a condition is of is there, and looked at."""
    name, slash, dataset = condition.subject.partition("/")
    drifts = condition.kind is Kind.DRIFTING
    if not slash:
        return drifts or name in facts.rows.get(SCHEDULE, {})
    body = facts.body(CONNECTION, name)
    return body is not None and dataset in body["streams"] and (drifts or not body["paused"])
