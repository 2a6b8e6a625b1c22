"""Changes of single fields in the text itself: all that is not named stays byte for byte.

Each change replaces, inserts or removes the characters of one value, then the whole text is
read again: it must say exactly what it said before, and the change. Where that cannot be
done in place (a value shared by an alias, an unknown layout) the edit is refused.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
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
from doumen.kits.standards.odcs.places import OddLayout
from doumen.kits.standards.odcs.splice import Splice, extended_by, put, removed, spliced, why_not
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
        Invalid: a path leads nowhere, or a place cannot be edited in the text: it shares its
            text with others by an alias, or the layout is none that is known.
    """
    document: Document | None = None
    for path, value in changes:
        document = document or parse(text)
        place = find(document, path)
        wanted = copy.deepcopy(document.data)
        plain = exact(value)
        if _applied(wanted, place, plain):
            document = _changed(document, place, wanted, partial(_put, place=place, value=plain))
    return document.text if document else text


def append(text: str, path: str, added: Sequence[Mapping[str, Any]]) -> str:
    """Put mappings at the end of a list that is there and not empty; nothing else changes.

    Args:
        text: A contract.
        path: Of the list, as for `edit`.
        added: What is put there.

    Raises:
        Invalid: the path leads to no such list, or the place cannot be edited in the text.
    """
    document = parse(text)
    place = find(document, path)
    wanted = copy.deepcopy(document.data)
    here: Any = wanted
    for step in place:
        here = here.get(step) if isinstance(here, dict) else here[step]
    if not isinstance(here, list) or not here:
        raise _nowhere(path, msg("It is no list with anything in it."))
    here += added
    return _changed(document, place, wanted, partial(extended_by, place=place, added=added)).text


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


def _changed(
    document: Document, place: Path, wanted: Any, change: Callable[[Document], Splice]
) -> Document:
    """The document with a splice in its text, which must say what is wanted.

    Raises:
        Invalid: it does not.
    """
    try:
        changed = parse(spliced(document.text, [change(document)]))
    except (Invalid, OddLayout):
        changed = document
    if changed.data == wanted:
        return changed
    raise Invalid(
        msg("`{place}` cannot be changed in place.", place=spell(place)),
        why=why_not(document, [place]),
        next=msg("Change it by hand: `doumen contract edit DATASET`, or give a file by `--file`."),
        detail="place",
    )


def _put(document: Document, place: Path, value: Any) -> Splice:
    """The splice of a change; parents that are not there or are nothing are written with it."""
    if value is None:
        return removed(document, place)
    node: Node = document.root
    for depth, step in enumerate(place[:-1], 1):
        below = child(node, step)
        if below is None or below.tag == "tag:yaml.org,2002:null":
            for deeper in reversed(place[depth:]):
                value = {str(deeper): value}
            return put(document, place[:depth], value)
        node = below
    return put(document, place, value)


def _nowhere(path: str, why: Message) -> Invalid:
    return Invalid(
        msg("`{path}` leads nowhere in the contract.", path=path),
        why=why,
        next=msg("Paths look like `version`, `table.tags` or `columns.NAME.description`."),
        detail="path",
    )
