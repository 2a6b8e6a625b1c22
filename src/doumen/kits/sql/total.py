"""Whether an expression of a statement is total: it gives a value, never an error, for every row.

The rules are those of filters (`expression`), and stricter where a filter is compiled to other
SQL than it was written in: here the text runs as the user wrote it, so no implicit cast in it
may fail. Used where an error would tell of rows that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.expression import Compiler
from doumen.kits.sql.literal import ZONED, Family, comparable, family
from doumen.kits.sql.term import Term, unlike
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.plan import Scalar
from doumen.model.schema import Column, Schema

Find = Callable[[Sequence[str]], Column]
"""The column that a name means, as parts; raises UnknownColumn."""

Known = Callable[[exp.Expr], str | None]
"""The type of a node that was let pass before; None: it is to be looked at."""

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_CLOCK = r"[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?"
_WRITTEN = {
    Family.TRUTH: r"(?i:true|false|t|f)",
    Family.NUMBER: r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?",
    Family.TIME: rf"\d{{4}}-\d{{2}}-\d{{2}}({_CLOCK}(Z|[+-]\d{{2}}(:\d{{2}})?)?)?",
}
"""Forms of texts that the engine reads as values; a filter admits more, and rewrites them."""


def check_total(
    node: exp.Expr, find: Find, values: Sequence[Scalar], known: Known = lambda _: None
) -> str:
    """Let an expression pass if it cannot fail on any row; gives its type.

    Args:
        node: Columns, literals, parameters, and the operators and functions of filters.
        find: Resolves columns.
        values: Values of the statement's parameters: a text may be compared with a text only.
        known: Types of nodes that need no look, as those of aggregates in HAVING.

    Raises:
        Refused: it may fail on a row, or is made of something that filters may not use.
    """
    compiler = _Total(Schema(()), None, "p", find=find, values=values, known=known)
    try:
        term = compiler.term(node)
    except Invalid as error:
        if error.code != "invalid.filter":
            raise
        raise refused(
            msg("an expression that minimum groups do not allow"),
            why=msg("It {what}.", what=error.what.given["what"]),
            next=error.next or msg("Use columns and functions that cannot fail."),
        ) from None
    return term.type


def compares(left: str, right: str) -> bool:
    """Whether values of two types, none a constant, compare without an implicit cast that fails.

    A date may lie outside the range of timestamps.
    """
    return comparable(left, right) and (left == right or "DATE" not in {left, right})


def is_summable(type: str) -> bool:
    """Whether `sum` and `avg` of values of this type cannot overflow, however many there are.

    Whole numbers of up to 64 bits are summed as HUGEINT; a DECIMAL of up to 28 digits as one
    of 38, which 10 billion rows do not fill; floating numbers become infinite.
    """
    if type.startswith("DECIMAL("):
        return int(type[8:].partition(",")[0]) <= _SUMMABLE_DIGITS
    return type == "BOOLEAN" or (family(type) == "number" and "HUGE" not in type)


_SUMMABLE_DIGITS = 28


def summed(type: str) -> str:
    """The type that the engine gives to the sum of values of a summable type."""
    if type.startswith("DECIMAL("):
        return f"DECIMAL(38,{type[8:-1].partition(',')[2].strip()})"
    return "DOUBLE" if type in {"DOUBLE", "FLOAT"} else "HUGEINT"


@dataclass(frozen=True, slots=True)
class _OneOf(Term):
    """The text of some `?`: which of them is not known, so all must fit."""

    texts: tuple[str | None, ...] = ()


@dataclass(slots=True)
class _Total(Compiler):
    find: Find = field(kw_only=True)
    values: Sequence[Scalar] = field(kw_only=True)
    known: Known = field(kw_only=True)
    joined: str = ""

    def term(self, node: exp.Expr) -> Term:
        type = self.known(node)
        return Term(type, "column") if type is not None else Compiler.term(self, node)

    def _column(self, node: exp.Expr) -> Term:
        assert isinstance(node, exp.Column)
        return Term(self.find([part.name for part in node.parts]).type, "column")

    def _placeholder(self, node: exp.Expr) -> Term:
        number = node.text("this")
        terms = [_of_value(v) for v in ([self.values[int(number) - 1]] if number else self.values)]
        if len({(term.type, term.open) for term in terms}) > 1:
            raise refused(
                msg("parameters of different types"), next=msg("Number them: `$1`, `$2` …")
            )
        if not terms[0].open:
            return terms[0]
        texts = tuple(term.text for term in terms)
        return _OneOf("VARCHAR", text=next((t for t in texts if t is not None), None), texts=texts)

    def _as(self, term: Term, type: str) -> str:
        for text in term.texts if isinstance(term, _OneOf) else (term.text,):
            if term.open and text is not None:
                if not _is_written(text, type):
                    raise _odd(msg("has a text that is not written as {type}", type=type))
                Compiler._as(self, Term("VARCHAR", text=text), type)
        return Compiler._as(self, term, type)

    def _alike(self, terms: Sequence[Term]) -> list[str]:
        typed = [term for term in terms if not term.open]
        for left, right in combinations(typed, 2):
            if not _terms_compare(left, right):
                raise _odd(
                    unlike(left.type, right.type),
                    next=msg("Compare values of one type, or use TRY_CAST(… AS …)."),
                )
        self.joined = _widest([term.type for term in typed])
        return Compiler._alike(self, terms)

    def _case(self, node: exp.Expr) -> Term:
        made = Compiler._case(self, node)
        if not self.joined:
            raise _odd(msg("chooses among numbers of different types"))
        return Term(self.joined, made.sql)


def _terms_compare(left: Term, right: Term) -> bool:
    if compares(left.type, right.type):
        return True
    dates = [term for term in (left, right) if term.type == "DATE"]
    return comparable(left.type, right.type) and all(map(_is_constant, dates))


def _is_constant(term: Term) -> bool:
    return term.sql == "value" or term.sql.startswith("CAST(getvariable(")


def _is_written(text: str, type: str) -> bool:
    form = _WRITTEN.get(family(type))
    return form is None or re.fullmatch(form, text, re.ASCII) is not None


def _widest(types: Sequence[str]) -> str:
    """The type that the engine gives to a choice among these; empty for some mixed numbers."""
    if len(set(types)) <= 1:
        return types[0] if types else "VARCHAR"
    if family(types[0]) is Family.TIME:
        return ZONED if ZONED in types else "TIMESTAMP"
    if {"DOUBLE", "FLOAT"} & set(types):
        return "DOUBLE"
    if all(type in _WHOLE for type in types):
        return max(types, key=_WHOLE.index)
    return ""


def _odd(what: Message, next: Message | None = None) -> Invalid:
    return Invalid(msg("The filter {what}.", what=what), next=next, detail="filter")


def _of_value(value: Scalar) -> Term:
    if value is None or isinstance(value, str):
        return Term("VARCHAR", text=value)
    if isinstance(value, bool):
        return Term("BOOLEAN", "value")
    if isinstance(value, int):
        return Term("HUGEINT" if abs(value) >= 1 << 63 else "BIGINT", "value")
    if isinstance(value, float):
        return Term("DOUBLE", "value")
    return Term("TIMESTAMP" if value.tzinfo is None else ZONED, "value")
