"""Streams of files that are kept whole: each a row, by its path; what fails keeps no other out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import described, rows
from tests.rooms.collect.sources.filed import Place, arrivals, place_of_files, run

from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import msg
from doumen.rooms.collect.filed import packing
from doumen.session import Node

__all__ = ["place_of_files"]
STREAM = '  shop.papers: {files: "**", whole: true, settled: 0}'


def held(node: Node) -> dict[str, bytes]:
    return dict(rows(node, "SELECT path, content FROM shop.papers"))


def test_new_and_changed_files_land_with_their_arrival(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {
        "a.pdf": b"%PDF-1",
        "d/b": b"\x00\xff",
        "empty": b"",
        "pack.zip": b"PK\x03\x04",
    }
    described(node, tmp_path, STREAM)
    done = run(node)
    assert (done["landed"], done["error"], len(done["receipts"])) == (4, None, 1)
    assert held(node) == place.content
    assert run(node)["unchanged"]
    assert len(place.brought) == 4
    assert arrivals(node)["a.pdf"]["event"] == done["receipts"][0]
    place.content |= {"a.pdf": b"%PDF-2", "c": b"3"}
    del place.content["d/b"]
    assert run(node)["landed"] == 2
    assert held(node) == {**place.content, "d/b": b"\x00\xff"}
    place.content["a.pdf"] = b"%PDF-1"
    assert run(node)["landed"] == 1
    assert held(node)["a.pdf"] == b"%PDF-1"


def test_another_tag_with_the_same_content_changes_nothing(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a": b"1", "b": b"1"}
    described(node, tmp_path, STREAM)
    assert run(node)["landed"] == 2
    place.tags["a"] = "another"
    assert run(node)["landed"] == 0
    assert arrivals(node)["a"]["tag"] == "another"
    assert run(node)["unchanged"]
    assert len(place.brought) == 3


@pytest.mark.parametrize("error", [Refused, Unavailable, Conflict, NotFound])
def test_one_that_fails_keeps_no_other_out(
    node: Node, place: Place, tmp_path: Path, error: type[Any]
) -> None:
    place.content = {"a": b"1", "b": b"2", "c": b"3"}
    place.fails["b"] = error(msg("No."), detail="x")
    described(node, tmp_path, STREAM)
    done = run(node)
    expected = {"a": b"1"} if error is Unavailable else {"a": b"1", "c": b"3"}
    assert held(node) == expected
    assert (done["error"] is None) == (error in {Conflict, NotFound})
    place.fails.clear()
    run(node)
    assert held(node) == place.content


def test_pieces_are_bounded_and_large_files_set_aside(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "PIECE", 1)
    place.content = {"a": b"1", "b": b"2" * ((1 << 20) + 1), "c": b"3"}
    described(node, tmp_path, STREAM.replace("settled", "largest: 1, settled"))
    done = run(node)
    assert (done["landed"], done["quarantined"], len(done["receipts"])) == (2, 1, 2)
    assert held(node) == {"a": b"1", "c": b"3"}
    assert run(node)["unchanged"]


def test_a_preview_lists_the_files(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a": b"1", "b": b"22"}
    described(node, tmp_path, STREAM)
    shown = node.session().do("source preview", name="shop", table="shop.papers").json
    assert [list(row) for row in shown["rows"]] == [["a", 1], ["b", 2]]


@pytest.mark.parametrize(
    "options",
    [
        "writes: replace",
        "key: name",
        "sheet: x",
        "late: 3",
        "changed: ignore",
        "accept_extra: true",
    ],
)
def test_what_does_not_go_together(node: Node, place: Place, tmp_path: Path, options: str) -> None:
    with pytest.raises(Invalid) as caught:
        described(node, tmp_path, f'  shop.papers: {{files: "**", whole: true, {options}}}')
    assert "kept whole" in str(caught.value.as_json())
    with pytest.raises(Invalid) as caught:
        described(node, tmp_path, '  shop.papers: {files: "**", largest: 3}')
    assert "`largest` is for" in str(caught.value.as_json())


@pytest.mark.parametrize("policy", ["mark", "remove"])
def test_what_vanishes_is_marked_or_removed(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setattr(packing, "PIECE", 1)
    place.content = {"a": b"1", "b": b"2", "c": b"3"}
    described(node, tmp_path, STREAM.replace("settled", f"vanished: {policy}, settled"))
    assert run(node)["landed"] == 3
    left = "SELECT path, content FROM shop.papers"
    if policy == "mark":
        left += " WHERE vanished_at IS NULL"
    assert rows(node, left + " ORDER BY path") == [("a", b"1"), ("b", b"2"), ("c", b"3")]
    del place.content["b"]
    place.content["c"] = b"4"
    run(node)
    assert rows(node, left + " ORDER BY path") == [("a", b"1"), ("c", b"4")]
    assert len(held(node)) == (3 if policy == "mark" else 2)
    assert "b" not in arrivals(node)
    assert run(node)["unchanged"]
    place.content["b"] = b"2"
    run(node)
    assert rows(node, left + " ORDER BY path") == [("a", b"1"), ("b", b"2"), ("c", b"4")]
    place.content.clear()
    assert run(node)["landed"] == 0
    assert len(held(node)) == 3
