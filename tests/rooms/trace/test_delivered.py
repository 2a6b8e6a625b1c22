"""Results that were handed over, read back as the table that they were written from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

from doumen.model.errors import Invalid, NotFound, Unavailable
from doumen.rooms.trace.delivered import delivered

TABLE = pa.table(
    {
        "n": pa.array([1, None, 3], pa.int64()),
        "x": [0.1, 2.5, None],
        "t": ["a", None, "陡门"],
        "d": pa.array([Decimal("1.50"), None, Decimal(-2)], pa.decimal128(10, 2)),
        "day": pa.array([date(2026, 1, 2), None, date(1969, 12, 31)], pa.date32()),
        "at": pa.array([datetime(2026, 1, 2, 3, 4, 5), None, None], pa.timestamp("us")),
    }
)
JSON = """{"rows": [[1, 0.1, "a", "1.50", "2026-01-02", "2026-01-02T03:04:05"],
 [null, 2.5, null, null, null, null], [3, null, "陡门", "-2.00", "1969-12-31", null]]}"""


def parquet(path: Path) -> None:
    pyarrow.parquet.write_table(TABLE, path)


def arrow_file(path: Path) -> None:
    with pa.ipc.new_file(str(path), TABLE.schema) as writer:
        writer.write_table(TABLE)


def arrow_stream(path: Path) -> None:
    with pa.ipc.new_stream(str(path), TABLE.schema) as writer:
        writer.write_table(TABLE)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.parquet", parquet),
        ("a.PARQUET", parquet),
        ("a.arrow", arrow_file),
        ("b.arrow", arrow_stream),
        ("a.csv", lambda path: pyarrow.csv.write_csv(TABLE, path)),
        ("a.json", lambda path: path.write_text(JSON, "utf-8")),
    ],
)
def test_every_format(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    assert delivered(tmp_path / name, TABLE.schema).equals(TABLE)


def test_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"rows": []}')
    assert delivered(tmp_path / "a.json", TABLE.schema).equals(TABLE.slice(3))


def test_what_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no ending"):
        delivered(tmp_path / "a.txt", TABLE.schema)
    with pytest.raises(NotFound, match="no file"):
        delivered(tmp_path / "a.csv", TABLE.schema)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        delivered(tmp_path / "folder.json", TABLE.schema)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{}"),
        ("a.json", b"[]"),
        ("a.json", b"no json"),
        ("a.json", b'{"rows": [[1], [2, 3]]}'),
        ("a.json", b'{"rows": [[1]]}'),
        ("a.csv", b"n\n1\n"),
        ("a.parquet", b"PAR1"),
        ("a.arrow", b"ARROW1"),
    ],
)
def test_another_table_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Invalid, match="does not hold a result of these columns"):
        delivered(tmp_path / name, TABLE.schema)
