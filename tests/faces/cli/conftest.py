"""A command line over a fake session: what was asked is remembered, what is given is set."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from doumen.faces.cli import app
from doumen.model.operation import Operation, Outcome


class Screen(io.TextIOWrapper):
    """A stream that is a terminal, or is not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


@dataclass
class FakeSession:
    """Stands where `doumen.session` stands; `doing` makes the outcome, or raises."""

    doing: Callable[..., Outcome] = lambda **_: Outcome(json={})
    node: Path | None = None
    actor: str | None = None
    purpose: str | None = None
    progress: Any = None
    asked: tuple[Operation, Mapping[str, Any]] | None = None
    made: Mapping[str, Any] = field(default_factory=dict)
    warm: bool | None = None
    closed: bool = False

    def open(self, directory: Path | None = None, *, warm: bool = False) -> Self:
        self.node, self.warm = directory, warm
        return self

    def init(self, **params: Any) -> Outcome:
        self.made = params
        return self.doing(**params)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def session(self, actor: str | None, purpose: str | None, progress: Any) -> Self:
        self.actor, self.purpose, self.progress = actor, purpose, progress
        return self

    def do(self, operation: Operation, **params: Any) -> Outcome:
        self.asked = (operation, params)
        return self.doing(**params)


@dataclass
class Shown:
    code: int
    out: str
    err: str


class CommandLine:
    """Runs command lines in this process, on terminals or in pipes."""

    def __init__(self, session: FakeSession, patch: pytest.MonkeyPatch) -> None:
        self.session = session
        self._patch = patch

    def __call__(self, *line: str, terminal: bool = False, stdin: bytes = b"") -> Shown:
        out, err = Screen(terminal), Screen(terminal)
        with self._patch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            code = app.main(line)
        return Shown(code, out.text, err.text)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    fake = FakeSession()
    module = ModuleType("doumen.session")
    module.__dict__.update(open=fake.open, init=fake.init)
    monkeypatch.setitem(sys.modules, "doumen.session", module)
    return fake


@pytest.fixture
def doumen(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    return CommandLine(session, monkeypatch)
