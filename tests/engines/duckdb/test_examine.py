"""What values could be read as, counted over all rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB
from doumen.engines.duckdb import examine as module
from doumen.engines.duckdb.examine import examine
from doumen.engines.duckdb.instance import Instance
from doumen.model.errors import Faulty
from doumen.model.load import ColumnCounts, Examination, Reading, SourceFile
from doumen.model.plan import Bounds, ExaminePlan
from doumen.model.schema import Schema

Describe = Callable[[Path], SourceFile]
Look = Callable[..., dict[str, Any]]


@pytest.fixture
def look(instance: Instance, tmp_path: Path, source: Describe) -> Look:
    """Examines texts in this process; gives name → counts."""

    def go(*texts: str, columns: tuple[str, ...], **reading: Any) -> dict[str, Any]:
        files = []
        (tmp_path / "scratch").mkdir(exist_ok=True)
        encoding = reading.get("encoding", "utf-8")
        for number, text in enumerate(texts):
            path = tmp_path / f"e{number}.csv"
            path.write_bytes(text.encode(encoding))
            files.append(source(path))
        plan = ExaminePlan(tuple(files), Reading("csv", columns=columns, **reading))
        with instance.connection() as connection:
            body = examine(connection, plan, tmp_path / "scratch", lambda *_: None)
        counts = {name: (filled, dict(p), *rest) for name, filled, p, *rest in body["columns"]}
        return {"": body["rows"], **counts}

    return go


VALUES = {
    "flag": ["true", "FALSE", "", "1", "t"],
    "whole": ["1", "-2", "3.0", "1.5", "x"],
    "digits": ["007", "0", "12345678901234567890", "12a", ""],
    "real": ["1e3", "nan", "-inf", "1,5", "2"],
    "day": ["2020-01-02", "2020-1-2", "2020-13-01", "2020-01-02 10:00", "x"],
    "moment": ["2020-01-02 10:00:00", "2020-01-02T10:00", "2020-01-02", "", "10:00"],
    "european": ["1.2.2020", "31.12.2020", "12.31.2020", "2020.1.2", "x"],
    "slash": ["1/2/2020", "31/12/2020", "12/31/2020", "2020/1/2", "1/2/2020 3:04"],
    "cjk": ["2020年1月2日", "2020年01月02日", "2020年1月2日 10:05:06", "年", "中文"],
}


def test_every_way_to_read_is_counted(look: Look) -> None:
    lines = [",".join(f'"{v}"' for v in row) for row in zip(*VALUES.values(), strict=True)]
    seen = look("\n".join([",".join(VALUES), *lines]) + "\n", columns=tuple(VALUES))
    assert seen[""] == 5
    assert seen["flag"] == (4, {"BOOLEAN": 2, "BIGINT": 1, "DOUBLE": 1}, 0, 1, 5)
    assert seen["whole"][:2] == (5, {"BIGINT": 3, "DOUBLE": 4})
    assert seen["digits"] == (4, {"BIGINT": 2, "DOUBLE": 3}, 1, 20, 20)
    assert seen["real"][:2] == (5, {"BIGINT": 2, "DOUBLE": 4})
    assert seen["day"][1] == {"DATE": 2, "TIMESTAMP": 3}
    assert seen["moment"][1] == {"DATE": 1, "TIMESTAMP": 3}
    assert seen["european"][1] == {
        "DATE:%d.%m.%Y": 2,
        "DATE:%Y.%m.%d": 1,
    }
    slash = seen["slash"][1]
    assert (slash["DATE:%d/%m/%Y"], slash["DATE:%m/%d/%Y"]) == (2, 2)
    assert (slash["DATE"], slash["DATE:%Y/%m/%d"], slash["TIMESTAMP:%d/%m/%Y %H:%M"]) == (1, 1, 1)
    assert seen["cjk"][1] == {"DATE:%Y年%m月%d日": 2, "TIMESTAMP:%Y年%m月%d日 %H:%M:%S": 1}
    assert seen["cjk"][4] == len("2020年1月2日 10:05:06")


def test_what_is_dropped_early_could_not_win(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a,b,c\n" + "".join(f"{n},{'x' if n % 200 == 0 else n},\n" for n in range(1, 1001))
    whole = look(text, columns=("a", "b", "c"))
    monkeypatch.setattr(module, "_FIRST", 50)
    quick = look(text, columns=("a", "b", "c"))
    assert whole[""] == quick[""] == 1000
    assert whole["a"] == quick["a"] == (1000, {"BIGINT": 1000, "DOUBLE": 1000}, 0, 4, 4)
    assert whole["b"] == quick["b"] == (1000, {"BIGINT": 995, "DOUBLE": 995}, 0, 3, 3)
    assert quick["c"] == (0, {}, 0, 0, 0)
    faulty = "a,b\n" + "".join(f"{'x' if 9 < n < 15 else n},\n" for n in range(1000))
    assert look(faulty, columns=("a", "b"))["a"][1] == {"BIGINT": 995, "DOUBLE": 995}
    mixed = "a,b\n" + "".join(f"{n if n % 2 else 'x'},\n" for n in range(1000))
    assert look(mixed, columns=("a", "b"))["a"][1] == {}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_files_with_faults_are_looked_at_too(look: Look, encoding: str) -> None:
    text = 'a,b\n1,x\n2\n\n3,"open\n4,"y\nz"\n'
    seen = look(text, text, columns=("a", "b"), encoding=encoding)
    assert seen[""] == 8
    assert seen["a"][:2] == (4, {"BIGINT": 4, "DOUBLE": 4})
    blank = look("a,b\n1,x\n\n\n2,y\n", columns=("a", "b"))
    assert blank[""] == 2
    stray = look('a,b\n1,5" x\n2,6" y\n', columns=("a", "b"))
    assert stray[""] == 2
    one = look("a\n1\n\n2\n", columns=("a",))
    assert (one[""], one["a"][0]) == (2, 2)


def test_files_without_rows(look: Look) -> None:
    seen = look("a,b\n", columns=("a", "b"))
    assert seen == {"": 0, "a": (0, {}, 0, 0, 0), "b": (0, {}, 0, 0, 0)}


def test_parquet_says_itself_what_it_is(engine: DuckDB, tmp_path: Path, source: Describe) -> None:
    one, other = tmp_path / "1.parquet", tmp_path / "2.parquet"
    pq.write_table(pa.table({"a": pa.array([1, 2], pa.int16()), "b": ["x", None]}), one)
    pq.write_table(pa.table({"a": ["x"]}), other)
    plan = ExaminePlan((source(one), source(one)), Reading("parquet"), Bounds(1 << 28))
    assert engine.examine(plan) == Examination(4, (), Schema.of(a="SMALLINT", b="VARCHAR"))
    with pytest.raises(Faulty):
        engine.examine(ExaminePlan((source(one), source(other)), Reading("parquet")))


def test_through_the_sandbox(engine: DuckDB, tmp_path: Path, source: Describe) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n01\n")
    plan = ExaminePlan((source(path),), Reading("csv", columns=("a",)), Bounds(1 << 28))
    counts = ColumnCounts("a", 1, (("BIGINT", 1), ("DOUBLE", 1)), 1, 2, 2)
    assert engine.examine(plan) == Examination(1, (counts,))
    assert asdict(plan)["files"][0]["path"] == str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_first_rows_are_given_as_text(
    engine: DuckDB, tmp_path: Path, source: Describe, encoding: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n01,门\n,\n" + f"{'x' * 2000},3\n" + "4,4\n" * 50, encoding)
    reading = Reading("csv", encoding, columns=("a", "b"))
    seen = engine.examine(ExaminePlan((source(path),), reading, first=3))
    assert [[one or None for one in row] for row in seen.first] == [
        ["01", "门"], [None, None], ["x" * 1000, "3"],
    ]  # fmt: skip
    assert seen.rows == 53
    assert engine.examine(ExaminePlan((source(path),), reading)).first == ()


def test_the_first_rows_of_other_kinds(engine: DuckDB, tmp_path: Path, source: Describe) -> None:
    table = tmp_path / "1.parquet"
    pq.write_table(pa.table({'a "x"': [1, None], "b": [[1], [2, 3]]}), table)
    seen = engine.examine(ExaminePlan((source(table), source(table)), Reading("parquet"), first=3))
    assert seen.first == (("1", "[1]"), (None, "[2, 3]"), ("1", "[1]"))
    lines = tmp_path / "1.json"
    lines.write_text('{"a": 1}\n{"b": {"c": 2.50}}\n{"a": null}\n')
    seen = engine.examine(ExaminePlan((source(lines),), Reading("json", layout="lines"), first=2))
    assert (seen.names, seen.first) == (("a", "b"), (("1", None), (None, '{"c":2.50}')))
