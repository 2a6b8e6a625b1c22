"""The sieve: numbers of records stay those of the file, whatever is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from doumen.engines.duckdb import sieve
from doumen.engines.duckdb.records import Bad
from doumen.engines.duckdb.sieve import Sifted, sift
from doumen.model.errors import Invalid
from doumen.model.load import Reading


def _sift(folder: Path, body: bytes, reading: Reading) -> tuple[Sifted, list[str], dict[int, str]]:
    source, clean = folder / "in.csv", folder / "clean.csv"
    source.write_bytes(body)
    bad: dict[int, str] = {}

    def reject(row: int, record: Bad) -> None:
        bad[row] = record.reason

    moved: list[int] = []
    found = sift(source, clean, reading, reject, moved.append)
    assert sum(moved) == len(body)
    return found, clean.read_text(encoding="utf-8").splitlines(), bad


def _number(found: Sifted, clean: int) -> int:
    """The number in the file of a clean record."""
    shift = 0
    for start, taken in zip(found.starts, found.shifts, strict=True):
        shift = taken if clean >= start else shift
    return clean + shift


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-be"])
def test_clean_records_know_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, encoding: str
) -> None:
    monkeypatch.setattr(sieve, "_CHUNK", chunk)
    lines = [f"{n},值{n}" if n % 7 else f"{n}" for n in range(1, 100)]
    body = "\n".join(["title", "a,b", *lines]).encode(encoding)
    reading = Reading("csv", encoding=encoding, skip=1, columns=("a", "b"))
    found, clean, bad = _sift(tmp_path, body, reading)
    assert (found.rows, found.good) == (99, 99 - 14)
    assert bad == dict.fromkeys(range(7, 100, 7), "ragged")
    assert len(clean) == found.good
    for place, line in enumerate(clean, start=1):
        assert line.startswith(f"{_number(found, place)},")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    reading = Reading("csv", header=False, columns=("a", "b"))
    _, clean, _ = _sift(tmp_path, b"\xef\xbb\xbf1,2\n", reading)
    assert clean == ["1,2"]


def test_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        _sift(tmp_path, b"", Reading("csv", encoding="klingon", columns=("a",)))
