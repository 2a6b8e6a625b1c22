"""Code lists brought in: from a file as a list or as a new edition of one, or built in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace as altered
from datetime import date
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.meaning import Listing, faults, followed
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import CODELIST, Code, CodeList, Edition, Words
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome
from doumen.rooms.discover.meaning import areas, records, rows
from doumen.rooms.discover.meaning.kept import codes_of, keep
from doumen.rooms.discover.meaning.vocabulary import key_of


def take_in(
    desk: Desk,
    *,
    file: Path,
    key: str,
    edition: str | None = None,
    valid_from: str | None = None,
    title_en: str | None = None,
    title_zh: str | None = None,
    agency: str | None = None,
    source: str | None = None,
    steward: str | None = None,
    replace: bool = False,
) -> Outcome:
    """Keep a code list, or a new edition of one that is there.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: a code is wrong, or the list is there and nothing says since when this holds.
        Conflict: an edition as late as this one is there.
        Refused: only owner and steward may; long lists, only the owner.
    """
    facts, key = desk.facts(), key_of(CODELIST, key)
    policy.may_amend(desk.actor, Fact(CODELIST, key, {}))
    day = _day(valid_from)
    body = facts.body(CODELIST, key)
    before = None if body is None else CodeList.of_json(key, body)
    said = {
        "title_en": title_en, "title_zh": title_zh, "agency": agency, "source": source,
        "steward": steward,
    }  # fmt: skip
    found = _titled(before or CodeList(key, Words()), said)
    lines, given = _read(file)
    made = Edition(edition or (day.isoformat() if day else "1"), day)
    if before is None or replace:
        codes: Sequence[Code] = [
            one if one.valid_from or one.valid_until else altered(one, valid_from=day)
            for one in given
        ]
        editions: tuple[Edition, ...] = (made,)
    else:
        codes, editions = _after(desk, before, made, given)
    _check(file.name, codes, lines)
    return _kept(desk, facts, altered(found, editions=editions), codes)


def built_in(desk: Desk, *, name: str, replace: bool = False) -> Outcome:
    """Keep a code list that comes with Doumen.

    Raises:
        Unavailable: the package that holds it is not installed.
        Conflict: a list of its name is there, with other editions.
        Refused: only the owner may.
    """
    policy.may_collect(desk.actor)
    facts = desk.facts()
    found, codes = areas.load(desk.progress)
    body = facts.body(CODELIST, name)
    there = None if body is None else CodeList.of_json(name, body)
    if there is not None and there.editions != found.editions and not replace:
        raise _there(there)
    if there is not None and not replace:
        found = altered(there, editions=found.editions)
    return _kept(desk, facts, found, codes)


def _after(
    desk: Desk, before: CodeList, made: Edition, given: Sequence[Code]
) -> tuple[tuple[Code, ...], tuple[Edition, ...]]:
    """Codes and editions of a list once a new one follows.

    Raises:
        Invalid, Conflict: it cannot follow.
        NotFound: the asker may not read the list that it follows.
    """
    last = before.editions[-1]
    if made.valid_from is None:
        raise Invalid(
            msg("Code list `{key}` is there already.", key=before.key),
            why=msg("A new edition of it says since when it holds."),
            next=msg("Say `--valid-from YYYY-MM-DD`, or `--replace` to begin anew."),
            detail="edition",
        )
    late = last.valid_from is not None and made.valid_from <= last.valid_from
    if late or any(one.version == made.version for one in before.editions):
        raise _there(before)
    if any(one.valid_from or one.valid_until for one in given):
        raise Invalid(
            msg("A new edition has no days of its own."),
            why=msg("All codes in it are valid from its first day; others end there."),
            next=msg("Leave `valid_from` and `valid_until` out, or give the whole list with "
                     "`--replace`."),
            detail="edition",
        )  # fmt: skip
    twice = [code for code, count in Counter(one.code for one in given).items() if count > 1]
    if twice:
        raise Invalid(msg("Code `{code}` is there twice.", code=twice[0]), detail="records")
    codes = codes_of(desk, before)
    if codes is None:
        raise NotFound(
            msg("The codes of `{key}` are in a dataset that you may not read.", key=before.key),
            next=msg("Ask the owner."),
            detail="dataset",
        )
    return followed(codes, Listing(made.valid_from, given)), (*before.editions, made)


def _there(before: CodeList) -> Conflict:
    last = before.editions[-1]
    return Conflict(
        msg("Code list `{key}` is there already, up to edition `{edition}`.", key=before.key,
            edition=last.version),
        why=msg("Editions follow one another by the day from which they hold."),
        next=msg("Give a later `--valid-from`, or `--replace` to begin anew."),
        detail="edition",
    )  # fmt: skip


def _kept(desk: Desk, facts: Facts, found: CodeList, codes: Sequence[Code]) -> Outcome:
    receipt = keep(desk, facts, found, codes)
    kept = CodeList.of_json(found.key, desk.facts().body(CODELIST, found.key) or {})
    said: list[Message] = [
        msg("Code list `{key}`: {count:,} codes in {editions} editions.", key=kept.key,
            count=kept.count, editions=len(kept.editions)),
    ]  # fmt: skip
    if kept.dataset is not None:
        said.append(
            msg("Its codes are the dataset `{dataset}`; whom a rule permits may read it.",
                dataset=kept.dataset)
        )  # fmt: skip
    said.append(
        msg("Receipt {receipt}. Next: doumen codelist show {key}", receipt=receipt, key=kept.key)
        if receipt
        else msg("It is as it was.")
    )
    return Outcome(
        {
            "codelist": kept.key,
            "editions": len(kept.editions),
            "codes": kept.count,
            "rows": len(codes),
            "dataset": kept.dataset,
            "receipt": receipt,
        },
        said=tuple(said),
    )


def _titled(found: CodeList, said: Mapping[str, str | None]) -> CodeList:
    """A list with what is said of it; its key is its title where nobody gives one."""
    now = {
        "title_en": found.title.en,
        "title_zh": found.title.zh,
        "agency": found.agency,
        "source": found.source,
        "steward": found.steward,
        **{name: text.strip() for name, text in said.items() if text is not None},
    }
    title = Words(now["title_en"], now["title_zh"])
    return altered(
        found,
        title=title if title.any else Words(found.key),
        agency=now["agency"],
        source=now["source"],
        steward=now["steward"],
    )


def _read(file: Path) -> tuple[dict[str, int], list[Code]]:
    """The codes of a file, and the line of each.

    Raises:
        Invalid: one cannot be read; all are told of.
    """
    lines: dict[str, int] = {}
    given: list[Code] = []
    wrong: list[tuple[int, Message]] = []
    for line, record in records.read(file):
        one, faulty = rows.written(record)
        lines[one.code] = line
        given.append(one)
        wrong += [(line, fault) for fault in faulty]
    if wrong:
        raise _bad(file.name, wrong)
    return lines, given


def _check(name: str, codes: Sequence[Code], lines: dict[str, int]) -> None:
    """Raises: Invalid: the codes do not go together."""
    wrong = [
        (lines.get(code, 0), msg("code `{code}`: {fault}", code=code, fault=fault))
        for code, fault in faults(codes)
    ]
    if wrong:
        raise _bad(name, sorted(wrong, key=lambda one: one[0]))


def _bad(name: str, wrong: Sequence[tuple[int, Message]]) -> Invalid:
    return records.faulty(msg("`{name}` holds codes that cannot be kept.", name=name), wrong)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no day.", text=text),
            next=msg("Write it as `2027-06-30`."),
            detail="value",
        ) from None
