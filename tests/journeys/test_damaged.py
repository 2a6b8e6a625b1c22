"""Damaged files before a real node: each gives rows or a reason; none crashes, none loses a row.

The table names every fault and says, counted by hand, how many records the file holds and how
many of them are set aside, or the code of the error that refuses it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import doumen
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.rooms.collect import unpack
from doumen.session import Node, create

HEAD = b"id,name,day\n"
GOOD = HEAD + b"".join(b"%d,n%d,2024-01-%02d\n" % (n, n, n % 28 + 1) for n in range(1, 401))
"""400 records."""

Expected = tuple[int, int] | str  # records and those set aside, or the code of the error


@dataclass(frozen=True)
class Case:
    fault: str
    name: str
    content: Callable[[], bytes] | bytes
    expected: Expected
    options: tuple[tuple[str, Any], ...] = ()


def parquet(rows: int = 400, **columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(
        pa.table({"id": pa.array(range(rows), pa.int64()), **columns}), out, row_group_size=100
    )
    return out.getvalue()


def footer() -> int:
    return len(parquet()) - 8 - int(struct.unpack("<L", parquet()[-8:-4])[0])


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred() -> bytes:
    return b"a.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(248) + GOOD


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :]


def at7(text: bytes) -> bytes:
    """Good records with something between the 7th and the 8th."""
    end = GOOD.index(b"\n8,") + 1
    return GOOD[:end] + text + GOOD[end:]


def nd(*extra: str, good: int = 400) -> bytes:
    lines = [json.dumps({"id": n, "name": f"n{n}"}) for n in range(good)]
    return "\n".join([*lines[:7], *extra, *lines[7:]]).encode("utf-8", "surrogatepass")


def doc(*extra: str, good: int = 400) -> bytes:
    return b"[" + nd(*extra, good=good).replace(b"\n", b",\n") + b"]"


BIG = 3_000_000
TEXT: list[Case] = [
    Case("nothing wrong", "a.csv", GOOD, (400, 0)),
    Case("a UTF-8 mark", "a.csv", b"\xef\xbb\xbf" + GOOD, (400, 0)),
    Case("a UTF-8 mark in the middle", "a.csv", at7(b"\xef\xbb\xbf9,x,2024-01-01\n"), (401, 1)),
    Case("UTF-16 LE with a mark", "a.csv", GOOD.decode().encode("utf-16"), (400, 0)),
    Case("UTF-16 BE without", "a.csv", GOOD.decode().encode("utf-16-be"), (400, 0)),
    Case("UTF-16 cut within a unit", "a.csv", GOOD.decode().encode("utf-16")[:-1], (400, 1)),
    Case("UTF-32 with a mark", "a.csv", GOOD.decode().encode("utf-32"), (400, 0)),
    Case("GB18030", "a.csv", GOOD.decode().replace("n", "北京市").encode("gb18030"), (400, 0)),
    Case("GB18030 with a broken byte", "a.csv",
         GOOD.decode().replace("n", "北京市").encode("gb18030").replace(
             b"\n9,\xb1", b"\n9,\xff\xff\xb1", 1), (400, 1)),
    Case("one Latin-1 byte in UTF-8", "a.csv",
         at7("8,éééééééé,2024-01-01\n".encode() * 9 + b"9,caf\xe9,2024-01-01\n"), (410, 1)),
    Case("Latin-1 all over", "a.csv", b"id,n\n1,\xe9t\xe9\n2,\xe0\n", "invalid.encoding"),
    Case("an encoding that does not fit", "a.csv", b"id,n\n1,\xff\xff\n2,b\n", (2, 1),
         (("encoding", "utf-8"),)),
    Case("an encoding that is none", "a.csv", GOOD, "invalid.encoding", (("encoding", "klingon"),)),
    Case("a NUL byte in a field", "a.csv", at7(b"9,x\0y,2024-01-01\n"), (401, 0)),
    Case("NUL bytes at the end", "a.csv", GOOD + bytes(40), (401, 1)),
    Case("zeros only", "a.csv", bytes(5000), "faulty.binary"),
    Case("noise", "a.csv", bytes((n * 7919 + n // 3) % 256 for n in range(9000)), "faulty.binary"),
    Case("a stray control character", "a.csv", at7(b"9,\x07bell,2024-01-01\n"), (401, 0)),
    Case("Ctrl-Z at the end", "a.csv", GOOD + b"\x1a", (401, 1)),
    Case("too few fields", "a.csv", at7(b"9,x\n"), (401, 1)),
    Case("too many fields", "a.csv", at7(b"9,x,2024-01-01,z\n"), (401, 1)),
    Case("a delimiter too many at each end", "a.csv", GOOD.replace(b"\n", b",\n"), (400, 0)),
    Case("one delimiter too many at the end", "a.csv", at7(b"9,x,2024-01-01,\n"), (401, 0)),
    Case("all ragged but the header", "a.csv", HEAD + b"1\n2\n", (2, 0)),
    Case("an open quote", "a.csv", at7(b'9,"x,2024-01-01\n'), (401, 1)),
    Case("an open quote in the last line", "a.csv", GOOD + b'9,"x', (401, 1)),
    Case("a quote in the middle of a field", "a.csv", at7(b'9,x"y,2024-01-01\n'), (401, 0)),
    Case("text behind a closing quote", "a.csv", at7(b'9,"x"y,2024-01-01\n'), (401, 1)),
    Case("a line end in quotes", "a.csv", at7(b'9,"x\ny",2024-01-01\n'), (401, 0)),
    Case("only quotes", "a.csv", b'"' * 3001, "faulty"),
    Case("mixed line ends", "a.csv", GOOD.replace(b"\n", b"\r\n", 200), (400, 0)),
    Case("old Mac line ends", "a.csv", GOOD.replace(b"\n", b"\r"), (400, 0)),
    Case("one CR among LF", "a.csv", at7(b"9,x,2024-01-01\r10,y,2024-01-01\n"), (402, 0)),
    Case("empty lines", "a.csv", GOOD.replace(b"\n", b"\n\n"), (400, 0)),
    Case("lines of blanks", "a.csv", at7(b"   \n"), (401, 1)),
    Case("no line end at the end", "a.csv", GOOD[:-1], (400, 0)),
    Case("cut within a record", "a.csv", GOOD[:-9], (400, 1)),
    Case("half a page", "a.csv", GOOD[: len(GOOD) // 2],
         (GOOD[: len(GOOD) // 2].count(b"\n"), 1)),
    Case("a header and nothing else", "a.csv", HEAD, (0, 0)),
    Case("one byte", "a.csv", b"a", (0, 0)),
    Case("nothing", "a.csv", b"", "faulty.empty"),
    Case("blank lines only", "a.csv", b"\n\n\r\n  \n", (1, 0)),
    Case("a mark only", "a.csv", b"\xef\xbb\xbf", "faulty.empty"),
    Case("a title above the header", "a.csv", b"Report of 2024\n\n" + GOOD, (400, 0)),
    Case("columns named twice", "a.csv", GOOD.replace(HEAD, b"id,id,ID\n"), (400, 0)),
    Case("columns without a name", "a.csv", GOOD.replace(HEAD, b"id,,\n"), (400, 0)),
    Case("a word among numbers", "a.csv", at7(b"nine,x,2024-01-01\n"), (401, 1)),
    Case("a day that is none", "a.csv", at7(b"9,x,2024-02-30\n"), (401, 1)),
    Case("a number too large", "a.csv", at7(b"9" * 30 + b",x,2024-01-01\n"), (401, 0)),
    Case("a huge field", "a.csv", at7(b"9," + b"x" * BIG + b",2024-01-01\n"), (401, 0)),
    Case("a huge quoted field", "a.csv", at7(b'9,"' + b"x\n" * BIG + b'",2024-01-01\n'), (401, 0)),
    Case("no line end in megabytes", "a.csv", b"x" * 9_000_000, (0, 0)),
    Case("ten thousand columns more", "a.csv", b",".join(b"c%d" % n for n in range(10_001)) + b"\n",
         "faulty.columns"),
    Case("a web page", "a.csv", b"<!DOCTYPE html><html><body>404</body></html>", "faulty.format"),
    Case("an XML document", "a.csv", b'<?xml version="1.0"?><a/>', "faulty.format"),
    Case("a PDF", "a.csv", b"%PDF-1.7\n%\xe2\xe3", "faulty.format"),
    Case("an SQLite database", "a.csv", b"SQLite format 3\0" + bytes(500), "faulty.format"),
    Case("a delimiter that is none", "a.csv", GOOD, "invalid.delimiter", (("delimiter", "ab"),)),
    Case("formulas of a spreadsheet", "a.csv", at7(b"9,=cmd|' /C calc'!A0,2024-01-01\n"), (401, 0)),
    Case("right to left marks", "a.csv", at7("9,\u202egnp\u202c,2024-01-01\n".encode()), (401, 0)),
]  # fmt: skip

PARQUET: list[Case] = [
    Case("Parquet", "a.parquet", parquet, (400, 0)),
    Case("Parquet without rows", "a.parquet", lambda: parquet(0), (0, 0)),
    Case("Parquet cut in half", "a.parquet", lambda: parquet()[:900], "faulty"),
    Case("half a page of Parquet", "a.parquet", lambda: parquet()[:90], "faulty"),
    Case("Parquet, first bytes only", "a.parquet", b"PAR1", "faulty"),
    Case("Parquet without its footer's length", "a.parquet",
         lambda: parquet()[:-8] + b"\0\0\0\0PAR1", "faulty"),
    Case("Parquet with a huge footer", "a.parquet",
         lambda: parquet()[:-8] + b"\xff\xff\xff\x7fPAR1", "faulty"),
    Case("Parquet with a flipped footer", "a.parquet", lambda: flipped(parquet(), footer()),
         "faulty"),
    Case("Parquet with columns of no type", "a.parquet",
         lambda: parquet(name=pa.nulls(400)), (400, 0)),
    Case("Parquet with a flipped page header", "a.parquet", lambda: flipped(parquet(), 6),
         "faulty"),
    Case("Parquet with zeros for a page", "a.parquet",
         lambda: b"PAR1" + bytes(200) + parquet()[204:], "faulty"),
    Case("encrypted Parquet", "a.parquet", lambda: b"PARE" + parquet()[4:-4] + b"PARE", "faulty"),
    Case("Parquet called CSV", "a.csv", parquet, (400, 0)),
    Case("CSV called Parquet", "a.parquet", GOOD, (400, 0)),
    Case("Parquet with an option for text", "a.parquet", parquet, "invalid.option",
         (("delimiter", ";"),)),
    Case("an Arrow file", "a.parquet", b"ARROW1\0\0" + bytes(90), "faulty.format"),
]  # fmt: skip
JSON: list[Case] = [
    Case("NDJSON", "a.ndjson", nd(), (400, 0)),
    Case("an array", "a.json", doc(), (400, 0)),
    Case("JSON called CSV", "a.csv", doc(), (400, 0)),
    Case("a JSON mark", "a.json", b"\xef\xbb\xbf" + doc(), (400, 0)),
    Case("JSON in UTF-16", "a.json", doc().decode().encode("utf-16"), (400, 0)),
    Case("a broken record", "a.ndjson", nd('{"id": 9, "name"'), (401, 1)),
    Case("a broken element", "a.json", doc('{"id": 9, "name"}'), (401, 1)),
    Case("an element with a bracket too few", "a.json", doc('{"id": [9}'), (401, 1)),
    Case("values that are no object", "a.json", doc("7", '"x"', "null", "[1]", "true"), (405, 5)),
    Case("lines that are no object", "a.ndjson", nd("7", '"x"', "null", "[1]", "true"), (405, 5)),
    Case("a member that comes twice", "a.ndjson", nd('{"id":1,"id":2}'), (401, 1)),
    Case("a member twice, deep down", "a.ndjson", nd('{"id":1,"o":[{"a":1,"a":2}]}'), (401, 1)),
    Case("NaN and infinities", "a.ndjson", nd('{"id":NaN}', '{"id":-Infinity}'), (402, 2)),
    Case("half a surrogate pair", "a.ndjson", nd(r'{"name":"\ud83d"}'), (401, 1)),
    Case("surrogates as UTF-8", "a.ndjson", nd('{"name":"%s"}' % ("é" * 90), '{"name":"\ud83d"}'),
         (402, 1)),
    Case("a whole surrogate pair", "a.ndjson", nd(r'{"name":"\ud83d\ude00"}'), (401, 0)),
    Case("NUL written out", "a.ndjson", nd(r'{"name":"a\u0000b"}'), (401, 0)),
    Case("NUL as it is", "a.ndjson", nd('{"name":"a\0b"}'), (401, 1)),
    Case("a number of 400 digits", "a.ndjson", nd('{"id":' + "9" * 400 + "}"), (401, 0)),
    Case("a number of 5000 digits", "a.ndjson", nd('{"id":' + "9" * 5000 + "}"), (401, 0)),
    Case("a number beyond doubles", "a.ndjson", nd('{"id":1e999}'), (401, 1)),
    Case("a fraction among whole numbers", "a.ndjson", nd('{"id":1.5}'), (401, 1)),
    Case("text among numbers", "a.ndjson", nd('{"id":"x"}'), (401, 1)),
    Case("an object among numbers", "a.ndjson", nd('{"id":{"x":1}}'), (401, 1)),
    Case("an array cut", "a.json", doc()[:-20], (400, 1)),
    Case("an array that is not closed", "a.json", doc()[:-1], (401, 1)),
    Case("an array with something behind", "a.json", doc() + b" tail", (401, 1)),
    Case("an open string", "a.json", doc('{"name":"x}'), (8, 1)),
    Case("an open string in a line", "a.ndjson", nd('{"name":"x}'), (401, 1)),
    Case("commas too many", "a.json", doc("", ""), (400, 0)),
    Case("comments", "a.json", doc("// x"), (401, 1)),
    Case("single quotes", "a.ndjson", nd("{'id':1}"), (401, 1)),
    Case("Python's None", "a.ndjson", nd('{"id":None}'), (401, 1)),
    Case("undecodable bytes", "a.ndjson",
         nd('{"name":"%s"}' % ("é" * 40), '{"name":"@"}').replace(b"@", b"\xff"), (402, 1)),
    Case("brackets, 100,000 deep", "a.json", b"[" * 100_000, "faulty.empty"),
    Case("objects, 100,000 deep", "a.ndjson", nd('{"a":' * 100_000 + "1" + "}" * 100_000),
         (401, 1)),
    Case("a string of 30 MB", "a.ndjson",
         lambda: nd('{"name":"' + "x" * 30_000_000 + '"}'), (401, 1)),
    Case("an array of 30 MB in a record", "a.json",
         lambda: doc('{"o":[' + "1," * 15_000_000 + "1]}"), (401, 1)),
    Case("10,001 members", "a.ndjson", json.dumps({f"m{n}": n for n in range(10_001)}).encode(),
         "faulty.columns"),
    Case("members without a name", "a.ndjson", b'{"":1,"a":3}\n{"a":5,"A":6}\n{" ":1}', (3, 2)),
    Case("an empty array", "a.json", b"[]", "faulty.empty"),
    Case("empty objects", "a.json", b"[{},{}]", "faulty.empty"),
    Case("one scalar", "a.json", b"42", "faulty.empty"),
    Case("pretty-printed records in a row", "a.json", b'{\n"a": 1\n}\n{\n"a": 2\n}', (2, 0)),
    Case("rows under a path", "a.json", b'{"x":{"y":' + doc() + b"}}", (400, 0),
         (("json_path", "$.x.y"),)),
    Case("a path to nowhere", "a.json", b'{"x":[]}', "faulty.json-path", (("json_path", "$.z"),)),
    Case("a path that is none", "a.json", b'{"x":[]}', "invalid.json-path",
         (("json_path", "$..x"),)),
    Case("a path into CSV", "a.csv", GOOD, "invalid.option", (("json_path", "$.x"),)),
]  # fmt: skip
PACKED: list[Case] = [
    Case("gzip", "a.csv.gz", gzip.compress(GOOD), (400, 0)),
    Case("gzip called CSV", "a.csv", gzip.compress(GOOD), (400, 0)),
    Case("CSV called gzip", "a.csv.gz", GOOD, (400, 0)),
    Case("gzip of two members", "a.csv.gz",
         gzip.compress(GOOD) + gzip.compress(b"9,x,2024-01-01\n"), (401, 0)),
    Case("gzip cut", "a.csv.gz", gzip.compress(GOOD)[:-20], "faulty.packed"),
    Case("gzip, its header only", "a.csv.gz", gzip.compress(GOOD)[:10], "faulty.packed"),
    Case("gzip with a wrong checksum", "a.csv.gz", flipped(gzip.compress(GOOD), -6),
         "faulty.packed"),
    Case("gzip with something behind", "a.csv.gz", gzip.compress(GOOD) + b"xx", "faulty.packed"),
    Case("gzip of nothing", "a.csv.gz", gzip.compress(b""), "faulty.empty"),
    Case("gzip in gzip", "a.csv.gz", gzip.compress(gzip.compress(GOOD)), "faulty.format"),
    Case("tar in gzip", "a.csv.gz", gzip.compress(tarred()), "faulty.format"),
    Case("tar", "a.csv", tarred(), "faulty.format"),
    Case("a gzip bomb", "a.csv.gz", lambda: gzip.compress(bytes(16 << 20)), "faulty.bomb"),
    Case("bzip2", "a.csv.bz2", bz2.compress(GOOD), (400, 0)),
    Case("bzip2 cut", "a.csv.bz2", bz2.compress(GOOD)[:-9], "faulty.packed"),
    Case("a bzip2 bomb", "a.csv.bz2", lambda: bz2.compress(bytes(16 << 20)), "faulty.bomb"),
    Case("xz", "a.csv.xz", lzma.compress(GOOD), (400, 0)),
    Case("xz cut", "a.csv.xz", lzma.compress(GOOD)[:-9], "faulty.packed"),
    Case("an xz bomb", "a.csv.xz", lambda: lzma.compress(bytes(16 << 20)), "faulty.bomb"),
    Case("zstd", "a.csv.zst", pa.compress(GOOD, "zstd", asbytes=True), (400, 0)),
    Case("zstd cut", "a.csv.zst", pa.compress(GOOD, "zstd", asbytes=True)[:-9], "faulty.packed"),
    Case("a zstd bomb", "a.csv.zst", lambda: pa.compress(bytes(16 << 20), "zstd", asbytes=True),
         "faulty.bomb"),
    Case("ZIP of two files", "a.zip", zipped({"a.csv": GOOD, "b.csv": HEAD + b"9,x,2024-01-01\n"}),
         (401, 0)),
    Case("ZIP of two kinds", "a.zip", zipped({"a.csv": GOOD, "b.json": doc()}), "faulty.readings"),
    Case("ZIP that climbs", "a.zip", zipped({"../../../etc/cron.d/x.csv": GOOD}), (400, 0)),
    Case("ZIP with an absolute path", "a.zip", zipped({"/etc/passwd.csv": GOOD}), (400, 0)),
    Case("ZIP in ZIP", "a.zip", zipped({"a.csv": zipped({"a.csv": GOOD})}), "faulty.format"),
    Case("ZIP of nothing", "a.zip", zipped({}), "faulty.archive"),
    Case("ZIP of programs", "a.zip", zipped({"a.exe": b"MZ"}), "faulty.archive"),
    Case("ZIP cut", "a.zip", zipped({"a.csv": GOOD})[:-30], "faulty.packed"),
    Case("ZIP with a wrong checksum", "a.zip",
         zipped({"a.csv": GOOD}, zipfile.ZIP_STORED).replace(b"\n9,n9", b"\n9,n8"),
         "faulty.packed"),
    Case("ZIP with a huge directory", "a.zip",
         zipped({"a.csv": GOOD})[:-10] + struct.pack("<L", 1 << 30) + bytes(6), "faulty.packed"),
    Case("a ZIP bomb", "a.zip", lambda: zipped({"a.csv": bytes(16 << 20)}), "faulty.bomb"),
    Case("7-Zip", "a.csv", b"7z\xbc\xaf\x27\x1c" + bytes(99), "faulty.format"),
    Case("RAR", "a.csv", b"Rar!\x1a\x07\x01\0" + bytes(99), "faulty.format"),
]  # fmt: skip


def excel(*extra: Any, zeros: int = 0) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("A")
    sheet.write_row(0, 0, ["id", "name"])
    for number in range(200):
        sheet.write_row(number + 1, 0, [number, f"n{number}"])
    for number, value in enumerate(extra, 201):
        if isinstance(value, str):
            sheet.write_formula(number, 0, "=1", None, value)
        else:
            sheet.write_row(number, 0, value)
    book.add_worksheet("B")
    book.close()
    return out.getvalue() + bytes(zeros)


def rezipped(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOKS: list[Case] = [
    Case("a workbook", "a.xlsx", excel, (200, 0)),
    Case("a workbook called CSV", "a.csv", excel, (200, 0)),
    Case("CSV called a workbook", "a.xlsx", GOOD, (400, 0)),
    Case("cells with errors", "a.xlsx", lambda: excel("#N/A", "#DIV/0!", "#REF!"), (203, 3)),
    Case("a cell beyond the columns", "a.xlsx", lambda: excel([1, "x", "y"]), (201, 1)),
    Case("text in a column of numbers", "a.xlsx", lambda: excel(["x"]), (201, 1)),
    Case("a sheet that is not there", "a.xlsx", excel, "invalid.sheet", (("sheet", "Z"),)),
    Case("a sheet with nothing in it", "a.xlsx", excel, "faulty.empty", (("sheet", "B"),)),
    Case("a sheet of CSV", "a.csv", GOOD, "invalid.option", (("sheet", "A"),)),
    Case("xlsx that is no ZIP", "a.xlsx", b"PK\x03\x04" + bytes(500), "faulty"),
    Case("xlsx cut", "a.xlsx", lambda: excel()[:3000], "faulty"),
    Case("xlsx with zeros behind", "a.xlsx", lambda: excel(zeros=9), (200, 0)),
    Case("xlsx with a broken sheet", "a.xlsx",
         lambda: rezipped(excel(), SHEET, b"<worksheet><sheetData><row>"), "faulty.format"),
    Case("xlsx with entities", "a.xlsx",
         lambda: rezipped(excel(), SHEET, b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'),
         "faulty.format"),
    Case("xlsx with a bomb for a sheet", "a.xlsx",
         lambda: rezipped(excel(), SHEET, b" " * (80 << 20)), "faulty.bomb"),
    Case("an old workbook that is none", "a.xls", OLE + bytes(3000), "faulty.format"),
    Case("a ZIP archive called xlsx", "a.xlsx", zipped({"a.csv": GOOD}), (400, 0)),
]  # fmt: skip
CASES = [*TEXT, *PARQUET, *JSON, *PACKED, *BOOKS]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("damaged") / "node"
    create(folder, "damaged")
    settings = folder / "doumen.toml"
    settings.write_text(settings.read_text().replace("memory_mib = 2048", "memory_mib = 512"))
    with doumen.open(folder) as node:
        yield node


def test_the_corpus_is_large_and_each_fault_has_its_name() -> None:
    assert len({case.fault for case in CASES}) == len(CASES) >= 120


def collected(node: Node, damage: Case, path: Path, ref: str) -> dict[str, Any] | DoumenError:
    """What came of a collection: its counts, or the reason why nothing was kept."""
    content = damage.content
    path.write_bytes(content if isinstance(content, bytes) else content())
    try:
        return dict(
            node.session().do("collect", path=path, as_dataset=ref, **dict(damage.options)).json
        )
    except DoumenError as error:
        return error


QUICK = {case.fault for place, case in enumerate(CASES) if place % 2 == 0} - {
    "an array of 30 MB in a record", "a string of 30 MB", "no line end in megabytes",
    "a huge quoted field", "xlsx with a bomb for a sheet",
}  # fmt: skip
"""Faults of the quick check; the others run with them in the full counts."""


PARAMETERS = [
    pytest.param(case, marks=() if case.fault in QUICK else pytest.mark.soak, id=case.fault)
    for case in CASES
]


@pytest.mark.parametrize("damage", PARAMETERS)
def test_rows_or_a_reason(
    damage: Case, node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "FREE", 4 << 20)
    session, ref = node.session(), f"d.c{CASES.index(damage)}"
    got = collected(node, damage, tmp_path / damage.name, ref)
    if isinstance(got, DoumenError):
        assert got.code.startswith(str(damage.expected)), got
        assert got.next
        assert session.desk.facts().dataset(Ref.parse(ref)) is None
        return
    assert (got["rows_in"], got["quarantined"]) == damage.expected, got
    landed, aside = got["rows_in"] - got["quarantined"], got["quarantined"]
    kept = f"(SELECT [count(*), count(_reason), count(DISTINCT _row)] FROM {ref}__quarantine)"
    found = session.query(
        f"SELECT (SELECT count(*) FROM {ref}), {kept if aside else '[0, 0, 0]'}"
    ).rows()
    assert found == [(landed, [aside, aside, aside])]
