"""Files whose rows meet by key: what comes last counts, and nothing that is late undoes it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import described, rows
from tests.rooms.collect.sources.filed import (
    MISSING,
    Place,
    arrivals,
    collections,
    place_of_files,
    run,
    said,
)

from doumen.model.errors import Conflict, Refused, Unavailable
from doumen.model.message import msg
from doumen.session import Node

__all__ = ["place_of_files"]

STREAM = '  shop.stock: {files: "*.csv", key: id}'


def stock(**counts: int) -> bytes:
    return b"id,count\n" + b"".join(b"%s,%d\n" % (k.encode(), n) for k, n in counts.items())


def there(node: Node) -> list[Any]:
    return rows(node, "SELECT id, count FROM shop.stock ORDER BY id")


def test_what_comes_last_counts(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"1.csv": stock(a=1, b=1), "2.csv": "id;count\na;2\n".encode("utf-16"),
                     "3.csv": stock(a=3)}  # fmt: skip
    described(node, tmp_path, STREAM)
    assert run(node)["error"] is None
    assert there(node) == [("a", 3), ("b", 1)]
    assert len(collections(node)) == 3
    place.content["4.csv"] = stock(b=4, c=4)
    assert run(node)["error"] is None
    assert there(node) == [("a", 3), ("b", 4), ("c", 4)]
    assert run(node)["unchanged"]


def test_a_content_that_comes_back_counts_again(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": stock(x=1)}
    described(node, tmp_path, STREAM)
    for count in (1, 2, 1):
        place.content["a.csv"] = stock(x=count)
        assert run(node)["error"] is None
        assert there(node) == [("x", count)]
    place.content |= {"b.csv": stock(x=7), "c.csv": stock(x=1)}
    assert run(node)["error"] is None
    assert there(node) == [("x", 1)]
    assert run(node)["unchanged"]


def test_a_file_that_was_renamed_undoes_nothing(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"1.csv": stock(x=1), "2.csv": stock(x=2)}
    described(node, tmp_path, STREAM)
    run(node)
    place.content["9.csv"] = place.content.pop("1.csv")
    assert "taken once; left out: `9.csv`" in said(node)
    assert there(node) == [("x", 2)]
    assert run(node)["unchanged"]
    place.tags["2.csv"] = "touched"
    assert run(node)["unchanged"]
    assert arrivals(node)["2.csv"]["tag"] == "touched"


@pytest.mark.parametrize("bad", ["not alike", "refused", "no text", "written", "settled"])
def test_none_overtakes_an_earlier_file(node: Node, place: Place, tmp_path: Path, bad: str) -> None:
    place.content = {f"{n}.csv": stock(x=n, **{f"y{n}": n}) for n in range(1, 6)}
    good = place.content["3.csv"]
    match bad:
        case "not alike":
            place.content["3.csv"] = MISSING
        case "refused":
            place.fails["3.csv"] = Refused(msg("No."), detail="closed")
        case "no text":
            place.content["3.csv"] = bytes(range(200)) * 10
        case "written":
            place.fails["3.csv"] = Conflict(msg("Hm."), detail="changed")
        case _:
            place.changed["3.csv"] = time.time() + 60
    described(node, tmp_path, STREAM)
    told = said(node)
    assert "overtakes an earlier file: `4.csv`, `5.csv`." in told
    assert ("`3.csv` is not taken." in told) == (bad not in {"written", "settled"})
    assert there(node) == [("x", 2), ("y1", 1), ("y2", 2)]
    place.content["3.csv"] = good
    place.fails.clear()
    place.changed.clear()
    assert run(node)["error"] is None
    assert there(node)[0] == ("x", 5)
    assert len(there(node)) == 6


def test_a_place_that_goes_away_is_gone_on_with(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {f"{n}.csv": stock(x=n) for n in range(1, 4)}
    place.fails["2.csv"] = Unavailable(msg("Away."), detail="place")
    described(node, tmp_path, STREAM)
    outcome = node.session().do("source run", name="shop")
    assert outcome.json["streams"][0]["error"]["code"] == "unavailable.place"
    assert not any("overtakes" in str(one) for one in outcome.said)
    assert there(node) == [("x", 1)]
    place.fails.clear()
    run(node)
    assert there(node) == [("x", 3)]


def test_what_is_ignored_stays_so(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": stock(x=1)}
    described(node, tmp_path, '  shop.stock: {files: "*.csv", key: id, changed: ignore}')
    run(node)
    place.content |= {"a.csv": stock(x=2), "b.csv": stock(y=1)}
    assert "changed: ignore" in said(node)
    assert there(node) == [("x", 1), ("y", 1)]


def test_in_a_history_each_file_is_a_version(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {f"{n}.csv": stock(x=n) for n in range(1, 4)}
    described(node, tmp_path, '  shop.stock: {files: "*.csv", key: id, writes: history}')
    run(node)
    found = rows(node, "SELECT count, valid_to IS NULL FROM shop.stock ORDER BY valid_from, count")
    assert found == [(1, False), (2, False), (3, True)]
    assert len(collections(node)) == 3
