"""Files of a place, looked at before anything is collected."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.rooms.collect.sources.conftest import described
from tests.rooms.collect.sources.filed import (
    STREAM,
    Place,
    orders,
    place_of_files,
)

from doumen.model.errors import NotFound, Refused
from doumen.model.message import msg
from doumen.model.operation import Table
from doumen.model.ref import Ref
from doumen.session import Node

__all__ = ["place_of_files"]


def workbook(path: Path) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        for name, value in (("one", 1), ("two", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "what"])
            sheet.write_row(1, 0, [value, "x"])
    return path.read_bytes()


def test_a_file_is_shown_before_it_is_collected(node: Node, place: Place, tmp_path: Path) -> None:
    table = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [1, 2], "what": ["x", None]}), table)
    place.content = {
        "a.csv": orders(*range(50)), "b.parquet": table.read_bytes(),
        "c.json": b'{"id": 1}\n{"id": 2, "what": {"n": 1.50}}\n',
        "d.csv.gz": gzip.compress(orders(9)),
        "e.xlsx": workbook(tmp_path / "e.xlsx"), "0.csv": b"",
    }  # fmt: skip
    described(node, tmp_path, f'{STREAM}\n  shop.two: {{files: "*.xlsx", sheet: two}}')
    owner = node.session()

    def shown(table: str) -> Any:
        return owner.do("source preview", name="shop", table=table).json

    first = shown("shop.orders")
    assert [one["name"] for one in first["columns"]] == ["id", "what"]
    assert [one["type"] for one in first["columns"]] == ["BIGINT", "VARCHAR"]
    assert first["rows"][:2] == [["0", "x"], ["1", "x"]]
    assert len(first["rows"]) == 10
    assert shown("b.parquet")["rows"] == [["1", "x"], ["2", None]]
    assert shown("c.json")["rows"] == [["1", None], ["2", '{"n":1.50}']]
    assert shown("d.csv.gz")["rows"] == [["9", "x"]]
    assert shown("shop.two")["rows"] == [["2", "x"]]
    assert owner.desk.facts().dataset(Ref.parse("shop.orders")) is None
    with pytest.raises(NotFound) as caught:
        shown("ab.csv")
    assert "`a.csv`" in str(caught.value.next)


def test_files_are_listed(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.content = {"a.csv": orders(1), "in/b.csv": b"", "c\x1b.csv": b"x"}
    described(node, tmp_path, STREAM)
    outcome = node.session().do("source discover", name="shop")
    assert [(one["table"], one["kind"], one["size"]) for one in outcome.json["tables"]] == [
        ("a.csv", "file", 12), ("c\x1b.csv", "file", 1), ("in/b.csv", "file", 0),
    ]  # fmt: skip
    (table,) = outcome.drawn
    assert isinstance(table, Table)
    assert list(table.rows) == [("a.csv", 12), ("c .csv", 1), ("in/b.csv", 0)]
    place.content = {f"{n:04d}": b"x" for n in range(1001)}
    outcome = node.session().do("source discover", name="shop")
    assert len(outcome.json["tables"]) == 1000
    assert "There are more" in str(outcome.said[0])


def test_a_test_reads_the_first_bytes(node: Node, place: Place, tmp_path: Path) -> None:
    described(node, tmp_path, STREAM)
    owner = node.session()

    def found() -> Any:
        outcome = owner.do("source test", name="shop")
        return outcome.json["streams"][0]["error"], outcome.said

    error, said = found()
    assert error["code"] == "not-found.files"
    assert "could be read yet" in str(said[0])
    place.content = {"a.csv": b"", "b.csv": orders(1), "x.txt": b"x"}
    assert found()[0] is None
    assert place.brought == ["b.csv"]
    place.fails["b.csv"] = Refused(msg("No right."), next=msg("Ask."), detail="closed")
    assert found()[0]["code"] == "refused.closed"
    place.content = {"x.txt": b"x"}
    assert "`x.txt`" in found()[0]["next"]
