"""The verbs of the glossary: `term set`, `show`, `list`, `import`, `remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.meaning import TERM
from doumen.model.message import msg
from doumen.model.operation import Outcome
from doumen.rooms.discover.meaning import vocabulary

_PAIRS = (
    (msg("name"), "names"),
    (msg("definition"), "definition"),
    (msg("synonyms"), "synonyms"),
    (msg("broader"), "broader"),
    (msg("related"), "related"),
    (msg("steward"), "steward"),
    (msg("state"), "state"),
    (msg("source"), "source"),
)


def put(desk: Desk, *, key: str, **given: Any) -> Outcome:
    """As `vocabulary.put`."""
    return vocabulary.put(desk, TERM, key, {k: v for k, v in given.items() if v not in (None, ())})


def show(desk: Desk, *, key: str) -> Outcome:
    """As `vocabulary.show`."""
    return vocabulary.show(desk, TERM, key, _PAIRS)


def list_all(desk: Desk, *, text: str | None = None) -> Outcome:
    """As `vocabulary.list_all`."""
    return vocabulary.list_all(desk, TERM, text)


def take_in(desk: Desk, *, file: Path) -> Outcome:
    """As `vocabulary.take_in`."""
    return vocabulary.take_in(desk, TERM, file)


def remove(desk: Desk, *, key: str) -> Outcome:
    """As `vocabulary.remove`."""
    return vocabulary.remove(desk, TERM, key)
