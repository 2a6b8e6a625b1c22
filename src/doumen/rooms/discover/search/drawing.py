"""What was found, for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.operation import Fields, Table

SHOWN = 6
"""Values of a facet that are drawn."""
WIDE = 60
"""Characters of a description that are drawn."""
_FIELDS: Mapping[str, Message] = {
    "name": msg("name"),
    "title": msg("title"),
    "description": msg("description"),
    "column": msg("column"),
    "word": msg("word"),
    "translation": msg("translation"),
    "meaning": msg("meaning"),
}
_FACETS: Mapping[str, Message] = {
    "domain": msg("domain"),
    "level": msg("level"),
    "label": msg("label"),
    "owner": msg("owner"),
    "format": msg("format"),
    "state": msg("state"),
}


def drawn(told: Mapping[str, Any]) -> tuple[Table | Fields, ...]:
    """The hits, and the facets of all that was found."""
    rows = tuple(_row(hit) for hit in told["hits"])
    heads = (msg("name"), msg("title"), msg("why"))
    found = msg("{total:,} found", total=told["total"])
    facets = tuple(
        (_FACETS[name], _counts(counts)) for name, counts in told["facets"].items() if counts
    )
    table = Table(heads, rows, title=found)
    return (table, Fields(facets)) if facets and rows else (table,) if rows else ()


def _row(hit: Mapping[str, Any]) -> tuple[Any, ...]:
    title = hit["title"] or _short(hit["description"] or "")
    if "why" not in hit:
        return hit["name"], hit["description"] or "", ""
    return hit["name"], title, joined("\n", tuple(map(_why, hit["why"])))


def _why(reason: Mapping[str, Any]) -> Message:
    field = _FIELDS[reason["field"]]
    if "similarity" in reason:
        return msg("{field} {similarity:.2f}", field=field, similarity=reason["similarity"])
    if "translations" in reason:
        pairs = zip(reason["words"], reason["translations"], strict=True)
        both = enumerated([f"{asked} = {called}" for asked, called in pairs])
        return msg("{field}: {words}", field=field, words=both)
    words = enumerated(reason["words"])
    if "column" in reason:
        return msg("column `{column}`: {words}", column=reason["column"], words=words)
    return msg("{field}: {words}", field=field, words=words)


def _counts(counts: Sequence[Mapping[str, Any]]) -> Message:
    return joined(", ", tuple(plain(f"{c['value']} ({c['count']})") for c in counts[:SHOWN]))


def _short(text: str) -> str:
    return text if len(text) <= WIDE else f"{text[: WIDE - 1]}…"
