"""Terms in words; what a filter asks only for those who may know it."""

from __future__ import annotations

import pytest

from doumen.kits.policy.offers import clause_of, clause_words, read_terms, terms_words
from doumen.model.message import Message, msg

FULL = """
to: [did:web:a.example, did:web:b.example]
for: [research]
from: 2026-12-01
until: 2026-12-31
places: [CN, NL]
datasets:
  x.a: {columns: [b, c], duties: [{filter: "b = 'secret'"}]}
  x.b:
quota: [{queries: 1}, {queries: 20, per: day}]
due: {report: 30, attribute: Weather Service, delete: 30}
price: 100 EUR a month
"""


def said(text: str, *, literals: bool = False) -> list[tuple[str, str]]:
    pairs = terms_words(read_terms(text), literals=literals)
    assert all(isinstance(one, Message) for pair in pairs for one in pair)
    return [(str(heading), str(words)) for heading, words in pairs]


def test_all_terms_are_said() -> None:
    assert said(FULL) == [
        ("to", "`did:web:a.example` or `did:web:b.example`"),
        ("for", "research"),
        ("from", "2026-12-01 (UTC)"),
        ("until", "2026-12-31, that day (UTC) included"),
        ("places", "CN, NL"),
        ("clause 1", "of dataset `x.a` the columns `b`, `c`"),
        ("duty", "only the rows that its condition lets through"),
        ("clause 2", "dataset `x.b`, every column"),
        ("quota", "at most 1 query under the agreement, by all actors together"),
        ("quota", "at most 20 queries a day (UTC), by all actors together"),
        ("due", "the use is reported every 30 days"),
        ("due", "the source is named: “Weather Service”"),
        ("due", "what is obtained is deleted after 30 days"),
        ("price", "100 EUR a month"),
    ]
    assert ("duty", "only rows where b = 'secret'") in said(FULL, literals=True)


def test_what_is_left_open_is_said() -> None:
    assert said("datasets: {x.b: }") == [
        ("to", "any participant"),
        ("for", "any purpose"),
        ("from", "the agreement on"),
        ("until", "no end"),
        ("places", "anywhere"),
        ("clause 1", "dataset `x.b`, every column"),
    ]


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("{report: 1}", "the use is reported every day"),
        ("{delete: 0}", "what is obtained is deleted by the end of the day (UTC)"),
        ("{delete: 1}", "what is obtained is deleted after 1 day"),
    ],
)
def test_one_day_has_words_of_its_own(due: str, told: str) -> None:
    assert ("due", told) in said(f"datasets: {{x.b: }}\ndue: {due}")


def test_a_clause_is_said_with_all_that_holds_for_it() -> None:
    terms = read_terms(FULL)
    grant = clause_of("A-1", terms, "A-1-1-2")
    assert grant is not None
    assert [(str(a), str(b)) for a, b in clause_words(terms, grant, msg("us"), literals=False)] == [
        ("does", "permits reading rows"),
        ("who", "us"),
        ("on", "of dataset `x.a` the columns `c`"),
        ("for", "research"),
        ("from", "2026-12-01 (UTC)"),
        ("until", "2026-12-31, that day (UTC) included"),
        ("places", "CN, NL"),
        ("duty", "only the rows that its condition lets through"),
        ("quota", "at most 1 query under the agreement, by all actors together"),
        ("quota", "at most 20 queries a day (UTC), by all actors together"),
        ("due", "the use is reported every 30 days"),
        ("due", "the source is named: “Weather Service”"),
        ("due", "what is obtained is deleted after 30 days"),
    ]
