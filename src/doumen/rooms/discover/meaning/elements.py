"""The verbs of data elements: `element set`, `show`, `list`, `import`, `remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def put(desk: Desk, *, key: str, **given: Any) -> Outcome:
    """As `vocabulary.put`."""
    return vocabulary.put(desk, ELEMENT, key, {k: v for k, v in given.items() if v not in (None, ())})


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
