"""Positions of schedules, and the conditions that were told of: rows that a transaction moves.

All of it happens in a transaction of the caller, so that a position, the job that it queues and
what is told become true together. There is one writer at a time: what is read in a transaction
that writes is still so when it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from doumen.model.alert import Condition, Kind, Notice, Told
from doumen.model.schedule import Move, Position
from doumen.stores.tables import CONDITIONS, SCHEDULES


class Schedules:
    """How far each schedule is done."""

    def all(self, connection: Connection) -> dict[str, Position]:
        """Name → position."""
        rows = connection.execute(select(SCHEDULES).order_by(SCHEDULES.c.name))
        return {row.name: _position(row) for row in rows}

    def move(self, connection: Connection, move: Move) -> bool:
        """Make one step; False where the position is not where it was seen."""
        mine = SCHEDULES.c.name == move.name
        found = connection.execute(select(SCHEDULES.c.version).where(mine)).scalar()
        if found != (None if move.seen is None else move.seen.version):
            return False
        if move.then is None:
            connection.execute(delete(SCHEDULES).where(mine))
            return True
        row = asdict(move.then) | {"version": 1 if found is None else found + 1}
        row["last"] = None if move.then.last is None else json.dumps(dict(move.then.last))
        asked = insert(SCHEDULES) if found is None else update(SCHEDULES).where(mine)
        connection.execute(asked.values(**row))
        return True


class Conditions:
    """What is wrong now, as each alert has told it."""

    def all(self, connection: Connection) -> dict[Condition, str]:
        """Condition → since when."""
        rows = connection.execute(select(CONDITIONS).order_by(*CONDITIONS.primary_key.columns))
        return {Condition(row.alert, Kind(row.kind), row.subject): row.since for row in rows}

    def weigh(self, connection: Connection, told: Iterable[Told], now: str) -> Iterator[Notice]:
        """Keep what holds and forget what does not; gives the notices of what is another now."""
        for one in told:
            mine = _is(one.condition)
            there = connection.execute(select(CONDITIONS.c.since).where(mine)).first() is not None
            if there == one.holds:
                continue
            if one.holds:
                row = asdict(one.condition) | {"since": now}
                connection.execute(insert(CONDITIONS).values(**row))
            else:
                connection.execute(delete(CONDITIONS).where(mine))
            if one.notice is not None:
                yield one.notice


def _is(condition: Condition) -> ColumnElement[bool]:
    return and_(
        CONDITIONS.c.alert == condition.alert,
        CONDITIONS.c.kind == condition.kind,
        CONDITIONS.c.subject == condition.subject,
    )


def _position(row: Row[Any]) -> Position:
    values = dict(row._mapping)
    values["last"] = None if values["last"] is None else json.loads(values["last"])
    return Position(**values)
