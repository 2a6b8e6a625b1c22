from __future__ import annotations

from pathlib import Path

import pytest

from doumen.model.errors import Unavailable
from doumen.stores.index import FILE, Index


def test_what_is_kept_is_there_for_every_process(tmp_path: Path) -> None:
    one, other = Index(tmp_path / FILE), Index(tmp_path / FILE)
    assert one.since("a", 0) == []
    one.keep("a", [(b"x", b"1"), (b"y", b"2")])
    assert other.since("a", 0) == [(1, b"x", b"1"), (2, b"y", b"2")]
    assert other.since("b", 0) == []
    other.keep("a", [(b"z", b"3")])
    assert one.since("a", 2) == [(3, b"z", b"3")]
    assert one.since("a", 3) == []
    assert one.since("a", 3) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    index = Index(tmp_path / FILE)
    index.keep("a", [(b"x", b"1")])
    index.keep("a", [(b"x", b"2")])
    assert [value for _, _, value in index.since("a", 0)] == [b"1"]


def test_nothing_is_kept_of_nothing(tmp_path: Path) -> None:
    Index(tmp_path / FILE).keep("a", [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_index_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    index = Index(tmp_path / FILE)
    index.keep("a", [(b"x", b"1")])
    assert index.since("a", 0) == [(1, b"x", b"1")]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    index = Index(tmp_path / "nowhere" / FILE)
    with pytest.raises(Unavailable, match=r"index\.db"):
        index.keep("a", [(b"x", b"1")])


def test_what_a_process_holds_is_made_once(tmp_path: Path) -> None:
    index = Index(tmp_path / FILE)
    made = index.shared("x", list[int])
    assert index.shared("x", list[int]) is made
    assert index.shared("y", list[int]) is not made
