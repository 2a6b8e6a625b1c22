"""Which format reads each file, and whether all files of a collection are read alike.

Pure. A collection has one reading; files that would be read in another way are named, with
what differs, so that they are collected apart. Kinds that offices send and nobody here
reads (databases, archives of archives, web pages) are named as what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doumen.model.errors import DoumenError, Faulty, Invalid
from doumen.model.load import Reading
from doumen.model.message import Message, joined, msg
from doumen.rooms.collect.faults import together
from doumen.rooms.collect.formats import SHELF, Sniffed, Wishes
from doumen.rooms.collect.sample import Sample

FOREIGN: tuple[tuple[bytes, Message, Message], ...] = (
    (b"\x1f\x8b", msg("packed twice (gzip within)"), msg("Unpack it once.")),
    (b"BZh", msg("packed twice (bzip2 within)"), msg("Unpack it once.")),
    (b"\x28\xb5\x2f\xfd", msg("packed twice (zstd within)"), msg("Unpack it once.")),
    (b"\xfd7zXZ\x00", msg("packed twice (xz within)"), msg("Unpack it once.")),
    (b"PK\x05\x06", msg("an empty ZIP archive"), msg("Check that this is the right file.")),
    (b"7z\xbc\xaf\x27\x1c", msg("a 7-Zip archive"), msg("Unpack it, or pack it as ZIP.")),
    (b"Rar!\x1a\x07", msg("a RAR archive"), msg("Unpack it, or pack it as ZIP.")),
    (b"%PDF-", msg("a PDF document"), msg("Ask for the table as CSV.")),
    (
        b"SQLite format 3\x00",
        msg("an SQLite database"),
        msg("Describe it as a source: doumen source add NAME FILE"),
    ),
    (b"ARROW1\x00\x00", msg("an Arrow file"), msg("Save it as Parquet.")),
    (b"Obj\x01", msg("an Avro file"), msg("Save it as Parquet.")),
    (b"<!doctype html", msg("a web page"), msg("Open it and save its table as CSV.")),
    (b"<html", msg("a web page"), msg("Open it and save its table as CSV.")),
    (b"<?xml", msg("an XML document"), msg("Export its table as CSV.")),
)
"""First bytes, what they say, what to do."""

_DIFFERS: tuple[tuple[str, Message], ...] = (
    ("format", msg("format")),
    ("encoding", msg("encoding")),
    ("delimiter", msg("delimiter")),
    ("quote", msg("quote")),
    ("escape", msg("escape")),
    ("header", msg("header")),
    ("skip", msg("lines before the data")),
    ("columns", msg("columns")),
    ("layout", msg("layout")),
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
        raise _foreign(sample, msg("a tar archive"), msg("Unpack it, or pack its files as ZIP."))
    kind = next(one for one in SHELF if one.recognises(sample))
    if wishes.json_path is not None and kind.name != "json":
        raise Invalid(
            msg(
                "`{sample}` is no JSON document, so that no path leads into it.", sample=sample.name
            ),
            next=msg("Leave out `--json-path`."),
            detail="option",
        )
    if wishes.sheet is not None and kind.name != "xlsx":
        raise Invalid(
            msg("`{sample}` is no workbook, so that it has no sheets.", sample=sample.name),
            next=msg("Leave out `--sheet`."),
            detail="option",
        )
    return kind.sniff(sample, wishes)


def _foreign(sample: Sample, what: Message, remedy: Message) -> Faulty:
    return Faulty(
        msg("`{sample}` is {what}, which cannot be collected.", sample=sample.name, what=what),
        why=msg("CSV, TSV, JSON, workbooks and Parquet can."),
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
    differing = [msg("`{name}` in {what}", name=name, what=what) for name, what in others if what]
    if differing:
        raise Faulty(
            msg(
                "{count} of {total} files are not read as `{first_name}` is.",
                count=len(differing),
                total=len(found),
                first_name=first_name,
            ),
            why=msg("They differ: {clauses}.", clauses=joined(msg("; "), differing[:20])),
            next=msg("Collect each kind in a command of its own."),
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


def _difference(one: Reading, other: Reading) -> Message:
    return joined(
        msg(", "),
        [word for field, word in _DIFFERS if getattr(one, field) != getattr(other, field)],
    )
