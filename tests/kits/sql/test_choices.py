"""Conditions over names choose what the engine chooses."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import exp, parse_one

from doumen.kits.sql.choices import chosen, filtered, is_star
from doumen.model.errors import Refused

NAMES = ["a", "A", "ab", "year", "Year_x", "名字", "a.b", ""]


@pytest.mark.parametrize(
    "condition",
    [
        "c = 'a'",
        "'x' <> 'y' OR c <> 'a'",
        "c != 'a' AND NOT c = 'ab'",
        "c IN ('a', 'year')",
        "c NOT IN ('a', 'year')",
        "c LIKE 'a%' AND c NOT LIKE '%b'",
        "c ILIKE 'A%' OR c NOT ILIKE 'Y%'",
        "c GLOB '*a*'",
        "c SIMILAR TO '[a-z]+'",
        "c ~ '^[ay]'",
        "regexp_matches(c, 'a')",
        "regexp_full_match(c, 'a.*')",
        "starts_with(c, 'y') OR ends_with(c, 'b') OR contains(c, '字')",
        "(lower(c) = 'a') OR (upper(c) LIKE 'YEAR%')",
        "C = 'a'",
    ],
)
def test_lambdas(condition: str) -> None:
    tree = parse_one(f"SELECT COLUMNS(lambda c: {condition})", dialect="duckdb")
    body = tree.find(exp.Lambda)
    assert body is not None
    if condition.startswith("'x'"):
        with pytest.raises(Refused):
            chosen(body.this, "c")
        return
    choice = chosen(body.this, "c")
    values = ", ".join(f"('{name}')" for name in NAMES)
    rows = duckdb.execute(f"SELECT c, {condition} FROM (VALUES {values}) v(c)").fetchall()
    assert {name: choice(name) for name in NAMES} == dict(rows)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("* LIKE 'a%'", {"a", "ab", "a.b"}),
        ("NOT (* LIKE 'a%')", {"A", "year", "Year_x", "名字", ""}),
        ("t.* NOT ILIKE '%a%'", {"名字", ""}),
        ("* !~ 'a|^$'", {"A", "名字"}),
    ],
)
def test_filters_of_a_star(text: str, matches: set[str]) -> None:
    (item,) = parse_one(f"SELECT {text}", dialect="duckdb").expressions
    found = filtered(item)
    assert found is not None
    star, choice = found
    assert is_star(star)
    assert {name for name in NAMES if choice(name)} == matches


def test_what_is_no_filter() -> None:
    for text in ("a LIKE 'x'", "*", "NOT a", "* = 'a'"):
        (item,) = parse_one(f"SELECT {text}", dialect="duckdb").expressions
        assert filtered(item) is None
