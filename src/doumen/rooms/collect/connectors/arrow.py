"""Types of the reference dialect as Arrow has them: plain ones and lists of those."""

from __future__ import annotations

import re

import pyarrow as pa

from doumen.model.schema import Schema

_PLAIN: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def arrow_type(type: str) -> pa.DataType:
    """The type of Arrow for one that a connector delivers."""
    if type.endswith("[]"):
        return pa.list_(arrow_type(type[:-2]))
    if decimal := _DECIMAL.fullmatch(type):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    return _PLAIN[type]


def arrow_schema(schema: Schema) -> pa.Schema:
    """The schema of Arrow for one that a connector delivers."""
    return pa.schema([(column.name, arrow_type(column.type)) for column in schema])
