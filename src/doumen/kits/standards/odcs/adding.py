"""Rules and references put into the text of a contract: all that was there stays byte for byte.

Items go behind those that a column or the table has. All places are found in one reading and
changed from the last to the first; then the text is read again, and must say what it said
before and the additions. Where that cannot be done in place the addition is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.odcs.document import Document, Node, Path, child, exact, parse, spell
from doumen.kits.standards.odcs.edit import value_end
from doumen.kits.standards.odcs.render import block, flow, scalar
from doumen.model.errors import Invalid, NotFound
from doumen.model.message import msg

QUALITY, RELATIONSHIPS = "quality", "relationships"


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing that a contract is to say.

    Attributes:
        column: Name of a property, in any case; None: the table.
        item: A quality rule or a relationship, as plain values of YAML.
        key: Which of the two lists it goes into: `quality` or `relationships`.
    """

    column: str | None
    item: Mapping[str, Any]
    key: str = QUALITY


@dataclass(frozen=True, slots=True)
class _Splice:
    """Characters of a text that others take the place of; the deeper one stands first."""

    start: int
    end: int
    depth: int
    written: str


def add_rules(text: str, rules: Iterable[tuple[str | None, Mapping[str, Any]]]) -> str:
    """Put quality rules behind those of a column, or (None) of the table.

    Args:
        text: A contract with a schema.
        rules: (column or None, rule as plain values), in the order in which they are to stand.

    Raises:
        NotFound: the contract has no such column, or no schema.
        Invalid: a value cannot be written, or a place cannot be changed in the text.
    """
    return add(text, [Addition(column, rule) for column, rule in rules])


def add(text: str, additions: Iterable[Addition]) -> str:
    """Put rules and references behind those that are there.

    Raises:
        NotFound, Invalid: as `add_rules`.
    """
    document = parse(text)
    grouped: dict[Path, list[Any]] = {}
    for one in additions:
        place = (*owner(document.data, one.column), one.key)
        grouped.setdefault(place, []).append(exact(one.item))
    if not grouped:
        return text
    wanted = copy.deepcopy(document.data)
    for place, items in grouped.items():
        _extend(wanted, place, items)
    for late in (False, True):
        splices = [_splice(document, place, items, late) for place, items in grouped.items()]
        longer = _spliced(text, splices)
        if _says(longer, wanted):
            return longer
    raise Invalid(
        msg("Rules cannot be added to this contract in place."),
        why=msg("One of {places} shares its text with others or is laid out in an unusual way.",
                places=", ".join(str(spell(place)) for place in grouped)),
        next=msg("Add them by hand: `doumen contract edit DATASET`."),
        detail="place",
    )  # fmt: skip


def owner(data: Mapping[str, Any], column: str | None) -> Path:
    """Where the element stands that a rule is about.

    Raises:
        NotFound: there is none.
    """
    tables = data.get("schema")
    table = tables[0] if isinstance(tables, list) and tables else None
    if not isinstance(table, dict):
        raise NotFound(
            msg("The contract has no schema that a rule could be added to."), detail="schema"
        )
    if column is None:
        return ("schema", 0)
    names = [str(p.get("name")) for p in table.get("properties") or () if isinstance(p, dict)]
    folded = [name.casefold() for name in names]
    if column.casefold() not in folded:
        raise NotFound(
            msg("The contract has no column `{column}`.", column=column), detail="column"
        )
    at = names.index(column) if column in names else folded.index(column.casefold())
    return ("schema", 0, "properties", at)


def _extend(data: Any, place: Path, items: Sequence[Any]) -> None:
    *above, key = place
    here: Any = data
    for step in above:
        here = here[step]
    here[key] = [*(here.get(key) or ()), *copy.deepcopy(items)]


def _says(text: str, wanted: Any) -> bool:
    try:
        return bool(parse(text).data == wanted)
    except Invalid:
        return False


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    for one in sorted(splices, key=lambda s: (-s.start, s.depth)):
        text = text[: one.start] + one.written + text[one.end :]
    return text


def _splice(document: Document, place: Path, items: Sequence[Any], late: bool) -> _Splice:
    """The characters that put items at the end of a list, which may not be there yet."""
    text, key, depth = document.text, str(place[-1]), len(place)
    parent = document.node(place[:-1])
    listed = child(parent, key)
    if listed is None:
        if parent.flow_style:
            return _in_braces(text, parent, key, items, depth)
        lines = block({key: list(items)}, parent.value[0][0].start_mark.column)
        last_key, last = max(parent.value, key=lambda pair: value_end(pair[1], text))
        end = max(value_end(last, text), last_key.end_mark.index)
        return _lines(text, int(last.end_mark.index) if late else end, lines, depth, late)
    if listed.id == "sequence" and listed.value and not listed.flow_style:
        lines = _items(items, listed.start_mark.column)
        last = listed.value[-1]
        at = int(last.end_mark.index) if late else value_end(last, text)
        return _lines(text, at, lines, depth, late)
    if listed.id == "sequence" and listed.value:
        at = value_end(listed.value[-1], text)
        return _Splice(at, at, depth, "".join(f", {flow(item)}" for item in items))
    return _first(text, parent, key, listed, items)


def _in_braces(text: str, parent: Node, key: str, items: Sequence[Any], depth: int) -> _Splice:
    entry = f"{scalar(key)}: {flow(list(items))}"
    if not parent.value:
        at = int(parent.start_mark.index) + 1
        return _Splice(at, at, depth, entry)
    last_key, last = parent.value[-1]
    at = max(value_end(last, text), int(last_key.end_mark.index))
    return _Splice(at, at, depth, f", {entry}")


def _first(text: str, parent: Node, key: str, listed: Node, items: Sequence[Any]) -> _Splice:
    """Items in place of nothing, `null` or `[]`; of nothing they go below the key."""
    written = next(k for k, _ in parent.value if k.value == key)
    start, end = int(listed.start_mark.index), int(listed.end_mark.index)
    if start != end:
        return _Splice(start, start + len(text[start:end].rstrip()), 9, flow(list(items)))
    colon = text.index(":", written.end_mark.index) + 1
    if parent.flow_style:
        return _Splice(colon, colon, 9, f" {flow(list(items))}")
    return _lines(text, colon, _items(items, written.start_mark.column + 2), 9, False)


def _items(items: Sequence[Mapping[str, Any]], column: int) -> list[str]:
    """A list in lines, its dashes in one column."""
    lines: list[str] = []
    for item in items:
        first, *rest = block(item, column + 2) if item else ["{}"]
        lines += [f"{' ' * column}- {first.lstrip()}", *rest]
    return lines


def _lines(text: str, end: int, lines: Sequence[str], depth: int, late: bool) -> _Splice:
    """Lines behind the one in which something ends; `late`: where the next one begins."""
    newline = "\r\n" if "\r\n" in text else "\n"
    line_end = text.rfind("\n", 0, end) if late else text.find("\n", end)
    at = len(text) if line_end < 0 else line_end + 1
    if line_end < 0:
        return _Splice(at, at, depth, newline + newline.join(lines))
    return _Splice(at, at, depth, newline.join(lines) + newline)
