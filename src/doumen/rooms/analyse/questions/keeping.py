"""Saved questions as facts: found by what people call them, checked before they are kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from doumen.kits import sql as reading
from doumen.kits.policy.amend import token_holder
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.message import Message, msg, sentence
from doumen.model.question import EVERYONE, QUESTION, Asked, Question

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

MOST = 500
"""Most questions that an actor has saved."""
LONGEST = 100_000
"""Most characters of a statement that is saved."""
TITLE = 200
"""Most characters of a title."""
SYSTEM = "sys"
"""The domain of tables that everyone may read, each with what they may know."""
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_id() -> str:
    """`Q-` and ten characters drawn at random, which no two questions share."""
    return "Q-" + "".join(secrets.choice(_LETTERS) for _ in range(10))


def now() -> str:
    """RFC 3339 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_of(desk: Desk, name: str) -> str:
    """The key of what is called `ID`, one of the asker's own, or `ACTOR/ID`."""
    return name if "/" in name else f"{desk.actor.name}/{name}"


def find(desk: Desk, name: str, facts: Facts | None = None) -> tuple[str, Question]:
    """A question that the asker may read.

    Raises:
        NotFound: there is none of this name that they may read.
    """
    key = key_of(desk, name)
    body = (facts or desk.facts()).body(QUESTION, key)
    if body is None:
        raise NotFound(
            msg("There is no question `{name}`.", name=name),
            why=msg("It was never saved, was removed, or is not shared with you."),
            next=msg("`doumen question list` lists those you may read."),
            detail="question",
        )
    return key, Question.of_json(body)


def readable(desk: Desk) -> Iterator[tuple[str, Question]]:
    """The asker's own questions and those that are shared with them, by key."""
    roles = {EVERYONE, *desk.actor.roles}
    for key, body in desk.facts().all(QUESTION):
        if token_holder(key) == desk.actor.name or not roles.isdisjoint(body["shared"]):
            yield key, Question.of_json(body)


def check(title: str, sql: str, chart: int | None) -> tuple[str, ...]:
    """Check what is to be saved; gives the datasets that the statement names, sorted.

    Raises:
        Invalid: something of it is wrong; all of it is told at once.
        Refused: the statement is none that the gate admits.
    """
    faults: list[Message] = []
    if not 1 <= len(title) <= TITLE or not title.isprintable():
        faults.append(msg("a title has 1 to {most} printable characters", most=TITLE))
    if len(sql) > LONGEST:
        faults.append(
            msg("the statement has {count:,} characters; {most:,} are kept", count=len(sql),
                most=LONGEST)
        )  # fmt: skip
    if chart is not None and chart < 1:
        faults.append(msg("charts are numbered from 1"))
    if faults:
        raise Invalid(sentence(faults), detail="question")
    tables = reading.parse(sql).tables
    return tuple(sorted(str(ref) for ref in tables if ref.domain != SYSTEM))


def room_for_more(desk: Desk, facts: Facts) -> None:
    """Let an actor save one more.

    Raises:
        Invalid: they have as many as there may be.
    """
    own = sum(token_holder(key) == desk.actor.name for key, _ in facts.all(QUESTION))
    if own >= MOST:
        raise Invalid(
            msg("You have saved {most} questions, and more are not kept.", most=MOST),
            next=msg("Remove one: `doumen question remove ID`."),
            detail="question",
        )


def described(key: str, question: Question) -> dict[str, Any]:
    """A question in the JSON of verbs."""
    return {"question": key, "actor": token_holder(key), **question.as_json()}


def told(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """What was asked, in the JSON of verbs."""
    return [
        {
            "receipt": one.id,
            "time": one.time,
            "type": one.type,
            "purpose": one.purpose,
            "agreement": one.agreement,
            "subject": one.subject,
            "rows": one.rows,
            "truncated": one.truncated,
            "code": one.code,
            "sql": one.statement,
            "parameters": [
                value.isoformat() if isinstance(value, datetime) else value
                for value in one.parameters
            ],
        }
        for one in asked
    ]
