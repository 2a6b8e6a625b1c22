"""The forms an answer is written in: CSV, JSON, NDJSON, Parquet, Arrow, batch by batch.

A form writes to a stream that need not be seekable and hands over after each batch, so that
whoever sends an answer away holds one batch of it, not all. The receipt, known after the last
row, stands in the form itself where it has a place for it: a member of JSON, the last line of
NDJSON, the metadata of Parquet, the metadata of a last batch without rows in an Arrow stream.

CSV writes text in quotes and NULL as nothing, so that the two can be told apart; what CSV has
no form for (dates, lists, structs, binary) is written as in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import pyarrow as pa

from doumen.model.answer import COLUMNS, EXPIRES, NOTICES, RECEIPT, TRUNCATED, WHOLE, Answer
from doumen.model.errors import Invalid
from doumen.model.message import joined, msg
from doumen.model.schema import Schema
from doumen.model.values import json_rows, json_values

Form = Callable[[BinaryIO, Answer], Iterator[int]]
"""Writes an answer and gives, step by step, the rows that were written."""


def parquet(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """Parquet, with the receipt in the metadata of the file."""
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 (40 ms, and seldom asked for)

    schema, batches = _begun(answer)
    try:
        sink = ParquetWriter(file, schema, compression="zstd")
    except pa.ArrowNotImplementedError:
        raise Invalid(
            msg("Parquet has no form for a column of this answer."),
            why=joined(
                msg("; "),
                [msg("`{name}` is {type}", name=c.name, type=c.type) for c in answer.schema],
            ),
            next=msg("Cast intervals and unions to VARCHAR in the statement."),
            detail="type",
        ) from None
    with sink:
        yield from _written(sink, batches)
        sink.add_key_value_metadata(_metadata(answer))


def arrow(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """The file format of Arrow IPC."""
    schema, batches = _begun(answer)
    with pa.ipc.new_file(file, schema) as sink:
        yield from _written(sink, batches)


def arrow_stream(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """The stream format of Arrow IPC; the last batch has no rows, and the receipt with it."""
    schema, batches = _begun(answer)
    columns = json.dumps(_columns(answer), ensure_ascii=False).encode()
    with pa.ipc.new_stream(file, schema.with_metadata({COLUMNS: columns})) as sink:
        yield from _written(sink, batches)
        sink.write_batch(_empty(schema), custom_metadata=_metadata(answer))


def arrow_whole(file: BinaryIO, answer: Answer, receipt: Callable[[str], str]) -> Iterator[int]:
    """As `arrow_stream`, with the whole receipt at its end: for who is to verify it at once.

    Args:
        file: Is written to.
        answer: The answer.
        receipt: Gives the text of a receipt by its id.
    """
    schema, batches = _begun(answer)
    head = {COLUMNS: json.dumps(_columns(answer), ensure_ascii=False).encode()}
    if answer.expires is not None:
        head[EXPIRES] = answer.expires.isoformat().encode()
    with pa.ipc.new_stream(file, schema.with_metadata(head)) as sink:
        yield from _written(sink, batches)
        end = {**_metadata(answer), WHOLE: receipt(answer.receipt).encode()}
        sink.write_batch(_empty(schema), custom_metadata=end)


def csv(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """CSV; it has no place for a receipt."""
    from pyarrow.csv import CSVWriter  # noqa: PLC0415 (20 ms, and seldom asked for)

    schema, batches = _begun(answer)
    with CSVWriter(file, _flat(_empty(schema), answer.schema).schema) as sink:
        yield from _written(sink, (_flat(batch, answer.schema) for batch in batches))


def lines(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """NDJSON: a line of columns, one array a row, a line with the receipt."""
    _put(file, json.dumps({"columns": _columns(answer)}, ensure_ascii=False) + "\n")
    for batch in answer.batches():
        rows = (
            json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
            for row in json_rows(batch, answer.schema)
        )
        _put(file, "".join(rows))
        yield batch.num_rows
    _put(file, json.dumps(_end(answer)) + "\n")


def document(file: BinaryIO, answer: Answer) -> Iterator[int]:
    """One JSON object: columns, rows, whether it was cut, the receipt."""
    _put(file, f'{{"columns":{json.dumps(_columns(answer), ensure_ascii=False)},"rows":[')
    before = "\n"
    for batch in answer.batches():
        rows = ",\n".join(
            json.dumps(row, ensure_ascii=False, allow_nan=False)
            for row in json_rows(batch, answer.schema)
        )
        if rows:
            _put(file, before + rows)
            before = ",\n"
        yield batch.num_rows
    _put(file, "\n]," + json.dumps(_end(answer), separators=(",", ":"))[1:] + "\n")


def _put(file: BinaryIO, text: str) -> None:
    file.write(text.encode("utf-8"))


def _columns(answer: Answer) -> list[dict[str, str]]:
    return [{"name": column.name, "type": column.type} for column in answer.schema]


def _end(answer: Answer) -> dict[str, Any]:
    kept = {} if answer.expires is None else {"expires": answer.expires.isoformat()}
    told = {"notices": [one.as_json() for one in answer.notices]} if answer.notices else {}
    return {"truncated": answer.truncated, "receipt": answer.receipt, **kept, **told}


def _metadata(answer: Answer) -> dict[bytes, bytes]:
    kept = {} if answer.expires is None else {EXPIRES: answer.expires.isoformat().encode()}
    cut = b"true" if answer.truncated else b"false"
    if answer.notices:
        kept[NOTICES] = json.dumps([one.as_json() for one in answer.notices]).encode()
    return {RECEIPT: answer.receipt.encode(), TRUNCATED: cut, **kept}


def _begun(answer: Answer) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    batches = answer.batches()
    first = next(batches, None)
    if first is None:
        return answer.arrow().schema, iter(())
    return first.schema, chain([first], batches)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in schema], schema=schema)


def _written(sink: Any, batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
    for batch in batches:
        sink.write_batch(batch)
        yield batch.num_rows


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
