"""The view through which an actor sees a dataset, as SQL for people to read beside their own.

It is written from the ruling and shows what the actor may know of it: the columns that they see,
masks as expressions, and that rows are filtered. Keys of hash masks are never in it. The expression
of a filter, and what a mask may not tell, are for those who govern rules; for others the id of the
rule stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from doumen.kits.policy.duties.mask import MASK_KEYS, mask_expression
from doumen.kits.policy.masks import BY_NAME
from doumen.kits.policy.ruling import DatasetRuling, RuledColumn
from doumen.kits.sql.names import quoted
from doumen.model.plan import Value

_VARIABLE = re.compile(r"getvariable\('([^']*)'\)")
_KEY = "⟨key⟩"
_HIDDEN = "⟨…⟩"


def view_text(ruling: DatasetRuling, *, literals: bool) -> str:
    """The view as one SELECT.

    Args:
        ruling: On the dataset.
        literals: Whether the reader may know the expressions of filters.

    Examples:
        >>> from doumen.model.ref import Ref
        >>> from doumen.model.schema import Column
        >>> column = RuledColumn(Column("city", "VARCHAR"))
        >>> ruling = DatasetRuling(Ref("g", "p"), (column,), filters=(("read", "city <> 'X'"),))
        >>> print(view_text(ruling, literals=False))
        CREATE VIEW g.p AS
        SELECT
          "city"
        FROM g.p
        WHERE ⟨read⟩
    """
    shown = ",\n  ".join(_column(column, literals=literals) for column in ruling.columns)
    text = f"CREATE VIEW {ruling.ref} AS\nSELECT\n  {shown}\nFROM {ruling.ref}"
    kept = "\n  AND ".join(_filters(ruling, literals=literals))
    return f"{text}\nWHERE {kept}" if kept else text


def _filters(ruling: DatasetRuling, *, literals: bool) -> Iterator[str]:
    for rule, expression in ruling.filters:
        yield f"({expression})" if literals else f"⟨{rule}⟩"


def _column(ruled: RuledColumn, *, literals: bool) -> str:
    name, mask = quoted(ruled.column.name), ruled.mask
    if mask is None:
        return name
    column, values = mask_expression(mask, ruled.column, "m")
    options = dict(mask.options)
    told = literals or BY_NAME[mask.method].withheld(options) == options
    return f"{_written(column.expression or name, values, told=told)} AS {name}"


def _written(expression: str, values: Mapping[str, Value], *, told: bool) -> str:
    """The expression with the values of its variables, as far as they may be told."""

    def value(found: re.Match[str]) -> str:
        if found[1] in MASK_KEYS:
            return _KEY
        if found[1] not in values:
            return found[0]
        return _literal(values[found[1]]) if told else _HIDDEN

    return _VARIABLE.sub(value, expression)


def _literal(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
