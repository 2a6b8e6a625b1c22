"""What `*` and COLUMNS() stand for: which of the visible columns, under which names.

The columns are chosen among those that the actor may see, never among those of the raw files. An
expression with COLUMNS() is one output for each column that it means, called as the column is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.choices import Choice, chosen, filtered, is_star, matching
from doumen.kits.sql.dotted import dotted
from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Field, Flow, Scope, Source, merge
from doumen.model.errors import Invalid, Refused
from doumen.model.message import msg

_Columns = list[tuple[Source, Field]]

MOST_OUTPUTS = 10_000
"""Most columns of one SELECT list; a short text of many stars may ask for millions."""


class Traces(Protocol):
    """What follows an expression to its columns."""

    def flow(
        self,
        node: exp.Expr,
        scope: Scope,
        *,
        alias_first: bool = False,
        column: Field | None = None,
    ) -> Flow:
        """The flow of an expression; with `column`, that of COLUMNS() is this one's."""


def outputs(
    node: exp.Select, scope: Scope, walk: Traces
) -> tuple[list[Field], list[exp.Expr | None]]:
    """The outputs of a SELECT list, and for each the expression that it is.

    The expression is None for those of a star, which aggregate nothing.
    """
    fields: list[Field] = []
    items: list[exp.Expr | None] = []
    for item in node.expressions:
        found = _expanded(item, scope, walk)
        if found is not None:
            fields += found
            bare = not any(isinstance(each, exp.Columns) for each in _nodes(item))
            items += [None if bare else item] * len(found)
            _remember(found, scope)
            if len(fields) > MOST_OUTPUTS:
                raise refused(
                    msg("more than {most_outputs:,} outputs", most_outputs=MOST_OUTPUTS),
                    next=msg("Name the columns that you need."),
                )
            continue
        flow = walk.flow(item, scope)
        fields.append(Field(_name(item, scope), flow))
        items.append(item)
        if isinstance(item, exp.Alias):
            scope.aliases[fold(item.alias)] = flow
    return fields, items


def columns(node: exp.Columns, scope: Scope, walk: Traces) -> list[Field]:
    """The columns that one COLUMNS() means, in the order of the tables.

    Raises:
        UnknownColumn: a name of its list is of no visible column.
        Invalid: it means no column.
        Refused: what it means cannot be known beforehand.
    """
    what = node.this
    if is_star(what):
        return _star(what, scope, walk)
    found = scope.star()
    if isinstance(what, exp.Array):
        return _listed(what, found, scope)
    if isinstance(what, exp.Lambda) and len(what.expressions) == 1:
        return _chosen(found, chosen(what.this, what.expressions[0].name))
    if isinstance(what, exp.Literal) and what.is_string:
        return _chosen(found, matching(what.name))
    raise refused(
        msg("COLUMNS() of this form"),
        next=msg(
            "Write COLUMNS(*), COLUMNS('pattern'), COLUMNS(['name', …]) or "
            "COLUMNS(lambda c: c LIKE '…')."
        ),
    )


def _expanded(item: exp.Expr, scope: Scope, walk: Traces) -> list[Field] | None:
    """The outputs of an item with a star or COLUMNS(); None where it is one output."""
    body = item.this if isinstance(item, exp.Alias) else item
    while isinstance(body, exp.Paren):
        body = body.this
    if isinstance(body, exp.Columns) and body.args.get("unpack"):
        raise refused(msg("*COLUMNS() outside of a call"), next=msg("Write `COLUMNS(…)`."))
    found = _stars(body, scope, walk)
    if found is None:
        found = _replicated(body, scope, walk)
    if found is None or not isinstance(item, exp.Alias):
        return found
    if "\\" in item.alias:
        raise refused(
            msg("a part of a pattern in a name"), next=msg("Name the columns one by one.")
        )
    return [Field(item.alias, each.flow) for each in found]


def _stars(body: exp.Expr, scope: Scope, walk: Traces) -> list[Field] | None:
    if is_star(body):
        return _star(body, scope, walk)
    found = filtered(body)
    return _star(found[0], scope, walk, found[1]) if found is not None else None


def _replicated(body: exp.Expr, scope: Scope, walk: Traces) -> list[Field] | None:
    """An expression with COLUMNS(), once for each column."""
    kinds: list[list[Field]] = []
    for each in _nodes(body):
        if isinstance(each, exp.Columns) and not each.args.get("unpack"):
            kinds.append(columns(each, scope, walk))
        elif isinstance(each, exp.Filter) and any(
            isinstance(part, exp.Columns) for part in _nodes(each.expression)
        ):
            raise refused(msg("COLUMNS() in a FILTER"), next=msg("Name the columns."))
        elif isinstance(each, exp.Star) and not _counted(each):
            raise refused(msg("`*` inside an expression"), next=msg("Write `COLUMNS(*)`."))
    if not kinds:
        return None
    if any(kind != kinds[0] for kind in kinds):
        raise refused(
            msg("two different COLUMNS() in one expression"),
            next=msg("Write the expressions one by one."),
        )
    return [Field(each.name, walk.flow(body, scope, column=each)) for each in kinds[0]]


def _counted(star: exp.Star) -> bool:
    """Whether a star is that of `count(*)`, or of COLUMNS(*)."""
    holder = star.parent.parent if isinstance(star.parent, exp.Column) else star.parent
    return isinstance(holder, (exp.Count, exp.Columns))


def _nodes(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of an expression, those of queries in it left aside."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        if not isinstance(each, (exp.Query, exp.Values)):
            pending.extend(each.iter_expressions())


def _star(node: exp.Expr, scope: Scope, walk: Traces, choice: Choice | None = None) -> list[Field]:
    """The columns of `*` or `table.*`, with EXCLUDE, REPLACE, RENAME and a filter applied."""
    table = [part.name for part in node.parts[:-1]] if isinstance(node, exp.Column) else []
    star = node.this if isinstance(node, exp.Column) else node
    found = _found(table, scope)
    ilike = star.args.get("ilike")
    if ilike is not None:
        wanted = filtered(exp.ILike(this=exp.Star(), expression=ilike))
        choice = wanted[1] if wanted is not None else None
    excluded = [_path(name) for name in star.args.get("except_") or ()]
    replaced = {
        fold(alias.alias): walk.flow(alias.this, scope) for alias in star.args.get("replace") or ()
    }
    renamed = [(_path(alias.this), alias.alias) for alias in star.args.get("rename") or ()]
    paths = [*excluded, *([name] for name in replaced), *(path for path, _ in renamed)]
    for path in paths:
        if not any(_matches(path, source, each) for source, each in found):
            raise scope.unknown(path)
    if renamed and choice is not None:
        raise refused(msg("RENAME beside a filter of `*`"), next=msg("Name the columns with AS."))
    kept = [
        (source, each)
        for source, each in found
        if not any(_matches(path, source, each) for path in excluded)
    ]
    shown = [_shown(source, each, replaced, renamed) for source, each in kept]
    if choice is None:
        return shown
    return _chosen([(source, each) for (source, _), each in zip(kept, shown, strict=True)], choice)


def _found(table: Sequence[str], scope: Scope) -> _Columns:
    try:
        return scope.star(table)
    except Invalid:
        if not table or scope.find(table) is None:
            raise
    raise refused(
        msg("`{table}.*`, all fields of a struct", table=".".join(table)),
        next=msg("Name the fields: `struct.field`."),
    )


def _shown(
    source: Source,
    each: Field,
    replaced: dict[str, Flow],
    renamed: Sequence[tuple[list[str], str]],
) -> Field:
    flow = replaced.get(fold(each.name or ""))
    if flow is not None:
        each = Field(each.name, flow)
    to = next((to for path, to in renamed if _matches(path, source, each)), None)
    return each if to is None else replace(each, name=to, also=None, chosen=True)


def _listed(what: exp.Array, found: _Columns, scope: Scope) -> list[Field]:
    """The columns of COLUMNS(['name', …])."""
    if not what.expressions or not all(
        isinstance(each, exp.Literal) and each.is_string for each in what.expressions
    ):
        raise refused(
            msg("COLUMNS() of a list of expressions"), next=msg("List the names as texts.")
        )
    wanted = [each.name for each in what.expressions]
    for name in wanted:
        if not any(each.called(fold(name)) for _, each in found):
            raise scope.unknown([name])
    folded = {fold(name) for name in wanted}
    return [each for _, each in found if each.name is not None and fold(each.name) in folded]


def _chosen(found: _Columns, choice: Choice) -> list[Field]:
    kept = []
    for _, each in found:
        if each.name is None:
            raise _unnamed()
        if choice(each.name):
            kept.append(each)
    if not kept:
        raise Invalid(
            msg("No column matches."),
            next=msg(
                "Columns are: {found}.", found=", ".join((each.name or "" for _, each in found))
            ),
            detail="column",
        )
    return kept


def _unnamed() -> Refused:
    return refused(
        msg("a choice among columns of which one has no name of its own"),
        next=msg("Name each column of the derived table with AS."),
    )


def _remember(found: Sequence[Field], scope: Scope) -> None:
    """Let other clauses name outputs of a star; what the name would mean else counts too."""
    for each in found:
        if each.name is None:
            continue
        folded = fold(each.name)
        flows = [each.flow]
        if folded in scope.aliases:
            flows.append(scope.aliases[folded])
        scope.aliases[folded] = merge(flows)


def _name(item: exp.Expr, scope: Scope) -> str | None:
    """The name of an output: as given by AS, or as the contract writes the column."""
    if isinstance(item, exp.Alias):
        return item.alias
    path = dotted(item)
    return scope.resolve(path).name if path is not None else None


def _path(node: exp.Expr) -> list[str]:
    parts = node.parts if isinstance(node, exp.Column) else [node]
    return [fold(part.name) for part in parts]


def _matches(path: Sequence[str], source: Source, each: Field) -> bool:
    return each.called(path[-1]) and (len(path) == 1 or source.called(path[:-1]))
