"""What data mean: terms, data elements and code lists of the node, and columns linked to them.

The shape of ISO/IEC 11179-3 (GB/T 18391.3): a data element says what is measured of what
(object class, property) and how it is written (representation, value domain, which a code list
enumerates). All are facts, so their versions are those of the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

TERM, ELEMENT, CODELIST, LINK = "term", "element", "codelist", "link"
"""Kinds of facts; the key of a link is `domain.name.column`, of the others their own."""
MEANT = (TERM, ELEMENT, CODELIST)
"""What a column may be linked to."""

DRAFT, STANDARD, SUPERSEDED = "draft", "standard", "superseded"
STATES = (DRAFT, STANDARD, SUPERSEDED)
"""Where a word stands: proposed, to be used, or to be used no more (ISO/IEC 11179-6)."""

SMALL = 500
"""Codes that a fact holds at most; a longer list is a dataset of the node."""
DOMAIN = "codelists"
"""Domain of the datasets that hold long lists."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; either may be empty."""

    en: str = ""
    zh: str = ""

    @property
    def any(self) -> str:
        """One that is there."""
        return self.en or self.zh

    @property
    def both(self) -> str:
        """Those that are there, for people."""
        return " · ".join(text for text in (self.en, self.zh) if text)

    def as_json(self) -> dict[str, str]:
        """As bodies of facts hold it."""
        return {"en": self.en, "zh": self.zh}

    @classmethod
    def of_json(cls, body: Mapping[str, str] | None) -> Words:
        """What `as_json` wrote; nothing is empty."""
        return cls(**body) if body else cls()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary.

    Attributes:
        synonyms: Other names, of either language.
        broader, related: Keys of terms.
        steward: Who looks after it, as people call them.
        state: One of `STATES`.
        source: Where the definition comes from: a standard, a law, an address.
    """

    key: str
    names: Words
    definition: Words = Words()
    synonyms: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    steward: str = ""
    state: str = DRAFT
    source: str = ""

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "names": self.names.as_json(),
            "definition": self.definition.as_json(),
            "synonyms": list(self.synonyms),
            "broader": list(self.broader),
            "related": list(self.related),
            "steward": self.steward,
            "state": self.state,
            "source": self.source,
        }

    @classmethod
    def of_json(cls, key: str, body: Mapping[str, Any]) -> Term:
        """What `as_json` wrote."""
        lists = {name: tuple(body[name]) for name in ("synonyms", "broader", "related")}
        words = {name: Words.of_json(body[name]) for name in ("names", "definition")}
        return cls(key=key, **{**body, **lists, **words})


@dataclass(frozen=True, slots=True)
class Element:
    """A data element.

    Attributes:
        object_class: What it is said of: "person", 人.
        property: What is said of it: "date of birth", 出生日期.
        representation: In which form: code, date, name, amount, quantity, text …
        datatype: Logical type of ODCS: string, integer, number, date, timestamp, boolean …;
            empty where it is not said.
        codelist: Key of the list that enumerates its values; None: its values are described.
        term: Key of the term that it measures.
        unit: Of a quantity.
        max_length: Characters at most.
        format: As written: `YYYYMMDD`, `an..18`.
        synonyms, steward, state, source: As of a term.
    """

    key: str
    names: Words
    definition: Words = Words()
    object_class: str = ""
    property: str = ""
    representation: str = ""
    datatype: str = ""
    codelist: str | None = None
    term: str | None = None
    unit: str = ""
    max_length: int | None = None
    format: str = ""
    synonyms: tuple[str, ...] = ()
    steward: str = ""
    state: str = DRAFT
    source: str = ""

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "names": self.names.as_json(),
            "definition": self.definition.as_json(),
            "object_class": self.object_class,
            "property": self.property,
            "representation": self.representation,
            "datatype": self.datatype,
            "codelist": self.codelist,
            "term": self.term,
            "unit": self.unit,
            "max_length": self.max_length,
            "format": self.format,
            "synonyms": list(self.synonyms),
            "steward": self.steward,
            "state": self.state,
            "source": self.source,
        }

    @classmethod
    def of_json(cls, key: str, body: Mapping[str, Any]) -> Element:
        """What `as_json` wrote."""
        words = {name: Words.of_json(body[name]) for name in ("names", "definition")}
        return cls(key=key, **{**body, **words, "synonyms": tuple(body["synonyms"])})


@dataclass(frozen=True, slots=True)
class Code:
    """A code while it means one thing: renamed, it is a row of its own.

    Attributes:
        parent: The code above it.
        valid_from: The first day; None: nobody says since when.
        valid_until: The day from which it is valid no more; None: it is.
        superseded_by: Codes that take its place, where that is known.
    """

    code: str
    label: Words = Words()
    parent: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    superseded_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the body of its list holds it."""
        return {
            "code": self.code,
            "label": self.label.as_json(),
            "parent": self.parent,
            "valid_from": _iso(self.valid_from),
            "valid_until": _iso(self.valid_until),
            "superseded_by": list(self.superseded_by),
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Code:
        """What `as_json` wrote."""
        return cls(
            body["code"],
            Words.of_json(body["label"]),
            body["parent"],
            _day(body["valid_from"]),
            _day(body["valid_until"]),
            tuple(body["superseded_by"]),
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a code list: its name, and the day from which it is in force."""

    version: str
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list.

    Attributes:
        agency: Who keeps it.
        editions: Its versions, the earliest first.
        count: Different codes in all editions.
        codes: Of a short list; empty where `dataset` holds them.
        dataset: `domain.name` of the dataset that holds the codes; None: the fact does, or the
            asker may not know of it.
        source, steward, state: As of a term.
    """

    key: str
    title: Words
    agency: str = ""
    source: str = ""
    steward: str = ""
    state: str = STANDARD
    editions: tuple[Edition, ...] = ()
    count: int = 0
    codes: tuple[Code, ...] = ()
    dataset: str | None = None

    @property
    def large(self) -> bool:
        """Whether a dataset holds its codes, known to the asker or not."""
        return self.count > 0 and not self.codes

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "title": self.title.as_json(),
            "agency": self.agency,
            "source": self.source,
            "steward": self.steward,
            "state": self.state,
            "editions": [
                {"version": one.version, "valid_from": _iso(one.valid_from)}
                for one in self.editions
            ],
            "count": self.count,
            "codes": [code.as_json() for code in self.codes],
            "dataset": self.dataset,
        }

    @classmethod
    def of_json(cls, key: str, body: Mapping[str, Any]) -> CodeList:
        """What `as_json` wrote."""
        read = {
            "title": Words.of_json(body["title"]),
            "editions": tuple(
                Edition(one["version"], _day(one["valid_from"])) for one in body["editions"]
            ),
            "codes": tuple(map(Code.of_json, body["codes"])),
        }
        return cls(key=key, **{**body, **read})


@dataclass(frozen=True, slots=True)
class Link:
    """What a column means, by keys; at least one is there."""

    term: str | None = None
    element: str | None = None
    codelist: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """The body of the fact."""
        return {TERM: self.term, ELEMENT: self.element, CODELIST: self.codelist}

    @classmethod
    def of_json(cls, body: Mapping[str, Any] | None) -> Link:
        """What `as_json` wrote; nothing is no link."""
        return cls(**body) if body else cls()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
