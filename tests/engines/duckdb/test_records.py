"""Records of text against Python's csv module, and what is done with broken ones."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.engines.duckdb import records
from doumen.engines.duckdb.records import Bad, Dialect, Good, Records, lines
from doumen.model.load import Reading

CSV = Reading("csv")
FIELD = st.text(alphabet='a1 ,"\n;中', max_size=5)


def split(text: str, width: int, reading: Reading = CSV, chunk: int = 7) -> list[Good | Bad]:
    chosen = Records(reading, width)
    pieces = [text[i : i + chunk] for i in range(0, len(text), chunk)]
    found = [r for batch in lines(pieces) for r in chosen.feed(batch)]
    found += chosen.feed((), last=True)
    assert chosen.rested
    return found


@settings(derandomize=True, deadline=None, max_examples=count(200))
@given(
    st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(1, 30),
)
def test_what_csv_writes_is_read_as_csv_reads_it(
    rows: list[list[str]], end: str, quoting: int, chunk: int
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type] # an int
    text = out.getvalue()
    expected = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    found = split(text, 3, chunk=chunk)
    assert len(found) == len(expected)
    for record, row in zip(found, expected, strict=True):
        if isinstance(record, Good):
            (got,) = csv.reader(io.StringIO(record.text, newline=""))
            assert got == row or [*got, ""] == row
        else:
            assert record.reason == "ragged"
            assert len(row) != 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,x\n\n\r\n2,y", [Good("1,x"), Good("2,y")]),
        ("1,x\r2,y\r", [Good("1,x"), Good("2,y")]),
        ("1,x,\n", [Good("1,x")]),
        ('1,"",\n', [Good('1,""')]),
        ('1,5" pipe\n', [Good('1,"5"" pipe"')]),
        ('1, "x,y" \n', [Good('1,"x,y"')]),
        ("1\n2,y\n1,2,3\n", [Bad("ragged", "1"), Good("2,y"), Bad("ragged", "1,2,3")]),
        ('1,"5"x\n2,y\n', [Bad("quotes", '1,"5"x'), Good("2,y")]),
        ('1,"x\n2,y\n3,z\n', [Bad("quotes", '1,"x'), Good("2,y"), Good("3,z")]),
        ('1,"x""\n2,y\n', [Bad("quotes", '1,"x""'), Good("2,y")]),
        ('1,"x\n2,"y"\n', [Bad("quotes", '1,"x'), Good('2,"y"')]),
        ('1,"x\ny"\n', [Good('1,"x\ny"')]),
        ('1,"x\r\n""y"""\n', [Good('1,"x\r\n""y"""')]),
        ("1,\udcff\n", [Bad("encoding", "1,\ufffd")]),
        ('1,"\udcff\n2,y\n', [Bad("encoding", '1,"\ufffd'), Good("2,y")]),
    ],
)
def test_each_fault_costs_its_own_line(text: str, expected: list[Good | Bad]) -> None:
    for chunk in (1, 3, 1000):
        assert split(text, 2, chunk=chunk) == expected


def test_lines_that_are_too_long_are_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST", 10)
    found = split('1,x\n1,2345678901\n1,"a\nbbbbbbbbbbb"\n""""""""\n', 2)
    assert [r.reason if isinstance(r, Bad) else r.text for r in found] == [
        "1,x",
        "too-long",
        "quotes",
        "too-long",
        "ragged",
    ]
    assert split('",,,,,,,"\n', 1) == [Good('",,,,,,,"')]
    assert split('x""""""\n', 1) == [Bad("too-long", 'x""""""')]


def test_other_dialects() -> None:
    backslash = Reading("csv", delimiter=";", quote="'", escape="\\")
    assert split("1;'it\\'s \\\\ x;'\n", 2, backslash) == [Good("1;'it''s \\ x;'")]
    assert split("1;'open\\'\n2;y\n", 2, backslash) == [Bad("quotes", "1;'open\\'"), Good("2;y")]
    bare = Reading("csv", delimiter="\t", quote="", escape="")
    assert split('1\t"x\n2\ty\n', 2, bare) == [Good('1\t"x'), Good("2\ty")]
    assert Dialect(bare).write([("a", True), ('"', False)]) == 'a\t"'
