"""Names in the Delta log of a table: each begins with the version that it belongs to."""

from __future__ import annotations

import re

LOG = "_delta_log"
SETTLED = re.compile(r"[^/]+/[^/]+/[0-9a-f]{32}-\d{5}\.parquet")
"""What a settled file is called, relative to the lake."""
_VERSIONED = re.compile(r"(\d{20})\.")


def version_of(name: str) -> int:
    """The version of a file in the log; -1 for one that belongs to none."""
    found = _VERSIONED.match(name)
    return int(found[1]) if found else -1
