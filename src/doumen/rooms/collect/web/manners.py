"""How fast an interface is asked, and how long one waits after it failed or asked for patience.

Times are seconds. Clock, sleep and chance are handed in.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from doumen.model.errors import DoumenError
from doumen.model.wanted import WANTED, given_up

FIRST, LONGEST = 0.5, 30.0
"""The wait after the first failure, which doubles with each, and the longest of them."""
PATIENCE = 300.0
"""The longest wait that an interface may ask for."""
SPENT = {408, 425, 429, 500, 502, 503, 504}
"""States that may pass: what is asked is asked again."""


class Again(Exception):
    """What may go well another time.

    Attributes:
        error: What is told where it does not.
        after: Seconds that are to pass before; None: as many as one thinks fit.
    """

    def __init__(self, error: DoumenError, after: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.after = after


def _rest(seconds: float) -> None:
    """Sleep, unless nobody waits for what comes after it.

    Raises:
        Unavailable: nobody does.
    """
    until = time.monotonic() + seconds
    wanted = WANTED.get()
    while (left := until - time.monotonic()) > 0:
        if wanted is not None and wanted.over:
            raise given_up()
        time.sleep(min(left, 1.0))


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, as the machine has them."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = _rest
    chance: Callable[[], float] = random.random


@dataclass(slots=True)
class Manners:
    """How an interface is asked.

    Attributes:
        rate: Most requests a second; None: as they come.
        tries: How often one thing is asked for.
    """

    rate: float | None = None
    tries: int = 5
    clock: Clock = field(default_factory=Clock)
    _next: float = 0.0

    def step(self) -> None:
        """Wait until the next request may go out."""
        if self.rate is None:
            return
        now = self.clock.monotonic()
        if now < self._next:
            self.clock.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.rate

    def pause(self, failures: int) -> None:
        """Wait after so many failures: longer each time, and not in step with others."""
        longest = min(LONGEST, FIRST * 2 ** (failures - 1))
        self.clock.sleep(longest * (0.5 + self.clock.chance() / 2))

    def asked(self, text: str | None) -> float | None:
        """What `Retry-After` asks for; None: nothing that can be understood.

        Examples:
            >>> Manners().asked("120")
            120.0
        """
        if text is None:
            return None
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 12:
            return float(text)
        try:
            then = parsedate_to_datetime(text)
        except ValueError:
            return None
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        return max(0.0, (then - now).total_seconds())
