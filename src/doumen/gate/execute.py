"""Fifth station: the plan on an engine, after the engine's own reading of the statement agrees."""

from __future__ import annotations

from functools import lru_cache

from doumen.gate.means import Means
from doumen.gate.stages import Planned
from doumen.gate.watched import Watch, WatchedStream
from doumen.kits import sql
from doumen.kits.sql import Statement
from doumen.model.plan import Engine, Stream
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
    watch = Watch(planned, means.attached)
    if watch.idle:
        return means.engine.query(plan, known.actor.name)
    with watch.reading():
        stream = means.engine.query(watch.stamped(plan), known.actor.name)
    return WatchedStream(stream, watch)


def describe(planned: Planned, means: Means) -> Schema:
    """Names and types of the answer, without running."""
    agree(planned, means.engine)
    watch = Watch(planned, means.attached)
    with watch.reading():
        plan = watch.stamped(planned.plan)
        return means.engine.describe(plan, planned.ruled.known.actor.name)


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
