"""A quarantine that a job writes anew: what is in it, what it is to hold, and that rows add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from doumen.gate import record
from doumen.gate.landing import QUARANTINE
from doumen.gate.means import Means
from doumen.kits import policy
from doumen.model.errors import Conflict, Faulty
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile, Snapshot

REPLAYED, DISCARDED = "quarantine.replayed", "quarantine.discarded"
"""Types of the events."""


def aside_of(facts: Facts, ref: Ref) -> Snapshot | None:
    """The quarantine of a dataset; None: no row is there.

    Raises:
        NotFound: there is no such dataset.
    """
    if facts.dataset(ref) is None:
        raise policy.absent(ref)
    aside = facts.snapshot(ref.quarantine)
    return aside if aside is not None and aside.rows else None


@contextmanager
def staged(means: Means, ref: Ref) -> Iterator[tuple[Path, Path]]:
    """Staged folders for what lands and what stays; gone in the end, settled or not."""
    stages = means.lake.stage(str(ref)), means.lake.stage(str(ref.quarantine))
    try:
        yield stages
    finally:
        for stage in stages:
            means.lake.discard(stage)


def put(means: Means, aside: Snapshot, files: Sequence[DataFile]) -> int:
    """Register what stays in the place of all that the quarantine has; gives its version."""
    return means.lake.commit(
        str(aside.ref), schema=QUARANTINE, files=files, mode="replace", expected=aside.version
    )


def fact(
    now: Facts,
    ref: Ref,
    schema: Schema,
    *,
    version: int,
    files: Sequence[DataFile],
    moment: datetime,
) -> Fact:
    """A dataset with another version in force; what else is true of it stays.

    Args:
        now: The facts in force.
        ref: The dataset.
        schema: Its columns from now on.
        version: The new one.
        files: All of them.
        moment: When that is.
    """
    own = {
        "columns": [{"name": c.name, "type": c.type} for c in schema],
        "version": version,
        "files": [file.as_json() for file in files],
        "updated": record.stamp(moment),
    }
    return Fact("dataset", str(ref), {**(now.dataset(ref) or {}), **own})


def unmoved(aside: Snapshot, now: Facts) -> None:
    """Check that a quarantine is what was looked at.

    Raises:
        Conflict: it is not.
    """
    there = now.snapshot(aside.ref)
    if there is None or there.version != aside.version:
        raise changed(aside.ref)


def changed(ref: Ref) -> Conflict:
    """The error that what was looked at is no longer in force."""
    return Conflict(
        msg("Another job changed `{ref}` while this one was at it.", ref=ref),
        next=msg("Run the same command again."),
        detail="changed",
    )


def paths(means: Means, snapshot: Snapshot) -> tuple[str, ...]:
    """Where the files of a version are."""
    return tuple(str(means.lake.path(file)) for file in snapshot.files)


def add_up(aside: Snapshot, gone: int, stayed: Sequence[int]) -> None:
    """Hold the rows that go and those that stay, however counted, against those that were there.

    Raises:
        Faulty: a row was lost, or is there twice.
    """
    for count in stayed:
        if aside.rows != gone + count:
            raise Faulty(
                msg(
                    "{rows} rows were in quarantine, {gone} leave it and {stayed} stay: the "
                    "numbers do not add up, so nothing was kept.",
                    rows=aside.rows,
                    gone=gone,
                    stayed=count,
                ),
                next=msg("Please report this with the rows that caused it."),
                detail="miscounted",
            )
