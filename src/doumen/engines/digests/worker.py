"""What a process that digests rows does: a batch comes, the digests of its rows go."""

from __future__ import annotations

import contextlib
import os

from doumen.engines.sandbox import Channel, Closed, arrow
from doumen.kits.evidence.digest import row_digests

BATCH, FLOATS, EXACT, WHOLE = b"B", b"F", b"E", b"W"
LONGEST = 1 << 32
"""Longest frame that either side takes, in bytes."""
_NICENESS = 10


def serve(channel: Channel) -> None:
    """Serve one parent until it hangs up; whoever waits for an answer goes first."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    with contextlib.suppress(Closed):
        while True:
            _, floats = channel.receive(LONGEST)
            _, payload = channel.receive(LONGEST)
            exact, whole = row_digests(arrow.batch(payload), [bool(each) for each in floats])
            channel.send(EXACT, exact)
            channel.send(WHOLE, whole)
