"""An answer as a file: CSV, JSON, Parquet or Arrow, batch by batch and never half.

The rows go to a file beside the one that was asked for, which takes its name when all of it
has reached the disk. CSV writes text in quotes and NULL as nothing, so that the two can be
told apart; what CSV has no form for (dates, lists, structs, binary) is written as in JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from doumen.model.answer import Answer
from doumen.model.errors import Invalid, Unavailable
from doumen.model.schema import Schema
from doumen.rooms.analyse.values import json_rows, json_values

Write = Callable[[BinaryIO, Answer], int]


def writer(path: Path) -> Write:
    """The way of writing that the name of the file asks for; called before anything is run.

    Raises:
        Invalid: the ending is not known, or there is no such folder.
    """
    ending = path.suffix.casefold()
    if ending not in FORMATS:
        raise Invalid(
            f"`{path.name}` does not say in which format to write.",
            why=f"Endings known: {', '.join(FORMATS)}.",
            next="Give the file one of these endings.",
            detail="format",
        )
    if path.is_dir() or not path.parent.is_dir():
        raise Invalid(
            f"`{path}` cannot be made.",
            why="It is a folder." if path.is_dir() else f"There is no folder `{path.parent}`.",
            detail="path",
        )
    return FORMATS[ending]


def export(answer: Answer, path: Path, write: Write) -> int:
    """Write an answer to a file and give the number of rows.

    Raises:
        Unavailable: the disk does not take it. Invalid: the format has no such type.
    """
    try:
        with _whole(path) as file:
            return write(file, answer)
    except OSError as error:
        raise Unavailable(
            f"`{path}` cannot be written.",
            why=error.strerror or "The system gave no reason.",
            next="Nothing was left there; choose another place.",
            detail="file",
        ) from None


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete and on the disk, or leaves nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _begun(answer: Answer) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    batches = answer.batches()
    first = next(batches, None)
    if first is None:
        return answer.arrow().schema, iter(())
    return first.schema, chain([first], batches)


def _drained(sink: Any, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    for batch in batches:
        sink.write_batch(batch)
        rows += batch.num_rows
    return rows


def _parquet(file: BinaryIO, answer: Answer) -> int:
    from pyarrow import parquet  # noqa: PLC0415 (costs 40 ms and is seldom asked for)

    schema, batches = _begun(answer)
    try:
        sink = parquet.ParquetWriter(file, schema, compression="zstd")
    except pa.ArrowNotImplementedError:
        raise Invalid(
            "Parquet has no form for a column of this answer.",
            why="; ".join(f"`{column.name}` is {column.type}" for column in answer.schema),
            next="Cast intervals and unions to VARCHAR in the statement.",
            detail="type",
        ) from None
    with sink:
        return _drained(sink, batches)


def _arrow(file: BinaryIO, answer: Answer) -> int:
    schema, batches = _begun(answer)
    with pa.ipc.new_file(file, schema) as sink:
        return _drained(sink, batches)


def _csv(file: BinaryIO, answer: Answer) -> int:
    from pyarrow import csv  # noqa: PLC0415 (costs 20 ms and is seldom asked for)

    schema, batches = _begun(answer)
    empty = pa.RecordBatch.from_arrays([pa.array([], f.type) for f in schema], schema=schema)
    with csv.CSVWriter(file, _flat(empty, answer.schema).schema) as sink:
        return _drained(sink, (_flat(batch, answer.schema) for batch in batches))


def _flat(batch: pa.RecordBatch, schema: Schema) -> pa.RecordBatch:
    """The batch with every column that CSV has no form for written as text."""
    arrays = [
        array if _fits_csv(array.type) else _texts(json_values(array, column.type))
        for array, column in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _fits_csv(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
    )


def _texts(values: list[Any]) -> pa.Array:
    return pa.array(
        [
            v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False)
            for v in values
        ],
        pa.string(),
    )


def _json(file: BinaryIO, answer: Answer) -> int:
    def put(text: str) -> None:
        file.write(text.encode("utf-8"))

    columns = [{"name": c.name, "type": c.type} for c in answer.schema]
    put(f'{{"columns":{json.dumps(columns, ensure_ascii=False)},"rows":[')
    rows, before = 0, "\n"
    for batch in answer.batches():
        for row in json_rows(batch, answer.schema):
            put(before + json.dumps(row, ensure_ascii=False, allow_nan=False))
            rows, before = rows + 1, ",\n"
    end = {"truncated": answer.truncated, "receipt": answer.receipt}
    if answer.expires is not None:
        end["expires"] = answer.expires.isoformat()
    put("\n]," + json.dumps(end, separators=(",", ":"))[1:] + "\n")
    return rows


FORMATS: Mapping[str, Write] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".arrow": _arrow,
}
