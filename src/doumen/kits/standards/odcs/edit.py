"""Changes of single fields in the text itself: all that is not named stays byte for byte.

Each change replaces, inserts or removes the characters of one value, then the whole text is
read again: it must say exactly what it said before, and the change. Where that cannot be
done in place (a value shared by an alias, an odd layout) the edit is refused.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doumen.kits.standards.odcs.document import (
    Document,
    Node,
    Path,
    child,
    exact,
    parse,
    parse_value,
    spell,
)
from doumen.kits.standards.odcs.render import block, flow, scalar
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

_SEGMENT = re.compile(r'"((?:[^"])+)"|([^.\[\]"]+)|\[(\d+)\]')
_TEXTS = frozenset({"version", "id", "name", "status", "domain", "apiVersion", "description"})
_KEYS = ("name", "property", "server", "id")
_SHORT: dict[str, Path] = {
    "columns": ("schema", 0, "properties"),
    "description": ("schema", 0, "description"),
    "table": ("schema", 0),
}


def read_change(text: str) -> tuple[str, Any]:
    """Read `PATH=VALUE` of a command line; an empty value removes the field.

    Raises:
        Invalid: there is no `=`, or the value is no YAML.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise Invalid(
            msg("`{text}` is not a change.", text=text),
            why=msg("Write PATH=VALUE, such as `columns.tailnum.classification=personal`."),
            detail="change",
        )
    if not value.strip():
        return path.strip(), None
    return path.strip(), value.strip() if path.strip() in _TEXTS else parse_value(value)


def edit(text: str, changes: Iterable[tuple[str, Any]]) -> str:
    """Set or remove fields.

    Args:
        text: A contract.
        changes: (path, value); None removes. A path names keys and, in lists, positions or
            the name of an element: `version`, `columns.tailnum.classification`,
            `table.tags`, `schema[0].properties[2].required`. `columns` stands for the
            properties of the schema, `table` for the schema itself and `description` for
            its description. A name with dots stands in double quotes.

    Returns:
        The text with these changes and no other.

    Raises:
        Invalid: a path leads nowhere, or a place cannot be edited in the text.
    """
    document = None
    for path, value in changes:
        document = document or parse(text)
        place = find(document, path)
        wanted = copy.deepcopy(document.data)
        plain = exact(value)
        if _applied(wanted, place, plain):
            text = _changed(document, place, plain)
            document = _confirm(text, wanted, place)
    return text


def append(text: str, path: str, items: Sequence[Mapping[str, Any]]) -> str:
    """Put mappings at the end of a list that is there and not empty; nothing else changes.

    Args:
        text: A contract.
        path: Of the list, as for `edit`.
        items: What is put there.

    Raises:
        Invalid: the path leads to no such list, or the place cannot be edited in the text.
    """
    document = parse(text)
    place = find(document, path)
    node = document.node(place)
    if node.id != "sequence" or not node.value:
        raise _nowhere(path, msg("It is no list with anything in it."))
    wanted = copy.deepcopy(document.data)
    here: Any = wanted
    for step in place:
        here = here[step]
    here += items
    last = node.value[-1]
    at = value_end(last, text)
    if node.flow_style:
        text = text[:at] + "".join(f", {flow(item)}" for item in items) + text[at:]
    else:
        text = _lengthened(text, last.start_mark.index, at, items)
    _confirm(text, wanted, place)
    return text


def _lengthened(text: str, start: int, end: int, items: Sequence[Mapping[str, Any]]) -> str:
    """A list of lines with items behind its last one, each as deep as that."""
    head = text[text.rfind("\n", 0, start) + 1 : start]
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = []
    for item in items:
        first, *rest = block(item, len(head))
        lines += [head + first.lstrip(), *rest]
    line_end = text.find("\n", end)
    at = len(text) if line_end < 0 else line_end + 1
    return (text[:at] + (newline if line_end < 0 else "") + newline.join(lines) + newline
            + text[at:])  # fmt: skip


def find(document: Document, path: str) -> Path:
    """The place that a written path means; its last step need not exist.

    Raises:
        Invalid: it leads nowhere.
    """
    parts = list(_SEGMENT.finditer(path))
    rest = _SEGMENT.sub("", path)
    if not parts or rest.strip(".") or len(rest) > len(parts) - 1:
        raise _nowhere(path, msg("It is no path."))
    steps: list[str | int] = [
        int(m.group(3)) if m.group(3) else str(m.group(1) or m.group(2)) for m in parts
    ]
    short = _SHORT.get(str(steps[0])) if len(steps) == 1 or steps[0] != "description" else None
    if short is not None:
        steps = [*short, *steps[1:]]
    return _located(document, steps, path)


def _located(document: Document, steps: list[str | int], path: str) -> Path:
    place: Path = ()
    here: Any = document.data
    for step in steps:
        if isinstance(here, list):
            at = step if isinstance(step, int) else _position(here, step)
            if at is None or at >= len(here):
                raise _nowhere(
                    path, msg("`{place}` has no element `{step}`.", place=spell(place), step=step)
                )
            place, here = (*place, at), here[at]
        elif isinstance(here, dict) and isinstance(step, str):
            place, here = (*place, step), here.get(step)
        elif here is None and isinstance(step, str):
            place = (*place, step)
        else:
            raise _nowhere(path, msg("`{place}` has nothing below it.", place=spell(place)))
    return place


def _position(items: list[Any], name: str) -> int | None:
    for index, item in enumerate(items):
        if isinstance(item, dict) and name in [item.get(key) for key in _KEYS]:
            return index
    return int(name) if name.isdecimal() else None


def _applied(data: Any, place: Path, value: Any) -> bool:
    """Apply a change to plain values; False where nothing changes."""
    here: Any = data
    for step in place[:-1]:
        if isinstance(here, dict) and here.get(step) is None:
            if value is None:
                return False
            here[step] = {}
        here = here[step]
    last: Any = place[-1]
    there = isinstance(here, list) or last in here
    before = copy.deepcopy(here[last]) if there else None
    if value is not None:
        here[last] = value
    elif there:
        del here[last]
    return there != (value is not None) or before != value or type(before) is not type(value)


def _confirm(text: str, wanted: Any, place: Path) -> Document:
    """The text read again, which says what is wanted and nothing else."""
    why: Message = msg("This place shares its text with others or is laid out in an unusual way.")
    try:
        document = parse(text)
    except Invalid:
        document = None
    if document is None or document.data != wanted:
        raise Invalid(
            msg("`{place}` cannot be changed in place.", place=spell(place)),
            why=why,
            next=msg(
                "Change it by hand: `doumen contract edit DATASET`, or give a file by `--file`."
            ),
            detail="place",
        )
    return document


def _changed(document: Document, place: Path, value: Any) -> str:
    text = document.text
    node: Node = document.root
    *above, last = place
    for depth, step in enumerate(above):
        below, deeper = child(node, step), place[depth + 1 :]
        if below is None:
            return _inserted(text, node, str(step), _nested(deeper, value))
        if _is_null(below):
            return _replaced(text, node, step, flow(_nested(deeper, value)))
        node = below
    below = child(node, last)
    if below is None:
        return _inserted(text, node, str(last), value)
    if value is None:
        return _removed(text, node, last)
    return _replaced(text, node, last, flow(value, _quote(below)))


def _quote(node: Node) -> str | None:
    style = getattr(node, "style", None)
    return style if style in ("'", '"') else None


def _is_null(node: Node) -> bool:
    return node.id == "scalar" and node.tag == "tag:yaml.org,2002:null"


def value_end(node: Node, text: str) -> int:
    """Where the characters of a value end, without the blanks and comments that follow."""
    if node.id == "scalar" or node.flow_style:
        start, end = node.start_mark.index, node.end_mark.index
        return int(start + len(text[start:end].rstrip()))
    last = node.value[-1]
    return (
        value_end(last[1] if node.id == "mapping" else last, text)
        if node.value
        else int(node.end_mark.index)
    )


def _replaced(text: str, parent: Node, step: str | int, written: str) -> str:
    """A value put in place of another; one of many lines goes up beside its key."""
    if parent.id == "sequence":
        node = parent.value[step]
        return text[: node.start_mark.index] + written + text[value_end(node, text) :]
    key, node = next((key, value) for key, value in parent.value if key.value == step)
    start, end = node.start_mark.index, value_end(node, text)
    colon = text.index(":", key.end_mark.index) + 1
    if start == end:
        return f"{text[:colon]} {written}{text[colon:]}"
    if node.id != "scalar" and not node.flow_style:
        return f"{text[:colon]} {written}{text[end:]}"
    return text[:start] + written + text[end:]


def _nested(deeper: Path, value: Any) -> Any:
    for step in reversed(deeper):
        value = {str(step): value}
    return value


def _inserted(text: str, parent: Node, key: str, nested: Any) -> str:
    if parent.flow_style:
        entry = f"{scalar(key)}: {flow(nested)}"
        at = value_end(parent.value[-1][1], text) if parent.value else parent.start_mark.index + 1
        return f"{text[:at]}{', ' if parent.value else ''}{entry}{text[at:]}"
    ends = [value_end(value, text) or key.end_mark.index for key, value in parent.value]
    line_end = text.find("\n", max(ends))
    at = len(text) if line_end < 0 else line_end + 1
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = newline.join(block({key: nested}, parent.value[0][0].start_mark.column)) + newline
    return text[:at] + (newline if line_end < 0 else "") + lines + text[at:]


def _removed(text: str, parent: Node, step: str | int) -> str:
    entries = parent.value if parent.id == "mapping" else [(item, item) for item in parent.value]
    at = next(
        index
        for index, (key, _) in enumerate(entries)
        if (index if parent.id == "sequence" else key.value) == step
    )
    start, end = entries[at][0].start_mark.index, value_end(entries[at][1], text)
    following = entries[at + 1][0].start_mark.index if at + 1 < len(entries) else None
    line_start = text.rfind("\n", 0, start) + 1
    alone = not text[line_start:start].strip(" -" if parent.id == "sequence" else " ")
    if parent.flow_style:
        if following is not None:
            return text[:start] + text[following:]
        before = value_end(entries[at - 1][1], text) if at else start
        return text[:before] + text[end:]
    if not alone and following is not None:
        return text[:start] + text[following:]
    line_end = text.find("\n", end)
    return text[:line_start] + ("" if line_end < 0 else text[line_end + 1 :])


def _nowhere(path: str, why: Message) -> Invalid:
    return Invalid(
        msg("`{path}` leads nowhere in the contract.", path=path),
        why=why,
        next=msg("Paths look like `version`, `table.tags` or `columns.NAME.description`."),
        detail="path",
    )
