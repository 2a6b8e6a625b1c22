"""The courier of a service: leads on negotiations and transfers when something came, and later.

It also shows the head of the ledger to be cosigned.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from doumen.faces.web import problems
from doumen.faces.web.log import LOG
from doumen.gate.desk import Desk
from doumen.model.errors import DoumenError
from doumen.rooms.exchange.negotiation import courier as negotiations
from doumen.rooms.exchange.transfer import courier as transfers
from doumen.rooms.exchange.witness import Rounds

PAUSE = 5.0
"""Seconds between looks when nothing came: what could not be sent is sent again."""


class Courier:
    """A thread of its own before the owner's desk; any number of processes may have one."""

    def __init__(self, desk: Desk, pause: float = PAUSE) -> None:
        self._desk = desk
        self._pause = pause
        self._rounds = Rounds()
        self._woken = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="doumen-courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the step that is being done."""
        self._over = True
        self._woken.set()

    def join(self) -> None:
        """Return when it has ended."""
        self._thread.join()

    def _run(self) -> None:
        rounds = (negotiations.attend_all, transfers.attend_all, self._rounds.exchange_all)
        while not self._over:
            for attend in rounds:
                self._attended(attend)
            self._woken.wait(self._pause)
            self._woken.clear()

    def _attended(self, attend: Callable[[Desk], object]) -> None:
        """Do one round; whatever goes wrong with it, the next is done, and it is tried again."""
        try:
            attend(self._desk)
        except Exception as error:
            known = error if isinstance(error, DoumenError) else problems.unknown(error)
            LOG.warning(
                "", extra={"fields": {"courier": known.code, "error": type(error).__name__}}
            )
