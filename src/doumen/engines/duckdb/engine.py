"""The engine as the gate sees it: plans in, streams out; all work is done by workers.

A statement is read by a worker of its own that never sees data; queries run in a worker of
their actor; files from outside are parsed in a worker that serves nobody else.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from doumen.engines.duckdb import wire
from doumen.engines.duckdb.conversation import Conversation, encodable
from doumen.engines.duckdb.stream import AnswerStream
from doumen.engines.sandbox import Pool, Worker
from doumen.model.errors import OverBudget, Refused
from doumen.model.load import ColumnCounts, Examination, LoadColumn, Reason, Sheet
from doumen.model.loaded import Loaded, Rewritten, Surveyed, Tally
from doumen.model.merge import Counts
from doumen.model.message import msg, plain, unpacked
from doumen.model.plan import (
    Bounds,
    CompactPlan,
    DiscardPlan,
    ExaminePlan,
    LoadPlan,
    MergePlan,
    Progress,
    QueryPlan,
    RepairPlan,
    Stream,
    SurveyPlan,
)
from doumen.model.retried import Retried
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import Bound, DataFile

ENTRY = "doumen.engines.duckdb.worker"
READ_SECONDS = 5.0
READINGS = 512
"""Readings that are kept."""


class DuckDB:
    """DuckDB in a sandbox. One for all actors and threads.

    Args:
        bounds: Limits of reading a statement; jobs bring their own.
        scratch: Folder for temporary files of jobs; the system's where None.
        warm: Start the sandbox now, off the path of the first job.
    """

    def __init__(
        self, bounds: Bounds | None = None, *, scratch: Path | None = None, warm: bool = True
    ) -> None:
        self._bounds = bounds or Bounds()
        self._pool = Pool(ENTRY, scratch=scratch, warm=warm)
        self._reader: Worker | None = self._pool.take(None) if warm else None
        self._reading = threading.Lock()
        self._readings: OrderedDict[str, str] = OrderedDict()

    def read(self, statement: str) -> str:
        """The engine's own reading of a statement, as the JSON of `json_serialize_sql`.

        Raises:
            Refused: the engine cannot bear to read it. Invalid: it is no text.
        """
        encodable(statement)
        with self._reading:
            if statement in self._readings:
                self._readings.move_to_end(statement)
                return self._readings[statement]
            reading = self._read(statement)
            self._readings[statement] = reading
            if len(self._readings) > READINGS:
                self._readings.popitem(last=False)
            return reading

    def describe(self, plan: QueryPlan, actor: str) -> Schema:
        """Names and types of the answer, bound and not run."""
        _, payload = self._talk("describe", plan, actor).next()
        columns = wire.read_json(payload)["columns"]
        return Schema(tuple(Column(name, type_) for name, type_ in columns))

    def query(self, plan: QueryPlan, actor: str) -> Stream:
        """Run a statement. Raises here what is known before the first batch."""
        return AnswerStream(self._talk("query", plan, actor), plan.bounds.output)

    def load(self, plan: LoadPlan, progress: Progress | None = None) -> Loaded:
        """Run a collection."""
        body = self._outside("load", asdict(plan), plan.bounds, progress)
        return Loaded(
            rows_in=body["rows_in"],
            landed=body["landed"],
            quarantined=body["quarantined"],
            reasons=tuple(Reason(*one) for one in body["reasons"]),
            files=tuple(DataFile(*one) for one in body["files"]),
            quarantine_files=tuple(DataFile(*one) for one in body["quarantine_files"]),
        )

    def merge(
        self, plan: MergePlan, progress: Progress | None = None
    ) -> tuple[Counts, tuple[int, ...]]:
        """Merge rows; gives what became of them, and which files of `base` were written anew."""
        body = self._outside("merge", wire.pack_merge(plan), plan.bounds, progress)
        return Counts(**body["counts"]), tuple(body["touched"])

    def repair(self, plan: RepairPlan, progress: Progress | None = None) -> Retried:
        """Hold rows that were set aside against a contract anew."""
        body = self._outside("repair", asdict(plan), plan.bounds, progress)
        counts = ("rows", "landed", "stayed", "moved", "repaired", "strangers")
        return Retried(
            **{name: body[name] for name in counts},
            reasons=tuple(Reason(*one) for one in body["reasons"]),
        )

    def discard(self, plan: DiscardPlan, progress: Progress | None = None) -> tuple[int, int]:
        """Give rows up that were set aside; how many go, and how many stay."""
        body = self._outside("discard", asdict(plan), plan.bounds, progress)
        return body["gone"], body["stayed"]

    def survey(self, plan: SurveyPlan, progress: Progress | None = None) -> Surveyed:
        """Hold all rows of files against a contract."""
        body = self._outside("survey", asdict(plan), plan.bounds, progress)
        columns = zip(plan.spec.columns, body["formats"], strict=True)
        return Surveyed(
            rows=tuple(body["rows"]),
            reasons=tuple(Reason(*one) for one in body["reasons"]),
            columns=tuple(
                LoadColumn(c.source, c.name, c.type, tuple(formats)) for c, formats in columns
            ),
        )

    def examine(self, plan: ExaminePlan, progress: Progress | None = None) -> Examination:
        """Look at all rows of some files."""
        body = self._outside("examine", asdict(plan), plan.bounds, progress)
        declared = body["schema"]
        return Examination(
            rows=body["rows"],
            columns=tuple(
                ColumnCounts(name, filled, tuple(map(tuple, parses)), zero, digits, longest)
                for name, filled, parses, zero, digits, longest in body["columns"]
            ),
            schema=None if declared is None else Schema(tuple(Column(*one) for one in declared)),
            sheets=tuple(_sheet(one) for one in body.get("sheets", ())),
            first=tuple(map(tuple, body.get("first", ()))),
        )

    def compact(self, plan: CompactPlan, progress: Progress | None = None) -> Rewritten:
        """Write files of the lake anew with the same rows."""
        body = self._outside("compact", asdict(plan), plan.bounds, progress)
        rows, total = body["read"]
        return Rewritten(
            read=Tally(rows, int(total)),
            written=tuple(Tally(one[2], int(one[3])) for one in body["files"]),
            files=tuple(
                DataFile(path, size, rows, bounds=tuple(Bound(*each) for each in bounds))
                for path, size, rows, _, bounds in body["files"]
            ),
        )

    def close(self) -> None:
        """End all workers."""
        with self._reading:
            if self._reader is not None:
                self._reader.channel.close()
                self._reader = None
            self._pool.close()

    @property
    def workers(self) -> int:
        """Worker processes that live, at work or idle."""
        return self._pool.workers

    def _read(self, statement: str) -> str:
        worker, self._reader = self._reader, None
        if worker is not None and not worker.ready:
            worker.end()
            worker = None
        talk = Conversation(
            worker or self._pool.take(None),
            {"do": "read", "statement": statement, "bounds": asdict(self._bounds)},
            seconds=READ_SECONDS,
            release=self._keep_reader,
        )
        try:
            _, payload = talk.next()
        except OverBudget:
            raise Refused(
                msg("The engine cannot read the statement within its bounds."),
                next=msg("Make it shorter or less nested."),
                detail="construct",
            ) from None
        reading: str = wire.read_json(payload)["reading"]
        return reading

    def _keep_reader(self, worker: Worker, _: int) -> None:
        self._reader = worker

    def _talk(self, do: str, plan: QueryPlan, actor: str) -> Conversation:
        encodable(plan.statement, *plan.parameters, *plan.variables.values())
        body, inline = wire.pack_query(plan)
        return Conversation(
            self._pool.take(actor),
            {"do": do, **body},
            inline=inline,
            seconds=plan.bounds.seconds,
            release=lambda worker, weight: self._pool.give(actor, worker, weight),
        )

    def _outside(
        self, do: str, job: dict[str, Any], bounds: Bounds, progress: Progress | None
    ) -> dict[str, Any]:
        """A job on files from outside, in a worker of its own."""
        talk = Conversation(self._pool.take(None), {"do": do, **job}, seconds=bounds.seconds)
        try:
            while True:
                kind, payload = talk.next()
                if kind != wire.PROGRESS:
                    return wire.read_json(payload)
                if progress is not None:
                    fraction, doing = wire.read_json(payload)["progress"]
                    progress(fraction, unpacked(doing) or plain(""))
        finally:
            talk.close()


def _sheet(body: dict[str, Any]) -> Sheet:
    rows, merged = map(tuple, body["rows"]), map(tuple, body["merged"])
    return Sheet(**{**body, "rows": tuple(rows), "merged": tuple(merged)})
