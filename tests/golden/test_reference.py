"""The generated reference is what the code says now, and its check can fail."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from tests.script import loaded

from doumen.operations import by_name


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    return loaded("reference")


def test_every_verb_has_a_heading(reference: ModuleType) -> None:
    text = reference.pages()["cli.md"]
    for name in by_name():
        assert f"\n### doumen {name}\n" in text


def test_every_kind_of_error_and_every_setting_has_a_row(reference: ModuleType) -> None:
    pages = reference.pages()
    assert "| `over-budget` | 3 | 429 |" in pages["errors.md"]
    assert "`refused." in pages["errors.md"]
    assert "### threads" in pages["settings.md"]


def test_what_is_stale_is_found_and_mended(
    reference: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reference"
    assert reference.main(["--check"], folder) == 1
    assert reference.main([], folder) == 0
    assert reference.main(["--check"], folder) == 0
    (folder / "cli.md").write_text("old", encoding="utf-8")
    (folder / "gone.md").touch()
    capsys.readouterr()
    assert reference.main(["--check"], folder) == 1
    assert capsys.readouterr().err.splitlines()[:2] == ["stale: cli.md", "stale: gone.md"]
    assert reference.main([], folder) == 0
    assert not (folder / "gone.md").exists()
    assert reference.main(["--other"], folder) == 2
