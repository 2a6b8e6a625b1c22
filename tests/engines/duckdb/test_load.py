"""Conservation: rows in are rows landed and rows quarantined, each with its reason."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.engines.duckdb import load as module
from doumen.engines.duckdb import scanned
from doumen.model.errors import Faulty, Invalid
from doumen.model.load import Check, LoadColumn, Reading, Reason, SourceFile

Describe = Callable[[Path], SourceFile]
READING = Reading("csv", columns=("a", "b", "c"))
COLUMNS = (
    LoadColumn("a", "a", "BIGINT"),
    LoadColumn("b", "b", "VARCHAR"),
    LoadColumn("c", "c", "DATE"),
)


Run = Callable[..., Any]


def test_clean_rows_land_with_their_types(run: Run) -> None:
    got = run('a,b,c\n1,"x, ""y""",2020-01-02\n,,\n 3 ,"",2020-1-2\n')
    assert got.counts == (3, 3, 0)
    assert got.rows == [
        {"a": 1, "b": 'x, "y"', "c": date(2020, 1, 2)},
        {"a": None, "b": None, "c": None},
        {"a": 3, "b": "", "c": date(2020, 1, 2)},
    ]


def test_columns_are_chosen_renamed_and_reordered(run: Run) -> None:
    columns = (LoadColumn("c", "Day of it", "DATE"), LoadColumn("a", 'i"d', "VARCHAR"))
    got = run("a,b,c\n1,x,2020-01-02\n", columns=columns)
    assert got.rows == [{"Day of it": date(2020, 1, 2), 'i"d': "1"}]


def test_each_bad_row_is_kept_with_its_first_reason(run: Run) -> None:
    columns = (
        LoadColumn("a", "id", "BIGINT", checks=(Check("required"), Check("maximum", "50"))),
        LoadColumn("b", "b", "VARCHAR", checks=(Check("min_length", 1),)),
        LoadColumn("c", "c", "DATE"),
    )
    text = (
        "a,b,c\n1,x,2020-01-01\n1.5,y,2020-01-02\n,z,\n7,q,2020-01-01 10:00:00\n\n"
        '8,"",01/02/2020\n100,w,x\n9,v,2020-01-01 00:00:00\n'
    )
    got = run(text, columns=columns)
    assert got.counts == (7, 2, 5)
    assert got.faults == [
        (2, "id", "type"),
        (3, "id", "required"),
        (4, "c", "type"),
        (5, "b", "min_length"),
        (6, "id", "maximum"),
    ]
    assert json.loads(got.bad[1]["_raw"]) == [None, "z", None]
    assert json.loads(got.bad[3]["_raw"]) == ["8", "", "01/02/2020"]
    assert {r["_source"] for r in got.bad} == {"f0.csv"}
    assert Reason("id", "required", 1) in got.reasons


@pytest.mark.parametrize(
    ("type_", "check", "good", "bad"),
    [
        ("BIGINT", Check("minimum", 5), "5", "4"),
        ("BIGINT", Check("minimum", "0.5"), "1", "0"),
        ("BIGINT", Check("exclusive_minimum", 5), "6", "5"),
        ("DOUBLE", Check("exclusive_maximum", "1e3"), "999.9", "1000"),
        ("DATE", Check("maximum", "2020-12-31"), "2020-12-31", "2021-01-01"),
        ("VARCHAR", Check("set", ("a", "it's")), "it's", "b"),
        ("BIGINT", Check("set", ("1", "2")), "2", "3"),
        ("VARCHAR", Check("pattern", "[A-Z]{2}\\d+"), "AB1", "xAB1"),
        ("BIGINT", Check("pattern", "1.*"), "12", "21"),
        ("VARCHAR", Check("max_length", 2), "中文", "abc"),
    ],
)
def test_checks(run: Run, type_: str, check: Check, good: str, bad: str) -> None:
    column = LoadColumn("a", "a", type_, checks=(check,))
    reading = Reading("csv", columns=("a", "b"))
    got = run(f"a,b\n{good},1\n{bad},1\n,1\n", columns=(column,), reading=reading)
    assert got.counts == (3, 2, 1)
    assert got.faults == [(2, "a", check.kind)]


def test_checks_that_cannot_be_run_are_all_named(run: Run) -> None:
    columns = (
        LoadColumn("a", "a", "BIGINT", checks=(Check("minimum", "x"), Check("odd"))),
        LoadColumn("b", "b", "VARCHAR", checks=(Check("pattern", "("), Check("pattern", "x"))),
        LoadColumn("c", "c", "DATE", checks=(Check("maximum", "soon"), Check("set", ()))),
    )
    with pytest.raises(Invalid) as told:
        run("a,b,c\n1,x,2020-01-01\n", columns=columns)
    for name in ("`minimum` of `a`", "`odd` of `a`", "`pattern` of `b`", "`maximum` of `c`"):
        assert name in told.value.what


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("BIGINT", {"1.0": True, "1.5": False, "1e2": True, "15e-1": False, "x": False}),
        ("DECIMAL(5,2)", {"1.20": True, "1.2300": True, "1.239": False, "1e-3": False}),
        (
            "DECIMAL(20,2)",
            {"12345678901234567.89": True, "12345678901234567.891": False, "1.5e1": True},
        ),
        ("DATE", {"2020-01-01": True, "2020-01-01T00:00:00": True, "2020-01-01 01:00": False}),
        ("BOOLEAN", {"true": True, "F": True, "maybe": False}),
        ("DOUBLE", {"1,5": False, "1.5": True, "nan": True}),
        ("TIME", {"10:11:12": True, "25:00:00": False}),
    ],
)
def test_no_value_changes_without_a_word(run: Run, type_: str, values: dict[str, bool]) -> None:
    text = "a,b\n" + "".join(f'"{value}",1\n' for value in values)
    reading = Reading("csv", columns=("a", "b"))
    got = run(text, columns=(LoadColumn("a", "a", type_),), reading=reading)
    wrong = {row for row, _, _ in got.faults}
    assert wrong == {n for n, good in enumerate(values.values(), start=1) if not good}


def test_dates_are_read_in_the_formats_named(run: Run) -> None:
    columns = (LoadColumn("a", "a", "DATE", ("%d.%m.%Y", "%Y年%m月%d日")),)
    reading = Reading("csv", columns=("a", "b"))
    got = run("a,b\n1.2.2020,\n2020年2月1日,\n2020-02-01,\n", columns=columns, reading=reading)
    assert [r["a"] for r in got.rows] == [date(2020, 2, 1)] * 2
    assert got.faults == [(3, "a", "type")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(run: Run, encoding: str) -> None:
    word = "é" if encoding == "latin-1" else "航班€"
    text = f"a,b,c\n1,{word},2020-01-01\nx,y,2020-01-01\n"
    got = run(text, reading=Reading("csv", encoding=encoding, columns=("a", "b", "c")))
    assert got.counts == (2, 1, 1)
    assert got.rows[0]["b"] == word
    marked = ("\ufeff" + text).encode(encoding) if encoding != "latin-1" else text.encode(encoding)
    again = run(marked, reading=Reading("csv", encoding=encoding, columns=("a", "b", "c")))
    assert again.rows == got.rows


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_lines_that_do_not_decode_are_set_aside(run: Run, encoding: str) -> None:
    def line(text: str) -> bytes:
        return text.encode(encoding)

    broken = line("2,") + b"\xff\xdc" + line(",2020-01-01\n")
    got = run(
        line("a,b,c\n1,x,2020-01-01\n") + broken + line("3,z,2020-01-03\n"),
        reading=Reading("csv", encoding=encoding, columns=("a", "b", "c")),
    )
    assert got.faults == [(2, None, "encoding")]
    assert [r["a"] for r in got.rows] == [1, 3]


def test_lines_that_are_no_records_are_set_aside(run: Run) -> None:
    text = (
        "a,b,c\n1,x,2020-01-01\n2,y\n3,z,2020-01-01,9\nx,v,2020-01-01\n"
        '4,"open,2020-01-01\n5,"1\n2",2020-01-05\n6,5" pipe,2020-01-06\ny,w,\n'
    )
    got = run(text)
    assert got.counts == (8, 3, 5)
    assert got.faults == [
        (2, None, "ragged"),
        (3, None, "ragged"),
        (4, "a", "type"),
        (5, None, "quotes"),
        (8, "a", "type"),
    ]
    assert [r["b"] for r in got.rows] == ["x", "1\n2", '5" pipe']
    assert {r["_raw"] for r in got.bad} >= {"2,y", '4,"open,2020-01-01'}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b,c\n",
        "a,b,c",
        "\ufeffa,b,c\r\n",
        "\n\na,b,c\n\n\n",
    ],
)
def test_files_without_rows(run: Run, text: str) -> None:
    if not text:
        with pytest.raises(Faulty):
            run(text)
        text = "a,b,c\n1,x,2020-01-01\n"
        assert run(text, reading=Reading("csv", header=False, columns=("a", "b", "c"))).counts[0]
    else:
        assert run(text).counts == (0, 0, 0)


def test_many_files_are_one_load(run: Run) -> None:
    texts = ["a,b,c\n1,x,2020-01-01\n", "a,b,c\nx,y,\n2,z,\n", "a,b,c\n", "a,b,c\n3,w,\nq,q,\n"]
    got = run(*texts, name="[{}]*.csv")
    assert got.counts == (5, 3, 2)
    assert sorted((r["_source"], r["_row"]) for r in got.bad) == [("[1]*.csv", 1), ("[3]*.csv", 2)]
    messy = run(*texts, "a,b,c\n4,\n5,v,\n")
    assert messy.counts == (7, 4, 3)


def test_a_file_of_other_columns_is_faulty(run: Run) -> None:
    with pytest.raises(Faulty) as told:
        run("a,b,c\n1,x,2020-01-01\n", "CANARY,b\n1,x\n")
    assert told.value.code == "faulty.header"
    assert "CANARY" not in str(told.value.as_json())
    with pytest.raises(Faulty):
        run("a,b,c\n", columns=(LoadColumn("z", "z", "VARCHAR"),))
    with pytest.raises(Invalid):
        run("a,b,c\n", columns=(LoadColumn("a", "a", "BIGINT); --"),))


def test_lines_before_the_header_and_other_dialects(run: Run) -> None:
    reading = Reading("csv", delimiter=";", quote="'", escape="\\", skip=2, columns=("a", "b", "c"))
    got = run("title \"\n\na;b;c\n1;'it\\'s';2020-01-01\n2;'x;y';\n", reading=reading)
    assert [r["b"] for r in got.rows] == ["it's", "x;y"]
    bare = Reading("csv", delimiter="\t", quote="", escape="", columns=("a", "b", "c"))
    got = run('a\tb\tc\n1\t"x\t\n2\ty\t\n3\tz\n', reading=bare)
    assert [r["b"] for r in got.rows] == ['"x', "y"]
    assert got.faults == [(3, None, "ragged")]


def test_a_file_that_reads_differently_is_not_landed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scanned.copied

    def short(*arguments: Any) -> tuple[int, int]:
        written, seen = real(*arguments)
        return written, seen - 1

    monkeypatch.setattr(module, "copied", short)
    with pytest.raises(Faulty) as told:
        run("a,b,c\n1,x,2020-01-01\n2,y,\n")
    assert told.value.code == "faulty.form"


def test_a_count_that_differs_is_looked_into(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "tally", lambda *_: 7)
    got = run("a,b,c\n1,x,2020-01-01\nx,y,\n3,z\n")
    assert got.counts == (3, 1, 2)
    assert run("a,b,c\n1,x,2020-01-01\nx,y,\n").counts == (2, 1, 1)


def test_exhausted_memory_is_no_fault_of_form(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> tuple[int, int]:
        raise duckdb.OutOfMemoryException("Out of Memory Error: x")

    monkeypatch.setattr(module, "copied", fail)
    with pytest.raises(duckdb.OutOfMemoryException):
        run("a,b,c\n1,x,2020-01-01\n")


def test_stray_quotes_do_not_hide_a_row(run: Run) -> None:
    got = run('a,b,c\n1,5" pipe,\nx,6" pipe,\n')
    assert got.counts == (2, 1, 1)
    assert got.faults == [(2, "a", "type")]


def test_a_file_of_one_column(run: Run) -> None:
    got = run(
        'a\n1\n\nx\n""\n2\n',
        columns=(LoadColumn("a", "a", "BIGINT"),),
        reading=Reading("csv", columns=("a",)),
    )
    assert got.counts == (4, 3, 1)
    assert [r["a"] for r in got.rows] == [1, None, 2]


FIELD = st.one_of(
    st.sampled_from(["", "1", "22", "x", "2020-01-01", "1.5", "-3"]),
    st.text(alphabet='a1 ,"\n中', max_size=4),
)


@pytest.mark.law
@settings(
    derandomize=True,
    deadline=None,
    max_examples=count(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le"]),
    st.booleans(),
)
def test_conservation(
    run: Run, rows: list[list[str]], end: str, quoting: int, encoding: str, blank: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end, quoting=quoting)  # type: ignore[arg-type] # an int
    writer.writerow(["a", "b"])
    for row in rows:
        writer.writerow(row)
        out.write(end if blank else "")
    text = out.getvalue()
    read = [row for row in csv.reader(io.StringIO(text, newline="")) if row][1:]
    reading = Reading("csv", encoding=encoding, columns=("a", "b"))
    got = run(text, columns=COLUMNS[:2], reading=reading)
    lands = [
        number
        for number, row in enumerate(read, start=1)
        if len(row) == 2 and (not row[0] or _whole(row[0]))
    ]
    trailing = [n for n, row in enumerate(read, 1) if len(row) == 3 and row[2] == ""]
    assert got.counts[0] == len(read) == got.counts[1] + got.counts[2]
    kept = {row["_row"] for row in got.bad}
    assert len(kept) == got.counts[2]
    assert kept >= set(range(1, len(read) + 1)) - set(lands) - set(trailing)
    assert not kept & set(lands)


def _whole(text: str) -> bool:
    """Whether text is an integer for the engine: signs, spaces around it, `.0` are."""
    return re.fullmatch(r"\s*[+-]?\d+(\.0*)?\s*", text, re.ASCII) is not None
