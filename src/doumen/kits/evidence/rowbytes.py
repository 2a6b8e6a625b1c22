"""The canonical bytes of the rows of an answer, made column by column without a Python loop.

A value is `tag (1 byte) ‖ length (4 bytes) ‖ content`, numbers little-endian; NULL is the tag 0
with length 0. Tags and contents are listed in `docs/receipts.md`. Nested values are made of
values, so every row is self-delimiting. Three views of the same walk serve the digest and the
comparison of floating answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doumen.model.errors import Invalid
from doumen.model.message import msg

Belongs = Callable[[pa.DataType], bool]
Fixed = bytes | npt.NDArray[np.uint8]
"""A part of each value of a fixed width: the same bytes for all, or a table, a line for each."""


def _constant(content: bytes) -> pa.Scalar:
    """A value of bytes; `pa.scalar` would import pandas where it is installed."""
    ends = np.array([0, len(content)], np.int64)
    return pa.Array.from_buffers(
        pa.large_binary(), 1, [None, pa.py_buffer(ends), pa.py_buffer(content)]
    )[0]


_BYTES = pa.large_binary()
_NULL = _constant(bytes(5))
_NONE = _constant(b"")


class View(Enum):
    """What of a value is written.

    WHOLE: everything. SHAPE: floating numbers as their class only (finite, NaN, infinite).
    FLOATS: nothing but the finite floating numbers, 8 bytes each.
    """

    WHOLE = "whole"
    SHAPE = "shape"
    FLOATS = "floats"


def row_bytes(columns: Sequence[pa.Array], rows: int, view: View = View.WHOLE) -> pa.Array:
    """The bytes of each row over some columns: their values one after the other.

    Args:
        columns: Arrow arrays of `rows` values each; may be none.
        rows: Number of rows.
        view: What of each value is written.

    Returns:
        A large_binary array without nulls.

    Raises:
        Invalid: a column has a type that no answer can have.
    """
    return _laid([piece for column in columns for piece in _pieces(column, view)], rows)


def _pieces(array: pa.Array, view: View) -> list[Fixed | pa.Array]:
    """The bytes of each value of one column, NULL included, in parts that are laid together."""
    tag, content = _content(array, view)
    if view is View.FLOATS:
        return [content.cast(_BYTES).fill_null(_NONE)]
    if content.null_count:
        whole = _laid(_framed(tag, content.cast(_BYTES).fill_null(_NONE)), len(array))
        return [pc.if_else(content.is_valid(), whole, _NULL)]
    return _framed(tag, content)


def _framed(tag: bytes, content: pa.Array) -> list[Fixed | pa.Array]:
    """Tag, length and content."""
    if pa.types.is_fixed_size_binary(content.type):
        width = content.type.byte_width
        lines = np.frombuffer(content.buffers()[1] or b"", np.uint8)[content.offset * width :]
        table = lines[: len(content) * width].reshape(-1, width)
        return [tag + width.to_bytes(4, "little"), table]
    offsets = np.frombuffer(content.buffers()[1] or bytes(8), np.int64)[content.offset :]
    lengths = np.diff(offsets[: len(content) + 1])
    return [tag, lengths.astype("<u4").view(np.uint8).reshape(-1, 4), content]


def _laid(pieces: Sequence[Fixed | pa.Array], rows: int) -> pa.Array:
    """Pieces side by side; those of a fixed width are copied column by column, then joined."""
    joined: list[pa.Array] = []
    for whole, run in groupby(pieces, lambda piece: isinstance(piece, pa.Array)):
        parts = list(run)
        joined += parts if whole else [_fixed(parts, rows)]
    if len(joined) == 1:
        return joined[0]
    return pc.binary_join_element_wise(*joined, _NONE) if joined else pa.repeat(_NONE, rows)


def _fixed(pieces: Sequence[Fixed], rows: int) -> pa.Array:
    """Pieces of a fixed width as one array of bytes."""
    tables = [np.frombuffer(p, np.uint8) if isinstance(p, bytes) else p for p in pieces]
    width = sum(table.shape[-1] for table in tables)
    whole, place = np.empty((rows, width), np.uint8), 0
    for table in tables:
        whole[:, place : place + table.shape[-1]] = table
        place += table.shape[-1]
    ends = np.arange(rows + 1, dtype=np.int64) * width
    return pa.Array.from_buffers(_BYTES, rows, [None, pa.py_buffer(ends), pa.py_buffer(whole)])


def _content(array: pa.Array, view: View) -> tuple[bytes, pa.Array]:
    """Tag and content of each value; null where the value is NULL."""
    for belongs, flat in _REWRITTEN:
        if belongs(array.type):
            return _content(flat(array), view)
    for belongs, tag, made in _WITH_FLOATS:
        if belongs(array.type):
            return tag, made(array, view)
    if view is View.FLOATS:
        return b"", pa.repeat(_NONE, len(array))
    for belongs, tag, plain in _PLAIN:
        if belongs(array.type):
            return _clock(tag, array.type), plain(array)
    raise Invalid(
        msg("An answer cannot hold values of the Arrow type `{type}`.", type=array.type),
        next=msg("Cast the column to another type, such as VARCHAR."),
        detail="type",
    )


def _clock(tag: bytes, kind: pa.DataType) -> bytes:
    """Times in nanoseconds have a tag of their own: a capital letter."""
    return tag.upper() if getattr(kind, "unit", "") == "ns" else tag


def _record(array: pa.Array, view: View) -> pa.Array:
    return _within(array, row_bytes(array.flatten(), len(array), view))


def _floating(array: pa.Array, view: View) -> pa.Array:
    """Doubles, with one zero and one NaN."""
    double = pc.add(array.cast(pa.float64()), 0.0)  # -0.0 + 0.0 is 0.0 (IEEE 754, 6.3)
    double = pc.if_else(pc.is_nan(double), float("nan"), double)
    if view is View.WHOLE:
        return _raw(double, 8)
    finite = pc.is_finite(double)
    if view is View.FLOATS:
        return pc.if_else(finite, _raw(double, 8).cast(_BYTES), _NONE)
    return pc.if_else(finite, _NONE, _raw(double, 8).cast(_BYTES))


def _listed(array: pa.Array, view: View) -> pa.Array:
    """Lists: the bytes of the items that lie between two offsets are already side by side."""
    parts = (array.keys, array.items) if pa.types.is_map(array.type) else (array.values,)
    offsets = array.offsets.cast(pa.int64())
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    count = last - first
    items = row_bytes([part.slice(first, count) for part in parts], count, view)
    ends = pa.Array.from_buffers(pa.int64(), len(items) + 1, [None, items.buffers()[1]])
    bounds = ends.take(pc.subtract(offsets, first))
    content = pa.Array.from_buffers(
        _BYTES, len(array), [None, bounds.buffers()[1], items.buffers()[2]]
    )
    return _within(array, content)


def _within(array: pa.Array, content: pa.Array) -> pa.Array:
    """The content where the value is not NULL."""
    if not array.null_count:
        return content
    return pc.if_else(array.is_valid(), content, pa.scalar(None, _BYTES))


def _raw(array: pa.Array, width: int) -> pa.Array:
    """The memory of a fixed-width array, value by value, as bytes; nulls stay null."""
    return pa.Array.from_buffers(pa.binary(width), len(array), array.buffers(), offset=array.offset)


def _text(array: pa.Array) -> pa.Array:
    return array.cast(pa.large_string()).cast(_BYTES)


def _any_of(*predicates: Belongs) -> Belongs:
    return lambda kind: any(belongs(kind) for belongs in predicates)


_types = pa.types
_REWRITTEN: tuple[tuple[Belongs, Callable[[pa.Array], pa.Array]], ...] = (
    (lambda kind: isinstance(kind, pa.BaseExtensionType), lambda array: array.storage),
    (_types.is_dictionary, lambda array: array.dictionary_decode()),
    (_types.is_fixed_size_list, lambda array: array.cast(pa.list_(array.type.value_type))),
)
_WITH_FLOATS: tuple[tuple[Belongs, bytes, Callable[[pa.Array, View], pa.Array]], ...] = (
    (_types.is_map, b"m", _listed),
    (_any_of(_types.is_list, _types.is_large_list), b"l", _listed),
    (_types.is_struct, b"r", _record),
    (_types.is_floating, b"f", _floating),
)
_PLAIN: tuple[tuple[Belongs, bytes, Callable[[pa.Array], pa.Array]], ...] = (
    (_types.is_boolean, b"b", lambda array: _raw(array.cast(pa.uint8()), 1)),
    (_types.is_signed_integer, b"i", lambda array: _raw(array.cast(pa.int64()), 8)),
    (_types.is_unsigned_integer, b"u", lambda array: _raw(array.cast(pa.uint64()), 8)),
    (_types.is_decimal128, b"n", lambda array: _raw(array, 16)),
    (_any_of(_types.is_string, _types.is_large_string, _types.is_string_view), b"t", _text),
    (
        _any_of(_types.is_binary, _types.is_large_binary, _types.is_binary_view),
        b"x",
        lambda array: array.cast(_BYTES),
    ),
    (_types.is_date32, b"d", lambda array: _raw(array.view(pa.int32()).cast(pa.int64()), 8)),
    (_any_of(_types.is_time64, _types.is_timestamp), b"s", lambda array: _raw(array, 8)),
    (_types.is_interval, b"v", lambda array: _raw(array, 16)),
    (_types.is_null, b"", lambda array: array.cast(_BYTES)),
)
