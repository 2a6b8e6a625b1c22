"""The filter of a rule: one boolean expression, turned into SQL that holds no literal.

A filter may use columns of its dataset, literals, `actor.NAME` and `now()`, joined by operators
and functions that cannot fail on any row. Literals and attributes become variables
(`getvariable`), cast to the type that they have in SQL: beside a column, that of the column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlglot import exp

from doumen.kits.sql.bounds import check_depth
from doumen.kits.sql.literal import ZONED, Family, comparable, family, number_type, value_of
from doumen.kits.sql.names import quoted
from doumen.kits.sql.parse import read_tree
from doumen.kits.sql.scopes import UnknownColumn
from doumen.kits.sql.term import Term, unlike
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.plan import Scalar
from doumen.model.schema import Schema

LONGEST = 10_000
"""Most characters of a filter."""

DEEPEST = 200
"""Longest path in the tree of a filter."""

_COMPARISONS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}
_TEXT_TO_TEXT: dict[type[exp.Expr], str] = {exp.Lower: "lower", exp.Upper: "upper"}
_TEXT_TESTS: dict[type[exp.Expr], str] = {
    exp.StartsWith: "starts_with",
    exp.EndsWith: "ends_with",
    exp.Contains: "contains",
}
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "year",
    exp.Quarter: "quarter",
    exp.Month: "month",
    exp.Week: "week",
    exp.Day: "day",
}
_UNITS = frozenset({"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"})
_TRIES = frozenset({"BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN"})
_LONGEST_INTERVAL = 100_000


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter as the engine gets it.

    Attributes:
        sql: Boolean expression over the raw columns; values are `getvariable('PREFIX_N')`.
        variables: Values of these variables.
        columns: Columns that it reads, as the contract writes them.
    """

    sql: str
    variables: Mapping[str, Scalar]
    columns: frozenset[str]


def compile_filter(
    text: str, schema: Schema, attributes: Mapping[str, str | None] | None, prefix: str
) -> CompiledFilter:
    """Check a filter against the columns of its dataset and compile it.

    Args:
        text: The expression.
        schema: Raw columns of the dataset.
        attributes: Values of `actor.NAME`; one that is absent is NULL. None: they are not known
            (a rule is being written), so that only the form is checked.
        prefix: Variables are named `prefix_1`, `prefix_2` …

    Raises:
        Invalid: a syntax error, a construct that a filter may not use, a comparison between
            types that could fail, or a value that is not one of the column's type.
        Refused: it is nested too deeply.
        UnknownColumn: a column that the dataset does not have.
    """
    if len(text) > LONGEST:
        raise _invalid(
            msg("has {count:,} characters; {most:,} are allowed", count=len(text), most=LONGEST)
        )
    tree = read_tree(text, prefix="SELECT ")
    items = tree.expressions if isinstance(tree, exp.Select) else []
    extra = [key for key, value in tree.args.items() if value and key != "expressions"]
    if len(items) != 1 or extra or isinstance(items[0], exp.Alias):
        raise _invalid(msg("is not one expression"))
    compiler = Compiler(schema, attributes, prefix)
    check_depth(tree, DEEPEST)
    sql = compiler.truth(compiler.term(items[0]))
    return CompiledFilter(sql, compiler.variables, frozenset(compiler.columns))


_COMPUTES = msg("computes, which may fail on a row")


def _invalid(what: Message, next: Message | None = None) -> Invalid:
    return Invalid(msg("The filter {what}.", what=what), next=next, detail="filter")


@dataclass(slots=True)
class Compiler:
    """Compiles node by node; `total` overrides what a name and a parameter mean."""

    schema: Schema
    attributes: Mapping[str, str | None] | None
    prefix: str
    variables: dict[str, Scalar] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)

    def term(self, node: exp.Expr) -> Term:
        """Compile one node."""
        comparison = _COMPARISONS.get(type(node))
        if comparison is not None:
            return self._compare(comparison, [node.this, node.expression])
        compile = _KINDS.get(type(node))
        if compile is not None:
            made: Term = getattr(self, compile.__name__)(node)
            return made
        raise _invalid(
            msg("uses {kind}, which a filter may not", kind=type(node).__name__.lower()),
            next=msg(
                "Filters use columns, literals, actor.NAME, now(), comparisons, IN, BETWEEN, "
                "LIKE, IS NULL, AND, OR, NOT, CASE and functions that cannot fail."
            ),
        )

    def truth(self, term: Term) -> str:
        """The SQL of a condition."""
        if term.open or family(term.type) is not Family.TRUTH:
            raise _invalid(msg("has a condition that is not true or false"))
        return term.sql

    # values

    def _bind(self, value: Scalar, type: str) -> str:
        name = f"{self.prefix}_{len(self.variables) + 1}"
        self.variables[name] = value
        return f"CAST(getvariable('{name}') AS {type})"

    def _as(self, term: Term, type: str) -> str:
        """The SQL of a term; an open one becomes a value of this type."""
        if not term.open:
            return term.sql
        if term.text is None:
            return self._bind(None, type)
        try:
            return self._bind(value_of(term.text, type), type)
        except ValueError:
            raise _invalid(msg("compares with a text that is no {type}", type=type)) from None

    def _column(self, node: exp.Expr) -> Term:
        assert isinstance(node, exp.Column)
        parts = [part.name for part in node.parts]
        if len(parts) == 2 and parts[0].casefold() == "actor":
            known = self.attributes is not None
            value = (self.attributes or {}).get(parts[1])
            return Term("VARCHAR", text=value, known=known)
        found = self.schema.find(parts[0]) if len(parts) == 1 else None
        if found is None:
            raise UnknownColumn(None, ".".join(parts), self.schema.names)
        self.columns.add(found.name)
        return Term(found.type, quoted(found.name))

    def _literal(self, node: exp.Expr) -> Term:
        return Term("VARCHAR", text=node.name) if node.is_string else self._number(node.name)

    def _number(self, text: str) -> Term:
        type = number_type(text)
        if type is None:
            raise _invalid(msg("has a number with more than 38 digits"))
        try:
            value = value_of(text.replace("_", ""), type)
        except ValueError:
            raise _invalid(msg("has `{text}`, which is no number", text=text)) from None
        return Term(type, self._bind(value, type))

    def _negative(self, node: exp.Expr) -> Term:
        if not isinstance(node.this, exp.Literal) or node.this.is_string:
            raise _invalid(_COMPUTES, next=msg("Compare with the value."))
        return self._number(f"-{node.this.name}")

    def _placeholder(self, node: exp.Expr) -> Term:
        raise _invalid(msg("has a parameter"))

    def _constant(self, node: exp.Expr) -> Term:
        if isinstance(node, exp.Null):
            return Term("VARCHAR", text=None)
        return Term("BOOLEAN", self._bind(bool(node.this), "BOOLEAN"))

    def _cast(self, node: exp.Expr) -> Term:
        type = _type_name(node.args["to"])
        term = self.term(node.this)
        if term.open and term.text is not None and family(type) is not Family.OTHER:
            return Term(type, self._as(term, type))
        if isinstance(node, exp.TryCast) and type in _TRIES and not term.open:
            return Term(type, f"TRY_CAST({term.sql} AS {type})")
        raise _invalid(
            msg("casts, which may fail on a row"), next=msg("Use TRY_CAST to a plain type.")
        )

    def _clock(self, node: exp.Expr) -> Term:
        if str(node.this).lower() != "now" or node.expressions:
            called = str(node.this).lower()
            raise _invalid(msg("calls {called}(), which a filter may not", called=called))
        return Term(ZONED, "now()")

    def _shift(self, node: exp.Expr) -> Term:
        moment, interval = self.term(node.this), node.expression
        amount = interval.this if isinstance(interval, exp.Interval) else None
        unit = (interval.text("unit") or "").upper().removesuffix("S")
        if (
            moment.sql != "now()"
            or not isinstance(amount, exp.Literal)
            or not amount.name.isdecimal()
            or int(amount.name) > _LONGEST_INTERVAL
            or unit not in _UNITS
        ):
            raise _invalid(_COMPUTES, next=msg("Only `now() - INTERVAL 7 DAY` may."))
        sign = "+" if isinstance(node, exp.Add) else "-"
        bound = self._bind(f"{amount.name} {unit.lower()}", "INTERVAL")
        return Term(ZONED, f"(now() {sign} {bound})")

    # conditions

    def _joined(self, node: exp.Expr) -> Term:
        word = "AND" if isinstance(node, exp.And) else "OR"
        parts = [self.truth(self.term(part)) for part in node.flatten()]
        return Term("BOOLEAN", "(" + f" {word} ".join(parts) + ")")

    def _not(self, node: exp.Expr) -> Term:
        return Term("BOOLEAN", f"(NOT {self.truth(self.term(node.this))})")

    def _paren(self, node: exp.Expr) -> Term:
        return self.term(node.this)

    def _compare(self, word: str, nodes: Sequence[exp.Expr]) -> Term:
        left, right = self._alike([self.term(node) for node in nodes])
        return Term("BOOLEAN", f"({left} {word} {right})")

    def _alike(self, terms: Sequence[Term]) -> list[str]:
        """The SQL of terms that are compared, brought to types that compare on any row."""
        types = [term.type for term in terms if not term.open]
        first = types[0] if types else "VARCHAR"
        for left, right in combinations(types, 2):
            if not comparable(left, right):
                raise _invalid(unlike(left, right))
        if family(first) is Family.TIME and len(set(types)) > 1:
            first = ZONED if ZONED in types else "TIMESTAMP"
            return [
                f"TRY_CAST({t.sql} AS {first})"
                if not t.open and t.type != first
                else self._as(t, first)
                for t in terms
            ]
        return [self._as(term, first) for term in terms]

    def _between(self, node: exp.Expr) -> Term:
        terms = [self.term(node.args[key]) for key in ("this", "low", "high")]
        value, low, high = self._alike(terms)
        return Term("BOOLEAN", f"({value} BETWEEN {low} AND {high})")

    def _in(self, node: exp.Expr) -> Term:
        if node.args.get("query") is not None or not node.expressions:
            raise _invalid(msg("has a subquery"), next=msg("List the values: IN ('a', 'b')."))
        value, *choices = self._alike([self.term(each) for each in [node.this, *node.expressions]])
        return Term("BOOLEAN", f"({value} IN ({', '.join(choices)}))")

    def _like(self, node: exp.Expr) -> Term:
        word = "LIKE" if isinstance(node, exp.Like) else "ILIKE"
        value, pattern = self._texts([node.this, node.expression])
        negated = "NOT " if node.args.get("negate") else ""
        return Term("BOOLEAN", f"({value} {negated}{word} {pattern})")

    def _is(self, node: exp.Expr) -> Term:
        term = self.term(node.this)
        if isinstance(node.expression, exp.Null):
            return Term("BOOLEAN", f"({self._as(term, 'VARCHAR')} IS NULL)")
        if not isinstance(node.expression, exp.Boolean):
            raise _invalid(msg("has IS without NULL, TRUE or FALSE"))
        word = "TRUE" if node.expression.this else "FALSE"
        return Term("BOOLEAN", f"({self.truth(term)} IS {word})")

    def _case(self, node: exp.Expr) -> Term:
        if node.this is not None:
            raise _invalid(
                msg("has CASE with a value"), next=msg("Write CASE WHEN … = … THEN … END.")
            )
        whens = [self.truth(self.term(branch.this)) for branch in node.args["ifs"]]
        results = [self.term(branch.args["true"]) for branch in node.args["ifs"]]
        default = node.args.get("default")
        results.append(self.term(default) if default is not None else Term("VARCHAR"))
        *thens, otherwise = self._alike(results)
        type = next((term.type for term in results if not term.open), "VARCHAR")
        pairs = zip(whens, thens, strict=True)
        body = " ".join(f"WHEN {when} THEN {then}" for when, then in pairs)
        return Term(type, f"(CASE {body} ELSE {otherwise} END)")

    # functions

    def _texts(self, nodes: Sequence[exp.Expr]) -> list[str]:
        terms = [self.term(node) for node in nodes]
        if any(family(term.type) is not Family.TEXT for term in terms):
            raise _invalid(msg("uses a function of texts on something else"))
        return [self._as(term, "VARCHAR") for term in terms]

    def _concat(self, node: exp.Expr) -> Term:
        left, right = self._texts([node.this, node.expression])
        return Term("VARCHAR", f"({left} || {right})")

    def _text_function(self, node: exp.Expr) -> Term:
        (text,) = self._texts([node.this])
        return Term("VARCHAR", f"{_TEXT_TO_TEXT[type(node)]}({text})")

    def _trim(self, node: exp.Expr) -> Term:
        if node.args.get("expression") is not None:
            raise _invalid(msg("trims other characters than blanks"))
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.text("position"), "trim")
        (text,) = self._texts([node.this])
        return Term("VARCHAR", f"{name}({text})")

    def _length(self, node: exp.Expr) -> Term:
        (text,) = self._texts([node.this])
        return Term("BIGINT", f"length({text})")

    def _text_test(self, node: exp.Expr) -> Term:
        text, part = self._texts([node.this, node.expression])
        return Term("BOOLEAN", f"{_TEXT_TESTS[type(node)]}({text}, {part})")

    def _coalesce(self, node: exp.Expr) -> Term:
        terms = [self.term(each) for each in [node.this, *node.expressions]]
        values = self._alike(terms)
        if len({term.type for term in terms if not term.open}) > 1:
            raise _invalid(msg("joins different types by coalesce"))
        type = next((term.type for term in terms if not term.open), "VARCHAR")
        return Term(type, f"coalesce({', '.join(values)})")

    def _part(self, node: exp.Expr) -> Term:
        if isinstance(node, exp.Extract):
            name, value = node.this.name.lower(), node.expression
        else:
            name, value = _PARTS[type(node)], node.this
        term = self.term(value)
        if name not in _PARTS.values() or term.type not in {"DATE", "TIMESTAMP"} or term.open:
            raise _invalid(msg("takes a part of something that is no DATE or TIMESTAMP"))
        return Term("BIGINT", f"date_part('{name}', {term.sql})")


def _type_name(node: exp.Expr) -> str:
    name = node.sql(dialect="duckdb").upper()
    return {"TEXT": "VARCHAR", "INT": "INTEGER", "TIMESTAMPTZ": ZONED}.get(name, name)


_KINDS: dict[type[exp.Expr], Callable[[Compiler, exp.Expr], Term]] = {
    exp.Column: Compiler._column,
    exp.Literal: Compiler._literal,
    exp.Neg: Compiler._negative,
    exp.Boolean: Compiler._constant,
    exp.Null: Compiler._constant,
    exp.Placeholder: Compiler._placeholder,
    exp.Cast: Compiler._cast,
    exp.TryCast: Compiler._cast,
    exp.Anonymous: Compiler._clock,
    exp.Add: Compiler._shift,
    exp.Sub: Compiler._shift,
    exp.And: Compiler._joined,
    exp.Or: Compiler._joined,
    exp.Not: Compiler._not,
    exp.Paren: Compiler._paren,
    exp.Between: Compiler._between,
    exp.In: Compiler._in,
    exp.Like: Compiler._like,
    exp.ILike: Compiler._like,
    exp.Is: Compiler._is,
    exp.Case: Compiler._case,
    exp.DPipe: Compiler._concat,
    exp.Trim: Compiler._trim,
    exp.Length: Compiler._length,
    exp.Coalesce: Compiler._coalesce,
    exp.Extract: Compiler._part,
    **dict.fromkeys(_TEXT_TO_TEXT, Compiler._text_function),
    **dict.fromkeys(_TEXT_TESTS, Compiler._text_test),
    **dict.fromkeys(_PARTS, Compiler._part),
}
"""Nodes that a filter may hold, with what compiles them; the rest is refused."""
