"""Texts of contracts as people and common writers leave them: libraries and layouts of others.

JSON on one line or many, PyYAML and ruamel.yaml in their usual settings, PyYAML over a tree of
nodes whose every style is drawn by chance, and comments and blank lines put between lines.
"""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import yaml  # type: ignore[import-untyped] # it has no types
from ruamel.yaml import YAML

_BLOCK = re.compile(r"[^\s\ufeff][^\x85\u2028]*", re.DOTALL)
"""Texts that all libraries read as PyYAML writes them in lines: of others it loses indentation."""
WIDE = 1 << 20
"""A line as long as it comes."""


def written(data: Mapping[str, Any], layout: str, seed: int = 0) -> str:
    """A contract as text.

    Args:
        data: The contract.
        layout: One of `LAYOUTS`.
        seed: Of what is drawn by chance, for layouts that are.
    """
    return WRITERS[layout](_floats(data), random.Random(seed))


def remarked(text: str, seed: int) -> str:
    """A text with comments and blank lines between its lines, and comments behind some of them.

    No line within a scalar is touched; PyYAML says where they are.
    """
    chance = random.Random(seed)
    within: set[int] = set()
    unended: set[int] = set()
    behind_block: set[int] = set()
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            first, last = token.start_mark.line, token.end_mark.line
            within.update(range(first + 1, last if token.style in ("|", ">") else last + 1))
            unended.update(range(first, last))
            if token.style in ("|", ">"):
                behind_block.add(last)
    lines = []
    for at, line in enumerate(text.splitlines(keepends=True)):
        if at not in within and chance.random() < 0.15:
            remark = f"{' ' * chance.randrange(12)}# a: [b, 'c\n"
            lines.append("# x\n" if at in behind_block else chance.choice(["\n", remark]))
        free = at not in unended and at not in within and line.strip()
        trailing = free and chance.random() < 0.15
        lines.append(f"{line.removesuffix(chr(10))}  # d: {{e\n" if trailing else line)
    return "".join(lines)


def bare(text: str) -> str:
    """A text without its last line end, where that says the same."""
    shorter = text.rstrip("\n")
    same = yaml.safe_load(shorter) == yaml.safe_load(text)
    return shorter if same else text


def _json(data: Any, *, lines: bool = False, ascii_only: bool = False) -> str:
    return json.dumps(data, ensure_ascii=ascii_only, indent=2 if lines else None) + "\n"


def _pyyaml(data: Any, **settings: Any) -> str:
    return str(yaml.safe_dump(data, **{"sort_keys": False, "allow_unicode": True} | settings))


def _ruamel(data: Any, *, pure: bool = False, dashes: tuple[int, int] | None = None) -> str:
    writer = YAML(typ="safe", pure=True) if pure else YAML(typ="rt")
    writer.default_flow_style = False
    writer.width, writer.allow_unicode, out = 70, True, io.StringIO()
    if dashes:
        writer.indent(mapping=2, sequence=dashes[0], offset=dashes[1])
    writer.dump(data, out)
    return out.getvalue()


def _drawn(data: Any, chance: random.Random) -> str:
    """PyYAML over nodes each of which has a style of its own."""
    tree = yaml.SafeDumper(io.StringIO()).represent_data(data)
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            if node.tag == "tag:yaml.org,2002:str":
                blocks = ["|", ">"] if _BLOCK.fullmatch(node.value) else []
                node.style = chance.choice([None, None, "'", '"', *blocks])
            continue
        node.flow_style = chance.random() < 0.2
        for below in node.value:
            nodes += below if isinstance(below, tuple) else [below]
    return str(yaml.serialize(
        tree, Dumper=yaml.SafeDumper, indent=chance.choice([None, 4]), allow_unicode=True,
        width=chance.choice([120, WIDE]), explicit_start=chance.random() < 0.2,
        explicit_end=chance.random() < 0.1,
    ))  # fmt: skip


WRITERS: Mapping[str, Callable[[Any, random.Random], str]] = {
    "json": lambda data, _: _json(data, lines=True),
    "json-line": lambda data, _: _json(data),
    "json-ascii": lambda data, _: _json(data, ascii_only=True),
    "pyyaml": lambda data, _: _pyyaml(data),
    "pyyaml-default": lambda data, _: _pyyaml(data, allow_unicode=False, sort_keys=True),
    "pyyaml-flow": lambda data, _: _pyyaml(data, default_flow_style=True),
    "pyyaml-mixed": lambda data, _: _pyyaml(data, default_flow_style=None),
    "pyyaml-quoted": lambda data, _: _pyyaml(data, default_style='"', width=40),
    "pyyaml-indented": lambda data, _: _pyyaml(data, indent=4, width=WIDE, explicit_start=True),
    "pyyaml-shared": lambda data, _: _pyyaml(_shared(data, {})),
    "ruamel": lambda data, _: _ruamel(data),
    "ruamel-dashes": lambda data, _: _ruamel(data, dashes=(4, 2)),
    "ruamel-safe": lambda data, _: _ruamel(data, pure=True),
    "drawn": _drawn,
    "drawn-again": _drawn,
}
LAYOUTS = tuple(WRITERS)


def _shared(data: Any, known: dict[str, Any]) -> Any:
    """The same, with one object for equal lists and mappings: PyYAML writes aliases for them."""
    if isinstance(data, Mapping):
        data = {key: _shared(value, known) for key, value in data.items()}
    elif isinstance(data, list):
        data = [_shared(value, known) for value in data]
    return known.setdefault(repr(data), data) if isinstance(data, (dict, list)) else data


def _floats(data: Any) -> Any:
    """Values that every writer takes, none of them twice, so that no writer makes aliases."""
    if isinstance(data, Mapping):
        return {key: _floats(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_floats(value) for value in data]
    return float(data) if isinstance(data, Decimal) else data
