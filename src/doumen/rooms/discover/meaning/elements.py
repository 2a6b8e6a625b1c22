"""The verbs of data elements: `element set`, `show`, `list`, `import`, `remove`."""

from __future__ import annotations

from pathlib import Path

from doumen.gate.desk import Desk
from doumen.model.meaning import ELEMENT
from doumen.model.message import msg
from doumen.model.operation import Outcome
from doumen.rooms.discover.meaning import vocabulary

_PAIRS = (
    (msg("name"), "names"),
    (msg("definition"), "definition"),
    (msg("object class"), "object_class"),
    (msg("property"), "property"),
    (msg("representation"), "representation"),
    (msg("data type"), "datatype"),
    (msg("code list"), "codelist"),
    (msg("term"), "term"),
    (msg("unit"), "unit"),
    (msg("maximum length"), "max_length"),
    (msg("format"), "format"),
    (msg("synonyms"), "synonyms"),
    (msg("steward"), "steward"),
    (msg("state"), "state"),
    (msg("source"), "source"),
)


def put(
    desk: Desk,
    *,
    key: str,
    name_en: str | None = None,
    name_zh: str | None = None,
    definition_en: str | None = None,
    definition_zh: str | None = None,
    object_class: str | None = None,
    property: str | None = None,
    representation: str | None = None,
    datatype: str | None = None,
    codelist: str | None = None,
    term: str | None = None,
    unit: str | None = None,
    max_length: int | None = None,
    format: str | None = None,
    synonyms: tuple[str, ...] = (),
    steward: str | None = None,
    state: str | None = None,
    source: str | None = None,
) -> Outcome:
    """As `vocabulary.put`."""
    given = {
        "name_en": name_en,
        "name_zh": name_zh,
        "definition_en": definition_en,
        "definition_zh": definition_zh,
        "object_class": object_class,
        "property": property,
        "representation": representation,
        "datatype": datatype,
        "codelist": codelist,
        "term": term,
        "unit": unit,
        "max_length": max_length,
        "format": format,
        "synonyms": synonyms or None,
        "steward": steward,
        "state": state,
        "source": source,
    }
    return vocabulary.put(desk, ELEMENT, key, given)


def show(desk: Desk, *, key: str) -> Outcome:
    """As `vocabulary.show`."""
    return vocabulary.show(desk, ELEMENT, key, _PAIRS)


def list_all(desk: Desk, *, text: str | None = None) -> Outcome:
    """As `vocabulary.list_all`."""
    return vocabulary.list_all(desk, ELEMENT, text)


def take_in(desk: Desk, *, file: Path) -> Outcome:
    """As `vocabulary.take_in`."""
    return vocabulary.take_in(desk, ELEMENT, file)


def remove(desk: Desk, *, key: str) -> Outcome:
    """As `vocabulary.remove`."""
    return vocabulary.remove(desk, ELEMENT, key)
