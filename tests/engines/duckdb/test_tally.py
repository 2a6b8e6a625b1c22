"""The second count against Python's csv module."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.engines.duckdb import tally as module
from doumen.engines.duckdb.tally import Unclear, empty_lines, tally
from doumen.model.load import Reading

FIELD = st.text(alphabet='a1,"\n中', max_size=4)


CSV = Reading("csv")


def _count(path: Path, reading: Reading = CSV) -> int:
    moved: list[int] = []
    found = tally(path, reading, moved.append) - empty_lines(path, reading)
    assert reading.skip or sum(moved) == path.stat().st_size
    return found


@settings(
    derandomize=True,
    deadline=None,
    max_examples=count(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.lists(FIELD, min_size=1, max_size=3), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(1, 40),
)
def test_records_are_counted_as_csv_counts_them(
    tmp_path: Path, rows: list[list[str]], end: str, last: bool, chunk: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    for number, row in enumerate(rows):
        writer.writerow(row)
        out.write(end * (number % 3))
    text = out.getvalue() if last else out.getvalue().rstrip("\r\n")
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    expected = sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK", chunk)
        assert _count(path, Reading("csv", header=False)) == expected
        assert _count(path) == max(0, expected - 1)


def test_lines_before_the_header_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a "title\n\na,b\n1,2\n')
    assert _count(path, Reading("csv", skip=2)) == 1
    path.write_text("a,b\n1,'x\n'\n")
    assert _count(path, Reading("csv", quote="'", escape="'")) == 1
    assert _count(path, Reading("csv", quote="")) == 2


@pytest.mark.parametrize(
    "text", ["a\r1\r", "a\n1\rx\n", 'a\n"open\n', 'a\n5" x\n6" y\n', 'a\n"x" \n', 'a\n"x""y"z\n']
)
def test_what_is_unclear_is_not_counted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    with pytest.raises(Unclear):
        _count(path)


def test_an_empty_line_in_one_column_is_unclear(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n\n2\n")
    with pytest.raises(Unclear):
        empty_lines(path, Reading("csv", columns=("a",)))


def test_escapes_other_than_quotes_are_unclear(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a\n"x\\""\n')
    with pytest.raises(Unclear):
        _count(path, Reading("csv", escape="\\"))
    path.write_text("a\nx\n")
    assert _count(path, Reading("csv", escape="\\")) == 1
