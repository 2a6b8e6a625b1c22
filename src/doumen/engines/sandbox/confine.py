"""What a worker process may use: memory, files and time, set by itself before it serves.

Addresses are the kernel's matter: `RLIMIT_DATA` counts private writable memory, so a single
value larger than the bound ends as an error of allocation instead of calling for the
system's killer.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path

OVERHEAD = 256 << 20
"""Bytes beyond the engine's own bound for Arrow batches, frames and the allocator (measured)."""

FILES = 4096
"""Most open files of a worker."""

NICENESS = 5


def process(directory: Path) -> None:
    """Shut the process into its own empty directory: no core files, few files, low priority."""
    os.chdir(directory)
    os.umask(0o077)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, FILES)
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)


def memory(most: int) -> None:
    """Bound what the process may hold from now on to `most` bytes and the measured overhead."""
    soft = _held() + most + most // 4 + OVERHEAD
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def resident() -> int:
    """Bytes of memory that the process occupies now; 0 where the system does not tell."""
    return _status("VmRSS:")


def _held() -> int:
    return _status("VmData:")


def _status(field: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    found = (line.split()[1] for line in lines if line.startswith(field))
    return int(next(found, "0")) * 1024


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (value, value))
