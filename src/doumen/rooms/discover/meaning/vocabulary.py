"""Terms and data elements: set, shown, listed, imported and removed, alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.meaning import body_of
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import CODELIST, ELEMENT, LINK, TERM, Words
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import identifier
from doumen.rooms.discover.meaning import records

NAMED: Mapping[str, Message] = {
    TERM: msg("term"),
    ELEMENT: msg("data element"),
    CODELIST: msg("code list"),
}


def key_of(kind: str, text: str) -> str:
    """A key as it is kept.

    Raises:
        Invalid: it is none.
    """
    return identifier(text.strip(), msg("key of a {kind}", kind=NAMED[kind]))


def found(facts: Facts, kind: str, text: str) -> tuple[str, Mapping[str, Any]]:
    """Key and body of what is there.

    Raises:
        NotFound: there is no such thing.
        Invalid: it is no key.
    """
    key = key_of(kind, text)
    body = facts.body(kind, key)
    if body is None:
        raise NotFound(
            msg("There is no {kind} `{key}`.", kind=NAMED[kind], key=key),
            next=msg("`doumen {kind} list` shows all.", kind=kind),
            detail=kind,
        )
    return key, body


def version_of(desk: Desk, kind: str, key: str) -> int:
    """How often it was said: the version in force, from 1."""
    return sum(row.fact.body is not None for row in desk.history(kind, key))


def put(desk: Desk, kind: str, text: str, given: Mapping[str, Any]) -> Outcome:
    """Say what a term or an element is; what is not given stays as it was.

    Raises:
        Invalid: it is no key, a field is wrong, or leads to what is not there.
        Refused: only owner and steward may.
    """
    facts, key = desk.facts(), key_of(kind, text)
    policy.may_amend(desk.actor, Fact(kind, key, {}))
    before = facts.body(kind, key)
    body, faults = body_of(kind, given, before)
    wrong = [*faults, *_astray(kind, {key: body}, facts)]
    if wrong:
        raise Invalid(
            msg("The {kind} `{key}` cannot be kept: {fault}.", kind=NAMED[kind], key=key,
                fault=wrong[0]),
            detail=kind,
        )  # fmt: skip
    if body == before:
        said = msg("The {kind} `{key}` is as it was.", kind=NAMED[kind], key=key)
        return Outcome({kind: key, "version": version_of(desk, kind, key), "receipt": None},
                       said=(said,))  # fmt: skip
    receipt = desk.amend([Fact(kind, key, body)], subject=f"{kind} {key}", seen=facts)
    version = version_of(desk, kind, key)
    return Outcome(
        {kind: key, "version": version, "receipt": receipt},
        said=(
            msg("The {kind} `{key}` is kept, version {version}.", kind=NAMED[kind], key=key,
                version=version),
            msg("Receipt {receipt}.", receipt=receipt),
        ),
    )  # fmt: skip


def take_in(desk: Desk, kind: str, path: Path) -> Outcome:
    """Keep all entries of a file, or none; each takes the place of one with its key.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: an entry is wrong; all are told of.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    policy.may_amend(desk.actor, Fact(kind, "", {}))
    bodies: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    faults: list[tuple[int, Message]] = []
    for line, record in records.read(path):
        try:
            key = key_of(kind, str(record.get("key") or record.get(kind) or ""))
        except Invalid as error:
            faults.append((line, error.what))
            continue
        if key in bodies:
            faults.append((line, msg("key `{key}` is there twice", key=key)))
        rest = {name: value for name, value in record.items() if name not in ("key", kind)}
        body, wrong = body_of(kind, rest)
        bodies[key], lines[key] = body, line
        faults += [(line, fault) for fault in wrong]
    for key, body in bodies.items():
        faults += [(lines[key], one) for one in _astray(kind, {**bodies, key: body}, facts, key)]
    if faults:
        what = msg("`{path}` holds entries that cannot be kept.", path=path.name)
        raise records.faulty(what, sorted(faults, key=lambda one: one[0]))
    changed = [Fact(kind, key, body) for key, body in bodies.items()
               if facts.body(kind, key) != body]  # fmt: skip
    receipt = None
    if changed:
        receipt = desk.amend(changed, subject=f"{kind} {path.name}", seen=facts)
    said = [
        msg("{count} entries: {changed} new or changed.", count=len(bodies), changed=len(changed))
    ]
    if receipt:
        said.append(msg("Receipt {receipt}.", receipt=receipt))
    return Outcome(
        {"file": path.name, "entries": len(bodies), "changed": len(changed), "receipt": receipt},
        said=tuple(said),
    )


def show(desk: Desk, kind: str, text: str, pairs: Sequence[tuple[Message, str]]) -> Outcome:
    """All that is said of one, and what refers to it.

    Raises:
        NotFound: there is no such thing.
    """
    facts = desk.facts()
    key, body = found(facts, kind, text)
    history = desk.history(kind, key)
    used = list(users(facts, kind, key))
    shape = {
        kind: key,
        "version": version_of(desk, kind, key),
        "changed": (history[-1].time or None) if history else None,
        **body,
        "used_by": [{"kind": by, "key": name} for by, name in used],
    }
    drawn = [(label, _shown(shape[name])) for label, name in pairs]
    drawn.append((msg("version"), shape["version"]))
    drawn.append((msg("used by"), tuple(name for _, name in used)))
    filled = tuple((label, value) for label, value in drawn if value not in (None, "", ()))
    title = msg("{kind} {key}", kind=NAMED[kind], key=key)
    return Outcome(shape, (Fields(filled, title=title),))


def list_all(desk: Desk, kind: str, text: str | None) -> Outcome:
    """All of a kind, or those whose key, names or synonyms hold a text."""
    wanted = (text or "").casefold()
    listed = []
    for key, body in desk.facts().all(kind):
        names = Words.of_json(body["names"])
        if any(wanted in one.casefold() for one in (key, names.en, names.zh, *body["synonyms"])):
            listed.append({"key": key, "names": body["names"], "state": body["state"],
                           "definition": body["definition"]})  # fmt: skip
    rows = tuple(
        (one["key"], Words.of_json(one["names"]).both, one["state"],
         Words.of_json(one["definition"]).both)
        for one in listed
    )  # fmt: skip
    table = Table((msg("key"), msg("name"), msg("state"), msg("definition")), rows)
    said = () if listed else (msg("There is none."),)
    return Outcome({f"{kind}s": listed}, (table,), said)


def remove(desk: Desk, kind: str, text: str) -> Outcome:
    """Take one away, where nothing refers to it.

    Raises:
        NotFound: there is no such thing.
        Conflict: something refers to it.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    policy.may_amend(desk.actor, Fact(kind, key_of(kind, text), None))
    key, _ = found(facts, kind, text)
    used = [name for _, name in users(facts, kind, key)]
    if used:
        raise Conflict(
            msg("The {kind} `{key}` is used by {names}.", kind=NAMED[kind], key=key,
                names=enumerated(used[:10])),
            next=msg("Take it out of these first."),
            detail="used",
        )  # fmt: skip
    receipt = desk.amend([Fact(kind, key, None)], subject=f"{kind} {key}", seen=facts)
    return Outcome(
        {kind: key, "receipt": receipt},
        said=(
            msg("The {kind} `{key}` is removed; its versions stay on record.", kind=NAMED[kind],
                key=key),
            msg("Receipt {receipt}.", receipt=receipt),
        ),
    )  # fmt: skip


def users(facts: Facts, kind: str, key: str) -> Iterator[tuple[str, str]]:
    """Kind and key of what refers to a term, an element or a code list."""
    for other, body in facts.all(TERM):
        if kind == TERM and other != key and key in (*body["broader"], *body["related"]):
            yield TERM, other
    for other, body in facts.all(ELEMENT):
        if kind in (TERM, CODELIST) and body[kind] == key:
            yield ELEMENT, other
    for place, body in facts.all(LINK):
        if body[kind] == key:
            yield LINK, place


def _astray(
    kind: str, bodies: Mapping[str, dict[str, Any]], facts: Facts, only: str | None = None
) -> Iterator[Message]:
    """What in new bodies leads nowhere, or in a circle."""
    terms = {key for key, _ in facts.all(TERM)} | (set(bodies) if kind == TERM else set())
    for key in bodies if only is None else (only,):
        body = bodies[key]
        wanted = [*body["broader"], *body["related"]] if kind == TERM else [body["term"]]
        for other in wanted:
            if other is not None and other not in terms:
                yield msg("there is no term `{key}`", key=other)
        if kind == TERM and _above(key, bodies, facts):
            yield msg("`{key}` would stand above itself", key=key)
        listed = body[CODELIST] if kind == ELEMENT else None
        if listed is not None and facts.body(CODELIST, listed) is None:
            yield msg("there is no code list `{key}`", key=listed)


def _above(key: str, bodies: Mapping[str, Mapping[str, Any]], facts: Facts) -> bool:
    """Whether a term is broader than itself, by way of others."""
    seen: set[str] = set()
    ahead = [key]
    while ahead:
        body = bodies.get(ahead[-1]) or facts.body(TERM, ahead[-1]) or {"broader": ()}
        ahead.pop()
        for other in body["broader"]:
            if other == key:
                return True
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return False


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Words.of_json(value).both
    return tuple(value) if isinstance(value, list) else value
