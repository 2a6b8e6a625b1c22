"""What is told of sources: lists, tests, tables, previews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.rooms.collect.sources.conftest import Place, described

from doumen.model.errors import NotFound
from doumen.session import Node

STREAMS = "  shop.orders: {table: orders, cursor: id}\n  shop.gone: {table: gone}"


@pytest.fixture
def shop(node: Node, place: Place, tmp_path: Path) -> Node:
    place.tables["orders"] = pa.table({"id": list(range(25)), "what": ["x"] * 25})
    described(node, tmp_path, STREAMS)
    return node


def do(node: Node, words: str, **given: Any) -> Any:
    return node.session().do(words, **given)


def test_a_source_is_listed_and_shown_with_how_far_it_is_read(shop: Node) -> None:
    (listed,) = do(shop, "source list").json["sources"]
    assert (listed["source"], listed["last"], listed["paused"]) == ("shop", None, False)
    do(shop, "source run", name="shop", dataset=("shop.orders",))
    shown = do(shop, "source show", name="shop")
    gone, orders = shown.json["streams"]
    assert (gone["read"], orders["read"]["mark"]) == (None, {"type": "integer", "value": "24"})
    assert do(shop, "source list").json["sources"][0]["last"] == orders["read"]["time"]
    table = shown.drawn[1]
    assert table.rows[1][:5] == ("shop.orders", "orders", "append", "id", "24")


def test_a_test_says_what_of_each_stream(shop: Node, place: Place) -> None:
    outcome = do(shop, "source test", name="shop")
    assert outcome.exit == 1
    gone, orders = outcome.json["streams"]
    assert gone["error"]["code"] == "not-found.table"
    assert orders["error"] is None
    place.tables["gone"] = place.tables["orders"]
    assert do(shop, "source test", name="shop").exit == 0


def test_tables_are_told(shop: Node) -> None:
    (table,) = do(shop, "source discover", name="shop").json["tables"]
    assert (table["table"], table["rows"]) == ("orders", 25)
    assert table["columns"][0] == {"name": "id", "type": "BIGINT"}


def test_a_preview_is_short_and_keeps_nothing(shop: Node) -> None:
    size = len(list(shop.session().desk.entries()))
    for table in ("orders", "shop.orders"):
        shown = do(shop, "source preview", name="shop", table=table).json
        assert [row[0] for row in shown["rows"]] == list(range(10))
        assert [one["type"] for one in shown["columns"]] == ["BIGINT", "VARCHAR"]
    assert len(list(shop.session().desk.entries())) == size


def test_a_source_is_forgotten_and_read_on_when_it_comes_again(
    shop: Node, place: Place, tmp_path: Path
) -> None:
    do(shop, "source run", name="shop")
    do(shop, "source remove", name="shop")
    for words in ("source show", "source test", "source pause", "source remove"):
        with pytest.raises(NotFound, match="no source `shop`"):
            do(shop, words, name="shop")
    described(shop, tmp_path, STREAMS)
    done = do(shop, "source run", name="shop", dataset=("shop.orders",)).json
    assert done["streams"][0]["unchanged"]


def test_a_stream_that_is_none_is_told(shop: Node) -> None:
    with pytest.raises(NotFound, match=r"No stream becomes `a\.b`"):
        do(shop, "source run", name="shop", dataset=("a.b",))
