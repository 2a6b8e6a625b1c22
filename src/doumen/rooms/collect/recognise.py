"""Which connector reads each file, and whether all files of a collection are read alike.

Pure. A collection has one reading; files that would be read in another way are named, with
what differs, so that they are collected apart. Kinds that offices send and nobody here
reads (databases, archives of archives, web pages) are named as what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doumen.model.errors import DoumenError, Faulty, Invalid
from doumen.model.load import Reading
from doumen.rooms.collect.connectors import SHELF, Sniffed, Wishes
from doumen.rooms.collect.faults import together
from doumen.rooms.collect.sample import Sample

FOREIGN = (
    (b"\x1f\x8b", "packed twice (gzip within)", "Unpack it once."),
    (b"BZh", "packed twice (bzip2 within)", "Unpack it once."),
    (b"\x28\xb5\x2f\xfd", "packed twice (zstd within)", "Unpack it once."),
    (b"\xfd7zXZ\x00", "packed twice (xz within)", "Unpack it once."),
    (b"PK\x05\x06", "an empty ZIP archive", "Check that this is the right file."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, or pack it as ZIP."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it, or pack it as ZIP."),
    (b"%PDF-", "a PDF document", "Ask for the table as CSV."),
    (b"SQLite format 3\x00", "an SQLite database", "Export its table as CSV."),
    (b"ARROW1\x00\x00", "an Arrow file", "Save it as Parquet."),
    (b"Obj\x01", "an Avro file", "Save it as Parquet."),
    (b"<!doctype html", "a web page", "Open it and save its table as CSV."),
    (b"<html", "a web page", "Open it and save its table as CSV."),
    (b"<?xml", "an XML document", "Export its table as CSV."),
)
"""First bytes, what they say, what to do."""

_DIFFERS = (
    ("format", "format"),
    ("encoding", "encoding"),
    ("delimiter", "delimiter"),
    ("quote", "quote"),
    ("escape", "escape"),
    ("header", "header"),
    ("skip", "lines before the data"),
    ("columns", "columns"),
    ("layout", "layout"),
)


def sniff(sample: Sample, wishes: Wishes) -> Sniffed:
    """How one file is to be read.

    Raises:
        Faulty: it is of a kind that nobody reads, or damaged.
        Invalid: what the user says does not fit it.
    """
    start = sample.head[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, what, remedy in FOREIGN:
        if sample.head.startswith(magic) or (magic.isascii() and start.lower().startswith(magic)):
            raise _foreign(sample, what, remedy)
    if sample.head[257:262] == b"ustar":
        raise _foreign(sample, "a tar archive", "Unpack it, or pack its files as ZIP.")
    connector = next(one for one in SHELF if one.recognises(sample))
    if wishes.json_path is not None and connector.name != "json":
        raise Invalid(
            f"`{sample.name}` is no JSON document, so that no path leads into it.",
            next="Leave out `--json-path`.",
            detail="option",
        )
    if wishes.sheet is not None and connector.name != "xlsx":
        raise Invalid(
            f"`{sample.name}` is no workbook, so that it has no sheets.",
            next="Leave out `--sheet`.",
            detail="option",
        )
    return connector.sniff(sample, wishes)


def _foreign(sample: Sample, what: str, remedy: str) -> Faulty:
    return Faulty(
        f"`{sample.name}` is {what}, which cannot be collected.",
        why="CSV, TSV, JSON, workbooks and Parquet can.",
        next=remedy,
        detail="format",
    )


def alike(samples: Sequence[Sample], wishes: Wishes) -> Sniffed:
    """The one reading of all files of a collection.

    Raises:
        DoumenError: files that cannot be read, or are not read alike; all of them at once.
    """
    found: list[tuple[str, Sniffed]] = []
    faults: list[DoumenError] = []
    for sample in samples:
        try:
            found.append((sample.name, sniff(sample, wishes)))
        except DoumenError as error:
            faults.append(error)
    if faults:
        raise together(faults)
    found = _one_encoding(found)
    first_name, first = found[0]
    others = [(name, _difference(first.reading, one.reading)) for name, one in found[1:]]
    differing = [f"`{name}` in {what}" for name, what in others if what]
    if differing:
        raise Faulty(
            f"{len(differing)} of {len(found)} files are not read as `{first_name}` is.",
            why="They differ: " + "; ".join(differing[:20]) + ".",
            next="Collect each kind in a command of its own.",
            detail="readings",
        )
    return first


def _one_encoding(found: list[tuple[str, Sniffed]]) -> list[tuple[str, Sniffed]]:
    """Files of plain ASCII follow the encoding of the others: they read alike in it."""
    leader = next((one for _, one in found if not one.ascii), None)
    if leader is None or leader.reading.encoding.startswith("utf-"):
        return found
    followed = [
        (name, replace(one, reading=replace(one.reading, encoding=leader.reading.encoding)))
        if one.ascii
        else (name, one)
        for name, one in found
    ]
    first = next(i for i, (_, one) in enumerate(found) if not one.ascii)
    return [followed[first], *followed[:first], *followed[first + 1 :]]


def _difference(one: Reading, other: Reading) -> str:
    return ", ".join(
        word for field, word in _DIFFERS if getattr(one, field) != getattr(other, field)
    )
