"""What the columns of a dataset mean: said (`meaning link`) and shown (`meaning show`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.sql import fold
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import CODELIST, ELEMENT, LINK, TERM, Link, Words
from doumen.model.message import joined, msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import ColumnRef, Ref
from doumen.rooms.discover.meaning.vocabulary import found, version_of

DIRECT, THROUGH = "link", "element"
"""How a column comes to a code list or a term: by its link, or by its data element."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a column means.

    Attributes:
        link: As it was said.
        term: Key of its term, else that of its element.
        codelist: Key of its code list, else that of its element.
    """

    link: Link
    term: str | None
    codelist: str | None


def meant(facts: Facts, ref: Ref, column: str) -> Meant:
    """What a column means, by its link and by its data element."""
    link = Link.of_json(facts.body(LINK, f"{ref}.{column}"))
    element = (facts.body(ELEMENT, link.element) if link.element else None) or {}
    return Meant(link, link.term or element.get(TERM), link.codelist or element.get(CODELIST))


def put(
    desk: Desk,
    *,
    column: str,
    term: str | None = None,
    element: str | None = None,
    codelist: str | None = None,
    remove: bool = False,
) -> Outcome:
    """Link a column to what it means; what is not named stays, or take its link off.

    Raises:
        NotFound: there is no such column that the asker may know, or no such meaning.
        Invalid: nothing is said.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    ref, name = _place(facts, column)
    key = f"{ref}.{name}"
    policy.may_amend(desk.actor, Fact(LINK, key, {}))
    given = {TERM: term, ELEMENT: element, CODELIST: codelist}
    named = {kind: found(facts, kind, text)[0] for kind, text in given.items() if text is not None}
    if remove == bool(named):
        raise Invalid(
            msg("Say what the column means, or `--remove`."),
            next=msg("doumen meaning link {column} --element KEY", column=key),
            detail="usage",
        )
    before = facts.body(LINK, key)
    body = None if remove else {**Link.of_json(before).as_json(), **named}
    receipt = None
    if body != before:
        receipt = desk.amend([Fact(LINK, key, body)], subject=key, seen=facts)
    shape = {"dataset": str(ref), "column": name, **Link.of_json(body).as_json()}
    said = [
        msg("`{column}` has no meaning any more.", column=key)
        if remove
        else msg("`{column}` means {keys}.", column=key,
                 keys=joined(msg(", "), [f"`{one}`" for one in named.values()])),
    ]  # fmt: skip
    said.append(msg("Receipt {receipt}.", receipt=receipt) if receipt else msg("It is as it was."))
    return Outcome({**shape, "receipt": receipt}, said=tuple(said))


def show(desk: Desk, *, dataset: str) -> Outcome:
    """For each column its term, data element and code list, with their versions.

    Raises:
        NotFound: there is no such dataset that the asker may know.
    """
    ref, facts = Ref.parse(dataset), desk.facts()
    body = facts.dataset(ref)
    if body is None:
        raise policy.absent(ref)
    columns = [_column(desk, facts, ref, one) for one in body["columns"]]
    linked = sum(any(one[kind] for kind in (TERM, ELEMENT, CODELIST)) for one in columns)
    rows = tuple(
        (one["column"], *(_cell(one[kind]) for kind in (TERM, ELEMENT, CODELIST)))
        for one in columns
    )
    heads = (msg("column"), msg("term"), msg("data element"), msg("code list"))
    said = [msg("{linked} of {count} columns have a meaning.", linked=linked, count=len(columns))]
    if linked < len(columns) and desk.actor.governs:
        said.append(msg("Next: doumen meaning propose {dataset}", dataset=ref))
    shape = {"dataset": str(ref), "linked": linked, "columns": columns}
    return Outcome(shape, (Table(heads, rows),), tuple(said))


def _column(desk: Desk, facts: Facts, ref: Ref, column: Mapping[str, str]) -> dict[str, Any]:
    what = meant(facts, ref, column["name"])
    return {
        "column": column["name"],
        "type": column["type"],
        TERM: _told(desk, facts, TERM, what.term, what.link.term),
        ELEMENT: _told(desk, facts, ELEMENT, what.link.element, what.link.element),
        CODELIST: _told(desk, facts, CODELIST, what.codelist, what.link.codelist),
    }


def _told(
    desk: Desk, facts: Facts, kind: str, key: str | None, direct: str | None
) -> dict[str, Any] | None:
    """One meaning of a column; None where it has none of the kind, or one that is gone."""
    body = None if key is None else facts.body(kind, key)
    if key is None or body is None:
        return None
    told: dict[str, Any] = {
        "key": key,
        "version": version_of(desk, kind, key),
        "names": body["title" if kind == CODELIST else "names"],
        "state": body["state"],
        "by": DIRECT if direct else THROUGH,
    }
    if kind == CODELIST:
        told |= {"edition": body["editions"][-1]["version"], "dataset": body["dataset"]}
    return told


def _cell(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return ""
    name = Words.of_json(told["names"]).both
    return told["key"] if name == told["key"] else f"{told['key']} ({name})"


def _place(facts: Facts, text: str) -> tuple[Ref, str]:
    """Dataset and name of a column that the asker may know."""
    place = ColumnRef.parse(text)
    body = facts.dataset(place.ref)
    if body is None:
        raise policy.absent(place.ref)
    names = [column["name"] for column in body["columns"]]
    name = next((one for one in names if fold(one) == fold(place.column)), None)
    if name is None:
        raise NotFound(
            msg("`{ref}` has no column `{column}`.", ref=place.ref, column=place.column),
            why=msg("It has {columns}.", columns=joined(msg(", "), names)),
            detail="column",
        )
    return place.ref, name
