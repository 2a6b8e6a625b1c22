"""Patterns of names: alike in every kind of place."""

from __future__ import annotations

import pytest

from doumen.model.errors import Invalid
from doumen.rooms.collect.connectors.names import pattern

MATCHES = {
    "*.csv": (["a.csv", "名.csv", "a\n.csv"], ["a/b.csv", ".a.csv", "~a.csv", "a.csvx", "a.CSV"]),
    "in/*/a.csv": (["in/b/a.csv"], ["in/a.csv", "in/b/c/a.csv", "in/.b/a.csv"]),
    "**/*.csv": (["a.csv", "b/a.csv", "b/c/a.csv"], [".b/a.csv", "b/~c/a.csv", "b/.a.csv"]),
    "a/**": (["a/b", "a/b/c"], ["a", "b/a", "a/.b", "a/.b/c"]),
    "**": (["a", "a/b"], [".a"]),
    "a/**/**/b": (["a/b", "a/c/d/b"], ["ab", "a/c"]),
    "?[0-9a].x": (["q1.x", "qa.x"], ["q.x", "qb.x", ".1.x", "/1.x"]),
    "[!a-c]*": (["d", "é"], ["a", "b", ".d"]),
    "[]^[&&~~-].x": (["].x", "^.x", "[.x", "&.x", "-.x"], ["a.x"]),
    "[+--]": (["+", ",", "-"], ["."]),
    ".hidden/*.csv": ([".hidden/a.csv"], [".hidden/.a.csv", "hidden/a.csv"]),
    "./a b+(1).csv": (["a b+(1).csv"], ["a bb(1).csv"]),
    "a[": (["a["], ["a"]),
    "a*b*c": (["abc", "axbxbxc"], ["ac", "abcd", "acb"]),
}


@pytest.mark.parametrize("text", MATCHES)
def test_what_matches(text: str) -> None:
    found = pattern(text)
    yes, no = MATCHES[text]
    assert [name for name in yes if not found.matches(name)] == []
    assert [name for name in no if found.matches(name)] == []


@pytest.mark.parametrize(("text", "folder", "wild"), [
    ("a.csv", "", False), ("in/a.csv", "in", False), ("in/x/*.csv", "in/x", True),
    ("in/*/x/a.csv", "in", True), ("**/a.csv", "", True), ("in/**", "in", True),
])  # fmt: skip
def test_where_files_lie(text: str, folder: str, wild: bool) -> None:
    found = pattern(text)
    assert (found.folder, found.wild) == (folder, wild)


@pytest.mark.parametrize(("text", "enters", "passes"), [
    ("a.csv", [""], ["a.csv", "b"]),
    ("in/2024/*.csv", ["", "in", "in/2024"], ["in/2023", "out", "in/2024/x"]),
    ("in/**/*.csv", ["", "in", "in/a", "in/a/b"], ["out", "in/.git"]),
    ("*/x/*", ["", "a", "a/x"], ["a/y", ".a", "a/x/z"]),
])  # fmt: skip
def test_folders_that_are_entered(text: str, enters: list[str], passes: list[str]) -> None:
    found = pattern(text)
    assert [one for one in enters if not found.enters(one)] == []
    assert [one for one in passes if found.enters(one)] == []


@pytest.mark.parametrize("text", ["/a.csv", "../a.csv", "a/../b.csv", "a\\b.csv", "a//b.csv", "a/",
                                  ".", "a**", "**.csv", "a***b", "[b-a].csv"])  # fmt: skip
def test_patterns_that_are_none(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        pattern(text)
    assert caught.value.code == "invalid.pattern"
    assert caught.value.why
    assert caught.value.next


def test_a_name_of_one_letter_takes_no_time() -> None:
    assert not pattern("*a" * 40 + "b").matches("a" * 255)
    assert pattern("*a" * 40 + "*").matches("a" * 255)
