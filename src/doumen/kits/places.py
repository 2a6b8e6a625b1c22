"""Which field of a row is which column of a contract. Pure.

A column is found by its name in the file (`physicalName`), then by its own name, with and then
without regard to case. Fields without names of their own (`column_1`, …) are taken by place.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.model.load import LoadColumn


def places(
    columns: Sequence[LoadColumn], names: Sequence[str], *, header: bool = True
) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """The field of each column, None where there is none; and the fields of no column.

    Args:
        columns: Of the contract.
        names: Of the fields, in order.
        header: Whether the fields have names of their own.

    Examples:
        >>> places([LoadColumn("Tail No", "tail", "VARCHAR")], ["TAIL NO", "x"])
        (('TAIL NO',), ('x',))
    """
    free = list(names)
    found: list[str | None] = [None] * len(columns)
    for fold in (False, True):
        for by_source in (True, False):
            for place, column in enumerate(columns):
                if found[place] is None:
                    wanted = column.source if by_source else column.name
                    found[place] = _take(free, wanted, fold=fold)
    if not header and found.count(None) == len(columns) == len(names):
        return tuple(names), ()
    return tuple(found), tuple(free)


def _take(free: list[str], wanted: str, *, fold: bool) -> str | None:
    key = wanted.casefold() if fold else wanted
    for name in free:
        if (name.casefold() if fold else name) == key:
            free.remove(name)
            return name
    return None
