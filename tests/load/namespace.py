"""A disk of a few megabytes, without root: a file system in memory, in a namespace of its own.

A process holds the namespace; others are started in it, and this one sees its files through
`/proc`. Where the machine allows no namespaces of users, tests that need one are skipped.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_PROBE = ["unshare", "--user", "--map-root-user", "--mount", "true"]
_MOUNT = 'mount -t tmpfs -o size={mib}m,mode=0777 tmpfs "{place}" && echo ready && exec cat'


@dataclass(frozen=True)
class Small:
    """A small disk.

    Attributes:
        inside: Where it is for processes started by `command`.
        outside: Where this process sees it.
        command: Put before a command that is to run in there.
    """

    inside: Path
    outside: Path
    command: tuple[str, ...]

    def fill(self) -> None:
        """Take all room that is left."""
        with (self.outside / "ballast").open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        ballast.write(b"\1" * size)
                except OSError:
                    continue

    def clear(self) -> None:
        """Give the room back."""
        (self.outside / "ballast").unlink()


@contextmanager
def small_disk(place: Path, mib: int) -> Iterator[Small]:
    """Mount one at a place that is made for it."""
    if subprocess.run(_PROBE, capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no namespaces of users, so there is no small disk")
    place.mkdir()
    holder = subprocess.Popen(
        [*_PROBE[:-1], "sh", "-c", _MOUNT.format(mib=mib, place=place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        enter = ["nsenter", "-t", str(holder.pid), "-m", "-U", "--preserve-credentials"]
        outside = Path(f"/proc/{holder.pid}/root{place}")
        yield Small(place, outside, (*enter, f"--wd={Path.cwd()}"))
    finally:
        holder.communicate(timeout=30)
