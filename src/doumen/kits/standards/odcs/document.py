"""YAML text into a tree that knows its places, within limits that hostile text cannot pass.

Scalars follow YAML 1.2: dates stay text, numbers with a fraction become exact decimals.
Merge keys, own tags, repeated keys, recursive aliases and several documents are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from doumen.model.errors import Invalid
from doumen.model.message import Message, joined, msg, plain

MAX_CHARACTERS = 1 << 19
MAX_VALUES = 100_000
MAX_DEPTH = 60
MAX_EXPONENT = 400
MAX_FAULTS = 25
_SPECIAL = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_NEXT_LINE = "\x85"
_CORE = "tag:yaml.org,2002:"
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character of UTF-16, as an escape may name it: no text, for UTF-8 cannot write it."""

Path = tuple[str | int, ...]
"""Keys and list positions from the root of a document."""


class Node(Protocol):
    """A node of the YAML library: what its kinds have that is used here.

    `id` is scalar, sequence or mapping; `value` is text, nodes, or pairs of nodes; marks have
    `index` and `line`, from 0; `flow_style` (not of scalars) is whether brackets are written;
    `style` (of scalars) is the quote, `|`, `>` or nothing.
    """

    id: str
    tag: Any
    value: Any
    start_mark: Any
    end_mark: Any
    flow_style: Any
    style: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a document: where, and what in one clause."""

    path: Path
    words: Message


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text.

    Attributes:
        root: The node tree, with marks (`start_mark.index` is a character of `text`).
        data: The same as plain values: dict, list, str, int, Decimal, bool, None.
    """

    text: str
    root: Node
    data: dict[str, Any]

    def node(self, path: Path) -> Node:
        """The node at a path, or its nearest parent that exists."""
        node = self.root
        for step in path:
            below = child(node, step)
            if below is None:
                break
            node = below
        return node

    def line(self, path: Path) -> int:
        """Line, from 1, of a path or of its nearest parent that exists.

        Nothing behind a key stands where the key does: the library marks what comes next.
        """
        node = self.node(path)
        if node.start_mark.index == node.end_mark.index:
            parent = self.node(path[:-1])
            if parent.id == "mapping":
                node = next((key for key, value in parent.value if value is node), node)
        return int(node.start_mark.line) + 1


def child(node: Node, step: str | int) -> Node | None:
    """The node below `node` at a key or a position."""
    found: Node | None = None
    if node.id == "mapping":
        found = next((value for key, value in node.value if key.value == step), None)
    elif node.id == "sequence" and isinstance(step, int) and 0 <= step < len(node.value):
        found = node.value[step]
    return found


def parse(text: str) -> Document:
    """Read a document whose root is a mapping.

    Raises:
        Invalid: it is no YAML, or passes a limit, or uses what is refused.
    """
    root = _compose(text)
    if root is None or root.id != "mapping":
        raise _refused(msg("A contract is a YAML mapping of names to values."))
    return Document(text, root, _Plain().value(root, ()))


def parse_value(text: str) -> Any:
    """Read a value as written on a command line: `true`, `3`, `[a, b]`, or plain text.

    Raises:
        Invalid: as for `parse`.
    """
    if re.match(r"[\[{\"']", text.lstrip()) is None and re.search(r"[:#\n]", text):
        return text
    root = _compose(text)
    return None if root is None else _Plain().value(root, ())


def exact(value: Any) -> Any:
    """Values as a document holds them: exact numbers, lists.

    Raises:
        Invalid: a number is not finite.
    """
    if isinstance(value, Mapping):
        return {str(key): exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(item) for item in value]
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise Invalid(msg("A number of a rule is not finite."), detail="rule")
    return value


def raise_faults(document: Document, faults: Sequence[Fault]) -> None:
    """Report all faults at once, each with its place.

    Raises:
        Invalid: there are any.
    """
    if not faults:
        return
    shown = [
        msg(
            "line {line}, {place}: {words}",
            line=document.line(fault.path),
            place=spell(fault.path),
            words=fault.words,
        )
        for fault in sorted(faults, key=lambda f: document.line(f.path))[:MAX_FAULTS]
    ]
    if len(faults) > MAX_FAULTS:
        shown.append(msg("… and {count} more", count=len(faults) - MAX_FAULTS))
    raise Invalid(
        msg("The contract has a fault.")
        if len(faults) == 1
        else msg("The contract has {count} faults.", count=len(faults)),
        why=joined("\n", shown),
        next=msg("Correct the lines named and try again."),
        detail="contract",
    )


def spell(path: Path) -> Message:
    """A path as people write it: `schema[0].properties[1].name`."""
    spelled = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return plain(spelled.removeprefix(".")) if spelled else msg("the document")


def _refused(why: Message, line: int | None = None) -> Invalid:
    return Invalid(
        msg("The contract cannot be read.")
        if line is None
        else msg("Line {line} cannot be read.", line=line),
        why=why,
        detail="yaml",
    )


def _compose(text: str) -> Node | None:
    from ruamel.yaml import YAML  # noqa: PLC0415 - costly, for documents only
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - costly

    if len(text) > MAX_CHARACTERS:
        raise _refused(
            msg(
                "It has {count:,} characters; at most {max_characters:,} are read.",
                count=len(text),
                max_characters=MAX_CHARACTERS,
            )
        )
    try:
        stand_in = _stand_in(text)
        spared = text.replace(_NEXT_LINE, stand_in) if stand_in else text
        node: Node | None = YAML(typ="safe", pure=True).compose(spared)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else mark.line + 1
        words = ", ".join(filter(None, (error.context, error.problem)))
        raise _refused(msg("It is not YAML: {words}.", words=words), line) from None
    except YAMLError:
        raise _refused(msg("It is not YAML: a character is not allowed.")) from None
    except (RecursionError, ValueError):
        raise _refused(msg("It is nested too deeply or names an impossible character.")) from None
    if node is not None:
        _mend(node, stand_in)
    return node


def _stand_in(text: str) -> str:
    """A character that is not in a text, where U+0085 is: YAML 1.2 takes that for no line end."""
    if _NEXT_LINE not in text:
        return ""
    return next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in text)


def _mend(root: Node, stand_in: str) -> None:
    """Texts as YAML 1.2 and JSON mean them, where the library means something else.

    The halves of a character that JSON writes as two escapes (surrogates) become one; a half
    alone stays, to be refused.
    """
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if node.id != "scalar":
            if id(node) not in seen:
                seen.add(id(node))
                nodes += node.value if node.id == "sequence" else [n for p in node.value for n in p]
            continue
        if stand_in and stand_in in node.value:
            node.value = node.value.replace(stand_in, _NEXT_LINE)
        if _HALF.search(node.value):
            halves = node.value.encode("utf-16-le", "surrogatepass")
            node.value = halves.decode("utf-16-le", "surrogatepass")


@dataclass(slots=True)
class _Plain:
    """Nodes to plain values, counting what aliases expand to."""

    seen: int = 0
    open: set[int] = field(default_factory=set)

    def value(self, node: Node, path: Path) -> Any:
        self.seen += 1
        line = node.start_mark.line + 1
        if self.seen > MAX_VALUES or len(path) > MAX_DEPTH:
            raise _refused(
                msg(
                    "More than {max_values:,} values or {max_depth} levels.",
                    max_values=MAX_VALUES,
                    max_depth=MAX_DEPTH,
                ),
                line,
            )
        if node.id == "scalar":
            return _scalar(node, line)
        if id(node) in self.open:
            raise _refused(msg("An alias stands inside its own anchor."), line)
        if node.tag not in (f"{_CORE}map", f"{_CORE}seq"):
            raise _refused(msg("Own tags are not read."), line)
        self.open.add(id(node))
        if node.id == "sequence":
            plain: Any = [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        else:
            plain = dict(self._pairs(node, path))
        self.open.discard(id(node))
        return plain

    def _pairs(self, node: Node, path: Path) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar" or key.tag == f"{_CORE}merge":
                raise _refused(msg("A key is one word; merge keys (`<<`) are not read."), line)
            if _HALF.search(key.value):
                raise _refused(msg("It names half a character, which is no text."), line)
            if key.value in keys:
                raise _refused(msg("A key is given twice."), line)
            keys.add(key.value)
            yield key.value, self.value(value, (*path, key.value))


def _scalar(node: Node, line: int) -> Any:
    text = str(node.value)
    if _HALF.search(text):
        raise _refused(msg("It names half a character, which is no text."), line)
    kind = str(node.tag).removeprefix(_CORE)
    if kind in ("str", "timestamp", "value"):
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on", "y")
    if kind not in ("int", "float"):
        raise _refused(msg("Own tags are not read."), line)
    if not any(c.isdigit() for c in text) and _SPECIAL.fullmatch(text) is None:
        return text  # such as `._`, a number to the library but not to YAML 1.2
    try:
        return _integer(text) if kind == "int" else _decimal(text)
    except (ValueError, InvalidOperation):
        raise _refused(
            msg("A number is not finite, too long, or written in an old way."), line
        ) from None


def _integer(text: str) -> int:
    digits = text.replace("_", "").lower()
    if len(digits) > MAX_EXPONENT:
        raise ValueError(digits)
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10)
    return sign * int(digits if base == 10 else digits[2:], base)


def _decimal(text: str) -> Decimal:
    number = Decimal(text.replace("_", ""))
    if not number.is_finite() or len(text) > MAX_EXPONENT or abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(text)
    return number
