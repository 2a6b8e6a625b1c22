"""What a survey asks of every row, and that a table over the files is what a collection lands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB, attached
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.engines.duckdb.survey import survey
from doumen.model.errors import Faulty
from doumen.model.load import Check, LoadColumn, LoadSpec, Reading, SourceFile
from doumen.model.plan import Bounds, SurveyPlan
from doumen.model.snapshot import Form

MIB = 1 << 20
COLUMNS = (
    LoadColumn("a", "id", "BIGINT", checks=(Check("required"), Check("maximum", "1000"))),
    LoadColumn("b", "b", "VARCHAR", checks=(Check("min_length", 2),)),
    LoadColumn("c", "day", "DATE", formats=("%d.%m.%Y",)),
)
READING = Reading("csv", columns=("a", "b", "c"))
Survey = Callable[..., dict[str, Any]]


@pytest.fixture
def look(tmp_path: Path) -> Survey:
    """Surveys texts, or tables as Parquet, in this process."""

    def go(
        *contents: str | bytes | pa.Table,
        columns: Sequence[LoadColumn] = COLUMNS,
        reading: Reading = READING,
    ) -> dict[str, Any]:
        files = []
        for number, content in enumerate(contents):
            path = tmp_path / f"f{number}"
            if isinstance(content, pa.Table):
                pq.write_table(content, path)
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files.append(SourceFile(str(path), path.name, path.stat().st_size, digest))
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        instance = Instance(tmp_path)
        instance.lock(
            Reach(tuple(f.path for f in files), (str(scratch),), memory=256 * MIB, threads=2)
        )
        plan = SurveyPlan(LoadSpec(tuple(files), reading, tuple(columns)), Bounds())
        try:
            with instance.connection() as connection:
                return survey(connection, plan, scratch, lambda *_: None)
        finally:
            instance.close()
            assert not list(scratch.iterdir())

    return go


def test_a_clean_file(look: Survey) -> None:
    found = look("a,b,c\n1,xx,01.02.2024\n\n2,,\n", "a,b,c\n3,yy,\n")
    assert found == {"rows": [2, 1], "reasons": [], "formats": [[], [], ["%d.%m.%Y"]]}


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("x,xx,\n", [["id", "type", 1]]),
        (",xx,\n5000,xx,\n", [["id", "maximum", 1], ["id", "required", 1]]),
        ("1,x,\n2,y,2024-01-01\n", [["b", "min_length", 2]]),
        ("1,xx,2024-01-01\n", [["day", "type", 1]]),
        ("1,xx\n2,xx,\nx,xx,\n", [["", "ragged", 1], ["id", "type", 1]]),
        ('1,"xx,\n2,xx,\n', [["", "quotes", 1]]),
        (b"1,x\xff,\n2,xx,\n", [["", "encoding", 1]]),
    ],
)
def test_what_breaks_is_counted_by_reason(
    look: Survey, text: str | bytes, reasons: list[list[Any]]
) -> None:
    body = text if isinstance(text, bytes) else text.encode()
    assert look(b"a,b,c\n" + body)["reasons"] == reasons


def test_a_form_that_a_scanner_does_not_take(look: Survey) -> None:
    with pytest.raises(Faulty, match="where it lies") as caught:
        look("a,b,c\r1,xx,\r2,yy,\r")
    assert caught.value.code == "faulty.form"


def test_another_encoding(look: Survey) -> None:
    reading = Reading("csv", encoding="gb18030", columns=("a", "b", "c"))
    with pytest.raises(Faulty, match="GB18030") as caught:
        look("a,b,c\n1,xx,\n", reading=reading)
    assert caught.value.code == "faulty.encoding"


def test_a_column_that_is_not_there(look: Survey) -> None:
    with pytest.raises(Faulty, match="no column `c`"):
        look("a,b\n1,xx\n", reading=Reading("csv", columns=("a", "b")))
    with pytest.raises(Faulty, match="no column `c`"):
        look(pa.table({"a": [1], "b": ["xx"]}), reading=Reading("parquet"))


def test_parquet(look: Survey) -> None:
    table = pa.table({"a": [1, 5000, None], "b": ["xx", "y", "zz"], "c": [date(2024, 1, 2)] * 3})
    found = look(table, reading=Reading("parquet"))
    assert found["rows"] == [3]
    assert found["reasons"] == [["id", "maximum", 1], ["id", "required", 1]]
    assert found["formats"] == [[], [], []]


def test_parquet_whose_text_holds_dates(look: Survey) -> None:
    table = pa.table({"a": [1, 2], "b": ["xx", "yy"], "c": ["02.01.2024", "2024-01-02"]})
    found = look(table, reading=Reading("parquet"))
    assert found["reasons"] == [["day", "type", 1]]
    assert found["formats"] == [[], [], ["%d.%m.%Y"]]


def test_parquet_of_other_types(look: Survey) -> None:
    one, two = pa.table({"a": [1]}), pa.table({"a": ["1"]})
    with pytest.raises(Faulty, match="other types than `f0`: `a`"):
        look(one, two, columns=COLUMNS[:1], reading=Reading("parquet"))


def test_what_is_no_parquet(look: Survey) -> None:
    with pytest.raises(Faulty, match="no Parquet file"):
        look(b"PAR1" + bytes(40) + b"PAR1", reading=Reading("parquet"))


def test_a_damaged_page_is_met_though_no_rule_reads_it(look: Survey, tmp_path: Path) -> None:
    path = tmp_path / "good"
    values = [f"value {n}" for n in range(2000)]
    pq.write_table(pa.table({"b": values}), path, compression="zstd", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    with pytest.raises(Faulty, match="no Parquet file"):
        look(bytes(content), columns=(LoadColumn("b", "b", "VARCHAR"),), reading=Reading("parquet"))


def test_through_a_worker(engine: DuckDB, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b,c\n1,xx,01.02.2024\nx,yy,\n")
    file = SourceFile(str(path), "f.csv", path.stat().st_size, "")
    found = engine.survey(SurveyPlan(LoadSpec((file,), READING, COLUMNS)))
    assert found.rows == (2,)
    assert [(r.column, r.reason, r.rows) for r in found.reasons] == [("id", "type", 1)]
    assert [(c.name, c.formats, c.checks) for c in found.columns] == [
        ("id", (), ()), ("b", (), ()), ("day", ("%d.%m.%Y",), ()),
    ]  # fmt: skip


def test_the_text_of_a_table() -> None:
    """Nothing is guessed: columns, types, dialect and files are all named."""
    form = Form(READING, COLUMNS)
    text = attached.table(["/d/it's.csv"], form)
    assert "'/d/it''s.csv'" in text
    assert "auto_detect=false" in text
    assert "columns={'c0': 'VARCHAR', 'c1': 'VARCHAR', 'c2': 'VARCHAR'}" in text
    assert "try_strptime(c2, ['%d.%m.%Y'])" in text
    many = attached.table(["/a", "/b"], Form(Reading("parquet"), COLUMNS[:1]), 7)
    assert "union_by_name=true" in many
    assert "explicit_cardinality=7" in many
    assert "hive_partitioning=false, filename=false" in many
