"""Types as a driver of ODBC tells them, and how each is read so that nothing changes on the way.

Only floating numbers and bytes are read as what they are. All else is read as text, by which a
driver hands over a number without a sign whole, where its integers would turn negative, and a date
that is none as it stands, where Arrow's would be NULL or end the process; then it is made exact
(`texts`). A text is no cursor: places order texts each in its own way.
"""

from __future__ import annotations

import pyarrow as pa

from doumen.model.message import msg
from doumen.rooms.collect.connectors.arrow import arrow_type
from doumen.rooms.collect.connectors.marks import Family, family
from doumen.rooms.collect.connectors.odbc_dialects import Dialect
from doumen.rooms.collect.connectors.relation import Field
from doumen.rooms.collect.connectors.texts import exact

_PLAIN = {
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.uint8(): "SMALLINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.string(): "VARCHAR",
}
_DIGITS = 38
"""Most digits of a decimal."""


def delivered(told: pa.DataType) -> str | None:
    """What a column is delivered as, by the Arrow type that the driver tells; None: not kept."""
    if pa.types.is_decimal(told):
        fits = 0 <= told.scale <= told.precision <= _DIGITS and told.precision > 0
        return f"DECIMAL({told.precision},{told.scale})" if fits else "VARCHAR"
    if pa.types.is_timestamp(told):
        return "TIMESTAMP" if told.tz is None else None
    if pa.types.is_time(told):
        return "VARCHAR"
    if pa.types.is_binary(told) or pa.types.is_fixed_size_binary(told):
        return "BLOB"
    return _PLAIN.get(told)


def field(name: str, told: pa.DataType, dialect: Dialect) -> Field | None:
    """How a column is read; None: it cannot be kept."""
    type = delivered(told)
    if type is None:
        return None
    quoted = dialect.quoted(name)
    out = out_of(told, dialect).format(quoted)
    of = family(type)
    why = None
    if of is Family.TEXT:
        why = msg("Places order texts each in its own way: by ODBC a text is no cursor.")
    return Field(
        name,
        type,
        out if out == quoted else f"{out} AS {quoted}",
        of if of in dialect.casts else None,
        f"part.{quoted}",
        unordered=why,
    )


def out_of(told: pa.DataType, dialect: Dialect) -> str:
    """The expression by which a column `{}` is read."""
    return dialect.outs.get(str(told).partition("[")[0].rstrip("0123456789"), "{}")


def mark_of(of: Family, dialect: Dialect) -> str:
    """The expression by which a mark `{}` of a family is read."""
    return out_of(pa.timestamp("us") if of is Family.TIMESTAMP else pa.string(), dialect)


def asked(type: str) -> pa.DataType:
    """As what the driver is asked for a column that is delivered as a type."""
    if type in {"FLOAT", "DOUBLE"}:
        return pa.float64()
    return pa.binary() if type == "BLOB" else pa.string()


def made(values: pa.Array, type: str, column: str) -> pa.Array:
    """A column that came as it was asked for, as an array of its type.

    Raises:
        Faulty: a value does not fit the type.
    """
    if type in {"FLOAT", "DOUBLE"}:
        return values.cast(arrow_type(type))
    return exact(values, type, column)
