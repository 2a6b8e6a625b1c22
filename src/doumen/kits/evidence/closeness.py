"""Whether two answers are the same up to the last digits of their floating numbers.

Sums of floating numbers depend on the order of threads, so a replay is held against the
delivered result: equal as multisets, floating numbers within 1e-9 of each other.
"""

from __future__ import annotations

import math
import struct
from collections import defaultdict
from collections.abc import Callable, Sequence

import pyarrow as pa

RELATIVE = 1e-9
ABSOLUTE = 1e-12
_SLICE = 1 << 15

Floats = tuple[float, ...]
Close = Callable[[Sequence[Floats], Sequence[Floats]], bool]


def close_enough(left: pa.Table, right: pa.Table, *, ordered: bool = False) -> bool:
    """Whether two answers hold the same rows.

    Everything but floating numbers must be equal; those within 1e-9 of the larger, or within
    1e-12 where both are near zero (a sum that cancels out leaves such rests). NaN equals NaN.

    Args:
        left: One answer.
        right: The other.
        ordered: Whether the rows must also come in the same order.
    """
    if left.column_names != right.column_names or left.num_rows != right.num_rows:
        return False
    if ordered:
        pairs = zip(_rows(left), _rows(right), strict=True)
        return all(a == b and _close(x, y) for (a, x), (b, y) in pairs)
    groups: defaultdict[bytes, tuple[list[Floats], list[Floats]]]
    groups = defaultdict(lambda: ([], []))
    for side, table in enumerate((left, right)):
        for shape, floats in _rows(table):
            groups[shape][side].append(floats)
    return all(_matched(sorted(one), sorted(two)) for one, two in groups.values())


def _rows(table: pa.Table) -> list[tuple[bytes, Floats]]:
    """Of each row: all that must be equal, and its finite floating numbers."""
    from doumen.kits.evidence.rowbytes import View, row_bytes  # noqa: PLC0415 (Arrow's compute)

    rows: list[tuple[bytes, Floats]] = []
    for batch in table.to_batches(max_chunksize=_SLICE):
        shapes = row_bytes(batch.columns, batch.num_rows, View.SHAPE).to_pylist()
        floats = row_bytes(batch.columns, batch.num_rows, View.FLOATS).to_pylist()
        rows += [
            (shape, struct.unpack(f"<{len(data) // 8}d", data))
            for shape, data in zip(shapes, floats, strict=True)
        ]
    return rows


def _close(one: Floats, two: Floats) -> bool:
    return all(
        math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        for a, b in zip(one, two, strict=True)
    )


def _matched(left: list[Floats], right: list[Floats]) -> bool:
    """Whether the rows of two sorted lists can be paired so that each pair is close.

    Pairs in sorted order settle almost everything. Rows that come close in one number and
    differ in the next may sort differently; then the lists are cut where a gap in some number
    is too wide for any pair to span, and only what no gap cuts is matched row by row.
    """
    if len(left) != len(right):
        return False
    if all(map(_close, left, right)):
        return True
    for axis in range(len(left[0])):
        groups = _cut(left, right, axis)
        if len(groups) > 1:
            return all(_matched(one, two) for one, two in groups)
    return _paired(left, right)


def _cut(
    left: list[Floats], right: list[Floats], axis: int
) -> list[tuple[list[Floats], list[Floats]]]:
    """Both lists, cut at every gap between neighbouring values of one number."""
    both = sorted([(row[axis], 0, row) for row in left] + [(row[axis], 1, row) for row in right])
    groups: list[tuple[list[Floats], list[Floats]]] = []
    last: float | None = None
    for value, side, row in both:
        if last is None or not _close((last,), (value,)):
            groups.append(([], []))
        groups[-1][side].append(row)
        last = value
    return [(sorted(one), sorted(two)) for one, two in groups]


def _paired(left: list[Floats], right: list[Floats]) -> bool:
    """Whether a perfect matching exists: augmenting paths, breadth first (Berge 1957)."""
    row_at: dict[int, int] = {}
    place_of: dict[int, int] = {}
    for start in range(len(left)):
        came: dict[int, int] = {}
        end = _free_place(start, left, right, row_at, came)
        if end is None:
            return False
        while end is not None:
            row = came[end]
            row_at[end] = row
            place_of[row], end = end, place_of.get(row)
    return True


def _free_place(
    start: int,
    left: list[Floats],
    right: list[Floats],
    row_at: dict[int, int],
    came: dict[int, int],
) -> int | None:
    """The end of a shortest augmenting path; `came` tells which row reached which place."""
    queue = [start]
    for row in queue:
        for place, other in enumerate(right):
            if place in came or not _close(left[row], other):
                continue
            came[place] = row
            if place not in row_at:
                return place
            queue.append(row_at[place])
    return None
