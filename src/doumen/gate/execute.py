"""Fifth station: the plan on an engine, after the engine's own reading of the statement agrees."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from doumen.gate.means import Means
from doumen.gate.stages import Planned
from doumen.gate.watched import Watch, WatchedStream
from doumen.kits import sql
from doumen.kits.sql import Statement
from doumen.model.plan import Engine, QueryPlan, Stream
from doumen.model.schema import Schema


def execute(planned: Planned, means: Means) -> Stream:
    """Run the statement.

    Raises:
        Refused: the engine reads something in the statement that the lists do not admit.
        Faulty: the statement failed on values that the actor may see.
        OverBudget: a limit of memory, time or output was reached.
        Conflict, Unavailable: attached files are not what they were, or not there.
    """
    agree(planned, means.engine)
    known = planned.ruled.known
    plan = sql.needed_files(planned.plan, known.asked.statement)
    _bring(planned, plan, means)
    watch = Watch(planned, means.attached)
    if watch.idle:
        return means.engine.query(plan, known.actor.name)
    with watch.reading():
        stream = means.engine.query(watch.stamped(plan), known.actor.name)
    return WatchedStream(stream, watch)


def describe(planned: Planned, means: Means) -> Schema:
    """Names and types of the answer, without running."""
    agree(planned, means.engine)
    plan = _bare(planned.plan)
    watch = Watch(planned, means.attached)
    with watch.reading():
        return means.engine.describe(watch.stamped(plan), planned.ruled.known.actor.name)


def _bare(plan: QueryPlan) -> QueryPlan:
    """The plan over no file of the lake: names and types of an answer come of schemas alone."""
    return replace(
        plan,
        tables=tuple(
            replace(table, files=(), bounds=()) if table.form is None else table
            for table in plan.tables
        ),
    )


def _bring(planned: Planned, plan: QueryPlan, means: Means) -> None:
    """Make sure that the files of the lake that a plan reads can be read.

    Raises:
        Tampered, Unavailable: as `Lake.bring`.
    """
    snapshots = planned.ruled.known.snapshots
    for table in plan.tables:
        if table.form is None and table.ref in snapshots:
            wanted = frozenset(table.files)
            files = snapshots[table.ref].files
            means.lake.bring(f for f in files if str(means.lake.path(f)) in wanted)


def agree(planned: Planned, engine: Engine) -> None:
    """Hold the engine's own reading of the statement against the lists.

    Raises:
        Refused: it reads something that they do not admit.
    """
    statement = planned.ruled.known.asked.statement
    _agreed(engine.read(statement.runs), statement)


@lru_cache(maxsize=512)
def _agreed(reading: str, statement: Statement) -> None:
    sql.check_reading(reading, statement)
