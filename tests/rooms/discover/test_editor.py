from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from doumen.model.errors import Unavailable
from doumen.rooms.discover.editor import ask_editor


def _program(tmp_path: Path, code: str) -> str:
    script = tmp_path / "my editor.py"
    script.write_text(f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n{code}\n")
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"


def test_what_the_editor_saves_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "path.write_bytes(path.read_bytes().replace(b'a', path.name.encode()))"
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", _program(tmp_path, code))
    assert ask_editor("a: ü\r\n", "b.yaml") == "b.yaml: ü\r\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [("", "No editor is set"), ("no-such-editor-anywhere", "cannot be started"),
     ("'open", "cannot be started")],
)  # fmt: skip
def test_an_editor_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", command)
    with pytest.raises(Unavailable, match=said):
        ask_editor("a: 1\n", "b.yaml")


def test_an_editor_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", _program(tmp_path, "sys.exit(3)"))
    with pytest.raises(Unavailable, match="ended with 3"):
        ask_editor("a: 1\n", "b.yaml")


def test_what_is_saved_must_be_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", _program(tmp_path, "path.write_bytes(b'\\xff')"))
    with pytest.raises(Unavailable, match="not UTF-8"):
        ask_editor("a: 1\n", "b.yaml")
