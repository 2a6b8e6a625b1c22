"""Rows of a quarantine held against the contract as it is now: one commit, one event.

Conservation: the rows of the quarantine are those that land and those that stay; counted apart
by the footers of files, and asserted here. What lands leaves the quarantine in the same commit,
so that whoever is killed, no row lands twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import meet, record
from doumen.gate.aside import (
    REPLAYED,
    add_up,
    aside_of,
    changed,
    fact,
    paths,
    put,
    staged,
    unmoved,
)
from doumen.gate.collect import unhurried
from doumen.gate.commit import Draft
from doumen.gate.landing import QUARANTINE
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict
from doumen.model.event import Used
from doumen.model.fact import Facts
from doumen.model.job import Collect, Job, Repair
from doumen.model.load import LoadColumn, LoadSpec, Mode, Reading
from doumen.model.loaded import Loaded
from doumen.model.merge import MERGE, VALID_TO, VANISHED_AT, Merge, Merged, widened
from doumen.model.message import msg
from doumen.model.plan import Progress, RepairPlan
from doumen.model.ref import Ref
from doumen.model.retried import Repaired, Retried
from doumen.model.schema import Schema
from doumen.model.snapshot import ATTACHED, DataFile, Snapshot
from doumen.model.source import CONNECTION


@dataclass(frozen=True, slots=True)
class _Case:
    """A quarantine and what its rows are held against.

    Attributes:
        aside: The quarantine as it was looked at.
        there: The dataset likewise.
        contract: Text of the one in force.
        collect: What a collection of these rows would be.
    """

    aside: Snapshot
    there: Snapshot
    contract: str
    collect: Collect

    @property
    def columns(self) -> tuple[LoadColumn, ...]:
        """Those that rows bring."""
        return self.collect.spec.columns

    @property
    def schema(self) -> Schema:
        """The columns of the dataset from now on."""
        return widened(self.collect.spec.schema, self.collect.merge)

    def check(self, now: Facts) -> None:
        """Check that what was looked at is in force.

        Raises:
            Conflict: another job changed it meanwhile.
        """
        ref, body = self.there.ref, now.dataset(self.there.ref)
        contract = (now.body("contract", str(ref)) or {}).get("text")
        same = body is not None and (body["version"] == self.there.version or not self.meets)
        if not same or contract != self.contract or _attached(body):
            raise changed(ref)
        unmoved(self.aside, now)

    @property
    def meets(self) -> bool:
        """Whether rows meet those that are there."""
        return self.collect.merge is not None


@dataclass(frozen=True, slots=True)
class _Written:
    """Files that are in the lake and not yet seen.

    Attributes:
        landed: Of the dataset.
        stayed: Of the quarantine, in the place of all that it has.
    """

    retried: Retried
    landed: tuple[DataFile, ...]
    stayed: tuple[DataFile, ...]
    merged: Merged | None = None


def repair(means: Means, job: Job, step: Repair, progress: Progress | None) -> Repaired:
    """Hold the rows of a quarantine against the contract; what passes lands and leaves it.

    Raises:
        Refused: only owner and steward may.
        NotFound: there is no such dataset.
        Invalid, Faulty: the file of repairs cannot be used, or numbers do not add up.
        Conflict: the dataset is attached; or another job changed what was read.
    """
    facts = means.catalog.current()
    policy.may_repair(actor_of(job.actor, facts))
    aside = aside_of(facts, step.ref)
    if aside is None:
        none = Retried(0, 0, 0, 0, 0, 0, ())
        return Repaired(step.ref, none, (facts.dataset(step.ref) or {})["version"])
    case = _case(facts, step.ref, aside)
    passing("repair.decided")
    with staged(means, step.ref) as stages:
        written = _written(means, facts, step, case, stages=stages, progress=progress)
    passing("repair.settled")
    retried, counts = written.retried, written.merged.counts if written.merged else None
    made = Repaired(step.ref, retried, case.there.version, counts)
    if step.dry or not (retried.landed or retried.moved):
        means.lake.remove((*written.landed, *written.stayed))
        return made
    done: list[int] = []

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        case.check(now)
        work = _Repairing(means, job, case, written)
        done.append(work.register(now))
        return work.draft(now, done[-1])

    receipt = means.commits.submit(prepare)
    return replace(made, snapshot=done[-1], receipt=receipt.id)


@dataclass(frozen=True, slots=True)
class _Repairing:
    """A repair whose files are written."""

    means: Means
    job: Job
    case: _Case
    written: _Written

    def register(self, now: Facts) -> int:
        """Register the files of the dataset; gives its version."""
        there = now.snapshot(self.case.there.ref)
        assert there is not None
        landed, removed = self.written.landed, self._removed
        if not landed and not removed:
            return there.version
        return self.means.lake.commit(
            str(there.ref),
            schema=self.case.schema,
            files=landed,
            mode="append",
            expected=there.version,
            removed=removed,
        )

    def draft(self, now: Facts, version: int) -> Draft:
        """The event, and what becomes true with it."""
        case, written, moment = self.case, self.written, self.means.clock()
        ref, aside = case.there.ref, case.aside
        there = now.snapshot(ref)
        assert there is not None
        after = put(self.means, aside, written.stayed)
        facts = [
            fact(now, aside.ref, QUARANTINE, version=after, files=written.stayed, moment=moment)
        ]
        made = [Used(str(aside.ref), after)]
        if version != there.version:
            gone = {file.path for file in self._removed}
            files = [file for file in there.files if file.path not in gone]
            facts.append(
                fact(
                    now,
                    ref,
                    case.schema,
                    version=version,
                    files=(*files, *written.landed),
                    moment=moment,
                )
            )
            made.insert(0, Used(str(ref), version))
        return record.made(
            self.job,
            REPLAYED,
            record.new_id(moment, self.means.entropy),
            moment,
            ref=ref,
            used=[Used(str(aside.ref), aside.version)],
            generated=made,
            data=self._data(),
            facts=facts,
        )

    @property
    def _removed(self) -> tuple[DataFile, ...]:
        return () if self.written.merged is None else self.written.merged.touched

    def _data(self) -> dict[str, Any]:
        retried, merged = self.written.retried, self.written.merged
        met = {} if merged is None else {
            "merged": meet.as_json(merged.counts, self.case.collect.mode)
        }  # fmt: skip
        return {
            "replayed": retried.rows,
            "repaired": retried.repaired,
            "landed": retried.landed,
            "remaining": retried.stayed,
            "discarded": 0,
            "contract": odcs.read_contract(self.case.contract).version,
            **met,
            "reasons": [
                {"column": r.column, "reason": r.reason, "rows": r.rows} for r in retried.reasons
            ],
        }


def _case(facts: Facts, ref: Ref, aside: Snapshot) -> _Case:
    """What rows are held against.

    Raises:
        Conflict: the dataset is attached, or by which key rows meet is not known.
    """
    there = facts.snapshot(ref)
    body = facts.dataset(ref)
    text = (facts.body("contract", str(ref)) or {}).get("text")
    assert body is not None
    assert there is not None
    if _attached(body) or text is None:
        raise Conflict(
            msg("`{ref}` is attached: its files stay where they lie.", ref=ref),
            next=msg("Collect the rows into another dataset."),
            detail="attached",
        )
    contract = odcs.read_contract(text)
    merge = _merge(facts, ref, body)
    own = {column.name for column in (() if merge is None else merge.kept)}
    columns = tuple(c for c in contract.columns if c.name not in own)
    spec = meet.keyed(LoadSpec((), Reading("staged"), columns), merge)
    mode = Mode.APPEND if merge is None else merge.mode
    return _Case(aside, there, text, Collect(ref, spec, mode, text, merge=merge))


def _merge(facts: Facts, ref: Ref, body: Mapping[str, Any]) -> Merge | None:
    """How rows meet those that are there; None: they do not.

    Raises:
        Conflict: they do, and by what was not kept: the dataset was collected before that was.
    """
    if MERGE in body:
        return Merge.of_json(body[MERGE])
    streams = (source.get("streams", {}).get(str(ref), {}) for _, source in facts.all(CONNECTION))
    merges = any(one.get("writes") in {Mode.UPSERT, Mode.HISTORY} for one in streams)
    if merges or {VALID_TO, VANISHED_AT} & {column["name"] for column in body["columns"]}:
        raise Conflict(
            msg("By which key rows of `{ref}` meet was not kept when it was collected.", ref=ref),
            next=msg("Collect it once more, as it always is; then replay."),
            detail="key",
        )
    return None


def _written(
    means: Means,
    facts: Facts,
    step: Repair,
    case: _Case,
    *,
    stages: tuple[Path, Path],
    progress: Progress | None,
) -> _Written:
    into, beside = stages
    aside, bounds = case.aside, unhurried(means)
    strict = odcs.read_contract(case.contract).drift is not None
    plan = RepairPlan(
        paths(means, aside), case.columns, strict, step.file, str(into), str(beside), bounds
    )
    retried = means.engine.repair(plan, progress)
    passing("repair.loaded")
    merged = None
    if case.meets and retried.landed:
        loaded = Loaded(retried.landed, retried.landed, 0, (), (), ())
        with staged(means, step.ref) as (_, none):
            merged = meet.meet(
                means, facts, case.collect, loaded, (into, none),
                bounds=bounds, progress=progress, whole=False,
            )  # fmt: skip
    landed = merged.files if merged else means.lake.settle(into, str(step.ref))
    stayed = means.lake.settle(beside, str(aside.ref))
    came = retried.landed if merged else sum(file.rows for file in landed)
    for gone in (retried.landed, came):
        add_up(aside, gone, (retried.stayed, sum(file.rows for file in stayed)))
    return _Written(retried, landed, stayed, merged)


def _attached(body: Mapping[str, Any] | None) -> bool:
    return body is not None and body["kind"] == ATTACHED
