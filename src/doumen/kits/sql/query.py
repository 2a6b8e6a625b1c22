"""The rows of a query block: its FROM clause, its clauses and its outputs, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.flow import Walk, has_aggregate
from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Field, Flow, Rows, Scope, Source
from doumen.model.errors import Invalid, NotFound
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

_Columns = frozenset[ColumnRef]


class Queries:
    """Traces queries over datasets of which the visible columns are known."""

    def __init__(self, schemas: Mapping[Ref, Schema]) -> None:
        self.schemas = schemas
        self.walk = Walk(self.query)

    @property
    def reads(self) -> _Columns:
        """Every column that was named so far."""
        return frozenset(self.walk.reads)

    def query(self, node: exp.Expr, outer: Scope) -> Rows:
        """The rows of a query.

        Args:
            node: SELECT, set operation, VALUES, a query in brackets, or a table.
            outer: What is visible around it.
        """
        scope = Scope(self._ctes(node, outer), outer)
        if isinstance(node, exp.Select):
            return self._select(node, scope)
        if isinstance(node, exp.SetOperation):
            rows = self._set_operation(node, scope)
        elif isinstance(node, exp.Values):
            rows = self._values(node, scope)
        elif isinstance(node, exp.Subquery) and not node.args.get("joins"):
            rows = self.query(node.this, scope)
        else:
            influence = self._from(node, scope)
            rows = Rows(tuple(each for _, each in scope.star()), influence)
        named = {fold(f.name): f.flow for f in rows.fields if f.name is not None}
        scope.aliases = {**scope.aliases, **named}
        return Rows(rows.fields, rows.influence | self._order(node, rows.fields, scope))

    def _ctes(self, node: exp.Expr, outer: Scope) -> Mapping[str, Rows]:
        ctes = dict(outer.ctes)
        clause = node.args.get("with_")
        for cte in clause.expressions if clause is not None else ():
            rows = self.query(cte.this, Scope(dict(ctes), outer))
            ctes[fold(cte.alias)] = rows.renamed(_names(cte)).distinct_names()
        return ctes

    def _select(self, node: exp.Select, scope: Scope) -> Rows:
        influence: set[ColumnRef] = set()
        source = node.args.get("from_")
        if source is not None:
            influence |= self._from(source.this, scope)
        for join in node.args.get("joins") or ():
            influence |= self._join(join, scope)
        for window in node.args.get("windows") or ():
            scope.windows[fold(window.name)] = self.walk.flow(window, scope).all
        fields, items = self._outputs(node, scope)
        for clause in ("where", "having", "qualify"):
            condition = node.args.get(clause)
            if condition is not None:
                influence |= self.walk.flow(condition.this, scope).all
        influence |= self._group(node, fields, items, scope)
        distinct = node.args.get("distinct")
        if distinct is not None:
            on = distinct.args.get("on")
            influence |= self._keys([on], fields, scope) if on is not None else _everything(fields)
        influence |= self._order(node, fields, scope)
        return Rows(tuple(fields), frozenset(influence))

    # FROM

    def _from(self, node: exp.Expr, scope: Scope) -> _Columns:
        """Take a table expression into the scope; gives what its joins depend on."""
        nested = node.args.get("joins") or ()
        inner = isinstance(node, exp.Subquery) and not isinstance(
            node.this, (exp.Select, exp.SetOperation, exp.Values)
        )
        influence: set[ColumnRef] = set()
        if inner and node.args.get("alias") is None:
            influence |= self._from(node.this, scope)
        else:
            source = self._source(node, scope)
            influence |= source.rows.influence
            scope.add(source)
        for join in nested:
            influence |= self._join(join, scope)
        return frozenset(influence)

    def _source(self, node: exp.Expr, scope: Scope) -> Source:
        alias = node.args.get("alias")
        name = alias.name or None if alias is not None else None
        ref = None
        if isinstance(node, exp.Table):
            rows, ref = self._table(node, scope)
            called = name or node.name
        else:
            beside = Scope(scope.ctes, scope.outer, sources=scope.sources, lateral=True)
            body = node if isinstance(node, exp.Values) else node.this
            rows = self.query(body, beside)
            called = name or ""
        rows = rows.renamed(_names(node)).distinct_names()
        return Source(called or None, rows, ref, bare=name is None)

    def _table(self, node: exp.Table, scope: Scope) -> tuple[Rows, Ref | None]:
        if node.args.get("db") is None:
            return scope.ctes[fold(node.name)], None
        ref = Ref.parse(f"{node.args['db'].name}.{node.name}")
        schema = self.schemas.get(ref)
        if schema is None:
            raise NotFound(f"There is no dataset `{ref}`.", detail="dataset")
        columns = (ColumnRef(ref, column.name) for column in schema)
        return Rows(tuple(Field(c.column, Flow(frozenset({c}))) for c in columns)), ref

    def _join(self, join: exp.Join, scope: Scope) -> _Columns:
        left = list(scope.sources)
        influence = set(self._from(join.this, scope))
        right = scope.sources[len(left) :]
        side = (join.side or "").upper()
        names = [identifier.name for identifier in join.args.get("using") or ()]
        if (join.method or "").upper() == "NATURAL":
            names = _common(left, right)
        for name in names:
            influence |= scope.merge_columns(left, right, name, side)
        condition = join.args.get("on")
        if condition is not None:
            influence |= self.walk.flow(condition, scope).all
        if (join.kind or "").upper() in {"SEMI", "ANTI"}:
            scope.sources[len(left) :] = []
        self.walk.reads |= influence
        return frozenset(influence)

    # outputs

    def _outputs(self, node: exp.Select, scope: Scope) -> tuple[list[Field], list[exp.Expr | None]]:
        """The outputs, and for each the expression that it is; None for those of a star."""
        fields: list[Field] = []
        items: list[exp.Expr | None] = []
        for item in node.expressions:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                table = [part.name for part in item.parts[:-1]] if star is not item else []
                found = list(self._star(star, table, scope))
                fields += found
                items += [None] * len(found)
                continue
            flow = self.walk.flow(item, scope)
            fields.append(Field(_name(item, scope), flow))
            items.append(item)
            if isinstance(item, exp.Alias):
                scope.aliases[fold(item.alias)] = flow
        return fields, items

    def _star(self, star: exp.Star, table: Sequence[str], scope: Scope) -> Iterator[Field]:
        columns = scope.star(table)
        excluded = [_path(name) for name in star.args.get("except_") or ()]
        replaced = {
            fold(alias.alias): self.walk.flow(alias.this, scope)
            for alias in star.args.get("replace") or ()
        }
        missing = [
            path
            for path in [*excluded, *([name] for name in replaced)]
            if not any(_matches(path, source, each) for source, each in columns)
        ]
        if missing:
            raise scope.unknown(missing[0])
        for source, each in columns:
            if not any(_matches(path, source, each) for path in excluded):
                flow = replaced.get(fold(each.name or ""))
                yield each if flow is None else Field(each.name, flow)

    # clauses

    def _group(
        self,
        node: exp.Select,
        fields: Sequence[Field],
        items: Sequence[exp.Expr | None],
        scope: Scope,
    ) -> _Columns:
        group = node.args.get("group")
        if group is None:
            return frozenset()
        if group.args.get("all"):
            pairs = zip(fields, items, strict=True)
            return _everything([f for f, item in pairs if item is None or not has_aggregate(item)])
        keys = list(group.expressions)
        for kind in ("rollup", "cube", "grouping_sets"):
            found = group.args.get(kind) or ()
            keys += [key for part in found for key in part.expressions]
        return self._keys(keys, fields, scope)

    def _order(self, node: exp.Expr, fields: Sequence[Field], scope: Scope) -> _Columns:
        order = node.args.get("order")
        if order is None:
            return frozenset()
        keys = [ordered.this for ordered in order.expressions]
        if isinstance(node, exp.SetOperation) and not all(map(_is_name, keys)):
            raise refused(
                "ORDER BY of a set operation by an expression",
                next="Order by the name or the place of an output.",
            )
        if any(isinstance(key, exp.Var) for key in keys):
            return _everything(fields)
        return self._keys(keys, fields, scope, alias_first=True)

    def _keys(
        self,
        keys: Sequence[exp.Expr],
        fields: Sequence[Field],
        scope: Scope,
        *,
        alias_first: bool = False,
    ) -> _Columns:
        """What keys depend on; a whole number is the place of an output."""
        found: set[ColumnRef] = set()
        pending = list(keys)
        while pending:
            key = pending.pop()
            if isinstance(key, (exp.Tuple, exp.Rollup, exp.Cube, exp.GroupingSets)):
                pending.extend(key.expressions)
            elif isinstance(key, exp.Paren):
                pending.append(key.this)
            elif isinstance(key, exp.Literal) and not key.is_string:
                found |= _place(key, fields).flow.all
            else:
                bare = alias_first and isinstance(key, exp.Column)
                found |= self.walk.flow(key, scope, alias_first=bare).all
        return frozenset(found)

    # other queries

    def _set_operation(self, node: exp.SetOperation, scope: Scope) -> Rows:
        left, right = self.query(node.this, scope), self.query(node.expression, scope)
        if len(left.fields) != len(right.fields):
            raise Invalid(
                f"A set operation joins {len(left.fields)} columns with {len(right.fields)}.",
                detail="column",
            )
        union = isinstance(node, exp.Union)
        influence = left.influence | right.influence
        if not union or node.args.get("distinct"):
            influence |= _everything([*left.fields, *right.fields])
        pairs = zip(left.fields, right.fields, strict=True)
        fields = [Field(a.name, a.flow | b.flow) if union else a for a, b in pairs]
        for each, other in zip(fields, right.fields, strict=True):
            if other.name is not None:
                scope.aliases[fold(other.name)] = each.flow
        return Rows(tuple(fields), influence)

    def _values(self, node: exp.Values, scope: Scope) -> Rows:
        lines = [line.expressions for line in node.expressions]
        if len({len(line) for line in lines}) != 1:
            raise Invalid("The rows of VALUES have different lengths.", detail="column")
        flows = [
            [self.walk.flow(value, scope) for value in column]
            for column in zip(*lines, strict=True)
        ]
        names = [f"col{number}" for number in range(len(flows))]
        return Rows(
            tuple(
                Field(name, Flow(*_joined(column)))
                for name, column in zip(names, flows, strict=True)
            )
        )


def _joined(flows: Sequence[Flow]) -> tuple[_Columns, _Columns]:
    return (
        frozenset().union(*(flow.projection for flow in flows)),
        frozenset().union(*(flow.influence for flow in flows)),
    )


def _name(item: exp.Expr, scope: Scope) -> str | None:
    """The name of an output: as given by AS, or as the contract writes the column."""
    if isinstance(item, exp.Alias):
        return item.alias
    if isinstance(item, exp.Column):
        return scope.resolve([part.name for part in item.parts]).name
    return None


def _names(node: exp.Expr) -> list[str]:
    alias = node.args.get("alias")
    columns = alias.args.get("columns") or () if isinstance(alias, exp.TableAlias) else ()
    return [column.name for column in columns]


def _everything(fields: Sequence[Field]) -> _Columns:
    return frozenset().union(*(each.flow.all for each in fields))


def _common(left: Sequence[Source], right: Sequence[Source]) -> list[str]:
    """Names on both sides of a NATURAL join."""
    there = {fold(f.name) for s in right for f in s.rows.fields if f.name is not None}
    here = [f.name for s in left for f in s.rows.fields if f.name is not None]
    return list(dict.fromkeys(name for name in here if fold(name) in there))


def _is_name(key: exp.Expr) -> bool:
    return isinstance(key, (exp.Literal, exp.Var)) or (
        isinstance(key, exp.Column) and len(key.parts) == 1
    )


def _path(node: exp.Expr) -> list[str]:
    parts = node.parts if isinstance(node, exp.Column) else [node]
    return [fold(part.name) for part in parts]


def _matches(path: Sequence[str], source: Source, each: Field) -> bool:
    return each.called(path[-1]) and (len(path) == 1 or source.called(path[:-1]))


def _place(key: exp.Expr, fields: Sequence[Field]) -> Field:
    number = int(key.name) if key.name.isdecimal() else 0
    if not 1 <= number <= len(fields):
        raise Invalid(
            f"There is no column number {key.name} to group or order by.",
            why=f"The statement has {len(fields)} outputs.",
            detail="column",
        )
    return fields[number - 1]
