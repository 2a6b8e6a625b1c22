"""Streams of files that are replaced: all of them together are the content."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.rooms.collect.sources.conftest import described
from tests.rooms.collect.sources.filed import (
    MISSING,
    Place,
    arrivals,
    ids,
    orders,
    place_of_files,
    run,
    said,
    stream,
)

from doumen.model.errors import Conflict, Refused
from doumen.model.message import msg
from doumen.rooms.collect.sources import files as reader
from doumen.session import Node

__all__ = ["place_of_files"]


def test_all_files_together_are_the_content(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    described(node, tmp_path, stream("writes: replace"))
    assert run(node)["landed"] == 2
    place.brought.clear()
    assert run(node)["unchanged"]
    assert place.brought == []
    place.content["a.csv"] = orders(7)
    assert (run(node)["landed"], ids(node)) == (2, [2, 7])
    place.content["c.csv"] = orders(8)
    assert (run(node)["landed"], ids(node)) == (3, [2, 7, 8])
    del place.content["b.csv"]
    assert (run(node)["landed"], ids(node)) == (2, [7, 8])
    assert arrivals(node).keys() == {"a.csv", "c.csv"}
    place.brought.clear()
    place.tags["a.csv"] = "touched"
    place.content["z.csv"] = place.content.pop("c.csv")
    assert run(node)["unchanged"]
    assert arrivals(node).keys() == {"a.csv", "z.csv"}
    assert run(node)["unchanged"]
    assert place.brought == ["a.csv", "z.csv"]
    place.content.clear()
    assert "No file matches" in said(node)
    assert ids(node) == [7, 8]


def test_what_is_replaced_stays_while_a_file_is_not_to_be_had(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    described(node, tmp_path, stream("writes: replace"))
    run(node)
    place.content |= {"a.csv": orders(3), "b.csv": orders(4)}
    for error, code in (
        (Refused(msg("No."), detail="closed"), "refused.closed"), (Conflict(msg("Hm.")), None),
    ):  # fmt: skip
        place.fails["b.csv"] = error
        done = run(node)
        assert (done["error"] and done["error"]["code"], done["landed"]) == (code, 0)
    place.fails.clear()
    place.changed["b.csv"] = time.time()
    assert run(node)["unchanged"]
    place.changed.clear()
    place.content["b.csv"] = MISSING
    assert run(node)["error"]["code"] == "faulty.readings"
    assert ids(node) == [1, 2]
    place.content["b.csv"] = orders(3)
    assert "taken once" in said(node)
    assert ids(node) == [3]


def test_a_file_that_is_named_is_replaced(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1)}
    described(node, tmp_path, "  shop.orders: {files: a.csv}")
    run(node)
    place.content["a.csv"] = orders(2)
    assert run(node)["error"] is None
    assert ids(node) == [2]


def test_another_way_to_read_reads_all_anew(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1)}
    described(node, tmp_path, stream("writes: replace"))
    run(node)
    described(node, tmp_path, stream("writes: replace, settled: 1, changed: append"))
    assert run(node)["unchanged"]
    described(node, tmp_path, stream("writes: replace, header: true"))
    assert run(node)["landed"] == 1
    described(node, tmp_path, stream("writes: append"))
    place.content["b.csv"] = orders(2)
    assert run(node)["landed"] == 1
    described(node, tmp_path, stream("writes: replace"))
    assert run(node)["landed"] == 2
    assert ids(node) == [1, 2]


def test_so_many_files_are_one_collection(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST", 2)
    place.content = {f"{n}.csv": orders(n) for n in range(3)}
    described(node, tmp_path, stream("writes: replace"))
    assert run(node)["error"]["code"] == "invalid.files"
    assert place.brought == []
