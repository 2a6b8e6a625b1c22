"""Files that are no delimited text as tables of text: documents and workbooks, record by record.

What breaks goes to quarantine with its number and reason; the rest is staged in the job's own
folder and scanned from there as delimited text is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from doumen.engines.duckdb import documents, workbook
from doumen.engines.duckdb.documents import Object
from doumen.engines.duckdb.records import Bad
from doumen.engines.duckdb.sieve import decoded
from doumen.engines.duckdb.sources import STAGED, Reject, Source
from doumen.engines.duckdb.stage import Stage
from doumen.kits.standards import jsonpath
from doumen.model.load import Reading, SourceFile

Field = tuple[str, str | None, bool]


def stage(
    files: Sequence[SourceFile],
    reading: Reading,
    scratch: Path,
    reject: Reject,
    moved: Callable[[int], None],
) -> tuple[list[Source], Stage]:
    """Read files into the job's folder; what is bad goes to `reject`.

    Raises:
        Faulty: a file cannot be read at all.
    """
    into = Stage(scratch, reading.columns)
    made = []
    for number, file in enumerate(files):
        path = into.begin(number)
        rows = good = 0
        for record in _records(file, reading, moved):
            rows += 1
            if isinstance(record, Bad):
                reject(file, rows, record)
            else:
                good += 1
                into.add(rows, record.raw, _fields(record))
        into.flush()
        made.append(Source(file, str(path), reading, good, rows))
    shape = replace(reading, format=STAGED, columns=into.names)
    return [replace(source, reading=shape) for source in made], into


def _records(
    file: SourceFile, reading: Reading, moved: Callable[[int], None]
) -> Iterator[Object | Bad]:
    if reading.format == "xlsx":
        return workbook.records(file, reading)
    chunks = decoded(Path(file.path), reading.encoding, moved)
    if reading.layout == "lines":
        return documents.by_lines(chunks)
    return documents.in_document(chunks, jsonpath.steps(reading.path or "$"), file.name)


def _fields(record: Object) -> Iterator[Field]:
    for name, value in record.members.items():
        yield name, text(value), type(value) is str


def text(value: Any) -> str | None:
    """A value of a document as text: nested ones as JSON, none as None.

    Examples:
        >>> text(True), text({"a": Number("1.0")}), text(None)
        ('true', '{"a":1.0}', None)
    """
    if value is None or isinstance(value, str):
        return value
    return documents.written(value)
