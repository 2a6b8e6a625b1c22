"""The published hierarchy of actions, deprecated terms, and profiles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doumen.kits.policy.odrl import ODRL
from doumen.kits.policy.odrl.world import reached

PUBLISHED = Path(__file__).parents[2] / "standards" / "odrl" / "published" / "odrl.jsonld"


@pytest.mark.parametrize(
    ("ruled", "asked", "covers"),
    [
        ("use", "read", True),
        ("use", "display", True),
        ("play", "display", True),
        ("display", "play", False),
        ("read", "use", False),
        ("use", "sell", False),
        ("transfer", "sell", True),
        ("transfer", "give", True),
        ("reproduce", "extract", True),
        ("use", "write", True),
        ("modify", "write", True),
        ("write", "modify", True),
        ("write", "appendTo", True),
        ("use", "lease", False),
        ("use", "nothing", False),
    ],
)
def test_rules_speak_of_what_is_included(ruled: str, asked: str, covers: bool) -> None:
    assert ODRL.covers(f"odrl:{ruled}", f"odrl:{asked}") is covers


def test_every_term_is_published() -> None:
    """The context has all but the deprecated; it lacks one and misspells one (`odrl:industry:`)."""
    context = json.loads(PUBLISHED.read_text("utf-8"))["@context"]
    known = {m["@id"] if isinstance(m, dict) else m for m in context.values()}
    alone = {action for action, wider in ODRL.actions.items() if not wider}
    deprecated = {*ODRL.same, *alone} - {"odrl:use", "odrl:transfer"}
    ours = {*ODRL.actions, *ODRL.operands, *ODRL.same}
    left = {term for term in ours - known if not term.startswith("cc:")}
    assert left == deprecated | {"odrl:synchronize", "odrl:industry"}
    assert {*ODRL.same.values()} <= ODRL.actions.keys()


def test_a_profile_adds_terms_and_takes_none_away() -> None:
    more = ODRL.extended(
        "urn:x",
        actions={"x:peek": "odrl:read"},
        operands=["x:role"],
        implies={"x:peek": frozenset({"odrl:index"})},
    )
    assert more.covers("odrl:use", "x:peek")
    assert not ODRL.knows("x:peek")
    assert more.knows("odrl:write")
    assert more.operands == ODRL.operands | {"x:role"}
    assert more.implied("x:peek") == {"x:peek", "odrl:index"}
    assert more.implied("odrl:read") == {"odrl:read"}
    assert more.profiles == ODRL.profiles | {"urn:x"}
    assert ODRL.extended("urn:y").actions == ODRL.actions


def test_relations_may_go_round() -> None:
    circle = {"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})}
    assert reached(circle, "a") == {"a", "b", "c"}
    assert reached({}, "a") == {"a"}
