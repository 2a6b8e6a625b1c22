"""Golden files: texts that users and scripts rely on, compared byte by byte.

`make golden` (DOUMEN_GOLDEN=1) writes them anew; the difference is reviewed as code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doumen.faces.languages import LANGUAGES

HERE = Path(__file__).parent


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each of the languages that people are spoken to in."""
    return str(request.param)


@pytest.fixture
def golden(language: str) -> Callable[[str, str], None]:
    """Compare a text with its golden file, or write the file."""

    def compare(name: str, text: str) -> None:
        path = HERE / language / name
        if os.environ.get("DOUMEN_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{language}/{name} is new: run `make golden` and review it"
        assert text == path.read_text(encoding="utf-8"), (
            f"{language}/{name} changed: see `make golden`"
        )

    return compare
