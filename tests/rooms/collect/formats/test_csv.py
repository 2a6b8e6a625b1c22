from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doumen.model.errors import DoumenError, Faulty, Invalid
from doumen.model.load import Reading
from doumen.model.message import msg
from doumen.rooms.collect.formats import Csv, Wishes
from doumen.rooms.collect.formats.csv import WIDEST
from doumen.rooms.collect.sample import HEAD, Scan, sample_of

CSV = Csv()


def sniffed(content: bytes, wishes: Wishes | None = None) -> Reading:
    return CSV.sniff(sample_of("a.csv", content), wishes or Wishes()).reading


def test_an_office_file_in_gb18030_under_a_title() -> None:
    text = "2024年航班统计表\t\t\n编号\t城市\t架次\n1\t北京\t20\n2\t上海\t30\n"
    found = CSV.sniff(sample_of("统计.xls.csv", text.encode("gb18030")), Wishes())
    assert found.reading == Reading(
        format="csv",
        encoding="gb18030",
        delimiter="\t",
        skip=1,
        columns=("编号", "城市", "架次"),
    )
    assert found.why == (
        "GB18030, not UTF-8, and its bytes are those of common Chinese characters",
        'delimiter tab, quote `"`',
        "header in line 2: its first row is unlike the rows below",
    )
    assert not found.ascii


def test_a_byte_order_mark_is_not_part_of_a_name() -> None:
    assert sniffed("\ufeffid,n\n1,2\n".encode()).columns == ("id", "n")
    assert sniffed("\ufeffid,n\n1,2\n".encode("utf-16-le")).columns == ("id", "n")


def test_plain_ascii_is_known_as_such() -> None:
    assert CSV.sniff(sample_of("a", b"a,b\n1,2\n"), Wishes()).ascii
    assert not CSV.sniff(sample_of("a", "a,é\n1,2\n".encode()), Wishes()).ascii


def test_wishes_are_believed() -> None:
    wishes = Wishes(encoding="latin-1", delimiter="tab", header=False)
    found = CSV.sniff(sample_of("a.csv", b"a\t1\xe9\nb\t2\n"), wishes)
    assert found.reading == Reading(
        "csv", "latin-1", msg("\t"), header=False, columns=("column_1", "column_2")
    )
    assert "as told" in found.why[0]
    assert "no header, data from line 1" in found.why[2]


def test_quotes_and_damage_are_said() -> None:
    found = CSV.sniff(
        sample_of("a", b'a,b\n1,"x \\"y\\" z"\n2,"q \\"r\\", s"\n3,\xff\n'), Wishes("utf-8")
    )
    assert found.why[1] == 'delimiter `,`, quote `"` escaped by a backslash'
    assert "quarantine" in found.why[3]
    bare = CSV.sniff(sample_of("a", b'a\tb\n1\t"open\n2\tx"y\n3\t"again\n4\tz\n'), Wishes())
    assert bare.why[1] == "delimiter tab, no quotes"


@pytest.mark.parametrize("told", ["", "ab", "a", "1", '"', "'", "\\", "\n", "\0"])
def test_what_is_no_delimiter_is_refused(told: str) -> None:
    with pytest.raises(Invalid, match="cannot be a delimiter"):
        sniffed(b"a,b\n", Wishes(delimiter=told))


@pytest.mark.parametrize(
    ("told", "is_"), [("tab", "\t"), ("\\t", "\t"), ("TAB", "\t"), ("pipe", "|"), ("·", "·")]
)
def test_delimiters_by_name(told: str, is_: str) -> None:
    assert sniffed(b"a,b\n1,2\n", Wishes(delimiter=told)).delimiter == is_


@pytest.mark.parametrize(
    "content", [bytes(range(32)) * 20, b"\x00" * 50, b"\x7fELF\x02\x01\x01\0\0"]
)
def test_binary_content_is_no_text(content: bytes) -> None:
    with pytest.raises(Faulty, match="no text") as caught:
        sniffed(content)
    assert caught.value.code == "faulty.binary"


def test_a_binary_file_is_said_to_be_one_before_its_encoding_is_asked_for() -> None:
    noise = b"\x89PNG\r\n\x1a\n" + bytes((n * 97 + n // 7) % 256 for n in range(600))
    with pytest.raises(Faulty, match="no text"):
        sniffed(noise)
    with pytest.raises(Invalid, match="encoding"):
        sniffed("id,name\n1,Zoë\n2,Jürgen Müller\n".encode("cp1252"))


@pytest.mark.parametrize("content", [b"\n", b"\n\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_file_of_blank_lines_has_no_records(content: bytes) -> None:
    with pytest.raises(Faulty, match="no records"):
        sniffed(content)


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(Faulty, match="10,001 columns"):
        sniffed(b",".join(b"%d" % n for n in range(WIDEST + 1)) + b"\n")


def test_recognises_whatever_is_not_empty() -> None:
    assert CSV.recognises(sample_of("a", b"x"))
    assert not CSV.recognises(sample_of("a", b""))


def test_a_large_file_is_judged_by_its_head() -> None:
    scan = Scan()
    scan.feed(b"id;name\n" + b"".join(b"%d;n%d\n" % (n, n) for n in range(HEAD // 8)))
    found = CSV.sniff(scan.sample("a.csv"), Wishes())
    assert (found.reading.delimiter, found.reading.columns) == (";", ("id", "name"))
    assert found.ascii


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]
FOUND = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header and rows, one kind of cell to a column, one column of Chinese names at least."""
    numbers = st.integers(-9999, 9999).map(str)
    money = st.integers(0, 10**6).map(lambda cents: f"{cents / 100:.2f}")
    days = st.dates().map(str)
    cities = st.sampled_from(["北京", "上海市", "绍兴", "广州,南", "深圳;西", '所谓"新区"'])
    kinds = [
        cities,
        *draw(st.lists(st.sampled_from([numbers, money, days, cities]), min_size=2, max_size=5)),
    ]
    rows = [[draw(one) for one in kinds] for _ in range(draw(st.integers(6, 15)))]
    return [[f"列{n}" for n in range(len(kinds))], *rows]


@settings(derandomize=True, deadline=None, max_examples=120)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["", "年度统计表\n", "\n机密 内部\n\n"]),
)
def test_sniff_of_write_gives_back_the_dialect(
    rows: list[list[str]], delimiter: str, quoting: int, encoding: str, title: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)  # type: ignore[arg-type]  # any of the module's constants
    # where one name is all there is, its bytes may be of several encodings: that is refused
    assume(
        encoding != "gb18030" or len({cell for row in rows[1:] for cell in row if cell > "一"}) > 2
    )
    assert sniffed((title + out.getvalue()).encode(encoding)) == Reading(
        format="csv",
        encoding=FOUND.get(encoding, encoding),
        delimiter=delimiter,
        skip=title.count("\n"),
        columns=tuple(rows[0]),
    )


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(min_size=1, max_size=200), st.sampled_from([None, "latin-1", "utf-16", "gbk"]))
def test_random_bytes_are_read_or_refused_with_a_next_step(
    content: bytes, encoding: str | None
) -> None:
    try:
        reading = sniffed(content, Wishes(encoding=encoding))
    except DoumenError as error:
        step: str | None = error.next
    else:
        step = reading.encoding
    assert step
