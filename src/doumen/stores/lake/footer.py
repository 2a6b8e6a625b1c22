"""What the footer of a Parquet file says: rows, columns and their types. No row is read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.model.errors import Faulty
from doumen.model.message import enumerated, msg
from doumen.model.schema import Schema
from doumen.stores.lake.types import ListOf, MapOf, Scalar, StructOf, Type, bare, parse

_ARROW = {
    "BOOLEAN": (pa.bool_(),),
    "TINYINT": (pa.int8(),),
    "SMALLINT": (pa.int16(),),
    "INTEGER": (pa.int32(),),
    "BIGINT": (pa.int64(),),
    "FLOAT": (pa.float32(),),
    "DOUBLE": (pa.float64(),),
    "VARCHAR": (pa.string(), pa.large_string(), pa.string_view()),
    "BLOB": (pa.binary(), pa.large_binary(), pa.binary_view()),
    "DATE": (pa.date32(),),
    "TIMESTAMP": (pa.timestamp("us"),),
    "TIMESTAMP WITH TIME ZONE": (pa.timestamp("us", "UTC"),),
}


def rows(path: Path) -> int:
    """Row count of a Parquet file.

    Raises:
        Faulty: it is none.
        OSError: it cannot be read.
    """
    try:
        if path.suffix == ".parquet" and path.is_file() and not path.is_symlink():
            return int(pq.read_metadata(path).num_rows)
    except pa.ArrowInvalid:
        pass
    raise Faulty(
        msg("The job left something else than Parquet files, so nothing was kept."),
        next=msg("Run it again; if it fails again, report it."),
        detail="lake",
    )


def check(path: Path, schema: Schema) -> None:
    """Make sure that a file holds these columns, all of them and no others.

    Raises:
        Faulty: it does not.
        OSError: it cannot be read.
    """
    found = {field.name: field.type for field in pq.read_schema(path)}
    wrong = [c.name for c in schema if c.name not in found or not fits(found[c.name], c.type)]
    more = [name for name in found if name not in schema.names]
    if wrong or more:
        raise Faulty(
            msg(
                "A file was written with other columns or types than the dataset has: {names}. "
                "Nothing was kept.",
                names=enumerated(wrong + more),
            ),
            next=msg("Please report this."),
            detail="lake",
        )


def columns(path: Path) -> list[str]:
    """Names of the columns of a Parquet file.

    Raises:
        OSError: it cannot be read.
    """
    return list(pq.read_schema(path).names)


def fits(arrow: pa.DataType, type: str) -> bool:
    """Whether a column, as Arrow has it, is of this type of the reference dialect."""
    return _fits(arrow, parse(type))


def _fits(arrow: pa.DataType, type: Type) -> bool:
    match type:
        case Scalar(text):
            if pa.types.is_decimal128(arrow):
                return bool(text == f"DECIMAL({arrow.precision},{arrow.scale})")
            return arrow in _ARROW.get(text, ())
        case ListOf(of):
            is_list = pa.types.is_list(arrow) or pa.types.is_large_list(arrow)
            return is_list and _fits(arrow.value_type, of)
        case StructOf(fields):
            return (
                pa.types.is_struct(arrow)
                and [bare(name) for name, _ in fields] == [part.name for part in arrow]
                and all(_fits(part.type, of) for part, (_, of) in zip(arrow, fields, strict=True))
            )
        case MapOf(key, value):
            is_map = pa.types.is_map(arrow)
            return is_map and _fits(arrow.key_type, key) and _fits(arrow.item_type, value)
