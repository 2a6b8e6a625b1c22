from __future__ import annotations

import pytest

from doumen.model.errors import DoumenError, Faulty
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.recognise import FOREIGN, alike, sniff
from doumen.rooms.collect.sample import Sample, sample_of

GOOD = sample_of("a.csv", b"id,n\n1,2\n3,4\n")
CHINESE = sample_of("c.csv", "id,n\n1,北京\n2,上海\n3,绍兴\n".encode("gb18030"))


@pytest.mark.parametrize(("magic", "what", "remedy"), FOREIGN)
def test_what_nobody_reads_is_named(magic: bytes, what: str, remedy: str) -> None:
    with pytest.raises(Faulty) as caught:
        sniff(sample_of("a.csv", magic + b"\x00\x01 whatever"), Wishes())
    assert what in caught.value.what
    assert caught.value.next == remedy


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf<HTML>", b"\r\n  <!DOCTYPE html>"])
def test_web_pages_are_found_behind_marks_and_blanks(start: bytes) -> None:
    with pytest.raises(Faulty):
        sniff(sample_of("a.xls", start), Wishes())


def test_names_do_not_decide() -> None:
    assert sniff(sample_of("a.parquet", GOOD.head), Wishes()).reading.format == "csv"
    assert sniff(sample_of("a.csv", b"PAR1..."), Wishes()).reading.format == "parquet"


def test_files_that_read_alike_have_one_reading() -> None:
    other = sample_of("b.csv", b"id,n\n5,6\n")
    assert alike([GOOD, other], Wishes()) == sniff(GOOD, Wishes())


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (sample_of("b.csv", b"id;n\n1;2\n3;4\n"), "delimiter"),
        (sample_of("b.csv", b"id,m\n1,2\n3,4\n"), "columns"),
        (sample_of("b.csv", b"n,id\n1,2\n3,4\n"), "columns"),
        (sample_of("b.csv", b"title\nid,n\n1,2\n3,4\n"), "lines before the data"),
        (sample_of("b.csv", b"PAR1"), "format"),
        (sample_of("b.csv", "\ufeffid,n\n1,2\n".encode("utf-16-le")), "encoding"),
    ],
)
def test_files_that_differ_are_named_with_what_differs(other: Sample, what: str) -> None:
    with pytest.raises(Faulty, match=r"1 of 2 files are not read as `a\.csv` is") as caught:
        alike([GOOD, other], Wishes())
    assert "`b.csv` in" in str(caught.value.why)
    assert what in str(caught.value.why)


def test_plain_ascii_follows_the_encoding_of_the_others() -> None:
    found = alike([GOOD, CHINESE, sample_of("d.csv", b"id,n\n7,8\n")], Wishes())
    assert found.reading.encoding == "gb18030"
    assert alike([CHINESE, GOOD], Wishes()).reading.encoding == "gb18030"


def test_all_faults_are_told_at_once() -> None:
    bad = [sample_of("x.csv", b"Rar!\x1a\x07"), sample_of("y.csv", b"%PDF-1.7")]
    with pytest.raises(DoumenError) as caught:
        alike([GOOD, *bad], Wishes())
    told = f"{caught.value.what} {caught.value.why} {caught.value.next}"
    assert all(word in told for word in ("2 files", "`x.csv`", "`y.csv`", "PDF", "Unpack"))
