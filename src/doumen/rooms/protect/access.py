"""Who may see a dataset, and what an actor may see: as the gate rules, with the rules behind it.

Nothing is evaluated here: for each actor and purpose the gate is asked what it would tell them of a
question, which is free and runs nothing. So the answer is that of the query itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.policy.ruling import absent
from doumen.model.actor import OWNER
from doumen.model.answer import Explained
from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.protect.known import known

YES, PART, NO = "yes", "part", "no"
AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: who, for which purpose, of what."""

    actor: str
    purpose: str | None
    ref: Ref
    column: str | None


def who_can(
    desk: Desk, dataset: str, *, column: str | None = None, purpose: str | None = None
) -> Outcome:
    """Say who may see a dataset or a column of it, and by which rules.

    Owner and stewards are told of all actors, everyone else of themself.

    Raises:
        NotFound: there is no such dataset that the asker may know.
        Invalid: it has no such column.
    """
    facts, ref = desk.facts(), Ref.parse(dataset)
    body = facts.dataset(ref)
    if body is None:
        raise absent(ref)
    names = [one["name"] for one in body["columns"]]
    if column is not None:
        column = _column(ref, column, names)
    found = [
        {"actor": actor, **told}
        for actor in _actors(desk, facts)
        for told in _told(desk, facts, actor, purpose, (ref, column, len(names)))
    ]
    rows = tuple((one["actor"], *_row(one)) for one in found)
    return Outcome(
        json={"dataset": str(ref), "column": column, "purpose": purpose, "actors": found},
        drawn=(Table((msg("actor"), *_HEADS), rows),),
    )


def what_can(desk: Desk, actor: str, *, purpose: str | None = None) -> Outcome:
    """Say what an actor may see, and by which rules.

    Owner and stewards are told of anyone, everyone else of themself.

    Raises:
        NotFound: there is no such actor that the asker may know.
    """
    facts = desk.facts()
    name = known(facts, actor)
    if name not in _actors(desk, facts):
        raise NotFound(
            msg("There is no actor `{holder}` on this node.", holder=name), detail="actor"
        )
    found = [
        {"dataset": key, **told}
        for key, body in facts.all("dataset")
        for told in _told(desk, facts, name, purpose, (Ref.parse(key), None, len(body["columns"])))
    ]
    rows = tuple((one["dataset"], *_row(one)) for one in found)
    return Outcome(
        json={"actor": name, "purpose": purpose, "datasets": found},
        drawn=(Table((msg("dataset"), *_HEADS), rows),),
    )


_HEADS = (msg("for"), msg("may see"), msg("rows"), msg("columns"), msg("why"))


def _actors(desk: Desk, facts: Facts) -> list[str]:
    """Whom the asker is told of."""
    if not desk.actor.governs:
        return [desk.actor.name]
    return sorted({OWNER, *(key for key, _ in facts.all("actor"))})


def _told(
    desk: Desk, facts: Facts, actor: str, purpose: str | None, of: tuple[Ref, str | None, int]
) -> Iterator[dict[str, Any]]:
    """What an actor may see, once for all purposes under which it is the same."""
    ref, column, columns = of
    found: list[tuple[list[str | None], dict[str, Any]]] = []
    for one in _purposes(facts, actor, purpose):
        told = _asked(desk, _Asked(actor, one, ref, column), columns)
        same = next((purposes for purposes, other in found if other == told), None)
        if same is None:
            found.append(([one], told))
        else:
            same.append(one)
    yield from ({"purposes": purposes, **told} for purposes, told in found)


def _purposes(facts: Facts, actor: str, purpose: str | None) -> Sequence[str | None]:
    """The purpose that is asked for; else none, and each that the actor has."""
    if purpose is not None:
        return [purpose]
    held = facts.actor(actor)
    return [None, *sorted(held.purposes if held else ())]


def _asked(desk: Desk, asked: _Asked, columns: int) -> dict[str, Any]:
    counted = "*" if asked.column is None else _quoted(asked.column)
    place = f"{_quoted(asked.ref.domain)}.{_quoted(asked.ref.name)}"
    sql = f"SELECT count({counted}) FROM {place}"  # noqa: S608 - names are quoted
    try:
        explained = desk.explain_for(asked.actor, asked.purpose, sql)
    except DoumenError as error:
        return _no(error)
    return _yes(explained, asked, columns)


def _no(error: DoumenError) -> dict[str, Any]:
    hidden = isinstance(error, NotFound)
    why = msg("No rule lets them know of it.") if hidden else error.why or error.what
    return {
        "may": NO,
        "rows": "none",
        "columns": [],
        "rules": [],
        "rule": error.rule,
        "why": why,
    }


def _yes(explained: Explained, asked: _Asked, columns: int) -> dict[str, Any]:
    table = explained.tables[0]
    shown = [
        dict(one)
        for one in table["columns"]
        if asked.column is None or one["name"].casefold() == asked.column.casefold()
    ]
    duties = [duty for rule in table["rules"] for duty in rule["duties"]]
    masked = any(one["shown"] != AS_IT_IS for one in shown)
    fewer = asked.column is None and len(shown) < columns
    part = table["rows"] != "all" or masked or fewer or bool(duties)
    return {
        "may": PART if part else YES,
        "rows": table["rows"],
        "columns": shown,
        "rules": [dict(rule) for rule in table["rules"]],
        "rule": None,
        "why": None if table["rules"] else msg("Everything of the node is theirs."),
    }


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of an answer a table shows."""
    words = {YES: msg("yes, all of it"), PART: msg("yes, in part"), NO: msg("no")}
    rows = {"all": msg("all"), "filtered": msg("some"), "none": msg("none")}
    reasons: Iterable[str | Message] = (
        *(f"{rule['id']}: {', '.join(rule['duties'])}".removesuffix(": ") for rule in one["rules"]),
        *(() if one["rule"] is None else (one["rule"],)),
        *(() if one["why"] is None else (one["why"],)),
    )
    return (
        tuple(purpose or msg("no purpose") for purpose in one["purposes"]),
        words[one["may"]],
        rows[one["rows"]],
        tuple(
            c["name"] if c["shown"] == AS_IT_IS else f"{c['name']} ({c['shown']})"
            for c in one["columns"]
        ),
        tuple(reasons),
    )


def _column(ref: Ref, given: str, names: Sequence[str]) -> str:
    """The column as the dataset writes it.

    Raises:
        Invalid: the asker knows of none.
    """
    found = next((name for name in names if name.casefold() == given.casefold()), None)
    if found is None:
        raise Invalid(
            msg("Dataset `{ref}` has no column `{column}`.", ref=ref, column=given),
            next=msg("`doumen describe {ref}` shows them.", ref=ref),
            detail="column",
        )
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
