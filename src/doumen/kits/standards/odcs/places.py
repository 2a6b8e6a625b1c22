"""Where the values of a document stand in its text: from which character to which.

The library marks where values begin; where they end, and where an alias stands for a value that
is written elsewhere, is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from doumen.kits.standards.odcs.document import Document, Node, Path, child

Span = tuple[int, int]
"""First character, and the one behind the last."""
_BETWEEN = r"(?:\s|(?<=\s)#[^\r\n]*+)*+"
_ALIAS = re.compile(rf"(?:{_BETWEEN}[,:?-])*{_BETWEEN}(\*[^\s,\[\]{{}}]+)")
_COLON = re.compile(rf"{_BETWEEN}:")
_DASH = re.compile(rf"{_BETWEEN}-")
_MARKED = re.compile(rf"(?:[&!][^\s,\[\]{{}}]*{_BETWEEN})*")
_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>][-0-9]*(\+)?")


class OddLayout(Exception):
    """A place that is not found in the text."""


def shared(document: Document, place: Path) -> bool:
    """Whether something on the way to a place stands elsewhere too, by an alias."""
    found: dict[int, int] = {}
    nodes = [document.root]
    while nodes:
        node = nodes.pop()
        found[id(node)] = found.get(id(node), 0) + 1
        if found[id(node)] == 1 and node.id == "sequence":
            nodes += node.value
        elif found[id(node)] == 1 and node.id == "mapping":
            nodes += [value for _, value in node.value]
    here: Node | None = document.root
    for step in place:
        here = None if here is None else child(here, step)
        if here is not None and found[id(here)] > 1:
            return True
    return False


def opening(node: Node, text: str) -> int:
    """The first character of a value behind its anchor and tag."""
    at = int(node.start_mark.index)
    found = _MARKED.match(text, at)
    return found.end() if found else at


def end(node: Node, text: str) -> int:
    """Where the characters of a value end that stands where it is marked."""
    start, stop = int(node.start_mark.index), int(node.end_mark.index)
    if node.id == "scalar":
        return _block_end(text, start, stop) if node.style in ("|", ">") else stop
    if node.flow_style or not node.value:
        return stop
    if node.id == "sequence":
        return list(items(node, text))[-1][1]
    key, value = node.value[-1]
    return value_span(key, value, text)[1]


def _block_end(text: str, start: int, stop: int) -> int:
    """The end of lines under `|` or `>`, without empty ones that are no part of the value."""
    raw = text[start:stop]
    header = _HEADER.match(raw)
    bare = raw.rstrip(" \t\r\n")
    blank = raw[len(bare) :]
    if header is None or header.group(1) or " " in blank or "\t" in blank:
        return stop - len(raw) + len(_without_break(raw))
    return start + len(bare)


def _without_break(raw: str) -> str:
    return raw.removesuffix("\n").removesuffix("\r")


def value_span(key: Node, value: Node, text: str) -> Span:
    """The characters of the value of a key; of none, the place behind the colon twice."""
    after = int(key.end_mark.index)
    if value.start_mark.index < after:
        return _alias(text, after)
    if value.start_mark.index == value.end_mark.index:
        at = behind_colon(key, text) or after
        return at, at
    return int(value.start_mark.index), end(value, text)


def items(node: Node, text: str) -> Iterator[Span]:
    """The characters of each item of a list."""
    after = opening(node, text) + (1 if node.flow_style else 0)
    for item in node.value:
        start = int(item.start_mark.index)
        if start < after:
            span = _alias(text, after)
        elif start == item.end_mark.index:
            span = _behind_dash(text, after)
        else:
            span = start, end(item, text)
        yield span
        after = span[1]


def _alias(text: str, after: int) -> Span:
    """The alias that comes next.

    Raises:
        OddLayout: there is none.
    """
    found = _ALIAS.match(text, after)
    if found is None:
        raise OddLayout
    return found.span(1)


def _behind_dash(text: str, after: int) -> Span:
    """Where an item would stand of which there is nothing but the dash.

    Raises:
        OddLayout: there is no dash.
    """
    found = _DASH.match(text, after)
    if found is None:
        raise OddLayout
    return found.end(), found.end()


def behind_colon(key: Node, text: str) -> int | None:
    """The character behind the colon of a key; None: it has none."""
    found = _COLON.match(text, int(key.end_mark.index))
    return found.end() if found else None


def dashes(node: Node, text: str) -> int:
    """The column in which the dashes of a list of lines stand."""
    at = opening(node, text)
    return at - (text.rfind("\n", 0, at) + 1)


def separator(node: Node, text: str) -> str:
    """What stands behind a comma in brackets: a blank, or a line end and what comes before items.

    An item on a line of its own has none but blanks before it.
    """
    entry = node.value[-1]
    at = int((entry[0] if isinstance(entry, tuple) else entry).start_mark.index)
    line = text.rfind("\n", 0, at) + 1
    if line <= node.start_mark.index or text[line:at].strip(" "):
        return " "
    return line_end(text) + text[line:at]


def line_end(text: str) -> str:
    """How the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"
