"""The verbs of search: find, complete a name, and bring what is known of texts up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doumen.gate.desk import Desk
from doumen.kits.search import fold
from doumen.model.errors import Invalid, Unavailable
from doumen.model.fact import Facts
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.operation import Outcome
from doumen.rooms.discover.search import columns, dictionary, meaning
from doumen.rooms.discover.search.asking import WEIGHTS, Answer, Question, ask
from doumen.rooms.discover.search.catalogue import Catalogue
from doumen.rooms.discover.search.choices import (
    BY_NAME,
    COLUMN,
    DATASET,
    RELEVANCE,
    UPDATED,
)
from doumen.rooms.discover.search.drawing import drawn
from doumen.rooms.discover.search.known import known
from doumen.rooms.discover.search.why import reasons

MOST = 100
"""Hits of one answer."""
LONGEST = 500
"""Characters of a question."""
READ, LEARNED = 300, 32
"""Contracts that are read, and texts whose meaning is found, while somebody waits."""
PIECE = 512
"""Texts whose meaning is found between two looks at what there is."""


def search(
    desk: Desk,
    query: str | None = None,
    *,
    kind: str = DATASET,
    domain: Sequence[str] = (),
    level: Sequence[str] = (),
    label: Sequence[str] = (),
    owner: Sequence[str] = (),
    format: Sequence[str] = (),
    state: Sequence[str] = (),
    sort: str = RELEVANCE,
    limit: int = 20,
    offset: int = 0,
) -> Outcome:
    """Find datasets, columns, terms or products among what the asker may know.

    Raises:
        Invalid: the question is too long, or limit or offset make no sense.
    """
    question = " ".join((query or "").split())
    _check(question, limit, offset)
    now, held, model = datetime.now(UTC), known(desk), meaning.model()
    catalogue = held.catalogue(desk, now, READ)
    if model is not None and _unlearned(catalogue):
        held.learn([catalogue.document(row) for row in _unlearned(catalogue)[:LEARNED]], model)
        catalogue = held.catalogue(desk, now, READ)
    vector = None if model is None or not question else model.question(question)
    spoken = dictionary.lexicon(desk.index()) if question else None
    terms = spoken.terms(question) if spoken else ()
    chosen = {"domain": domain, "level": level, "label": label, "owner": owner, "format": format,
              "state": state}  # fmt: skip
    of = DATASET if kind == COLUMN else kind
    asked = Question(question, vector, terms, of, chosen)
    answer = ask(catalogue, asked, held.vectors)
    facts = desk.facts()
    rows = _sorted(catalogue, answer, facts, sort)
    if kind == COLUMN:
        total, hits = _columns(catalogue, rows, question, slice(offset, offset + limit))
    else:
        total = len(rows)
        hits = [
            _hit(catalogue, int(row), answer, asked, facts) for row in rows[offset : offset + limit]
        ]
    learned = int(np.count_nonzero(catalogue.alive & (catalogue.places >= 0)))
    told = {
        "query": question,
        "kind": kind,
        "total": total,
        "offset": offset,
        "hits": hits,
        "kinds": dict(answer.kinds),
        "facets": {name: [{"value": v, "count": n} for v, n in counts.items()]
                   for name, counts in answer.facets.items()},
        "meaning": {"used": vector is not None, "known": learned,
                    "of": int(np.count_nonzero(catalogue.alive)), "missing": meaning.missing()},
    }  # fmt: skip
    return Outcome(json=told, drawn=drawn(told), said=tuple(_said(told, catalogue)))


def complete(desk: Desk, prefix: str, limit: int = 10) -> Outcome:
    """Names of datasets that the asker may know which begin so, or of which a part does.

    Raises:
        Invalid: the beginning is too long, or the limit makes no sense.
    """
    _check(prefix, limit, 0)
    begun = "_".join(fold(prefix).split())
    facts = desk.facts()
    names = sorted(n for n, row in facts.rows.get(DATASET, {}).items()
                   if (row.fact.body or {})["kind"] != "quarantine")  # fmt: skip
    whole = [n for n in names if n.startswith(begun) or n.partition(".")[2].startswith(begun)]
    seen = set(whole)
    parts = [n for n in names if n not in seen and (f"_{begun}" in n or f".{begun}" in n)]
    found = [*whole, *parts][:limit] if begun else names[:limit]
    said = () if found else (msg("Nothing that you may know of begins so."),)
    return Outcome(json={"prefix": prefix, "completions": found}, drawn=(), said=said)


def index(desk: Desk) -> Outcome:
    """Read all contracts that the asker may know, and find what all they may find means.

    What is done is kept piece by piece, so that it goes on where it was.

    Raises:
        Unavailable: the packages of the extra `search` are not installed.
    """
    model = meaning.model()
    if model is None:
        raise Unavailable(
            msg("Searching by meaning needs Python packages that are not installed."),
            why=msg("Missing: {packages}.", packages=enumerated(meaning.missing())),
            next=plain("pip install 'doumen[search]'"),
            detail="search",
        )
    now, held = datetime.now(UTC), known(desk)
    contracts = learned = 0
    while True:
        catalogue = held.catalogue(desk, now, PIECE)
        wanted = _unlearned(catalogue)[:PIECE]
        if not wanted and not catalogue.unread:
            break
        total = int(np.count_nonzero(catalogue.alive))
        ready = total - len(_unlearned(catalogue))
        desk.progress(ready / max(total, 1), msg("finding what is described"))
        if catalogue.unread:
            contracts += PIECE
            continue
        held.learn([catalogue.document(row) for row in wanted], model)
        learned += len(wanted)
    total = int(np.count_nonzero(catalogue.alive))
    return Outcome(
        json={"documents": total, "learned": learned},
        said=(msg("The index knows the meaning of all {total:,} that you may find; {learned:,} "
                  "of it is new.", total=total, learned=learned),),
    )  # fmt: skip


def _check(question: str, limit: int, offset: int) -> None:
    if len(question) > LONGEST:
        raise Invalid(
            msg("A question has {most} characters at most.", most=LONGEST), detail="query"
        )
    if not 1 <= limit <= MOST or offset < 0:
        raise Invalid(
            msg("`--limit` is between 1 and {most}, and `--offset` is not below 0.", most=MOST),
            detail="limit",
        )


def _unlearned(catalogue: Catalogue) -> list[int]:
    """Rows whose meaning is not known, of contracts that were read."""
    return [int(row) for row in np.flatnonzero(catalogue.alive & (catalogue.places < 0))]


def _sorted(
    catalogue: Catalogue, answer: Answer, facts: Facts, sort: str
) -> Sequence[int] | NDArray[np.int64]:
    """The rows that were found in the order that is asked for."""
    rows = answer.rows
    if sort == BY_NAME:
        return rows[np.argsort(catalogue.ranks[rows], kind="stable")]
    if sort == UPDATED:
        bodies = facts.rows.get(DATASET, {})

        def updated(row: int) -> str:
            held = bodies.get(catalogue.document(row).name)
            return str((held.fact.body or {}).get("updated") or "") if held else ""

        return sorted(map(int, rows), key=updated, reverse=True)
    return rows


def _hit(
    catalogue: Catalogue, row: int, answer: Answer, asked: Question, facts: Facts
) -> dict[str, Any]:
    entry = catalogue.entries[row]
    one = entry.document
    terms = () if catalogue.of_question(asked.text)[row] else asked.terms
    likeness = float(answer.likeness[row])
    why = reasons(one, asked.text, terms, likeness, WEIGHTS.least) if asked.text else []
    body = (facts.body(DATASET, one.name) or {}) if one.kind == DATASET else {}
    return {
        "kind": one.kind,
        "name": one.name,
        "title": one.title or None,
        "description": one.description or None,
        "level": _first(entry.facets, "level"),
        "labels": list(entry.facets.get("label", ())),
        "owner": _first(entry.facets, "owner"),
        "format": _first(entry.facets, "format"),
        "state": _first(entry.facets, "state"),
        "updated": body.get("updated"),
        "score": round(float(answer.scores[row]), 2),
        "why": [reason.as_json() for reason in why],
    }


def _columns(
    catalogue: Catalogue,
    rows: Sequence[int] | NDArray[np.int64],
    question: str,
    page: slice,
) -> tuple[int, list[dict[str, Any]]]:
    """How many columns were found, and some of them."""
    looked = ((int(row), catalogue.document(int(row))) for row in rows[: columns.LOOKED])
    found = columns.found(looked, question)
    hits = [
        {
            "kind": COLUMN,
            "name": f"{catalogue.document(one.row).name}.{one.part.name}",
            "dataset": catalogue.document(one.row).name,
            "title": one.part.name,
            "description": one.part.text or None,
            "score": round(one.score, 2),
        }
        for one in found[page]
    ]
    return len(found), hits


def _first(facets: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    values = facets.get(name, ())
    return values[0] if values else None


def _said(told: Mapping[str, Any], catalogue: Catalogue) -> list[Message]:
    said: list[Message] = []
    if not told["hits"]:
        said.append(msg("Nothing that you may know of was found."))
    meant = told["meaning"]
    if meant["missing"] and told["query"]:
        said.append(
            msg("This was found by words and names alone: to search by meaning and across "
                "languages, `pip install 'doumen[search]'`.")
        )  # fmt: skip
    elif told["query"] and (meant["known"] < meant["of"] or catalogue.unread):
        said.append(
            msg("Meaning is known of {known:,} of {of:,} that you may find: `doumen dataset "
                "index` finds the rest.", known=meant["known"], of=meant["of"])
        )  # fmt: skip
    return said
