"""PIVOT and UNPIVOT, as statements and after a table: their columns and what these are made of.

The columns of a PIVOT must be known from its text: each key has a list of values. The engine
makes those without one from the data, where its second reading cannot follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.flow import Walk
from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Field, Flow, Rows, Scope, Source, merge
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.ref import ColumnRef

MOST = 10_000
"""Most columns that a PIVOT may make."""

_Columns = frozenset[ColumnRef]


def pivoted(pivot: exp.Pivot, source: Source, walk: Walk, scope: Scope) -> Rows:
    """The rows of a PIVOT or UNPIVOT.

    Args:
        pivot: The clause or the statement.
        source: What is turned.
        walk: Traces expressions.
        scope: Where it stands; of it only the common table expressions are visible in it.

    Raises:
        Refused: a value without a name, or a column or a group that is more than a name.
        UnknownColumn: the source has no such column.
    """
    inside = Scope(scope.ctes, sources=[source])
    turn = _unpivot if pivot.args.get("unpivot") else _pivot
    rows = turn(pivot, source.rows, walk, inside)
    walk.reads |= rows.influence
    return rows


def _pivot(pivot: exp.Pivot, rows: Rows, walk: Walk, scope: Scope) -> Rows:
    statement = not pivot.args.get("fields")
    keys = pivot.expressions if statement else pivot.args["fields"]
    aggregates = (pivot.args.get("using") or []) if statement else pivot.expressions
    values = [list(_values(key)) for key in keys]
    flow = merge([walk.flow(key.this, scope) for key in keys])
    named = [_aggregate(item, walk, scope) for item in aggregates] or [(None, Flow())]
    plain = len(named) == 1 and not isinstance(aggregates and aggregates[0], exp.Alias)
    count = len(named)
    for column in values:
        count *= len(column)
        if count > MOST:
            raise refused(
                msg("a PIVOT of more than {most:,} columns", most=MOST),
                next=msg("Give fewer values."),
            )
    made = [
        Field(
            _joined(combination) if plain else _joined([*combination, name]),
            Flow(own.projection, own.influence | flow.all),
            chosen=False,
        )
        for combination in product(*values)
        for name, own in named
    ]
    used = {column.name for each in [*keys, *aggregates] for column in _bare(each)}
    kept = _kept(pivot, rows, {fold(name) for name in used}, scope)
    # Which groups there are does not depend on the keys: a group without any of the values stays.
    return Rows((*kept, *made), rows.influence | merge([each.flow for each in kept]).all)


def _kept(pivot: exp.Pivot, rows: Rows, used: set[str], scope: Scope) -> list[Field]:
    """The columns that a PIVOT groups by: those named, or all that it does not use."""
    group = pivot.args.get("group")
    if group is None:
        return [each for each in rows.fields if each.name is None or fold(each.name) not in used]
    found = []
    for key in group.expressions:
        if not isinstance(key, exp.Column) or len(key.parts) != 1:
            raise refused(msg("GROUP BY of a PIVOT by an expression"), next=msg("Name a column."))
        found.append(scope.resolve([key.name]))
    return found


def _aggregate(item: exp.Expr, walk: Walk, scope: Scope) -> tuple[str | None, Flow]:
    name = item.alias if isinstance(item, exp.Alias) else None
    return name, walk.flow(item, scope)


def _values(key: exp.Expr) -> Iterator[str]:
    """How the values of a key are called; the engine writes them as text."""
    for value in key.expressions:
        if isinstance(value, (exp.Alias, exp.PivotAlias)):
            yield value.args["alias"].name
        elif isinstance(value, exp.Literal) and (value.is_string or _is_whole(value.name)):
            yield value.name
        elif isinstance(value, exp.Null):
            yield "NULL"
        elif isinstance(value, exp.Boolean):
            yield "true" if value.this else "false"
        else:
            raise refused(
                msg("a value of PIVOT that is no text or whole number and has no name"),
                next=msg("Name it: `FROM t PIVOT (sum(x) FOR key IN (1.5 AS name))`."),
            )


def _is_whole(text: str) -> bool:
    return text.isdecimal() and (text == "0" or not text.startswith("0"))


def _joined(parts: Sequence[str | None]) -> str | None:
    """Parts of a name; None where the engine makes one of them of an expression."""
    names = [part for part in parts if part is not None]
    return "_".join(names) if len(names) == len(parts) else None


def _unpivot(pivot: exp.Pivot, rows: Rows, walk: Walk, scope: Scope) -> Rows:
    key, values, entries = _turned(pivot)
    lines = [line for entry in entries for line in _entry(entry, rows)]
    if any(len(line) != len(values) for line in lines) or not lines:
        raise Invalid(
            msg("UNPIVOT names {count} columns for values of another number.", count=len(values)),
            detail="column",
        )
    flows = [[walk.flow(exp.column(name, quoted=True), scope) for name in line] for line in lines]
    columns = [merge(column) for column in zip(*flows, strict=True)]
    used = {fold(name) for line in lines for name in line}
    kept = [each for each in rows.fields if each.name is None or fold(each.name) not in used]
    made = [Field(name, flow) for name, flow in zip(values, columns, strict=True)]
    # A row is left out where its values are NULL.
    left_out = Flow() if pivot.args.get("include_nulls") else merge(columns)
    return Rows((*kept, Field(key, Flow()), *made), rows.influence | left_out.all)


def _turned(pivot: exp.Pivot) -> tuple[str, list[str], list[exp.Expr]]:
    """The name of the column of names, those of the columns of values, and what is turned."""
    fields = pivot.args.get("fields")
    if fields:
        first = pivot.expressions[0]
        names = first.expressions if isinstance(first, exp.Tuple) else pivot.expressions
        if len(fields) != 1 or not isinstance(fields[0], exp.In):
            raise refused(
                msg("UNPIVOT by more than one list"), next=msg("Write one `FOR name IN (…)`.")
            )
        return fields[0].this.name, [name.name for name in names], list(fields[0].expressions)
    into = pivot.args.get("into")
    if into is None:
        return "name", ["value"], list(pivot.expressions)
    return into.this.name, [name.name for name in into.expressions], list(pivot.expressions)


def _entry(entry: exp.Expr, rows: Rows) -> Iterator[list[str]]:
    """The columns of one entry: one per column of values; a star gives several entries."""
    while isinstance(entry, (exp.Alias, exp.PivotAlias, exp.Cast, exp.Columns, exp.Paren)):
        entry = entry.this
    if isinstance(entry, exp.Star):
        given = {key for key, value in entry.args.items() if value}
        left_out = {fold(column.name) for column in entry.args.get("except_") or ()}
        if given - {"except_"}:
            raise refused(
                msg("UNPIVOT over a star with REPLACE or RENAME"), next=msg("Name the columns.")
            )
        for each in rows.fields:
            if each.name is not None and fold(each.name) not in left_out:
                yield [each.name]
        return
    parts = entry.expressions if isinstance(entry, exp.Tuple) else [entry]
    if not all(isinstance(part, exp.Column) and len(part.parts) == 1 for part in parts):
        raise refused(
            msg("UNPIVOT over an expression"), next=msg("Turn columns; compute them before.")
        )
    yield [part.name for part in parts]


def _bare(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns that a part of a PIVOT names, each without its table, as the engine wants."""
    for column in node.find_all(exp.Column):
        if len(column.parts) != 1:
            raise refused(
                msg("a column with its table in PIVOT"),
                next=msg("Write `{column}`.", column=column.name),
            )
        yield column
