"""Nothing in the place of a null. There, the engine leaves what its memory held before.

An Arrow array has bytes, of no meaning, for each value that is null. The engine copies them from
wherever its vector lay: they may be of a row or a column that the actor may not see, and whoever
gets the array can read them. What is sent has zeros there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_SAME_WIDTH = {1: pa.uint8(), 2: pa.uint16(), 4: pa.uint32(), 8: pa.uint64()}


def bare(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows, with zeros in all places of values that are null.

    A column without nulls passes as it is.
    """
    columns = [_bare(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _bare(array: pa.Array) -> pa.Array:
    for kind, way in _NESTED.items():
        if isinstance(array, kind):
            return way(array)
    if not array.null_count or len(array.buffers()) != 2:  # of texts nothing is kept for a null
        return array
    return _blank(array)


def _blank(array: pa.Array) -> pa.Array:
    """A column of values of one width, with zeros where it is null."""
    kind, (validity, values) = array.type, array.buffers()
    width = kind.bit_width // 8
    plain = _SAME_WIDTH.get(width, pa.binary(width)) if width else pa.bool_()
    whole = pa.Array.from_buffers(plain, array.offset + len(array), [validity, values])
    nothing = pa.scalar(0, plain) if width in _SAME_WIDTH else b"\0" * width if width else False
    buffers = [validity, pc.fill_null(whole, nothing).buffers()[1]]
    return pa.Array.from_buffers(kind, len(array), buffers, array.null_count, array.offset)


def _extension(array: pa.ExtensionArray) -> pa.Array:
    return pa.ExtensionArray.from_storage(array.type, _bare(array.storage))


def _dictionary(array: pa.DictionaryArray) -> pa.Array:
    indices, ordered = _bare(array.indices), array.type.ordered
    return pa.DictionaryArray.from_arrays(indices, array.dictionary, ordered=ordered)


def _struct(array: pa.StructArray) -> pa.Array:
    fields = [_bare(field) for field in array.flatten()]  # a null of the whole is one of each
    return pa.StructArray.from_arrays(fields, fields=list(array.type), mask=array.is_null())


def _list(array: pa.ListArray) -> pa.Array:
    return _with_values(array, 2, array.values)


def _fixed_list(array: pa.FixedSizeListArray) -> pa.Array:
    """Lists of one length; the values of one that is null are null."""
    if not array.null_count:
        return _with_values(array, 1, array.values)
    rows = array.offset + len(array)
    values = array.values.slice(0, rows * array.type.list_size)
    there = pa.Array.from_buffers(pa.list_(pa.null(), 0), rows, array.buffers()[:1],
                                  children=[pa.nulls(0)]).is_valid()  # fmt: skip
    lists = pa.Array.from_buffers(array.type, rows, [None], children=[values])
    shown = pc.if_else(there.take(pc.list_parent_indices(lists)), values, None)
    return _with_values(array, 1, shown)


def _with_values(array: pa.Array, own: int, values: pa.Array) -> pa.Array:
    """Lists over other values; the first `own` buffers say which list has which."""
    buffers, nulls = array.buffers()[:own], array.null_count
    return pa.Array.from_buffers(
        array.type, len(array), buffers, nulls, array.offset, [_bare(values)]
    )


def _union(array: pa.UnionArray) -> pa.Array:
    """A sparse union: each member is null where another one is meant."""
    kind, buffers = array.type, [None, array.buffers()[1]]
    codes = pa.Array.from_buffers(pa.int8(), len(array), buffers, offset=array.offset)
    members = [
        _bare(pc.if_else(pc.equal(codes, code), array.field(place), None))
        for place, code in enumerate(kind.type_codes)
    ]
    names = [kind.field(place).name for place in range(kind.num_fields)]
    return pa.UnionArray.from_sparse(codes, members, names, kind.type_codes)


_NESTED: dict[type[pa.Array], Callable[[Any], pa.Array]] = {
    pa.ExtensionArray: _extension,
    pa.DictionaryArray: _dictionary,
    pa.StructArray: _struct,
    pa.UnionArray: _union,
    pa.ListArray: _list,
    pa.LargeListArray: _list,
    pa.MapArray: _list,
    pa.FixedSizeListArray: _fixed_list,
}
