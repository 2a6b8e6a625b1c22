"""What a way is: it hands one notice over, within bounds of time, or says why not.

Secrets are fetched for each notice and kept by nobody. What the other side answers is told by its
code alone: it may echo anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from doumen.model.alert import Notice
from doumen.model.message import Catalogue

SILENCE = 10.0
"""Longest wait for the other side, in seconds."""
WHOLE = 30.0
"""Longest time of one try, in seconds."""
GONE = "gone"
"""Second part of the code of an error after which nothing is tried again."""


class Way(Protocol):
    """A place that is told."""

    def send(self, notice: Notice, say: Catalogue, now: datetime) -> None:
        """Hand it over; it was taken when this returns.

        Args:
            notice: What to tell.
            say: The language of who reads it.
            now: The moment of this try.

        Raises:
            NotFound, Refused: a secret is not there, or others may read it.
            Unavailable: nobody takes it there, for now; `unavailable.gone`: for good.
            Refused: the other side does not let us in.
            Invalid: the address or the secret, kept elsewhere, is none.
        """
        ...
