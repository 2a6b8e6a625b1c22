"""Processes as facts of a node: found, and changed by one amendment at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid4, uuid5

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg
from doumen.rooms.exchange.process.state import P, Process

CHANGED = "conflict.changed"
"""Code of the conflict of two jobs at one fact."""
TRIES = 5
"""Times that something is taken up again when another job led the process on meanwhile."""
A = TypeVar("A")


def stamp(now: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_pid() -> str:
    """An identifier for a process that we begin."""
    return f"urn:uuid:{uuid4()}"


def pid_for(own: str, other: str, theirs: str) -> str:
    """Our identifier for a process that another began: a message sent twice begins one."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{own} {other} {theirs}')}"


def found(facts: Facts, of: type[P], key: str) -> P:
    """The process of this name.

    Raises:
        NotFound: there is none that the asker may know.
    """
    body = facts.body(of.kind.name, key)
    if body is None:
        raise NotFound(
            msg("There is no {process} `{key}`.", process=of.kind.machine.process, key=key),
            next=msg("`doumen {verb} list` shows them.", verb=of.kind.name),
            detail=of.kind.name,
        )
    return of.from_json(body)


def keep(desk: Desk, seen: Facts, now: Process[Any, Any], also: Sequence[Fact] = ()) -> str:
    """Keep a process as it is now, with what else becomes true; the id of the receipt.

    Raises:
        Conflict: another job led it on since `seen`.
    """
    name = now.kind.name
    facts = [Fact(name, now.key, now.as_json()), *also]
    return desk.amend(facts, subject=f"{name} {now.key}", seen=seen)


def unchanged(desk: Desk, once: Callable[[Facts], A]) -> A:
    """Do something on the facts of one version, anew where another job was before it.

    Raises:
        Conflict: again and again.
    """
    for attempt in range(TRIES):
        try:
            return once(desk.facts())
        except Conflict as error:
            if error.code != CHANGED or attempt == TRIES - 1:
                raise
    raise AssertionError
