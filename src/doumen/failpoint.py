"""Named places at which a test may kill the process, to show that nothing is lost.

`DOUMEN_FAILPOINT=name:n` kills at the n-th passing of that name, as `kill -9` would. Without
the variable a passing costs one comparison.
"""

from __future__ import annotations

import os
import signal

_armed, _, _count = os.environ.get("DOUMEN_FAILPOINT", "").partition(":")
_left = int(_count or 1)


def passing(name: str) -> None:
    """Pass a failpoint; die here if the environment says so."""
    global _left  # noqa: PLW0603 (a count of this process)
    if not _armed or name != _armed:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
