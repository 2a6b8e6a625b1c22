"""Golden files: texts that users and scripts rely on, compared byte by byte.

`make golden` (DOUMEN_GOLDEN=1) writes them anew; the difference is reviewed as code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with its golden file, or write the file."""

    def compare(name: str, text: str) -> None:
        path = HERE / name
        if os.environ.get("DOUMEN_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} is new: run `make golden` and review it"
        assert text == path.read_text(encoding="utf-8"), f"{name} changed: see `make golden`"

    return compare
