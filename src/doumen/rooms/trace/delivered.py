"""Reads a result that was handed over as a file, to compare it with a replay."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from doumen.model.errors import Invalid, Unavailable
from doumen.model.files import no_file
from doumen.model.message import joined, msg, plain


def delivered(path: Path, schema: pa.Schema) -> pa.Table:
    """The result in `path` (csv, json, parquet, arrow) as a table of `schema`.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: its ending is unknown, or it does not hold such a table.
    """
    readers = {".parquet": _parquet, ".arrow": _arrow, ".csv": _csv, ".json": _json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Invalid(
            msg("`{path}` has no ending that tells its format.", path=path),
            why=msg("Known endings: {readers}.", readers=joined(msg(", "), readers)),
            next=msg("Give the file that `doumen query … -o FILE` wrote."),
            detail="format",
        )
    try:
        return reader(path, schema).cast(schema)
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise Unavailable(
            msg("`{path}` cannot be read.", path=path),
            why=plain(error),
            next=msg("Check the file and its permissions."),
            detail="file",
        ) from None
    except (pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise Invalid(
            msg("`{path}` does not hold a result of these columns.", path=path),
            why=msg("Expected {names}.", names=joined(msg(", "), schema.names)),
            next=msg("Give the file that `doumen query … -o FILE` wrote."),
            detail="result",
        ) from error


def _parquet(path: Path, schema: pa.Schema) -> pa.Table:
    return pyarrow.parquet.read_table(path)


def _arrow(path: Path, schema: pa.Schema) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        try:
            return pyarrow.ipc.open_file(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            return pyarrow.ipc.open_stream(source).read_all()


def _csv(path: Path, schema: pa.Schema) -> pa.Table:
    options = pyarrow.csv.ConvertOptions(column_types=schema, strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, convert_options=options)


def _json(path: Path, schema: pa.Schema) -> pa.Table:
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = []
    for field, values in zip(schema, columns, strict=True):
        texts = any(isinstance(v, str) for v in values) and not pa.types.is_nested(field.type)
        array = pa.array(values, pa.string()) if texts else pa.array(values, field.type)
        arrays.append(array.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
