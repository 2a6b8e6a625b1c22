"""Which columns a statement reads, and which of them flow into each output.

*Projection*: columns whose values an output is made of. *Influence*: columns that shaped which
rows, groups or order there are: filtered, joined, grouped or ordered by, compared by DISTINCT
and set operations, conditions of CASE, orders of windows. Labels flow over both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doumen.kits.sql.bounds import too_deep
from doumen.kits.sql.parse import Statement
from doumen.kits.sql.query import Queries
from doumen.kits.sql.scopes import Scope
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema


@dataclass(frozen=True, slots=True)
class OutputLineage:
    """One column of the answer.

    Attributes:
        name: None where the user chose no identifier: the text of an expression may hold
            a literal, and so do the columns of a PIVOT.
    """

    name: str | None
    projection: frozenset[ColumnRef]
    influence: frozenset[ColumnRef]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The columns behind an answer.

    Attributes:
        outputs: One per column of the answer, in order.
        reads: Every column that the statement names, and those that `*` gives to the answer.
    """

    outputs: tuple[OutputLineage, ...]
    reads: frozenset[ColumnRef]


def trace(statement: Statement, schemas: Mapping[Ref, Schema]) -> Lineage:
    """Follow every column of the statement to its dataset.

    Args:
        statement: What `parse` gave.
        schemas: For each dataset of the statement, and for each stand-in of a past version, the
            columns that the actor may see.

    Raises:
        UnknownColumn: a column that none of the visible tables has.
        Invalid: an ambiguous column, or tables and names that do not fit.
        Refused: columns that cannot be known from the text, or the nesting is too deep.
        NotFound: a dataset without a schema.
    """
    queries = Queries(schemas, statement.past)
    try:
        rows = queries.query(statement.tree, Scope({}))
    except RecursionError:
        raise too_deep() from None
    outputs = tuple(
        OutputLineage(
            each.name if each.chosen else None,
            each.flow.projection,
            each.flow.influence | rows.influence,
        )
        for each in rows.fields
    )
    shown = (output.projection | output.influence for output in outputs)
    return Lineage(outputs, frozenset().union(queries.reads, *shown))
