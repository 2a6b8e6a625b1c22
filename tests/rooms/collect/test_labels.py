"""Names within archives: shown, never followed."""

from __future__ import annotations

import pytest

from doumen.rooms.collect.labels import hidden, label, shown


@pytest.mark.parametrize(("raw", "told"), [
    ("名.csv".encode(), "名.csv"), ("名.csv".encode("gb18030"), "名.csv"),
    (b"a\\b\x1b[31m.csv\n", "a/b [31m.csv"), (b"\xff\xff.csv", "\ufffd\ufffd.csv"),
    (b"x" * 300, "x" * 255),
])  # fmt: skip
def test_labels(raw: bytes, told: str) -> None:
    assert label(raw) == told
    assert shown(told) == told


@pytest.mark.parametrize(("name", "is_hidden"), [
    ("a/b.csv", False), ("../a.csv", False), ("./a.csv", False), (".a.csv", True), ("a/~b", True),
    ("__MACOSX/a.csv", True), ("a/.git/b.csv", True),
])  # fmt: skip
def test_what_is_hidden(name: str, is_hidden: bool) -> None:
    assert hidden(name) is is_hidden
