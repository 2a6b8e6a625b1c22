"""Hostile statements, read from the `.sql` files of this folder.

A file is a family. `means` are what one tries, each a technique with a name; `places` are the
constructs in which it is tried, at `{x}`; each means goes to `each` places, drawn with a fixed
seed. `whole` are statements by themselves. `twins` says that both nodes must tell the same.
`\\u0041` stands for a sign that would be hard to see; `{folder}`, `{node}`, `{keys}` and
`{lake}` for paths.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_SIGN = re.compile(r"\\u([0-9a-f]{4})")
_HEADS = ("means", "places", "whole")


@dataclass(frozen=True)
class Hostile:
    """One statement.

    Attributes:
        technique: Its family and its means, or the name of the whole statement.
        place: Where the means stands; empty for a whole statement.
    """

    technique: str
    place: str
    text: str

    def at(self, paths: Mapping[str, str]) -> str:
        """The statement with the paths of a node in it."""
        text = self.text
        for name, path in paths.items():
            text = text.replace("{" + name + "}", path)
        return text


@dataclass(frozen=True)
class Family:
    """The statements of one file."""

    name: str
    about: str
    twins: bool
    statements: tuple[Hostile, ...]


def families() -> Iterator[Family]:
    """All families, by name."""
    for path in sorted(FOLDER.glob("*.sql")):
        yield _read(path)


def _read(path: Path) -> Family:
    about, *lines = path.read_text(encoding="utf-8").splitlines()
    parts: dict[str, dict[str, str]] = {head: {} for head in _HEADS}
    each, twins, into = 0, False, parts["whole"]
    for line in lines:
        if line.startswith("-- @ each "):
            each = int(line.removeprefix("-- @ each "))
        elif line == "-- @ twins":
            twins = True
        elif line.removeprefix("-- ") in _HEADS:
            into = parts[line.removeprefix("-- ")]
        elif line:
            name, _, text = line.partition(": ")
            assert name not in into, f"{path.name}: {name} is there twice"
            into[name] = _SIGN.sub(lambda found: chr(int(found[1], 16)), text)
    family = path.stem
    found = [Hostile(f"{family}/{name}", "", text) for name, text in parts["whole"].items()]
    for name, means in parts["means"].items():
        chosen = random.Random(f"{family}/{name}").sample(sorted(parts["places"]), each)
        for place in chosen:
            text = parts["places"][place].replace("{x}", means)
            found.append(Hostile(f"{family}/{name}", place, text))
    return Family(family, about.removeprefix("-- "), twins, tuple(found))
