"""The files of a dataset written anew: as many as are good, in the order that it is to have.

The rows stay what they are, counted and tallied before and after; where the two differ nothing
is kept. What came into the dataset meanwhile stays beside: whoever appends all the time does not
keep it from being compacted. Only where the very files that were read are no longer in force is
the work lost, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import record
from doumen.gate.collect import unhurried
from doumen.gate.commit import Draft
from doumen.gate.loose import Chosen, choose
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.model.answer import Compacted
from doumen.model.errors import Conflict, Faulty, Invalid
from doumen.model.event import Used
from doumen.model.fact import Fact, Facts
from doumen.model.job import Compact, Job
from doumen.model.loaded import Rewritten, Tally
from doumen.model.message import msg
from doumen.model.plan import CompactPlan, Progress
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile, Snapshot
from doumen.model.upkeep import UPKEEP, Upkeep


def compact(means: Means, job: Job, step: Compact, progress: Progress | None) -> Compacted:
    """Compact a dataset."""
    facts = means.catalog.current()
    policy.may_keep(actor_of(job.actor, facts))
    snapshot = in_lake(facts, step.ref)
    by = Upkeep.of_json(facts.body(UPKEEP, str(step.ref))).cluster
    chosen = choose(snapshot, by, step.rows)
    before = len(snapshot.files)
    if not chosen.files:
        return Compacted(step.ref, snapshot.version, before, before)
    passing("compact.decided")
    files = _written(means, snapshot, chosen, by, progress)
    passing("compact.settled")
    work = _Compaction(job, step.ref, snapshot, chosen, by, files)
    event = record.new_id(means.clock(), means.entropy)
    done: list[Compacted] = []

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        draft, made = work.committed(means, now, event)
        done.append(made)
        return draft

    receipt = means.commits.submit(prepare)
    return replace(done[-1], receipt=receipt.id)


def in_lake(facts: Facts, ref: Ref) -> Snapshot:
    """The version in force of a dataset whose files are the node's own.

    Raises:
        NotFound: there is no such dataset.
        Invalid: its files lie elsewhere.
    """
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        raise policy.absent(ref)
    if snapshot.form is not None:
        raise Invalid(
            msg("`{ref}` is attached: its files stay as they are.", ref=ref),
            next=msg("Collect them first: `doumen collect PATH --as-dataset {ref} --replace`.",
                     ref=ref),
            detail="attached",
        )  # fmt: skip
    return snapshot


def _written(
    means: Means, snapshot: Snapshot, chosen: Chosen, by: Sequence[str], progress: Progress | None
) -> tuple[DataFile, ...]:
    """The new files, settled and not yet seen.

    Raises:
        Faulty: they hold other rows than those before.
    """
    means.lake.bring(chosen.files)
    with _staged(means, snapshot.ref) as into, _staged(means, snapshot.ref) as aside:
        plan = CompactPlan(
            files=tuple((str(means.lake.path(file)), file.rows) for file in chosen.files),
            schema=snapshot.schema,
            by=tuple(by),
            rows=chosen.rows,
            into=str(into),
            aside=str(aside),
            bounds=unhurried(means),
        )
        rewritten = means.engine.compact(plan, progress)
        passing("compact.written")
        check(rewritten, sum(file.rows for file in chosen.files))
        settled = means.lake.settle(into, str(snapshot.ref))
    return tuple(
        replace(file, bounds=one.bounds) for file, one in zip(settled, rewritten.files, strict=True)
    )


@contextmanager
def _staged(means: Means, ref: Ref) -> Iterator[Path]:
    """A staged folder that is gone in the end: settled, or with all that is in it."""
    folder = means.lake.stage(str(ref))
    try:
        yield folder
    finally:
        means.lake.discard(folder)


def check(rewritten: Rewritten, rows: int) -> None:
    """Check that files that were written anew hold the rows that were there.

    Args:
        rewritten: What the engine says of both.
        rows: How many there are, by the facts.

    Raises:
        Faulty: they do not.
    """
    written = sum(rewritten.written, Tally(0, 0))
    if rewritten.read != written or written.rows != rows:
        raise Faulty(
            msg(
                "{rows} rows were there, {read} were read and {written} written, or not the same "
                "ones: nothing was kept.",
                rows=rows,
                read=rewritten.read.rows,
                written=written.rows,
            ),
            why=msg("A compaction changes no row."),
            next=msg("Look at the disk with `doumen doctor --full`; if all is well, report this."),
            detail="miscounted",
        )


@dataclass(frozen=True, slots=True)
class _Compaction:
    """A compaction whose files are written."""

    job: Job
    ref: Ref
    read: Snapshot
    chosen: Chosen
    by: tuple[str, ...]
    files: tuple[DataFile, ...]

    def committed(self, means: Means, facts: Facts, event: str) -> tuple[Draft, Compacted]:
        """Register the files in the place of those that they were made of.

        Args:
            means: Of the node.
            facts: Those in force at the commit.
            event: Id of the event to be.

        Raises:
            Conflict: what was read is no longer what is in force.
        """
        body, there = facts.dataset(self.ref), facts.snapshot(self.ref)
        if body is None or there is None or not self._holds(there):
            raise Conflict(
                msg("Another job changed `{ref}` while this one was at it.", ref=self.ref),
                next=msg("Run the same command again."),
                detail="changed",
            )
        gone = {file.path for file in self.chosen.files}
        kept = [file for file in there.files if file.path not in gone]
        files = (*kept, *self.files)  # the last has all columns
        version = means.lake.commit(
            str(self.ref),
            schema=there.schema,
            files=self.files,
            mode="append",
            expected=there.version,
            removed=self.chosen.files,
        )
        now = means.clock()
        own = {"version": version, "files": [f.as_json() for f in files]}
        rows = sum(file.rows for file in self.files)
        draft = record.made(
            self.job,
            "compact",
            event,
            now,
            ref=self.ref,
            used=[Used(str(self.ref), there.version)],
            generated=[Used(str(self.ref), version)],
            data={
                "rows": rows,
                "files": len(self.chosen.files),
                "into": len(self.files),
                "by": list(self.by),
            },
            facts=[Fact("dataset", str(self.ref), {**body, **own, "updated": record.stamp(now)})],
        )
        return draft, Compacted(self.ref, version, len(there.files), len(files), rows)

    def _holds(self, there: Snapshot) -> bool:
        """Whether what was read is in force, in the same columns."""
        paths = {file.path for file in there.files}
        read = (file.path for file in self.chosen.files)
        return there.schema == self.read.schema and paths.issuperset(read)
