"""The twin nodes of `world`, made anew for each module: some put datasets on one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.hostile.attacks.world import ENVIRONMENT, Canaries, Place, build


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place]]:
    """The node with canaries that are looked for, and its twin."""
    drawn = [Canaries.drawn("one"), Canaries.drawn("two")]
    os.environ[ENVIRONMENT] = drawn[0].texts["environment"]
    one, two = (build(tmp_path_factory.mktemp("hostile"), each) for each in drawn)
    yield one, two
    del os.environ[ENVIRONMENT]
    for place in (one, two):
        place.node.close()


@pytest.fixture
def place(field: tuple[Place, Place]) -> Place:
    """The node with canaries that are looked for."""
    return field[0]
