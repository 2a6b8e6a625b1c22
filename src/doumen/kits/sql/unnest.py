"""`unnest()` in a SELECT list: how many outputs it is, and that it makes more rows.

The engine makes one output of a list, and one for each field of a struct. Which it is must be
known from the text and the types of the datasets' columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlglot
from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.flow import Walk
from doumen.kits.sql.scopes import Field, Scope
from doumen.model.message import msg
from doumen.model.ref import ColumnRef

_LIST = "[]"
_LISTS = (
    *(exp.Array, exp.ArrayAgg, exp.ArrayAppend, exp.ArrayConcat, exp.ArrayDistinct),
    *(exp.ArrayFilter, exp.ArrayIntersect, exp.ArrayPrepend, exp.ArrayReverse, exp.ArraySlice),
    *(exp.ArraySort, exp.Comprehension, exp.Flatten, exp.GenerateSeries, exp.MapKeys),
    *(exp.RegexpExtractAll, exp.RegexpSplit, exp.Split, exp.Transform),
)
_FUNCTIONS = """
    array_agg array_append array_cat array_concat array_distinct array_filter array_prepend
    array_reverse array_slice array_sort array_transform array_unique array_value filter flatten
    generate_series list list_append list_apply list_cat list_concat list_distinct list_filter
    list_grade_up list_intersect list_pack list_prepend list_resize list_reverse list_reverse_sort
    list_select list_slice list_sort list_transform list_value list_where list_zip map_entries
    map_keys map_values range regexp_extract_all regexp_split_to_array str_split str_split_regex
    string_split string_split_regex string_to_array
"""
_NAMED = frozenset(_FUNCTIONS.split())
"""Functions that give a list of anything, and never a struct."""

_Outputs = tuple[list[Field], list[exp.Expr | None], frozenset[ColumnRef]]


def opened(
    fields: Sequence[Field], items: Sequence[exp.Expr | None], scope: Scope, walk: Walk
) -> _Outputs:
    """The outputs of a SELECT list with structs opened, and with what is known of their types.

    Args:
        fields: The outputs, one for each `unnest()`.
        items: For each the expression that it is; None for those of a star.
        scope: Names of the query.
        walk: Traces expressions.

    Returns:
        Outputs, their expressions, and the columns that decide how often a row is repeated.

    Raises:
        Refused: `unnest()` of what is not known to be a list or a struct.
    """
    shown: list[Field] = []
    whose: list[exp.Expr | None] = []
    multiplying: set[ColumnRef] = set()
    for each, item in zip(fields, items, strict=True):
        body = item.this if isinstance(item, exp.Alias) else item
        found = [each]
        for inner in _unnests(body) if body is not None else ():
            multiplying |= walk.flow(inner.this, scope).all
            type = _type(inner.this, scope)
            if inner.expressions and not _structless(inner.this, type):
                raise refused(
                    msg("unnest() with `recursive` or `max_depth` of what may hold a struct"),
                    why=msg("Of a struct it makes one column for each field."),
                    next=msg("Unnest level by level, each in a query of its own."),
                )
            if inner is body and type is not None and _is_struct(type):
                found = [Field(name, each.flow) for name in _names(type)]
            elif type is None or not type.endswith("]"):
                raise refused(
                    msg("unnest() of what is not known to be a list"),
                    why=msg("Of a struct it makes one column for each field."),
                    next=msg("Cast it: `unnest(x::INTEGER[])`."),
                )
        if body is not None and found == [each]:
            found = [replace(each, type=_type(body, scope))]
        shown += found
        whose += [item] * len(found)
    return shown, whose, frozenset(multiplying)


def _unnests(node: exp.Expr) -> Iterator[exp.Explode]:
    """The calls in an expression, those in queries within it left aside."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, exp.Explode):
            yield each
        if not isinstance(each, (exp.Query, exp.Values)):
            pending.extend(each.iter_expressions())


def _type(node: exp.Expr, scope: Scope) -> str | None:
    """The type of an expression, as far as a column or its form tells it."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        found = scope.find([part.name for part in node.parts])
        return found.type if found is not None else None
    if isinstance(node, exp.Cast):
        return _LIST if node.to.this in {exp.DType.ARRAY, exp.DType.LIST} else None
    if isinstance(node, exp.Bracket):
        return _LIST if any(isinstance(e, exp.Slice) for e in node.expressions) else None
    named = isinstance(node, exp.Anonymous) and str(node.this).lower() in _NAMED
    return _LIST if named or isinstance(node, (*_LISTS, exp.Null)) else None


def _structless(node: exp.Expr, type: str | None) -> bool:
    """Whether there is no struct in a value, however deep: by the type of its column, or spelt."""
    if type is not None and type != _LIST:
        return "STRUCT" not in type.upper()
    if isinstance(node, exp.Array):
        return all(_structless(each, None) for each in node.expressions)
    return isinstance(node, (exp.Literal, exp.Null, exp.Boolean, exp.Neg, exp.GenerateSeries))


def _is_struct(type: str) -> bool:
    return type.upper().startswith("STRUCT(") and type.endswith(")")


def _names(type: str) -> list[str]:
    """The names of the fields of a struct."""
    parsed = exp.DataType.build(type, dialect=sqlglot.Dialect.get_or_raise("duckdb"))
    return [field.name for field in parsed.expressions]
