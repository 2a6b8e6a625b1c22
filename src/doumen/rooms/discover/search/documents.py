"""What can be found, made of the facts that the asker may know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doumen.kits import policy
from doumen.kits.search import Document, Part
from doumen.model.fact import Facts
from doumen.model.meaning import CODELIST, ELEMENT, LINK, TERM, CodeList, Element, Link, Term
from doumen.model.ref import Ref
from doumen.rooms.discover.search.choices import DATASET, PRODUCT
from doumen.rooms.discover.search.said import Said

LEVELS = {
    "core": "core", "核心": "core", "important": "important", "重要": "important",
    "general": "general", "一般": "general",
}  # fmt: skip
"""Labels that are grades (GB/T 43697), the strictest first."""
SMALL = 50
"""Codes of a list that are searched by."""

Reading = Callable[[str], Said | None]
"""Gives what a contract says, or None where it was not read yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with where it belongs.

    Attributes:
        facets: Facet → its values.
    """

    document: Document
    facets: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """All that an entry of a dataset follows from; equal sources give equal entries.

    Attributes:
        body: Its kind and its columns.
        said: Words of its contract; None: it has none, or they were not read yet.
        labels: Of the dataset and of each column; empty: there are none at all.
        links: Of each column; empty: there are none at all.
        described: What its fact tells of its contract; None: it has none.
    """

    name: str
    body: Mapping[str, Any]
    said: Said | None
    labels: tuple[tuple[str, ...], ...]
    links: tuple[Mapping[str, Any] | None, ...]
    state: str
    described: str | None

    @property
    def unread(self) -> bool:
        """Whether it has a contract that was not read yet."""
        return self.said is None and self.described is not None


def sources(facts: Facts, now: datetime, reading: Reading) -> Iterator[Source]:
    """Of each dataset but quarantines, what its entry follows from."""
    rows = facts.rows
    contracts, labels, links = (rows.get(kind, {}) for kind in ("contract", "label", LINK))
    stands = rows.get("state", {})
    for name, row in rows.get(DATASET, {}).items():
        body = row.fact.body or {}
        if body["kind"] == "quarantine":
            continue
        contract = contracts[name].fact.body if name in contracts else None
        columns = [f"{name}.{column['name']}" for column in body["columns"]]
        told = (labels[key].fact.body if key in labels else None for key in (name, *columns))
        linked = (links[key].fact.body if key in links else None for key in columns)
        state = policy.life(facts, Ref.parse(name), now).state if name in stands else "active"
        yield Source(
            name=name,
            body={"kind": body["kind"], "columns": body["columns"]},
            said=None if contract is None else reading(contract["text"]),
            labels=tuple(tuple(one["labels"]) if one else () for one in told) if labels else (),
            links=tuple(linked) if links else (),
            state=state,
            described=None if contract is None else contract.get("description") or "",
        )


def entry(source: Source, vocabulary: Mapping[str, tuple[str, ...]]) -> Entry:
    """The entry of a dataset; `vocabulary` as `words_meant` gives it."""
    said = source.said or Said(description=source.described or "")
    parts, meant = [], []
    for index, column in enumerate(source.body["columns"]):
        name = column["name"]
        link = source.links[index] if source.links else None
        linked = [w for key in _meant(link) for w in vocabulary.get(key, ())]
        meant += linked
        parts.append(Part(name, said.columns.get(name.casefold(), "")))
    labels = sorted({label for one in source.labels for label in one})
    document = Document(
        kind=DATASET,
        name=source.name,
        title=said.title,
        description=said.description,
        parts=tuple(parts),
        also=(*said.also, *labels, *dict.fromkeys(meant)),
    )
    grades = {LEVELS[label.casefold()] for label in labels if label.casefold() in LEVELS}
    strictest = next((level for level in LEVELS.values() if level in grades), None)
    return Entry(
        document,
        {
            "domain": (source.name.partition(".")[0],),
            "level": () if strictest is None else (strictest,),
            "label": tuple(labels),
            "owner": (said.owner,) if said.owner else (),
            "format": (source.body["kind"],),
            "state": (source.state,),
        },
    )


def words_meant(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Kind and key of a term, element or code list → the words by which it is called."""
    found: dict[str, tuple[str, ...]] = {}
    for key, body in facts.all(TERM):
        term = Term.of_json(key, body)
        found[f"{TERM}:{key}"] = (term.names.both, *term.synonyms)
    for key, body in facts.all(ELEMENT):
        element = Element.of_json(key, body)
        found[f"{ELEMENT}:{key}"] = (element.names.both, *element.synonyms)
    for key, body in facts.all(CODELIST):
        found[f"{CODELIST}:{key}"] = (body["title"]["zh"], body["title"]["en"], key)
    return found


def others(facts: Facts) -> Iterator[Entry]:
    """Entries of terms, data elements, code lists and products."""
    for key, body in facts.all(TERM):
        term = Term.of_json(key, body)
        document = Document(TERM, key, term.names.both, term.definition.both, also=term.synonyms)
        yield _plain(document, term.state)
    for key, body in facts.all(ELEMENT):
        one = Element.of_json(key, body)
        document = Document(TERM, key, one.names.both, one.definition.both, also=one.synonyms)
        yield _plain(document, one.state)
    for key, body in facts.all(CODELIST):
        codes = CodeList.of_json(key, body)
        labels = (f"{code.code} {code.label.both}" for code in codes.codes[:SMALL])
        also = tuple(filter(None, (codes.agency, codes.source, *labels)))
        yield _plain(Document(TERM, key, codes.title.both, also=also), codes.state)
    for key, body in facts.all(PRODUCT):
        title, description = body["title"] or "", body["description"] or ""
        document = Document(PRODUCT, key, title, description, also=tuple(body["datasets"]))
        yield _plain(document, body["state"])


def _plain(document: Document, state: str) -> Entry:
    return Entry(document, {"state": (state,)})


def _meant(link: Mapping[str, Any] | None) -> Iterator[str]:
    meant = Link.of_json(link)
    for kind, key in ((TERM, meant.term), (ELEMENT, meant.element), (CODELIST, meant.codelist)):
        if key is not None:
            yield f"{kind}:{key}"
