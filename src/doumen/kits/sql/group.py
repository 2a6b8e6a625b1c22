"""Statements under minimum groups: what may be asked, and the condition that leaves groups out.

One block: `count`, `sum` and `avg` of bare columns or `*`; WHERE and GROUP BY over bare columns
and total expressions; joins only from the dataset that has the minimum, to a key that the
contract declares unique, so that no row of it is there twice: rows repeated at will are weights,
from which a sum can be taken apart. To such a statement one condition is added, in HAVING: each
group has at least k units. Units are counted in a column that the governed table carries beside
its visible ones, before masks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from doumen.kits.sql import names
from doumen.kits.sql.allow import refused
from doumen.kits.sql.names import fold, quoted
from doumen.kits.sql.parse import Statement, words
from doumen.kits.sql.splice import Splice
from doumen.kits.sql.total import check_total, compares, is_summable, summed
from doumen.model.message import Message, msg, plain
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

_OURS = "__doumen_"
UNIT = _OURS + "unit_{}"
"""Name of the column of the governed table in which the units of its nth minimum are counted."""

_AGGREGATES = (exp.Count, exp.Sum, exp.Avg)
_CLAUSES = frozenset(
    {"expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset"}
)
_SETS = (exp.Rollup, exp.Cube, exp.GroupingSets)
_CUTS = (exp.Literal, exp.Placeholder)
"""What LIMIT and OFFSET may hold: no subquery."""
_AFTER = (TokenType.ORDER_BY, TokenType.LIMIT, TokenType.OFFSET)
_OPEN = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSE = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})


@dataclass(frozen=True, slots=True)
class Minimum:
    """A dataset of a statement, and the least units that its groups must have.

    Attributes:
        schema: Visible columns with the types that the actor sees.
        keys: Folded names of the columns of each key that the contract declares unique, as
            far as the actor sees its values apart.
        least: For each minimum its k and whether it counts a column (else rows).
    """

    schema: Schema
    keys: tuple[frozenset[str], ...] = ()
    least: tuple[tuple[int, bool], ...] = ()


def hold_groups(
    statement: Statement, tables: Mapping[Ref, Minimum], values: Sequence[Scalar]
) -> Splice:
    """The condition to add to a statement, some table of which has a minimum.

    Raises:
        Refused: the statement is not of the form that minimum groups allow.
    """
    tree = statement.tree
    if not isinstance(tree, exp.Select):
        raise _not_allowed(_what(tree))
    for clause, value in tree.args.items():
        if value and clause not in _CLAUSES:
            raise _not_allowed(msg("the clause {clause}", clause=clause.strip("_").upper()))
    for name in tree.find_all(exp.Identifier):
        if fold(name.name).startswith(_OURS):
            raise _not_allowed(
                msg("the name `{name}`", name=name.name),
                next=msg("`{ours}` is for our own names.", ours=_OURS),
            )
    block = _Block(tree, tables, values)
    block.check()
    return _condition(statement.text, tree, block.counted())


@dataclass(slots=True)
class _Table:
    """A table of the FROM clause, as names call it."""

    ref: Ref
    alias: str | None
    minimum: Minimum

    def called(self, path: Sequence[str]) -> bool:
        """Whether a folded path, which may be empty, names this table."""
        if len(path) > 1:
            return self.alias is None and [*path] == [self.ref.domain, self.ref.name]
        return not path or fold(path[0]) == fold(self.alias or self.ref.name)

    @property
    def quoted(self) -> str:
        """How the added condition calls it."""
        return names.table(self.ref) if self.alias is None else quoted(self.alias)


@dataclass(slots=True)
class _Block:
    """One SELECT over datasets, held against the form."""

    tree: exp.Select
    minimums: Mapping[Ref, Minimum]
    values: Sequence[Scalar]
    tables: list[_Table] = field(default_factory=list)
    keys: list[exp.Expr] = field(default_factory=list)

    def check(self) -> None:
        """Let the statement pass if all of it is of the form."""
        self._from()
        where = self.tree.args.get("where")
        if where is not None:
            self._total(where.this)
        self._group()
        for item in self.tree.expressions:
            self._output(item.unalias())
        having = self.tree.args.get("having")
        if having is not None:
            check_total(having.this, self._find, self.values, self._outcome)
        order = self.tree.args.get("order")
        for ordered in order.expressions if order is not None else ():
            self._order(ordered.this)
        for clause in ("limit", "offset"):
            cut = self.tree.args.get(clause)
            if cut is not None and not isinstance(cut.expression, _CUTS):
                raise _not_allowed(
                    msg("{clause} with something else than a number", clause=clause.upper())
                )

    def counted(self) -> Iterator[tuple[str, int, bool]]:
        """Each minimum: the column of units, k, and whether values (else rows) are counted."""
        for table in self.tables:
            for number, (k, values) in enumerate(table.minimum.least):
                yield f'{table.quoted}."{UNIT.format(number)}"', k, values

    # FROM

    def _from(self) -> None:
        source = self.tree.args.get("from_")
        if source is None:
            raise _not_allowed(msg("a SELECT without a table"))
        self._take(source.this)
        for join in self.tree.args.get("joins") or ():
            self._join(join)

    def _take(self, node: exp.Expr) -> _Table:
        if not isinstance(node, exp.Table) or node.args.get("db") is None:
            raise _not_allowed(_what(node), next=msg("Read datasets directly: `domain.name`."))
        extra = [k for k, v in node.args.items() if v and k not in {"this", "db", "alias"}]
        alias = node.args.get("alias")
        if "when" in extra:
            raise _not_allowed(msg("AT (time travel)"), next=msg("Read the version in force."))
        if extra or (alias is not None and alias.args.get("columns")):
            raise _not_allowed(msg("a table with more than a name and an alias"))
        ref = Ref.parse(f"{node.args['db'].name}.{node.name}")
        if any(table.ref == ref for table in self.tables):
            raise _not_allowed(msg("a join of a dataset with itself"))
        name = alias.name if alias is not None else None
        table = _Table(ref, name or None, self.minimums[ref])
        if self.tables and table.minimum.least:
            raise _not_allowed(
                msg("a join to `{ref}`, which is shown in groups only", ref=ref),
                next=msg("Begin with FROM {ref}; join to it what has no minimum group.", ref=ref),
            )
        self.tables.append(table)
        return table

    def _join(self, join: exp.Join) -> None:
        words = {str(join.args.get(key) or "").upper() for key in ("kind", "side", "method")}
        if words - {"", "INNER", "LEFT", "OUTER"}:
            raise _not_allowed(
                msg("this kind of join"), next=msg("Use JOIN or LEFT JOIN with ON or USING.")
            )
        table = self._take(join.this)
        columns = {self._shared(name.name) for name in join.args.get("using") or ()}
        on = join.args.get("on")
        condition = on.unnest() if on is not None else None
        for equality in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            columns |= self._matched(equality, table)
        if not any(key <= columns for key in table.minimum.keys):
            raise _not_allowed(
                msg("a join to `{ref}` on columns it does not declare unique", ref=table.ref),
                next=msg("Join on all columns of a key of the joined dataset."),
            )

    def _shared(self, name: str) -> str:
        """A column of USING, folded, once its values compare in all tables that have it."""
        types = [c.type for t in self.tables if (c := t.minimum.schema.find(name)) is not None]
        for type in types[:-1]:
            if not compares(type, types[-1]):
                raise _not_allowed(msg("USING of `{name}`, which is of different types", name=name))
        return fold(name)

    def _matched(self, node: exp.Expr | None, table: _Table) -> set[str]:
        """The columns of the joined table that an equality matches with those before it."""
        if node is None:
            return set()
        sides = [node.this, node.expression] if isinstance(node, exp.EQ) else []
        if not sides or not all(isinstance(side, exp.Column) for side in sides):
            raise _not_allowed(msg("a join on something else than equal columns"))
        self._total(node)
        owners = [self._owner([part.name for part in side.parts]) for side in sides]
        inside = [side.name for side, owner in zip(sides, owners, strict=True) if owner is table]
        return {fold(name) for name in inside} if len(inside) == 1 else set()

    # clauses

    def _group(self) -> None:
        group = self.tree.args.get("group")
        if group is None:
            return
        if any(isinstance(key, _SETS) for key in group.expressions):
            raise _not_allowed(
                msg("ROLLUP, CUBE or GROUPING SETS"), next=msg("Group by plain columns.")
            )
        items = self.tree.expressions
        if group.args.get("all"):
            keys = [i.unalias() for i in items if not isinstance(i.unalias(), _AGGREGATES)]
        else:
            keys = [self._meant(key.unnest(), items) for key in group.expressions]
        for key in keys:
            self._total(key)
            self.keys.append(self._plain(key))

    def _meant(self, key: exp.Expr, items: Sequence[exp.Expr]) -> exp.Expr:
        """What a key of GROUP BY stands for: a column before an alias before a place."""
        if isinstance(key, exp.Column) and len(key.parts) == 1:
            return key if self._has(key) else self._aliases.get(fold(key.name), key)
        if isinstance(key, exp.Literal) and key.name.isdecimal():
            place = int(key.name)
            return items[place - 1].unalias() if 1 <= place <= len(items) else key
        return key

    def _output(self, node: exp.Expr) -> None:
        if isinstance(node, _AGGREGATES):
            self._aggregate(node)
        elif not self._is_key(node):
            raise _not_allowed(
                msg("an output that is neither grouped by nor count, sum or avg of a column"),
                next=msg(
                    "Give each output as a key of GROUP BY, count(*), or count, sum or avg of a "
                    "column, and compute with the answer."
                ),
            )

    def _aggregate(self, node: exp.Expr) -> str:
        """Let an aggregate pass; its type."""
        argument = node.this
        if isinstance(node, exp.Count):
            if isinstance(argument, exp.Star) and not any(argument.args.values()):
                return "BIGINT"
            if isinstance(argument, exp.Distinct) and not argument.args.get("on"):
                argument = argument.expressions[0] if len(argument.expressions) == 1 else None
        if not isinstance(argument, exp.Column) or isinstance(argument.this, exp.Star):
            raise _not_allowed(
                msg("an aggregate of something else than a column"),
                next=msg("Aggregate bare columns."),
            )
        if node.args.get("expressions"):
            raise _not_allowed(msg("an aggregate of several columns"))
        column = self._find([part.name for part in argument.parts])
        if isinstance(node, exp.Count):
            return "BIGINT"
        if not is_summable(column.type):
            raise _not_allowed(
                msg("sum or avg of a column of type {type}, which may overflow", type=column.type)
            )
        return summed(column.type) if isinstance(node, exp.Sum) else "DOUBLE"

    def _outcome(self, node: exp.Expr) -> str | None:
        """In HAVING, the type of what the answer may show anyway: an aggregate or a key."""
        if isinstance(node, _AGGREGATES):
            return self._aggregate(node)
        meant = node
        if isinstance(node, exp.Column):
            alias = self._aliases.get(fold(node.name)) if len(node.parts) == 1 else None
            if alias is not None and self._has(node) and self._plain(alias) != self._plain(node):
                raise _not_allowed(
                    msg(
                        "HAVING with `{node}`, which is a column and another output", node=node.name
                    ),
                    next=msg("Give the output a name of its own."),
                )
            meant = alias or node
            if isinstance(meant, _AGGREGATES):
                return self._aggregate(meant)
            if not self._is_key(meant):
                raise _not_allowed(
                    msg("HAVING with `{node}`, which is not grouped by", node=node.name)
                )
        return self._total(meant) if self._is_key(meant) else None

    def _order(self, node: exp.Expr) -> None:
        named = isinstance(node, exp.Column) and fold(node.name) in self._aliases
        if isinstance(node, _AGGREGATES):
            self._aggregate(node)
        elif not (named or isinstance(node, (exp.Literal, exp.Var)) or self._is_key(node)):
            raise _not_allowed(
                msg("ORDER BY something else than an output"), next=msg("Order by outputs.")
            )

    # names

    @property
    def _aliases(self) -> Mapping[str, exp.Expr]:
        """Folded names given to outputs, and what they name."""
        items = self.tree.expressions
        return {fold(item.alias): item.this for item in items if isinstance(item, exp.Alias)}

    def _has(self, column: exp.Column) -> bool:
        return any(table.minimum.schema.find(column.name) for table in self.tables)

    def _is_key(self, node: exp.Expr) -> bool:
        return self._plain(node) in self.keys

    def _plain(self, node: exp.Expr) -> exp.Expr:
        """An expression with each column called by its table and its name, folded."""

        def called(each: exp.Expr) -> exp.Expr:
            if not isinstance(each, exp.Column) or isinstance(each.this, exp.Star):
                return each
            owner = self._owned([part.name for part in each.parts])
            return exp.column(fold(each.name), None if owner is None else str(owner.ref))

        return node.unnest().copy().transform(called)

    def _total(self, node: exp.Expr) -> str:
        return check_total(node, self._find, self.values)

    def _find(self, path: Sequence[str]) -> Column:
        column = self._owner(path).minimum.schema.find(path[-1])
        assert column is not None
        return column

    def _owner(self, path: Sequence[str]) -> _Table:
        """The table that has a column; where none has, the trace before found an alias."""
        table = self._owned(path)
        if table is None:
            raise _not_allowed(
                msg("`{path}`, the name of an output, in this place", path=path[-1]),
                next=msg("Write what it stands for."),
            )
        return table

    def _owned(self, path: Sequence[str]) -> _Table | None:
        folded = [fold(part) for part in path[:-1]]
        for table in self.tables:
            if table.called(folded) and table.minimum.schema.find(path[-1]) is not None:
                return table
        return None


def _condition(text: str, tree: exp.Select, counted: Iterator[tuple[str, int, bool]]) -> Splice:
    """The condition, where HAVING stands or would stand."""
    least = " AND ".join(
        f"count({'DISTINCT ' if values else ''}{column}) >= {k:d}" for column, k, values in counted
    )
    depth, having, end = 0, None, None
    found = words(text)
    for token in found:
        depth += (token.token_type in _OPEN) - (token.token_type in _CLOSE)
        if depth == 0 and token.token_type is TokenType.HAVING:
            having = token.end + 1
        elif depth == 0 and token.token_type in _AFTER and end is None:
            end = token.start
    place = found[-1].end + 1 if end is None else end
    if having is None:
        return Splice(place, place, f"\nHAVING {least}\n")
    condition = text[having:place]
    return Splice(having, place, f" ({condition}\n) AND {least}\n")


def _what(node: exp.Expr) -> Message:
    if isinstance(node, exp.Table):
        return msg("a table function")
    if isinstance(node, exp.Subquery):
        return msg("a subquery")
    name = type(node).__name__
    return plain(name.upper() if isinstance(node, exp.Union | exp.Values) else name.lower())


def _not_allowed(what: Message, next: Message | None = None) -> Exception:
    return refused(
        msg("{what} over a dataset that is shown in groups only", what=what),
        why=msg(
            "A minimum group allows one SELECT with count, sum and avg of columns, total "
            "conditions, and joins to unique keys."
        ),
        next=next,
    )
