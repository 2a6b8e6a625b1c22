"""What a worker does: job after job of one actor, in an engine locked to the files of the job.

An unlocked engine is made ahead of each job, after the answer of the one before has left. A
job that fails is the last: the parent ends the worker.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from doumen.engines.duckdb import errors, query, wire
from doumen.engines.duckdb.examine import examine
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.engines.duckdb.load import load
from doumen.engines.sandbox import Channel, Closed, confine
from doumen.engines.sandbox.watch import Watch
from doumen.model.errors import DoumenError
from doumen.model.plan import Bounds, QueryPlan

ATTACHMENT = 1 << 32
"""Longest Arrow stream of one inline table, in bytes."""

GRACE = 2.0
"""Seconds after its deadline at which a worker ends itself, if the parent has not."""

WEIGHT = 768 << 20
"""Bytes of memory beyond which a worker is not kept for another job."""


def serve(channel: Channel) -> None:
    """Serve one parent until it hangs up or a job fails."""
    worker = _Worker(channel, Watch(channel.end), confine.memory)
    try:
        while worker.serve_one():
            pass
    except Closed:
        pass


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
        statement = str(job.get("statement", ""))
        try:
            self._jobs()[job["do"]](job)
        except (DoumenError, duckdb.Error, MemoryError, OSError, UnicodeError) as error:
            told = errors.translated(error, statement)
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
            "examine": self._examine,
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
        with engine.session(plan) as connection:
            query.answer(connection, plan, self._channel, self._end)

    def _load(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_load(job)
        files = [file.path for file in plan.spec.files]
        scratch = self._scratch()
        folders = (plan.into, plan.quarantine, str(scratch))
        engine = self._engine(Reach.of(plan.bounds, files, folders), plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(load(connection, plan, scratch, self._progress))

    def _examine(self, job: dict[str, Any]) -> None:
        plan = wire.unpack_examine(job)
        files = [file.path for file in plan.files]
        scratch = self._scratch()
        reach = Reach.of(plan.bounds, files, (str(scratch),))
        engine = self._engine(reach, plan.bounds.seconds)
        with engine.connection() as connection:
            self._end(examine(connection, plan, scratch, self._progress))

    def _plan(self, job: dict[str, Any]) -> QueryPlan:
        count = sum(1 for table in job["tables"] if table["inline"])
        inline = [self._channel.receive(ATTACHMENT)[1] for _ in range(count)]
        return wire.unpack_query(job, inline)

    @staticmethod
    def _reach(plan: QueryPlan) -> Reach:
        files = [file for table in plan.tables for file in table.files]
        return Reach.of(plan.bounds, files, () if plan.into is None else (plan.into,))

    def _engine(self, reach: Reach, seconds: float) -> Instance:
        """The engine for a job: the last one where it reaches the same, else the one ahead."""
        self._watch.until = time.monotonic() + seconds + GRACE
        if self._used is not None and self._used.reach == reach and not reach.directories:
            return self._used
        if self._used is not None:
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

    def _progress(self, fraction: float | None, doing: str) -> None:
        self._channel.send_json(wire.PROGRESS, {"progress": [fraction, doing]})

    def _end(self, trailer: dict[str, Any]) -> None:
        spent = confine.resident() > WEIGHT
        self._channel.send_json(wire.TRAILER, {**trailer, "spent": spent})
