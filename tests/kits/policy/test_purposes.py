"""The list of purposes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.kits.policy import purposes, read_purpose
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts


def test_a_node_starts_with_a_list_and_extends_it(facts_of: Callable[..., Facts]) -> None:
    own = Fact("purpose", "planning", {"description": {"en": "To plan."}})
    anew = Fact("purpose", "research", {"description": {"en": "Ours."}})
    listed = purposes(facts_of(more=[own, anew]))
    assert listed["planning"] == {"en": "To plan."}
    assert listed["research"] == {"en": "Ours."}
    assert list(listed) == sorted(listed)
    assert all({"en", "zh"} <= words.keys() for words in purposes(facts_of()).values())
    assert "service-provision" in listed


def test_names() -> None:
    assert read_purpose("traffic-planning") == "traffic-planning"
    for wrong in ("", "a b", "-a", "x" * 64):
        with pytest.raises(Invalid):
            read_purpose(wrong)
