"""Where the figures of long runs are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.load.storm import Told

SOAK = Path(__file__).parents[2] / "bench" / "SOAK.md"


@pytest.fixture
def written() -> Callable[[str, str, Told], None]:
    """Writes a line into bench/SOAK.md in the place of the one of the same name."""

    def write(name: str, counts: str, told: Told) -> None:
        done = ", ".join(f"{n:,} {what}" for what, n in sorted(told.done.items()))
        errors = ", ".join(f"{n:,} {code}" for code, n in sorted(told.errors.items()))
        line = f"| {name} | {counts} | {done}; told on the way: {errors or 'nothing'} |"
        lines = SOAK.read_text("utf-8").rstrip("\n").splitlines()
        kept = [each for each in lines if not each.startswith(f"| {name} |")]
        SOAK.write_text("\n".join([*kept, line]) + "\n", "utf-8")

    return write
