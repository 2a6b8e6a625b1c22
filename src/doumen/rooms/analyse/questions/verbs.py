"""The verbs `question save|list|show|run|share|remove|history`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.kits.policy.amend import token_holder
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.model.question import EVERYONE, QUESTION, Asked, Question, subject
from doumen.rooms.analyse.export import writer
from doumen.rooms.analyse.query import answered, explained, exported, moment, scalar
from doumen.rooms.analyse.questions import keeping

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

ANSWERS = 20
"""Answers of a question that are shown with it."""


def save(
    desk: Desk,
    *,
    sql: str,
    title: str,
    id: str | None = None,
    param: Sequence[str] = (),
    agreement: Sequence[str] = (),
    as_of: str | None = None,
    chart: int | None = None,
) -> Outcome:
    """Save a question, or put another in the place of one of the asker's own.

    Raises:
        Invalid, Refused: something of it is wrong, or there are too many.
        NotFound: an id is given that the asker has saved nothing under.
    """
    moment(as_of)
    datasets, facts, now = keeping.check(title, sql, chart), desk.facts(), keeping.now()
    made = Question(
        title=title,
        sql=sql,
        parameters=tuple(scalar(text) for text in param),
        purpose=desk.purpose,
        agreements=tuple(agreement),
        as_of=as_of,
        chart=chart,
        datasets=datasets,
        created=now,
        updated=now,
    )
    if id is None:
        keeping.room_for_more(desk, facts)
        key = keeping.key_of(desk, keeping.new_id())
    else:
        key, old = _own(desk, id)
        made = replace(made, created=old.created, shared=old.shared)
    receipt = _kept(desk, key, made)
    return Outcome(
        json={**keeping.described(key, made), "receipt": receipt},
        said=(
            msg("Saved as `{key}`. Receipt {receipt}.", key=key, receipt=receipt),
            msg("Ask it: doumen question run {id}", id=key.rpartition("/")[2]),
        ),
    )


def show_all(desk: Desk) -> Outcome:
    """The asker's own questions, and those shared with them."""
    found = list(keeping.readable(desk))
    heads = (msg("question"), msg("title"), msg("datasets"), msg("shared with"), msg("changed"))
    rows = tuple(
        (key, one.title, one.datasets, _with_whom(one.shared), one.updated) for key, one in found
    )
    json = {"questions": [keeping.described(key, one) for key, one in found]}
    return Outcome(json, (Table(heads, rows),))


def show(desk: Desk, *, question: str) -> Outcome:
    """One question, with the receipts of the answers that the asker had to it."""
    key, found = keeping.find(desk, question)
    asked = desk.asked(limit=ANSWERS, subject=subject(key))
    pairs: list[tuple[Message, Any]] = [
        (msg("question"), key),
        (msg("title"), found.title),
        (msg("purpose"), found.purpose or msg("none is stated")),
        (msg("datasets"), found.datasets),
        (msg("shared with"), _with_whom(found.shared)),
        (msg("changed"), found.updated),
    ]
    if found.parameters:
        pairs.append((msg("parameters"), tuple(map(str, found.parameters))))
    drawn: tuple[Table | Fields | Text, ...] = (
        Fields(tuple(pairs)), Text(found.sql), *_answers(asked),
    )  # fmt: skip
    return Outcome({**keeping.described(key, found), "answers": keeping.told(asked)}, drawn)


def run(
    desk: Desk,
    *,
    question: str,
    param: Sequence[str] = (),
    output: Path | str | None = None,
    explain: bool = False,
) -> Outcome:
    """Ask a saved question, under the asker's own rights; its events name it.

    Raises:
        Invalid: it is asked for a purpose, and none is stated.
    """
    key, found = keeping.find(desk, question)
    if found.purpose is not None and desk.purpose is None:
        raise Invalid(
            msg("This question is asked for purpose `{purpose}`.", purpose=found.purpose),
            next=msg("State it, or another one of yours: `--for {purpose}`.",
                     purpose=found.purpose),
            detail="purpose",
        )  # fmt: skip
    path = None if output is None else Path(output)
    write = None if path is None else writer(path)
    given = tuple(scalar(text) for text in param) or found.parameters
    as_of = moment(found.as_of)
    if explain:
        said = desk.explain(found.sql, given, agreement=found.agreements, as_of=as_of)
        outcome = explained(said, desk.facts())
    else:
        answer = desk.query(
            found.sql, given, agreement=found.agreements, as_of=as_of, subject=subject(key)
        )
        outcome = (
            answered(answer)
            if path is None or write is None
            else exported(answer, path, write)
        )  # fmt: skip
    return replace(outcome, json={"question": key, **outcome.json})


def share(
    desk: Desk, *, question: str, role: Sequence[str] = (), everyone: bool = False
) -> Outcome:
    """Share the text of one of the asker's own questions, or, with nobody named, no longer.

    Raises:
        NotFound: the asker saved no such question.
    """
    key, found = _own(desk, question)
    shared = (EVERYONE,) if everyone else tuple(sorted(set(role)))
    receipt = _kept(desk, key, replace(found, shared=shared, updated=keeping.now()))
    done = (
        msg("The text of `{key}` is shared with {whom}. Receipt {receipt}.", key=key,
            whom=_with_whom(shared), receipt=receipt)
        if shared
        else msg("`{key}` is shared with nobody. Receipt {receipt}.", key=key, receipt=receipt)
    )  # fmt: skip
    hint = msg("They read it who may know of all that it names, and ask under their own rights.")
    return Outcome(
        {"question": key, "shared": list(shared), "receipt": receipt},
        said=(done, *((hint,) if shared else ())),
    )


def remove(desk: Desk, *, question: str) -> Outcome:
    """Take a question back and erase its text; the owner may take that of any actor.

    Raises:
        NotFound: there is none that the asker may take back.
    """
    key, _ = keeping.find(desk, question) if desk.actor.is_owner else _own(desk, question)
    receipt = desk.amend([Fact(QUESTION, key, None)], subject=subject(key))
    return Outcome(
        {"question": key, "receipt": receipt},
        said=(
            msg("Removed `{key}`, and erased its text. Receipt {receipt}.", key=key,
                receipt=receipt),
            msg("Receipts of its answers hold the text that was asked, and stay."),
        ),
    )  # fmt: skip


def history(
    desk: Desk, *, limit: int = 50, before: str | None = None, question: str | None = None
) -> Outcome:
    """What the asker asked, the latest first.

    Args:
        desk: The actor at the gate.
        limit: At most so many.
        before: Only what was asked before the one of this receipt.
        question: Only what was asked by running this saved question.
    """
    of = None if question is None else subject(keeping.key_of(desk, question))
    asked = desk.asked(limit=limit, before=before, subject=of)
    more = asked[-1].id if len(asked) == limit else None
    said = () if more is None else (
        msg("Go on: doumen question history --before {id}", id=more),
    )  # fmt: skip
    return Outcome({"asked": keeping.told(asked), "next": more}, _answers(asked), said)


def _own(desk: Desk, name: str) -> tuple[str, Question]:
    """A question of the asker's own.

    Raises:
        NotFound: they saved none of this name.
    """
    key = keeping.key_of(desk, name)
    if token_holder(key) == desk.actor.name:
        return keeping.find(desk, name)
    raise NotFound(
        msg("You saved no question `{name}`.", name=name),
        next=msg("`doumen question list` lists those you may read."),
        detail="question",
    )


def _kept(desk: Desk, key: str, question: Question) -> str:
    fact = Fact(QUESTION, key, question.as_json())
    return desk.amend([fact], subject=subject(key))


def _with_whom(shared: Sequence[str]) -> Message:
    if EVERYONE in shared:
        return msg("everyone who may know of its datasets")
    return enumerated(shared) if shared else msg("nobody")


def _answers(asked: Sequence[Asked]) -> tuple[Table, ...]:
    if not asked:
        return ()
    heads = (msg("receipt"), msg("time"), msg("purpose"), msg("rows"), msg("statement"))
    rows = tuple(
        (one.id, one.time, one.purpose or "", _rows(one), _first_line(one)) for one in asked
    )
    return (Table(heads, rows),)


def _rows(one: Asked) -> str | int:
    return one.code or ("" if one.rows is None else one.rows)


def _first_line(one: Asked) -> Message:
    if one.statement is None:
        return msg("its receipt was shredded")
    return plain(" ".join(one.statement.split())[:200])
