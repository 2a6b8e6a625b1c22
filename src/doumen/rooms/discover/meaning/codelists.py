"""The verbs that look at code lists: `codelist show`, `list`, `diff`, and `remove`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.meaning import differences, valid_at
from doumen.model.errors import Invalid, NotFound
from doumen.model.meaning import CODELIST, Code, CodeList, Edition
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.discover.meaning import vocabulary
from doumen.rooms.discover.meaning.kept import codes_of
from doumen.rooms.discover.meaning.vocabulary import found, users, version_of

_HEADS = (
    msg("code"), msg("label"), msg("parent"), msg("from"), msg("until"), msg("superseded by"),
)  # fmt: skip


def show(
    desk: Desk, *, key: str, code: str | None = None, at: str | None = None, limit: int = 20
) -> Outcome:
    """A code list and the codes valid at a day, or all that one code meant.

    Raises:
        NotFound: there is no such list, or no such code in it.
        Invalid: what is given is no day.
    """
    facts = desk.facts()
    key, body = found(facts, CODELIST, key)
    one = CodeList.of_json(key, body)
    day = _day(at)
    codes = codes_of(desk, one)
    chosen: tuple[Code, ...] = ()
    if codes is not None:
        chosen = valid_at(codes, day) if code is None else _of(codes, code, one)
    valid = None if codes is None else len(valid_at(codes, day))
    shown = chosen[: max(limit, 0)] if code is None else chosen
    used = list(users(facts, CODELIST, key))
    shape = {
        CODELIST: key,
        "version": version_of(desk, CODELIST, key),
        **{name: value for name, value in body.items() if name != "codes"},
        "at": day.isoformat(),
        "valid": valid,
        "codes": None if codes is None else [each.as_json() for each in shown],
        "more": len(chosen) - len(shown),
        "used_by": [{"kind": by, "key": name} for by, name in used],
    }
    return Outcome(shape, _drawn(one, shape, shown), tuple(_said(shape)))


def list_all(desk: Desk) -> Outcome:
    """All code lists."""
    lists = [CodeList.of_json(key, body) for key, body in desk.facts().all(CODELIST)]
    listed = [
        {
            "key": one.key,
            "title": one.title.as_json(),
            "agency": one.agency,
            "editions": len(one.editions),
            "latest": one.editions[-1].version,
            "codes": one.count,
            "dataset": one.dataset,
            "state": one.state,
        }
        for one in lists
    ]
    rows = tuple(
        (one.key, one.title.any, one.agency, len(one.editions), one.editions[-1].version, one.count)
        for one in lists
    )
    heads = (msg("key"), msg("title"), msg("agency"), msg("editions"), msg("latest"), msg("codes"))
    said = () if listed else (
        msg("There is none. Next: doumen codelist builtin gb2260"),
    )  # fmt: skip
    return Outcome({"codelists": listed}, (Table(heads, rows),), said)


def diff(desk: Desk, *, key: str, old: str | None = None, new: str | None = None) -> Outcome:
    """What changed between two editions of a list; else between the last two.

    Raises:
        NotFound: there is no such list or edition, or the asker may not read its codes.
        Invalid: it has no two editions with days.
    """
    key, body = found(desk.facts(), CODELIST, key)
    one = CodeList.of_json(key, body)
    before, after = _editions(one, old, new)
    codes = codes_of(desk, one)
    if codes is None:
        raise _unread(one)
    what = differences(codes, _from(before), _from(after))
    shape = {
        CODELIST: key,
        "from": before.version,
        "to": after.version,
        "added": [each.as_json() for each in what.added],
        "removed": [each.as_json() for each in what.removed],
        "renamed": [
            {"code": was.code, "from": was.label.as_json(), "to": now.label.as_json()}
            for was, now in what.renamed
        ],
    }
    rows = (
        *((msg("added"), each.code, each.label.both, "") for each in what.added),
        *((msg("removed"), each.code, each.label.both, each.superseded_by) for each in
          what.removed),
        *((msg("renamed"), was.code, was.label.both, now.label.both) for was, now in
          what.renamed),
    )  # fmt: skip
    table = Table((msg("change"), msg("code"), msg("label"), msg("now")), rows)
    said = msg("{added} added, {removed} removed, {renamed} renamed from {old} to {new}.",
               added=len(what.added), removed=len(what.removed), renamed=len(what.renamed),
               old=before.version, new=after.version)  # fmt: skip
    return Outcome(shape, (table,), (said,))


def remove(desk: Desk, *, key: str) -> Outcome:
    """As `vocabulary.remove`; a dataset that held its codes stays.

    Raises:
        NotFound, Conflict, Refused: as there.
    """
    body = desk.facts().body(CODELIST, vocabulary.key_of(CODELIST, key))
    done = vocabulary.remove(desk, CODELIST, key)
    held = None if body is None else body["dataset"]
    said = (msg("Its codes stay in the dataset `{dataset}`.", dataset=held),) if held else ()
    return Outcome({**done.json, "dataset": held}, done.drawn, (*done.said, *said))


def _of(codes: Sequence[Code], code: str, one: CodeList) -> tuple[Code, ...]:
    rows = tuple(each for each in codes if each.code == code)
    if rows:
        return rows
    raise NotFound(
        msg("Code list `{key}` never had a code `{code}`.", key=one.key, code=code),
        next=msg("`doumen codelist show {key} --limit {count}` shows all.", key=one.key,
                 count=one.count),
        detail="code",
    )  # fmt: skip


def _editions(one: CodeList, old: str | None, new: str | None) -> tuple[Edition, Edition]:
    if len(one.editions) < 2:
        raise Invalid(
            msg("Code list `{key}` has one edition only.", key=one.key),
            next=msg("Import a later one: doumen codelist import FILE --key {key} --valid-from "
                     "YYYY-MM-DD", key=one.key),
            detail="edition",
        )  # fmt: skip
    named = {each.version: each for each in one.editions}
    after = one.editions[-1] if new is None else _named(named, new)
    place = one.editions.index(after)
    before = one.editions[max(place - 1, 0)] if old is None else _named(named, old)
    return before, after


def _named(named: dict[str, Edition], version: str) -> Edition:
    if version in named:
        return named[version]
    raise NotFound(
        msg("There is no edition `{version}`.", version=version),
        why=msg("The latest are {versions}.", versions=enumerated(list(named)[-8:])),
        detail="edition",
    )


def _from(edition: Edition) -> date:
    """Its first day; of a first edition that has none, a day before all others."""
    return edition.valid_from or date.min


def _unread(one: CodeList) -> NotFound:
    return NotFound(
        msg("The codes of `{key}` are in a dataset that you may not read.", key=one.key),
        next=msg("Ask the owner."),
        detail="dataset",
    )


def _day(text: str | None) -> date:
    try:
        return datetime.now(UTC).date() if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no day.", text=text),
            next=msg("Write it as `2027-06-30`."),
            detail="value",
        ) from None


def _drawn(
    one: CodeList, shape: dict[str, Any], shown: Sequence[Code]
) -> tuple[Fields | Table, ...]:
    last = one.editions[-1]
    pairs = (
        (msg("title"), one.title.both),
        (msg("agency"), one.agency),
        (msg("source"), one.source),
        (msg("steward"), one.steward),
        (msg("editions"), msg("{count}, the latest {version}", count=len(one.editions),
                              version=last.version)),
        (msg("codes"), f"{one.count:,}"),
        (msg("valid"), None if shape["valid"] is None else
         msg("{count:,} at {day}", count=shape["valid"], day=shape["at"])),
        (msg("dataset"), one.dataset),
        (msg("version"), shape["version"]),
        (msg("used by"), tuple(by["key"] for by in shape["used_by"])),
    )  # fmt: skip
    filled = tuple((name, value) for name, value in pairs if value not in (None, "", ()))
    rows = tuple(
        (each.code, each.label.both, each.parent or "", _iso(each.valid_from),
         _iso(each.valid_until), each.superseded_by)
        for each in shown
    )  # fmt: skip
    fields = Fields(filled, title=msg("Code list {key}", key=one.key))
    return (fields, Table(_HEADS, rows)) if rows else (fields,)


def _said(shape: dict[str, Any]) -> tuple[Message, ...]:
    if shape["codes"] is None:
        return (msg("Its codes are in a dataset that you may not read."),)
    if shape["more"]:
        return (msg("{count:,} more codes; `--limit` shows more.", count=shape["more"]),)
    return ()


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
