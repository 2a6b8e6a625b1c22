"""The machine under a node: Python and its packages, disk, memory."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from doumen.model.files import reason
from doumen.model.message import joined, msg
from doumen.session.doctor.check import Check

LITTLE, LEAST = 1 << 30, 100 << 20
"""Free bytes of a disk below which it is told, and below which jobs will fail."""
GIB = 1 << 30
_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def python() -> Iterator[Check]:
    """Whether Python and the packages are those that this version was made for."""
    about = importlib.metadata.metadata("doumen")
    found = platform.python_version()
    said = msg("Python {found}.", found=found)
    if SpecifierSet(about["Requires-Python"] or "").contains(found, prereleases=True):
        yield Check("python", "ok", said)
    else:
        wanted = about["Requires-Python"]
        yield Check("python", "fault", msg("Python {found}; {wanted} is supported.",
                                           found=found, wanted=wanted))  # fmt: skip
    required = [Requirement(text) for text in importlib.metadata.requires("doumen") or ()]
    wrong = [*filter(None, map(_wrong, (r for r in required if _holds(r, ""))))]
    engine = msg("DuckDB {version}; all packages are supported ones.", version=_version("duckdb"))
    yield (
        Check(
            "packages",
            "fault",
            msg("Not as this version needs them: {wrong}.", wrong=joined(msg(", "), wrong)),
            msg("Install Doumen again, with its lock file."),
        )
        if wrong
        else Check("packages", "ok", engine)
    )


def extras(needed: frozenset[str]) -> Iterator[Check]:
    """Which extras are installed.

    Args:
        needed: Those that the settings of the node need.
    """
    about = importlib.metadata.metadata("doumen")
    required = [Requirement(text) for text in importlib.metadata.requires("doumen") or ()]
    there = []
    for extra in about.get_all("Provides-Extra") or ():
        own = [r for r in required if _holds(r, extra) and not _holds(r, "")]
        if not any(map(_wrong, own)):
            there.append(extra)
        elif extra in needed:
            yield Check("extras", "fault", msg("The node needs the extra `{extra}`.", extra=extra),
                        msg("pip install 'doumen[{extra}]'", extra=extra))  # fmt: skip
    named = joined(msg(", "), there) if there else msg("none")
    yield Check("extras", "ok", msg("Installed extras: {names}.", names=named))


def disk(*folders: Path) -> Iterator[Check]:
    """Whether there is room where the node writes."""
    seen = set()
    for folder in (*folders, Path(tempfile.gettempdir())):
        try:
            device = folder.stat().st_dev
            if device in seen:
                continue
            seen.add(device)
            free = shutil.disk_usage(folder).free
            room = os.statvfs(folder)
        except OSError as error:
            yield Check("disk", "fault", msg("`{folder}` cannot be looked at: {why}.",
                                             folder=folder, why=reason(error)))  # fmt: skip
            continue
        said = msg("{free} GiB are free at `{folder}`.", free=f"{free / GIB:.1f}", folder=folder)
        if room.f_files and room.f_favail < 1000:
            yield Check("disk", "fault", msg("No more files fit on the disk of `{folder}`.",
                                             folder=folder), msg("Remove files."))  # fmt: skip
        elif free < LITTLE:
            yield Check("disk", "fault" if free < LEAST else "warn", said, msg("Make room."))
        else:
            yield Check("disk", "ok", said)


def memory(wanted: int) -> Iterator[Check]:
    """Whether one job may have the memory that the settings give it (bytes)."""
    free = _free()
    if free is None:
        yield Check("memory", "ok", msg("The system does not tell how much memory is free."))
        return
    said = msg("{free} GiB of memory are free; one job may take {wanted}.",
               free=f"{free / GIB:.1f}", wanted=f"{wanted / GIB:.1f}")  # fmt: skip
    if free < wanted:
        yield Check("memory", "warn", said, msg("Lower `memory_mib` in doumen.toml."))
    else:
        yield Check("memory", "ok", said)


def _free() -> int | None:
    """Bytes that are free, to the system and to the group of processes; None: not told."""
    found = []
    try:
        lines = dict(line.split(":", 1) for line in _MEMINFO.read_text("ascii").splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        pass
    try:
        limit = int((_CGROUP / "memory.max").read_text("ascii"))
        found.append(limit - int((_CGROUP / "memory.current").read_text("ascii")))
    except (OSError, ValueError):  # `max`: no limit
        pass
    return min(found, default=None)


def _holds(required: Requirement, extra: str) -> bool:
    return required.marker is None or required.marker.evaluate({"extra": extra})


def _wrong(required: Requirement) -> str | None:
    version = _version(required.name)
    if version is None:
        return f"{required.name} -"
    if required.specifier.contains(version, prereleases=True):
        return None
    return f"{required.name} {version} ({required.specifier})"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
