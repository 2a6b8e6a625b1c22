"""What a worker does: job after job of one actor, in an engine locked to the files of the job.

An unlocked engine is made ahead of each job, after the answer of the one before has left. A
job that fails is the last: the parent ends the worker.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from doumen.engines.duckdb import errors, query, wire
from doumen.engines.duckdb.compact import compact
from doumen.engines.duckdb.examine import examine
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.engines.duckdb.load import load
from doumen.engines.duckdb.merge import merge
from doumen.engines.duckdb.repair import discard, repair
from doumen.engines.duckdb.survey import survey
from doumen.engines.sandbox import Channel, Closed, confine
from doumen.engines.sandbox.watch import Watch
from doumen.kits.sql.splice import Splice
from doumen.model.errors import DoumenError, Faulty, OverBudget
from doumen.model.message import Message, msg, packed
from doumen.model.plan import Bounds, QueryPlan

ATTACHMENT = 1 << 32
"""Longest Arrow stream of one inline table, in bytes."""

_RAISED = (DoumenError, duckdb.Error, MemoryError, OSError, UnicodeError)

GRACE = 2.0
"""Seconds after its deadline at which a worker ends itself, if the parent has not."""


def serve(channel: Channel) -> None:
    """Serve one parent until it hangs up or a job fails."""
    worker = _Worker(channel, Watch(channel.end), confine.memory)
    try:
        while worker.serve_one():
            pass
    except Closed:
        pass


def _told(job: dict[str, Any], error: Exception) -> DoumenError:
    """What the parent is told; places are of the user's own text."""
    splices = [Splice(*one) for one in job.get("splices", ())]
    text = str(job["written"] if splices else job.get("statement", ""))
    if isinstance(error, query.Wrapped) and isinstance(error.__cause__, Exception):
        splices.insert(0, Splice(0, 0, error.opening))
        error = error.__cause__
    return errors.translated(error, errors.Written(text, tuple(splices)))


class _Worker:
    """One worker: its channel, the engine of the last job and the engine for the next.

    Args:
        channel: Jobs come and answers go here.
        watch: Ends the process at the deadline.
        bound: Bounds the memory of the process.
    """

    def __init__(self, channel: Channel, watch: Watch, bound: Callable[[int], None]) -> None:
        self._channel = channel
        self._watch = watch
        self._bound = bound
        self._directory = Path.cwd()
        self._ahead: Instance | None = Instance(self._directory)
        self._used: Instance | None = None

    def serve_one(self) -> bool:
        """Serve the next job; whether there may be another one.

        Raises:
            Closed: the parent is gone.
        """
        _, payload = self._channel.receive(wire.SMALL)
        job = wire.read_json(payload)
        try:
            self._jobs()[job["do"]](job)
        except (query.Wrapped, *_RAISED) as error:
            told = _told(job, error)
            self._channel.send_json(wire.ERROR, wire.pack_error(told))
            return False
        self._watch.until = None
        if self._used is not None:
            self._used.clear()
        if self._ahead is None:
            self._ahead = Instance(self._directory)
        return True

    def _jobs(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "read": self._read,
            "describe": self._describe,
            "query": self._query,
            "load": self._load,
            "merge": self._merge,
            "repair": self._repair,
            "discard": self._discard,
            "survey": self._survey,
            "examine": self._examine,
            "compact": self._compact,
        }

    def _read(self, job: dict[str, Any]) -> None:
        engine = self._engine(Reach.of(Bounds(**job["bounds"]), ()), job["bounds"]["seconds"])
        with engine.connection() as connection:
            found = connection.execute("SELECT json_serialize_sql(?)", [job["statement"]])
            self._end({"reading": found.fetchall()[0][0]})

    def _describe(self, job: dict[str, Any]) -> None:
        plan = self._plan(job)
        engine = self._engine(self._reach(plan), plan.bounds.seconds)
        with engine.session(plan) as connection:
            self._end({"columns": query.columns(connection, plan)[1]})

    def _query(self, job: dict[str, Any]) -> None:
        plan = self._plan(job)
        engine = self._engine(self._reach(plan), plan.bounds.seconds)
        answering = query.Answering(self._channel, self._end)
        try:
            with engine.session(plan) as connection:
                answering.run(connection, plan)
        except (query.Wrapped, *_RAISED) as error:
            again = plan.hides and not (plan.copied or answering.begun)
            if not again or not isinstance(_told(job, error), Faulty):
                raise
            self._again(engine, job, replace(plan, copied=True), answering)

    @staticmethod
    def _again(
        engine: Instance, job: dict[str, Any], plan: QueryPlan, answering: query.Answering
    ) -> None:
        """Run what failed over copies: there, no hidden row chooses which failure is met first."""
        try:
            with engine.session(plan) as connection:
                answering.run(connection, plan)
        except (query.Wrapped, *_RAISED) as error:
            if isinstance(_told(job, error), OverBudget):
                raise Faulty(msg("The statement failed on the data."), detail="engine") from None
            raise

    def _load(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_load(job)
        files = [file.path for file in plan.spec.files]
        scratch = self._scratch()
        folders = (plan.into, plan.quarantine, str(scratch))
        engine = self._engine(Reach.of(plan.bounds, files, folders), plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(load(connection, plan, scratch, self._progress))

    def _merge(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_merge(job)
        gone = () if plan.merge.gone is None else (plan.merge.gone,)
        files = (*plan.base, *plan.fresh, *gone, *plan.aside_base, *plan.aside_fresh)
        folders = (plan.into, plan.aside_into)
        engine = self._engine(Reach.of(plan.bounds, files, folders), plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(merge(connection, plan, self._progress))

    def _repair(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_repair(job)
        files = plan.files if plan.repaired is None else (*plan.files, plan.repaired[0].path)
        scratch = self._scratch()
        folders = (plan.into, plan.aside, str(scratch))
        engine = self._engine(Reach.of(plan.bounds, files, folders), plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(repair(connection, plan, scratch, self._progress))

    def _discard(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_discard(job)
        self._engine(Reach.of(plan.bounds, plan.files, (plan.aside,)), plan.bounds.seconds)
        self._end(discard(plan))

    def _survey(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_survey(job)
        files = [file.path for file in plan.spec.files]
        scratch = self._scratch()
        reach = Reach.of(plan.bounds, files, (str(scratch),))
        engine = self._engine(reach, plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(survey(connection, plan, scratch, self._progress))

    def _examine(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_examine(job)
        files = [file.path for file in plan.files]
        scratch = self._scratch()
        reach = Reach.of(plan.bounds, files, (str(scratch),))
        engine = self._engine(reach, plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(examine(connection, plan, scratch, self._progress))

    def _compact(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_compact(job)
        files = [path for path, _ in plan.files]
        reach = Reach.of(plan.bounds, files, (plan.into, plan.aside))
        engine = self._engine(reach, plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(compact(connection, plan, self._progress))

    def _plan(self, job: dict[str, Any]) -> QueryPlan:
        count = sum(1 for table in job["tables"] if table["inline"])
        inline = [self._channel.receive(ATTACHMENT)[1] for _ in range(count)]
        return wire.unpack_query(job, inline)

    @staticmethod
    def _reach(plan: QueryPlan) -> Reach:
        files = [file for table in plan.tables for file in table.files]
        stamps = {
            file: stamp
            for table in plan.tables
            for file, stamp in zip(table.files, table.stamps, strict=False)
        }
        return Reach.of(plan.bounds, files, () if plan.into is None else (plan.into,), stamps)

    def _engine(self, reach: Reach, seconds: float) -> Instance:
        """The engine for a job: the last one where it reaches as far, else the one ahead."""
        self._watch.until = time.monotonic() + seconds + GRACE
        before = self._used.reach if self._used is not None else None
        if self._used is not None and before is not None:
            if before.covers(reach):
                return self._used
            reach = reach.joined(before)
            self._used.close()
        self._bound(reach.memory)
        assert self._ahead is not None
        self._used, self._ahead = self._ahead, None
        self._used.lock(reach)
        return self._used

    def _scratch(self) -> Path:
        scratch = self._directory / "text"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        return scratch

    def _progress(self, fraction: float | None, doing: Message) -> None:
        self._channel.send_json(wire.PROGRESS, {"progress": [fraction, packed(doing)]})

    def _end(self, trailer: dict[str, Any]) -> None:
        self._channel.send_json(wire.TRAILER, {**trailer, "weight": confine.resident()})
