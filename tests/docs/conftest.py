"""Pages of the documentation, and a reader who types what stands in their blocks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import doumen
from doumen.faces.cli import app

HOUSE = Path(__file__).parents[2]
_FAILS = re.compile(r"\s+# exit (\d+)$")
_HERE = re.compile(r"cat > (\S+) <<'END'")


@dataclass(frozen=True)
class Command:
    """One line of a block.

    Attributes:
        words: As a shell splits them, the home folder filled in.
        exit: The exit code that the page promises.
        content: What a here-document holds.
    """

    words: list[str]
    exit: int = 0
    content: str | None = None


def blocks(text: str) -> list[str]:
    """Fenced blocks for a shell: those without a language, or with `sh`."""
    found: list[str] = []
    language: str | None = None
    for line in text.splitlines():
        if line.startswith("```"):
            language = line[3:] or "sh" if language is None else None
            if language == "sh":
                found.append("")
        elif language == "sh":
            found[-1] += f"{line}\n"
    return found


def commands(block: str) -> Iterator[Command]:
    """The commands of a block, one after the other."""
    lines = iter(block.splitlines())
    for line in lines:
        here = _HERE.match(line)
        if here:
            content = "".join(f"{one}\n" for one in iter(lambda: next(lines), "END"))
            yield Command(["cat", str(Path(here[1]).expanduser())], content=content)
            continue
        fails = _FAILS.search(line)
        for part in _FAILS.sub("", line).split(" && "):
            words = [str(Path(word).expanduser()) if word.startswith("~") else word
                     for word in shlex.split(part, comments=True)]  # fmt: skip
            if words:
                yield Command(words, int(fails[1]) if fails else 0)


class Reader:
    """Types the commands of a page into a terminal that is a test."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.typed = 0

    def follow(self, text: str) -> None:
        """Type all blocks of a page; each command ends as the page says."""
        for block in blocks(text):
            for command in commands(block):
                self._type(command)

    def _type(self, command: Command) -> None:
        first, *rest = command.words
        if command.content is not None:
            Path(rest[0]).write_text(command.content, "utf-8")
        elif first == "cd":
            self._patch.chdir(rest[0])
        elif first == "doumen":
            line = [self._receipt() if word == "ID" else word for word in rest]
            assert app.main(line) == command.exit, command
            self.typed += 1
        else:
            assert first in {"make", "export"}, command

    def _receipt(self) -> str:
        with doumen.open() as node:
            sql = "SELECT id FROM sys.events WHERE type = 'query' AND actor = 'ana'"
            return str(node.session().query(sql).rows()[-1][0])


@pytest.fixture
def house() -> Path:
    """The checkout."""
    return HOUSE


@pytest.fixture
def pages() -> dict[str, str]:
    """Name and text of each page that somebody wrote."""
    names = [HOUSE / "README.md", HOUSE / "README.zh.md", *sorted((HOUSE / "docs").glob("*.md"))]
    return {path.name: path.read_text("utf-8") for path in names}


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader in an empty home folder, without a node."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOUMEN_NODE", raising=False)
    monkeypatch.chdir(tmp_path)
    return Reader(monkeypatch)


@pytest.fixture
def typed() -> Callable[[str], list[Command]]:
    """All commands of the blocks of a page."""
    return lambda text: [command for block in blocks(text) for command in commands(block)]
