from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.rooms.collect.dialect import Dialect, Record, dialect, kind, records, width

FLIGHTS = [
    ["year", "carrier", "dest", "delay", "remark"],
    ["2013", "UA", "IAH", "11", "on time, nearly"],
    ["2013", "AA", "MIA", "-2.5", ""],
    ["2013", "B6", "BQN", "33", 'the "late" one'],
    ["2013", "DL", "ATL", "4", "gate 5; stand 2"],
]


def written(
    rows: list[list[str]], delimiter: str, quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n"
) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]  # any of the module's constants
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x01", "\x1f"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_are_found(delimiter: str, quoting: int, end: str) -> None:
    text = written(FLIGHTS, delimiter, quoting, end)
    how = dialect(text)
    assert how == Dialect(delimiter)
    assert [list(r.cells) for r in records(text, how, cut=False)] == FLIGHTS


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("a;b\n1,5;2,25\n3,75;4,5\n", Dialect(";")),
        ("name;amount\nSmith, J.;1.000,50\nJones, K.;2.000,75\n", Dialect(";")),
        ("t,v\n12:30:00,1\n12:31:00,2\n", Dialect(",")),
        ("t\n12:30:00\n12:31:00\n", Dialect(",")),
        ("day\n2024-01-01\n2024-01-02\n", Dialect(",")),
        ("id:name\n1:ana\n2:bob\n", Dialect(":")),
        ('a,b\n1,"x \\"y\\" z"\n2,"q \\"r\\", s"\n', Dialect(",", '"', "\\")),
        ("a,b\n1,'x, y'\n2,'z, w'\n3,'u, v'\n", Dialect(",", "'", "'")),
        ("a,b\n1,'it\\'s, y'\n2,'z, w'\n3,'u, v'\n", Dialect(",", "'", "\\")),
        ('a\tb\n1\t"open\n2\tx"y\n3\t"again\n4\tz\n', Dialect("\t", "", "")),
        ('a,b\n1,5" disk\n2,3" disk\n', Dialect(",")),
        ("标题\n序号,姓名\n1,张三\n2,李四\n", Dialect(",")),
        ("", Dialect(",")),
        ("\n\n\n", Dialect(",")),
        ("one\n", Dialect(",")),
    ],
)
def test_dialects_as_people_write_them(text: str, how: Dialect) -> None:
    assert dialect(text) == how


def test_a_delimiter_that_is_told_is_kept() -> None:
    assert dialect("a,b\n1,2\n", ";").delimiter == ";"


def test_records_know_their_line_and_the_cut_one_is_left_out() -> None:
    text = 'title\n"a\nb",c\n1,2\n3,'
    how = Dialect(",")
    assert records(text, how, cut=True) == [
        Record(0, ("title",)),
        Record(1, ("a\nb", "c")),
        Record(3, ("1", "2")),
    ]
    assert len(records(text, how, cut=False)) == 4
    assert width(records(text, how, cut=False)) == 2
    assert width([]) == 0


def test_a_field_beyond_all_measure_ends_the_sample() -> None:
    limit = csv.field_size_limit(10)
    try:
        assert records("a,b\n1," + "x" * 100, Dialect(","), cut=False) == [Record(0, ("a", "b"))]
    finally:
        csv.field_size_limit(limit)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("12", "number"),
        ("-1,234.50", "number"),
        ("1.234,50", "number"),
        ("3.5e-7", "number"),
        (".5", "number"),
        ("12 %", "number"),
        ("２０２４", "number"),
        ("2024-01-31", "moment"),
        ("31.01.2024", "moment"),
        ("2024年1月31日", "moment"),
        ("2024-01-31T10:00:00Z", "moment"),
        ("1/31/2024 10:15 PM", "moment"),
        ("10:15", "moment"),
        ("TRUE", "truth"),
        ("否", "truth"),
        ("+", "text"),
        ("e5", "text"),
        ("N14228", "text"),
        ("1" * 41, "text"),
    ],
)
def test_kinds_of_cells(cell: str, what: str) -> None:
    assert kind(cell) == what


@pytest.mark.parametrize(
    "text",
    [
        '"' * 300_000,
        '",' * 200_000,
        "," * 300_000,
        "a" * 300_000,
        ",\n" * 200_000,
        '\\"' * 200_000,
        "1,1,1," * 60_000,
        ("1" * 39 + ",") * 8_000,
        "'\n" * 200_000,
        ",;\t|^~:\x01\x1f" * 30_000,
        "\0" * 100_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    how = dialect(text)
    records(text, how, cut=True)
    assert time.process_time() - start < 5


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Tables of three to six columns, each with one kind of cell, as a file of data has."""
    wide = draw(st.integers(3, 6))
    numbers = st.integers(-9999, 9999).map(str)
    days = st.dates().map(str)
    names = st.sampled_from(["IAH", "MIA", "上海", "New York, NY", 'the "old" one', "two\nlines"])
    columns = [draw(st.sampled_from([numbers, days, names])) for _ in range(wide)]
    return [[draw(one) for one in columns] for _ in range(draw(st.integers(5, 12)))]


@settings(derandomize=True, deadline=None, max_examples=120)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_sniff_of_what_was_written_reads_it_back(
    rows: list[list[str]], delimiter: str, quoting: int
) -> None:
    text = written(rows, delimiter, quoting)
    how = dialect(text)
    assert how.delimiter == delimiter
    assert [list(r.cells) for r in records(text, how, cut=False)] == rows


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(max_size=200))
def test_any_text_has_a_dialect(text: str) -> None:
    width(records(text, dialect(text), cut=False))
