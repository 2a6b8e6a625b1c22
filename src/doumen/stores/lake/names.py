"""Names in the Delta log of a table: each begins with the version that it belongs to."""

from __future__ import annotations

import re

LOG = "_delta_log"
_VERSIONED = re.compile(r"(\d{20})\.")


def version_of(name: str) -> int:
    """The version of a file in the log; -1 for one that belongs to none."""
    found = _VERSIONED.match(name)
    return int(found[1]) if found else -1
