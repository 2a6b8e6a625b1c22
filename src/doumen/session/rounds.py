"""What a worker does beside jobs: it queues what schedules ask for, and sends what alerts tell.

Each has a thread of its own, so that a job that takes long delays no schedule, and a place that
does not answer delays neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from doumen.flows.alert import outbox
from doumen.flows.schedule import rounds
from doumen.gate.desk import Desk
from doumen.gate.record import stamp
from doumen.model.errors import DoumenError
from doumen.model.message import Catalogue
from doumen.session.node import Node

Log = Callable[[dict[str, Any]], None]


class Rounds:
    """The rounds of one worker.

    Args:
        node: Whose schedules and alerts they are.
        log: Told of each run that is queued, and of each notice.
        say: The language of mail.
        clock: The time now.
    """

    def __init__(self, node: Node, log: Log, say: Catalogue, clock: Callable[[], datetime]) -> None:
        self._node = node
        self._log = log
        self._say = say
        self._clock = clock
        self._faults: dict[str, object] = {}

    def attend(self) -> None:
        """Look once at all schedules."""
        try:
            lines = rounds.attend(self._desk(), self._clock())
        except Exception as error:  # it is looked again
            self._fault("schedules", {"event": "schedules.fault", "code": _code(error)})
            return
        self._faults.pop("schedules", None)
        for line in lines:
            if line["event"] == "schedule.fault":
                self._fault(line["schedule"], line)
            else:
                self._faults.pop(line["schedule"], None)
                self._log(line)

    def deliver(self) -> bool:
        """Send a notice that waits; False where none is due."""
        try:
            line = outbox.deliver(self._desk(), self._clock, self._say)
        except Exception as error:  # its lease lapses, and it is sent again
            self._fault("alerts", {"event": "alerts.fault", "code": _code(error)})
            return False
        self._faults.pop("alerts", None)
        if line is None:
            return False
        self._log(line)
        return True

    def threads(self, stop: threading.Event, pause: float) -> list[threading.Thread]:
        """Threads that go on until they are stopped."""

        def attending() -> None:
            while not stop.is_set():
                self.attend()
                stop.wait(pause)

        def delivering() -> None:
            while not stop.is_set():
                if not self.deliver():
                    stop.wait(pause)

        return [
            threading.Thread(target=attending, name="doumen-schedules"),
            threading.Thread(target=delivering, name="doumen-alerts"),
        ]

    def tidy(self, kept: timedelta) -> None:
        """Forget notices that are older.

        Raises:
            Unavailable: the store does not answer.
        """
        self._desk().schedules().tidy(stamp(self._clock() - kept))

    def _desk(self) -> Desk:
        return self._node.session().desk

    def _fault(self, of: str, line: dict[str, Any]) -> None:
        """Log a fault once, not at every look."""
        if self._faults.get(of) != line["code"]:
            self._faults[of] = line["code"]
            self._log(line)


def _code(error: Exception) -> str:
    return error.code if isinstance(error, DoumenError) else type(error).__name__
