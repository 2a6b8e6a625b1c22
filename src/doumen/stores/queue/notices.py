"""Notices that wait to be sent, and those that were: each taken by one worker at a time.

Who takes one has it under a lease. A worker that dies over it lets the lease lapse, and another
sends it: so it comes at least once, under one id. What waits for a place that does not answer
waits together, and holds up nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from doumen.model.alert import Notice
from doumen.model.message import packed, plain, unpacked
from doumen.stores.database import Database
from doumen.stores.tables import NOTICES

_WAITS = NOTICES.c.sent.is_(None) & NOTICES.c.given_up.is_(None)


class Notices:
    """The notices of one node. Safe for any number of threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, connection: Connection, notices: Iterable[Notice]) -> None:
        """Keep notices to be sent, within a transaction that writes."""
        rows = [_written(notice) for notice in notices]
        if rows:
            connection.execute(insert(NOTICES), rows)

    def claim(self, now: str, until: str) -> Notice | None:
        """Take the notice that is due first; None: none is, or somebody is at each.

        Args:
            now: The time now.
            until: End of the lease.
        """
        free = NOTICES.c.lease.is_(None) | (NOTICES.c.lease < now)
        next = select(NOTICES).where(_WAITS & (NOTICES.c.due <= now) & free)
        next = next.order_by(NOTICES.c.due, NOTICES.c.id).limit(1)
        with self._database.read() as connection:
            if connection.execute(next).first() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(next).first()
            if row is None:
                return None
            mine = NOTICES.c.id == row.id
            connection.execute(
                update(NOTICES).where(mine).values(lease=until, attempt=row.attempt + 1)
            )
            return _read(connection.execute(select(NOTICES).where(mine)).one())

    def took(self, notice: Notice, now: str) -> None:
        """It was sent."""
        self._over(notice, sent=now, code=None)

    def give_up(self, notice: Notice, now: str, code: str) -> None:
        """It is not tried again."""
        self._over(notice, given_up=now, code=code)

    def back(self, notice: Notice, due: str, code: str) -> None:
        """It could not be sent; it, and what else waits for the same alert, is tried later."""
        waits = _WAITS & (NOTICES.c.alert == notice.alert) & (NOTICES.c.due < due)
        with self._database.write() as connection:
            connection.execute(update(NOTICES).where(waits).values(due=due))
            connection.execute(
                update(NOTICES).where(NOTICES.c.id == notice.id).values(lease=None, code=code)
            )

    def hasten(self, alert: str, now: str) -> None:
        """Let what waits for an alert be tried now."""
        with self._database.write() as connection:
            waits = _WAITS & (NOTICES.c.alert == alert) & (NOTICES.c.due > now)
            connection.execute(update(NOTICES).where(waits).values(due=now))

    def of(self, alert: str, limit: int) -> list[Notice]:
        """The notices of an alert, the latest first."""
        asked = select(NOTICES).where(NOTICES.c.alert == alert)
        with self._database.read() as connection:
            rows = connection.execute(asked.order_by(NOTICES.c.id.desc()).limit(limit))
            return [_read(row) for row in rows]

    def forget(self, before: str, alerts: Sequence[str]) -> int:
        """Forget what is older, and what no alert of these is told; gives how many."""
        old: ColumnElement[bool] = NOTICES.c.created < before
        lost = NOTICES.c.alert.not_in(alerts)
        with self._database.read() as connection:
            if connection.execute(select(NOTICES.c.id).where(old | lost).limit(1)).first() is None:
                return 0
        with self._database.write() as connection:
            return int(connection.execute(delete(NOTICES).where(old | lost)).rowcount)

    def _over(self, notice: Notice, **values: Any) -> None:
        mine = update(NOTICES).where(NOTICES.c.id == notice.id)
        with self._database.write() as connection:
            connection.execute(mine.values(lease=None, **values))


def _written(notice: Notice) -> dict[str, Any]:
    body = {
        "type": notice.type,
        "data": notice.data,
        "subject": packed(notice.subject),
        "lines": [packed(line) for line in notice.lines],
    }
    return {
        "id": notice.id,
        "alert": notice.alert,
        "body": json.dumps(body, allow_nan=False),
        "created": notice.created,
        "due": notice.due or notice.created,
        "attempt": notice.attempt,
    }


def _read(row: Row[Any]) -> Notice:
    body = json.loads(row.body)
    return Notice(
        id=row.id,
        alert=row.alert,
        type=body["type"],
        created=row.created,
        data=body["data"],
        subject=unpacked(body["subject"]) or plain(""),
        lines=tuple(unpacked(line) or plain("") for line in body["lines"]),
        due=row.due,
        attempt=row.attempt,
        sent=row.sent,
        given_up=row.given_up,
        code=row.code,
    )
