"""What a name means at one place of a statement, resolved as DuckDB resolves it.

Column before alias before whole row, inner query before outer; names are compared without
case. A name that no visible table has is unknown, whether it is hidden or absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from doumen.kits.sql.names import fold
from doumen.model.errors import Invalid
from doumen.model.message import enumerated, msg
from doumen.model.ref import ColumnRef, Ref

_NONE: frozenset[ColumnRef] = frozenset()


class UnknownColumn(Invalid):
    """A column that none of the visible tables has.

    Attributes:
        ref: The dataset that was asked for it; None where no single one was.
        column: Its name as written.
    """

    def __init__(self, ref: Ref | None, column: str, known: Sequence[str]) -> None:
        super().__init__(
            msg("`{ref}` has no column `{column}`.", ref=ref, column=column)
            if ref
            else msg("There is no column `{column}`.", column=column),
            next=msg("Columns are: {names}.", names=enumerated(known, mark="")) if known else None,
            detail="column",
        )
        self.ref = ref
        self.column = column


@dataclass(frozen=True, slots=True)
class Flow:
    """Source columns behind a value: those it is made of, and those that only shaped it."""

    projection: frozenset[ColumnRef] = _NONE
    influence: frozenset[ColumnRef] = _NONE

    def __or__(self, other: Flow) -> Flow:
        return Flow(self.projection | other.projection, self.influence | other.influence)

    @property
    def all(self) -> frozenset[ColumnRef]:
        """Both together: what a condition on this value depends on."""
        return self.projection | self.influence


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table or a query.

    Attributes:
        name: What it is called; None where the engine makes a name of an expression.
        type: The engine's type of a dataset's column; `[]` for what is a list of any kind;
            None where it is not known.
        also: Another name that finds it: `range` in `range(3) AS r`.
        chosen: Whether the user wrote the name; one made of a literal is not told.
    """

    name: str | None
    flow: Flow
    type: str | None = None
    also: str | None = None
    chosen: bool = True

    def called(self, folded: str) -> bool:
        """Whether this is its name; `folded` is case-folded."""
        return any(name is not None and fold(name) == folded for name in (self.name, self.also))


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query gives: its columns, and the source columns that decide which rows there are."""

    fields: tuple[Field, ...]
    influence: frozenset[ColumnRef] = _NONE

    def renamed(self, names: Sequence[str]) -> Rows:
        """The first columns under other names."""
        if len(names) > len(self.fields):
            raise Invalid(
                msg(
                    "{names} names are given for {columns} columns.",
                    names=len(names),
                    columns=len(self.fields),
                ),
                detail="column",
            )
        fields = [
            replace(f, name=name, also=None, chosen=True)
            for f, name in zip(self.fields, names, strict=False)
        ]
        return replace(self, fields=(*fields, *self.fields[len(fields) :]))

    def distinct_names(self) -> Rows:
        """As a derived table shows it: a name that is taken gets a number."""
        taken: set[str] = set()
        fields = []
        for each in self.fields:
            name, number = each.name, 0
            while name is not None and fold(name) in taken:
                number += 1
                name = f"{each.name}_{number}"
            if name is not None:
                taken.add(fold(name))
            fields.append(replace(each, name=name))
        return replace(self, fields=tuple(fields))


@dataclass(frozen=True, slots=True)
class Source:
    """A table, derived table or common table expression of a FROM clause.

    Attributes:
        name: What it is called in the statement; None for one that cannot be called.
        ref: The dataset, where it is one.
        bare: Whether `domain.name` calls it too: it has no alias.
    """

    name: str | None
    rows: Rows
    ref: Ref | None = None
    bare: bool = False

    def called(self, path: Sequence[str]) -> bool:
        """Whether a case-folded path names this source."""
        if len(path) == 1:
            return self.name is not None and fold(self.name) == path[0]
        return self.bare and self.ref is not None and [*path] == [self.ref.domain, self.ref.name]


@dataclass(frozen=True, slots=True)
class Merged:
    """The one column that USING or NATURAL makes of two; `star` shows it where `source` has it."""

    field: Field
    source: Source


@dataclass(slots=True)
class Scope:
    """Names visible in one query block.

    Attributes:
        sources: Of the FROM clause, as far as it has been read.
        merged: Columns of USING and NATURAL joins, by folded name.
        hidden: Folded names and sources that a merged column has taken the place of.
        aliases: Outputs of the SELECT list that may be named in it and in other clauses.
        windows: What named windows depend on.
        ctes: Common table expressions in scope, by folded name.
        recurring: All rows of the recursion of which this is the second branch, by its name.
        outer: The query around this one; for a derived table, the tables to the left of it.
    """

    ctes: Mapping[str, Rows]
    outer: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, Merged] = field(default_factory=dict)
    hidden: list[tuple[Source, str]] = field(default_factory=list)
    aliases: dict[str, Flow] = field(default_factory=dict)
    windows: dict[str, frozenset[ColumnRef]] = field(default_factory=dict)
    recurring: Mapping[str, Rows] = field(default_factory=dict)

    def resolve(self, path: Sequence[str], *, alias_first: bool = False) -> Field:
        """The column that a name means; a field of a struct has the flow of the whole.

        Args:
            path: Parts as written.
            alias_first: ORDER BY looks at the outputs before the columns.

        Raises:
            UnknownColumn: no visible table has it.
            Invalid: it is ambiguous.
        """
        scope: Scope | None = self
        passed = Flow()
        while scope is not None:
            found = scope._here(path, alias_first and scope is self)
            if found is not None:
                return replace(found, flow=found.flow | passed) if passed.all else found
            passed |= scope._nameless(path)
            scope = scope.outer
        raise self.unknown(path)

    def find(self, path: Sequence[str]) -> Field | None:
        """As `resolve`, with None for what is unknown."""
        try:
            return self.resolve(path)
        except UnknownColumn:
            return None

    def unknown(self, path: Sequence[str]) -> UnknownColumn:
        """The error for a name that nothing has: of the part that follows the name of a table."""
        folded = [fold(part) for part in path]
        owners: list[Source] = []
        length = 0
        for length in range(min(len(path) - 1, 2), -1, -1):
            owners = [s for s in self._all_sources() if not length or s.called(folded[:length])]
            if owners:
                break
        refs = {source.ref for source in owners}
        known = [f.name for source in owners for f in source.rows.fields if f.name is not None]
        return UnknownColumn(
            refs.pop() if len(refs) == 1 else None, path[length], list(dict.fromkeys(known))
        )

    def _all_sources(self) -> Iterator[Source]:
        scope: Scope | None = self
        while scope is not None:
            yield from scope.sources
            scope = scope.outer

    def _here(self, path: Sequence[str], alias_first: bool) -> Field | None:
        folded = [fold(part) for part in path]
        alias = self.aliases.get(folded[0]) if len(path) == 1 else None
        if alias is not None and alias_first:
            return Field(path[0], alias)
        for length in range(min(len(path) - 1, 2), -1, -1):
            found = self._column(folded[:length], folded[length], path[length])
            if found is not None:
                return found if length == len(path) - 1 else Field(path[-1], found.flow)
        if alias is not None:
            return Field(path[0], alias | self._nameless(path))
        whole = [f.flow for s in self.sources if s.called(folded) for f in s.rows.fields]
        return Field(path[-1], merge(whole)) if whole else None

    def _nameless(self, path: Sequence[str]) -> Flow:
        """What a name may mean that none here was found to have: the text of an expression.

        `SELECT "sum(a)" FROM (SELECT sum(a) …)` names a column that only the engine knows.
        """
        table = [fold(part) for part in path[:-1]]
        return merge(
            [
                each.flow
                for source in self.sources
                if not table or source.called(table)
                for each in source.rows.fields
                if each.name is None
            ]
        )

    def _column(self, table: Sequence[str], name: str, shown: str) -> Field | None:
        """The column `name` of the source called `table`, or of any where that is empty."""
        if not table and name in self.merged:
            return self.merged[name].field
        found = [
            each
            for source in self.sources
            if not table or source.called(table)
            for each in source.rows.fields
            if each.called(name)
        ]
        if len(found) > 1:
            raise Invalid(
                msg("The column `{shown}` is ambiguous.", shown=shown),
                next=msg("Write the name of its table before it."),
                detail="ambiguous",
            )
        if found and found[0].also is not None and fold(found[0].also) == name:
            return replace(found[0], name=found[0].also)
        return found[0] if found else None

    def add(self, source: Source) -> None:
        """Take a source of the FROM clause in."""
        self.sources.append(source)

    def recursion(self, name: str) -> Rows | None:
        """All rows of a recursion, read in its second branch; the innermost of this name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.recurring:
                return scope.recurring[name]
            scope = scope.outer
        return None

    def beside(self) -> Scope:
        """What a derived table sees here: the tables to the left of it, before those around."""
        return Scope(
            self.ctes,
            self.outer,
            sources=list(self.sources),
            merged=dict(self.merged),
            hidden=list(self.hidden),
        )

    def absorb(self, inner: Scope) -> None:
        """Take in the sources of a table in brackets, or of the right side of a join."""
        self.sources.extend(inner.sources)
        self.hidden.extend(inner.hidden)
        self.merged = {**inner.merged, **self.merged}

    def star(self, table: Sequence[str] = ()) -> list[tuple[Source, Field]]:
        """The columns of `*` or `table.*` in order; merged ones once, at their first place.

        Raises:
            Invalid: no source is called so.
        """
        folded = [fold(part) for part in table]
        sources = [s for s in self.sources if not folded or s.called(folded)]
        if not sources:
            raise Invalid(
                msg("There is no table `{table}` here.", table=".".join(table))
                if table
                else msg("`*` has no table."),
                detail="table",
            )
        columns = []
        for source in sources:
            for each in source.rows.fields:
                name = fold(each.name or "")
                if not folded and any(s is source and n == name for s, n in self.hidden):
                    continue
                merged = None if folded else self.merged.get(name)
                shown = merged.field if merged and merged.source is source else each
                columns.append((source, shown))
        return columns

    def merge_columns(self, right: Scope, name: str, side: str) -> frozenset[ColumnRef]:
        """Make one column of the two that USING or NATURAL joins on; gives what both read.

        Args:
            right: The joined side, not yet absorbed.
            name: As written.
            side: `LEFT`, `RIGHT`, `FULL` or empty; says whose value is shown.
        """
        before, after = self._side(name), right._side(name)
        if before is None or after is None:
            missing = self.sources if before is None else right.sources
            refs = {source.ref for source in missing}
            known = [f.name for s in missing for f in s.rows.fields if f.name is not None]
            raise UnknownColumn(refs.pop() if len(refs) == 1 else None, name, known)
        ours, theirs = before.field.flow, after.field.flow
        flow = {"RIGHT": theirs, "FULL": ours | theirs}.get(side, ours)
        self.merged[fold(name)] = Merged(Field(before.field.name, flow), before.source)
        self.hidden.extend((source, fold(name)) for source in right.sources)
        return ours.all | theirs.all

    def _side(self, name: str) -> Merged | None:
        """The column of one side of a join that USING names; one merged before counts once."""
        folded = fold(name)
        if folded in self.merged:
            return self.merged[folded]
        found = [Merged(f, s) for s in self.sources for f in s.rows.fields if f.called(folded)]
        if len(found) > 1:
            raise Invalid(
                msg("The column `{name}` of USING is ambiguous.", name=name),
                next=msg("Join with ON."),
                detail="ambiguous",
            )
        return found[0] if found else None


def common_type(a: Field, b: Field) -> str | None:
    """The type of a column that two have become, as far as it is known."""
    if a.type == b.type:
        return a.type
    return "[]" if all((each.type or "").endswith("]") for each in (a, b)) else None


def merge(flows: Sequence[Flow]) -> Flow:
    """All of several flows."""
    return Flow(
        frozenset().union(*(flow.projection for flow in flows)),
        frozenset().union(*(flow.influence for flow in flows)),
    )
