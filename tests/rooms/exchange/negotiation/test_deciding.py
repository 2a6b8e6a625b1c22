"""The document by which a node decides alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doumen.kits.policy import read_terms
from doumen.model.errors import Invalid
from doumen.rooms.exchange.negotiation.deciding import (
    Wish,
    decided,
    decisions_as_json,
    decisions_from_json,
    read_decisions,
)

TODAY = date(2026, 11, 29)
TERMS = read_terms("""
for: [research]
until: 2027-01-31
datasets: {w.hourly: }
""")
WISH = Wish("weather", frozenset({"port", "did:web:port.example"}), TERMS, unchanged=True)


@pytest.mark.parametrize(
    ("row", "accepted"),
    [
        ("{accept: request}", True),
        ("{reject: request}", False),
        ("{accept: request, product: weather}", True),
        ("{accept: request, product: ships}", None),
        ("{accept: request, from: [port]}", True),
        ("{accept: request, from: ['did:web:port.example']}", True),
        ("{accept: request, from: [spy]}", None),
        ("{accept: request, for: [research, security]}", True),
        ("{accept: request, for: [security]}", None),
        ("{accept: request, days: 63}", True),
        ("{accept: request, days: 62}", None),
    ],
)
def test_a_row_fits_or_not(row: str, accepted: bool | None) -> None:
    rows = read_decisions(f"decisions: [{row}]")
    assert decided(rows, WISH, TODAY) is accepted


def test_the_first_row_that_fits_holds() -> None:
    rows = read_decisions("decisions: [{reject: request, from: [spy]}, {accept: request}]")
    assert decided(rows, WISH, TODAY) is True
    assert decided(rows, replace(WISH, names=frozenset({"spy"})), TODAY) is False
    assert decided((), WISH, TODAY) is None


def test_changed_terms_are_never_accepted_alone() -> None:
    rows = read_decisions("decisions: [{accept: request}]")
    assert decided(rows, replace(WISH, unchanged=False), TODAY) is None
    rejecting = read_decisions("decisions: [{reject: request}]")
    assert decided(rejecting, replace(WISH, unchanged=False), TODAY) is False


def test_terms_without_purpose_or_end_fit_only_where_none_is_asked() -> None:
    wide = replace(WISH, terms=replace(TERMS, purposes=(), until=None))
    for row, accepted in (("", True), (", for: [research]", None), (", days: 9999", None)):
        rows = read_decisions(f"decisions: [{{accept: request{row}}}]")
        assert decided(rows, wide, TODAY) is accepted


def test_what_is_kept_is_read_again() -> None:
    rows = read_decisions(
        "decisions: [{accept: request, product: w, from: [a], for: [b], days: 3},"
        " {reject: request}]"
    )
    assert decisions_from_json(decisions_as_json(rows)) == rows
    assert decisions_from_json(None) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("decisions: {}", "decisions"),
        ("decisions: [{}]", "decisions.0: give either `accept: request` or `reject: request`"),
        ("decisions: [{accept: request, reject: request}]", "decisions.0: give either"),
        ("decisions: [{accept: offer}]", "decisions.0.accept"),
        ("decisions: [{accept: request, who: x}]", "decisions.0.who"),
        ("decisions: [{accept: request, days: 0}]", "decisions.0.days"),
        ("[]", "decisions"),
    ],
)
def test_all_faults_are_told(text: str, fault: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_decisions(text)
    assert fault in str(caught.value.why)
