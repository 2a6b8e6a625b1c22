"""The verbs of the glossary: `term set`, `show`, `list`, `import`, `remove`."""

from __future__ import annotations

from pathlib import Path

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


def put(
    desk: Desk,
    *,
    key: str,
    name_en: str | None = None,
    name_zh: str | None = None,
    definition_en: str | None = None,
    definition_zh: str | None = None,
    synonyms: tuple[str, ...] = (),
    broader: tuple[str, ...] = (),
    related: tuple[str, ...] = (),
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
        "synonyms": synonyms or None,
        "broader": broader or None,
        "related": related or None,
        "steward": steward,
        "state": state,
        "source": source,
    }
    return vocabulary.put(desk, TERM, key, given)


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
