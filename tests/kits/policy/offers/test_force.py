"""Whether an agreement is in force, condition by condition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from doumen.kits.policy.offers import not_in_force, read_terms
from doumen.model.terms import Terms

TERMS = read_terms("""
to: [did:web:a.example, did:web:b.example]
for: [research, security]
from: 2026-12-01
until: 2026-12-31
places: [CN, NL]
datasets: {x.a: }
""")
FITTING: dict[str, Any] = {
    "participant": "did:web:a.example",
    "place": "NL",
    "purpose": "security",
    "now": datetime(2026, 12, 1, tzinfo=UTC),
}


def why(terms: Terms = TERMS, **changes: Any) -> str | None:
    refused = not_in_force(terms, **{**FITTING, **changes})
    if refused is None:
        return None
    assert refused.code == "refused.agreement"
    return refused.why


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"now": datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)},
        {"now": datetime(2027, 1, 1, 7, 59, tzinfo=timezone(timedelta(hours=8)))},
        {"participant": "did:web:b.example", "place": "CN", "purpose": "research"},
    ],
)
def test_what_was_agreed_is_in_force(changes: dict[str, Any]) -> None:
    assert why(**changes) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"participant": "did:web:c.example"}, "it is not for participant `did:web:c.example`"),
        ({"now": datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)}, "it holds from 2026-12-01 on"),
        ({"now": datetime(2027, 1, 1, tzinfo=UTC)}, "it ended with 2026-12-31"),
        ({"place": "DE"}, "it is for use in `CN` or `NL`, not in `DE`"),
        ({"place": None}, "where you are is not known"),
        ({"purpose": "marketing"}, "it is for purpose `research` or `security`, not `marketing`"),
        ({"purpose": None}, "state it"),
    ],
)
def test_what_was_not_is_refused_with_the_reason(changes: dict[str, Any], told: str) -> None:
    assert told in (why(**changes) or "")


def test_all_reasons_are_told_and_none_where_nothing_is_asked() -> None:
    told = why(participant="x", place=None, purpose=None) or ""
    assert told.lower().count("it is") == 3
    open = read_terms("datasets: {x.a: }")
    assert why(open, participant="x", place=None, purpose=None) is None
