"""How many examples a property is tried on: a third in the check, all in the soak."""

from __future__ import annotations

import os

FULL = "DOUMEN_TEST_FULL"
"""Variable of the environment with which `make soak` asks for all."""
SHARE, LEAST = 3, 25


def count(full: int) -> int:
    """Examples of this run, where there are `full` of them."""
    return full if os.environ.get(FULL) else max(min(full, LEAST), full // SHARE)
