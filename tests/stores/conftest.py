"""Tests of the stores run on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, choose: Any) -> Iterator[str]:
    """Every test that asks for a store runs on both kinds."""
    with choose(request.param) as kind:
        yield kind
