"""Which versions of a dataset stay, and which files go with those that do not. Pure.

A version goes only if it is out of force for longer than a question may take, beyond what the
dataset retains, needed by no receipt, and if a file goes with it: one whose files all stay can be
read as before, at no cost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from doumen.model.fact import FactRow
from doumen.model.snapshot import ATTACHED, DataFile
from doumen.model.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dataset.

    Attributes:
        number: Of the version.
        files: Its files in the lake; of an attached one none.
        until: When another took its place; None: it is in force.
    """

    number: int
    files: tuple[DataFile, ...]
    until: datetime | None


def versions(rows: Sequence[FactRow]) -> list[Version]:
    """The versions of a dataset since it was last made, oldest first.

    Args:
        rows: All versions of its fact, oldest first.
    """
    kept: list[FactRow] = []
    for row in rows:
        kept = [] if row.fact.body is None else [*kept, row]
    firsts: list[FactRow] = []
    for row in kept:
        if not firsts or _number(row) != _number(firsts[-1]):
            firsts.append(row)
    ends = [datetime.fromisoformat(row.time) for row in firsts[1:]]
    return [_version(row, end) for row, end in zip(firsts, [*ends, None], strict=False)]


def _number(row: FactRow) -> int:
    return int((row.fact.body or {})["version"])


def _version(row: FactRow, until: datetime | None) -> Version:
    body = row.fact.body or {}
    files = () if body["kind"] == ATTACHED else tuple(map(DataFile.of_json, body["files"]))
    return Version(_number(row), files, until)


def ended(
    kept: Sequence[Version], upkeep: Upkeep, now: datetime, seconds: float
) -> Iterator[Version]:
    """The versions that a dataset does not retain any more.

    Where both a number and days are given, a version stays as long as either keeps it.

    Args:
        kept: Its versions, oldest first.
        upkeep: What it retains.
        now: The time, in UTC.
        seconds: How long a version stays out of force at least: who began to read it may go on.
    """
    if not upkeep.ends:
        return
    days = timedelta(days=upkeep.days or 0)
    for place, version in enumerate(kept, start=1 - len(kept)):
        if version.until is None or version.until + timedelta(seconds=seconds) > now:
            continue
        many = upkeep.versions is None or -place >= upkeep.versions
        long = upkeep.days is None or version.until + days < now
        if many and long:
            yield version


def loosened(
    kept: Sequence[Version], going: Collection[int], gone: Mapping[int, str]
) -> tuple[list[Version], list[DataFile]]:
    """The versions that go, and the files that go with them.

    Args:
        kept: All versions of the dataset.
        going: Numbers of versions that nothing needs.
        gone: Those that were given up before, of which files may have been left.
    """
    stay = [v for v in kept if v.number not in going and v.number not in gone]
    held = {file.path for version in stay for file in version.files}
    lost = [v for v in kept if v.number in going and any(f.path not in held for f in v.files)]
    numbers = {version.number for version in lost} | gone.keys()
    files = {f.path: f for v in kept if v.number in numbers for f in v.files if f.path not in held}
    return lost, list(files.values())
