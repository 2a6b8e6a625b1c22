"""Characters of a document that others take the place of: values set, put behind others, removed.

All is said of one reading of a text; splices are made from the last to the first, so that none
moves the place of another. Whether the text then says what was meant, the caller must see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.odcs.document import Document, Node, Path, child, spell
from doumen.kits.standards.odcs.places import (
    OddLayout,
    behind_colon,
    dashes,
    items,
    line_end,
    opening,
    separator,
    shared,
    value_span,
)
from doumen.kits.standards.odcs.render import block, flow, scalar
from doumen.model.message import Message, msg


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters of a text that others take the place of.

    Attributes:
        start, end: From which character to which.
        written: What stands there then.
        depth: Of what is written; of two at one place the deeper one stands first.
    """

    start: int
    end: int
    written: str
    depth: int = 0


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """A text with its splices made."""
    for one in sorted(splices, key=lambda s: (-s.start, s.depth)):
        text = text[: one.start] + one.written + text[one.end :]
    return text


def why_not(document: Document, places: Iterable[Path]) -> Message:
    """Why a document cannot be changed at places."""
    for place in places:
        if shared(document, place):
            return msg("`{place}` shares its text with others, by an alias.", place=spell(place))
    return msg("The text is laid out there in a way that cannot be changed in place.")


def quote(document: Document) -> str | None:
    """The quote in which names and texts stand in a document that may be JSON; else None."""
    root = document.root
    may_be = root.flow_style and root.value and all(key.style == '"' for key, _ in root.value)
    return '"' if may_be else None


def put(document: Document, place: Path, value: Any) -> Splice:
    """A value at a place whose parent is there: in place of what is there, or as a new entry.

    Raises:
        OddLayout: it is not found in the text.
    """
    parent, last = document.node(place[:-1]), place[-1]
    below = child(parent, last)
    if below is None:
        return inserted(document, parent, str(last), value, len(place))
    style = getattr(below, "style", None)
    style = quote(document) or (style if style in ("'", '"') else None)
    return _replaced(document, place, flow(value, style))


def extended_by(document: Document, place: Path, added: Sequence[Any]) -> Splice:
    """Items behind those of a list, which may not be there yet, or be nothing.

    Raises:
        OddLayout: it is not found in the text.
    """
    parent, last, depth = document.node(place[:-1]), place[-1], len(place)
    listed = child(parent, last)
    text = document.text
    if listed is None:
        return inserted(document, parent, str(last), list(added), depth)
    if listed.id != "sequence" or not listed.value:
        return _begun(document, place, added)
    *_, (_, at) = items(listed, text)
    if listed.flow_style:
        between = separator(listed, text)
        written = "".join(f",{between}{flow(item, quote(document))}" for item in added)
        return Splice(at, at, written, depth)
    if _open_ended(text, at, listed.value[-1]):
        raise OddLayout
    return _lines(text, at, _dashed(added, dashes(listed, text)), depth)


def inserted(document: Document, parent: Node, key: str, value: Any, depth: int) -> Splice:
    """A new entry behind those of a mapping.

    Raises:
        OddLayout: it is not found in the text.
    """
    text, style = document.text, quote(document)
    if parent.flow_style:
        entry = f"{scalar(key, style)}: {flow(value, style)}"
        if not parent.value:
            at = opening(parent, text) + 1
            return Splice(at, at, entry, depth)
        key_node, node = parent.value[-1]
        at = value_span(key_node, node, text)[1]
        comma = " ," if text[at - 1] == ":" else ","  # `d:,` would be a name with a colon
        return Splice(at, at, f"{comma}{separator(parent, text)}{entry}", depth)
    last_key, last = parent.value[-1]
    column = parent.value[0][0].start_mark.column
    lines = block({key: value}, column)
    at = value_span(last_key, last, text)[1]
    if _open_ended(text, at, last):
        newline, before = line_end(text), int(last_key.start_mark.index)
        written = newline.join([*lines, " " * column]).lstrip(" ")
        return Splice(before, before, written, depth)
    return _lines(text, at, lines, depth)


def _open_ended(text: str, at: int, node: Node) -> bool:
    """Whether a text ends within lines under `|` or `>`: a line end there would be of the value."""
    while node.id != "scalar" and node.value:
        entry = node.value[-1]
        node = entry[1] if isinstance(entry, tuple) else entry
    return at == len(text) and getattr(node, "style", None) in ("|", ">")


def _begun(document: Document, place: Path, added: Sequence[Any]) -> Splice:
    """Items in place of nothing, `null` or `[]`: of nothing they go below it where there are lines.

    Raises:
        OddLayout: it is not found in the text.
    """
    text, parent = document.text, document.node(place[:-1])
    if parent.id == "mapping" and not parent.flow_style:
        key, node = _entry(parent, place[-1])
        start, stop = value_span(key, node, text)
        colon = behind_colon(key, text)
        if start == stop and colon is not None:
            return _lines(text, colon, _dashed(added, key.start_mark.column + 2), len(place))
    return _replaced(document, place, flow(list(added), quote(document)))


def _replaced(document: Document, place: Path, written: str) -> Splice:
    """A value in place of another; of none or of many lines it goes up beside its key.

    Raises:
        OddLayout: it is not found in the text.
    """
    text, parent, depth = document.text, document.node(place[:-1]), len(place)
    if parent.id == "sequence":
        start, stop = list(items(parent, text))[int(place[-1])]
        return Splice(start, stop, f" {written}" if start == stop else written, depth)
    key, node = _entry(parent, place[-1])
    start, stop = value_span(key, node, text)
    colon = behind_colon(key, text)
    if start == stop:
        at = stop if colon is None else colon
        return Splice(at, at, f": {written}" if colon is None else f" {written}", depth)
    if node.id != "scalar" and not node.flow_style and node.start_mark.index == start:
        return Splice(start if colon is None else colon, stop, f" {written}", depth)
    return Splice(start, stop, written, depth)


def _entry(parent: Node, name: str | int) -> tuple[Node, Node]:
    """Key and value of a name in a mapping."""
    return next((key, value) for key, value in parent.value if key.value == name)


def _dashed(added: Sequence[Any], column: int) -> list[str]:
    """A list in lines, its dashes in one column."""
    lines: list[str] = []
    for item in added:
        first, *rest = block(item, column + 2) if item else ["{}"]
        lines += [f"{' ' * column}- {first.lstrip()}", *rest]
    return lines


def _lines(text: str, at: int, lines: Sequence[str], depth: int) -> Splice:
    """Lines behind the one in which something ends."""
    newline, stop = line_end(text), text.find("\n", at)
    if stop < 0:
        return Splice(len(text), len(text), newline + newline.join(lines), depth)
    return Splice(stop + 1, stop + 1, newline.join(lines) + newline, depth)


def removed(document: Document, place: Path) -> Splice:
    """An entry or item taken out, with its line where it has one of its own.

    Raises:
        OddLayout: it is not found in the text.
    """
    text, parent, step = document.text, document.node(place[:-1]), place[-1]
    if parent.id == "sequence":
        spans, at = list(items(parent, text)), int(step)
    else:
        spans = [
            (int(key.start_mark.index), value_span(key, value, text)[1])
            for key, value in parent.value
        ]
        at = next(i for i, (key, _) in enumerate(parent.value) if key.value == step)
    start, stop = spans[at]
    following = spans[at + 1][0] if at + 1 < len(spans) else None
    if parent.flow_style:
        if following is not None:
            return Splice(start, following, "")
        return Splice(spans[at - 1][1] if at else start, stop, "")
    line_start = text.rfind("\n", 0, start) + 1
    before = text[line_start:start].strip(" -" if parent.id == "sequence" else " ")
    if before and following is not None:
        return Splice(start, following, "")
    stop = text.find("\n", stop)
    return Splice(line_start, len(text) if stop < 0 else stop + 1, "")
