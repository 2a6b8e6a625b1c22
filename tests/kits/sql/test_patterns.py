"""Patterns over names match what the engine's own operators match."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.sql.patterns import LARGEST, caseless, glob, like, regular

NAMES = [
    "",
    "a",
    "A",
    "ab",
    "a_b",
    "AB1",
    "l_shipdate",
    "名字",
    "a名",
    "a\nb",
    "a.b",
    "x" * 40,
    " ",
]
REGULAR = [
    "a",
    "^a$",
    "a|b",
    "^(a|ab)(c|_b)?$",
    "(?:a)+b*",
    "[a-c]+_",
    "[^a]",
    "[^a-z_]$",
    "[a-]b?",
    "[.]b",
    ".",
    "^..$",
    "a.b",
    r"a\.b",
    r"^\w+$",
    r"\d",
    r"\W",
    r"[\d_]",
    r"\s",
    "x{3}",
    "x{3,}$",
    "^x{2,40}$",
    "^x{0,3}$",
    "a*?b",
    "a??",
    "(?i)AB",
    "(?i)[a-c]B",
    "(?i)^a",
    "",
    "a||b",
    "()",
    "名",
    "[名字]+",
    r"[\]\-]",
    "a$b",
    "$",
    "^",
    "(a*)*b",
    "((a+)+)+$",
]


@pytest.mark.parametrize("pattern", REGULAR)
def test_regular_expressions(pattern: str, engine: duckdb.DuckDBPyConnection) -> None:
    compiled = regular(pattern)
    assert compiled is not None
    for name in NAMES:
        row = engine.execute(
            "SELECT regexp_matches(?, ?), regexp_full_match(?, ?)", [name, pattern, name, pattern]
        ).fetchone()
        assert (compiled.found_in(name), compiled.matches(name)) == row, name


PARTS = st.sampled_from(
    [
        "a",
        "b",
        "_",
        ".",
        "*",
        "+",
        "?",
        "|",
        "(",
        ")",
        "[ab]",
        "[^a]",
        "^",
        "$",
        "{2}",
        "{1,}",
        "\\w",
    ]
)


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(st.lists(PARTS, max_size=8).map("".join), st.text("ab_", max_size=6))
def test_what_is_read_is_read_as_the_engine_does(pattern: str, name: str) -> None:
    compiled = regular(pattern)
    if compiled is None:
        return
    row = duckdb.execute("SELECT regexp_matches(?, ?)", [name, pattern]).fetchone()
    assert row == (compiled.found_in(name),)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a)",
        "[",
        "[]",
        "[b-a]",
        "[a-\\d]",
        "[[:alpha:]]",
        "[\\D]",
        "*a",
        "a**",
        "a*+",
        "a{2}{3}",
        "a{3,2}",
        "a{",
        "}",
        "]",
        "^*",
        "(?=a)",
        "(?i:a)",
        "(?P<n>a)",
        "\\b",
        "\\pL",
        "\\",
        "\\1",
        "(?i)é",
        "(a{99}){99}",
        "a" * (LARGEST + 1),
        "(" * 5_000,
    ],
)
def test_what_is_not_read(pattern: str) -> None:
    assert regular(pattern) is None


@pytest.mark.parametrize("pattern", ["", "a", "a%", "%b", "_", "__", "%_%", "a_b", "%名%", "l\\_%"])
def test_like(pattern: str, engine: duckdb.DuckDBPyConnection) -> None:
    exact, loose = like(pattern), like(pattern.upper(), any_case=True)
    assert exact is not None
    assert loose is not None
    for name in NAMES:
        row = engine.execute(
            "SELECT ? LIKE ?, ? ILIKE ?", [name, pattern, name, pattern.upper()]
        ).fetchone()
        assert (exact.matches(name), loose.matches(name)) == row, name
    assert like("É", any_case=True) is None


@pytest.mark.parametrize("pattern", ["", "a", "a*", "*b", "*", "a*b", "*名*", "a.b"])
def test_glob(pattern: str, engine: duckdb.DuckDBPyConnection) -> None:
    compiled = glob(pattern)
    assert compiled is not None
    for name in NAMES:
        row = engine.execute("SELECT ? GLOB ?", [name, pattern]).fetchone()
        assert row == (compiled.matches(name),), name


def test_glob_beyond_the_star_is_not_read() -> None:
    assert glob("a?") is None
    assert glob("[ab]") is None


def test_letters_of_two_cases() -> None:
    assert caseless("aB_名字1")
    assert not caseless("é")
    assert not caseless("\u212a")
