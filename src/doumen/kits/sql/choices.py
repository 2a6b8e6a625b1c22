"""Conditions over names of columns: `COLUMNS(lambda c: …)` and `* LIKE …`.

They are decided here, over the columns that may be seen, so that what a statement gives is known
before it runs. What cannot be decided exactly as the engine would is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.names import fold
from doumen.kits.sql.patterns import Pattern, caseless, glob, like, regular
from doumen.model.errors import Refused
from doumen.model.message import msg

Choice = Callable[[str], bool]
"""Whether a column of this name is meant."""

_TESTS: dict[type[exp.Expr], Callable[[str, str], bool]] = {
    exp.EQ: lambda name, text: name == text,
    exp.NEQ: lambda name, text: name != text,
    exp.StartsWith: lambda name, text: name.startswith(text),
    exp.EndsWith: lambda name, text: name.endswith(text),
    exp.Contains: lambda name, text: text in name,
}
_CASES: dict[type[exp.Expr], Callable[[str], str]] = {exp.Lower: str.lower, exp.Upper: str.upper}
_FILTERS = (exp.Like, exp.ILike, exp.Glob, exp.SimilarTo, exp.RegexpLike, exp.RegexpFullMatch)


def matching(pattern: str) -> Choice:
    """The names that `COLUMNS('pattern')` means: those in which it is found."""
    compiled = regular(pattern)
    if compiled is None:
        raise _beyond(pattern)
    return compiled.found_in


def filtered(node: exp.Expr) -> tuple[exp.Expr, Choice] | None:
    """The star of `* LIKE 'pattern'` and its kin, and the names that it means; None for others."""
    negated = isinstance(node, exp.Not)
    test = node.this if negated else node
    while isinstance(test, exp.Paren):
        test = test.this
    if not isinstance(test, _FILTERS) or not is_star(test.this):
        return None
    chosen = _pattern(test)
    return test.this, (lambda name: not chosen(name)) if negated else chosen


def is_star(node: exp.Expr) -> bool:
    """Whether a node is `*` or `table.*`."""
    return isinstance(node.this if isinstance(node, exp.Column) else node, exp.Star)


def chosen(condition: exp.Expr, parameter: str) -> Choice:
    """The names for which the body of a lambda is true.

    Raises:
        Refused: it is more than comparisons of the name with texts.
    """
    return _condition(condition, fold(parameter))


def _condition(node: exp.Expr, parameter: str) -> Choice:
    if isinstance(node, exp.Paren):
        return _condition(node.this, parameter)
    if isinstance(node, exp.Not):
        inner = _condition(node.this, parameter)
        return lambda name: not inner(name)
    if isinstance(node, (exp.And, exp.Or)):
        sides = [_condition(part, parameter) for part in (node.this, node.expression)]
        every = all if isinstance(node, exp.And) else any
        return lambda name: every(side(name) for side in sides)
    if isinstance(node, exp.In) and node.expressions:
        texts = {_text(each) for each in node.expressions}
        return _over(node.this, parameter, lambda value: value in texts)
    if isinstance(node, _FILTERS):
        return _over(node.this, parameter, _pattern(node))
    test = _TESTS.get(type(node))
    if test is None:
        raise _undecided()
    return _over(node.this, parameter, partial(_flip(test), _text(node.expression)))


def _flip(test: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    return lambda text, name: test(name, text)


def _over(node: exp.Expr, parameter: str, test: Choice) -> Choice:
    """A test of the parameter itself, or of its lower or upper form."""
    case = _CASES.get(type(node))
    if case is None:
        _check_parameter(node, parameter)
        return test
    _check_parameter(node.this, parameter)

    def tested(name: str) -> bool:
        if not caseless(name):
            raise refused(
                msg("`lower` or `upper` of the column `{name}` in COLUMNS()", name=name),
                next=msg("Name the columns."),
            )
        return test(case(name))

    return tested


def _check_parameter(node: exp.Expr, parameter: str) -> None:
    plain = isinstance(node, exp.Identifier) or (
        isinstance(node, exp.Column) and len(node.parts) == 1
    )
    if not plain or fold(node.name) != parameter:
        raise _undecided()


def _text(node: exp.Expr) -> str:
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise _undecided()
    return node.name


def _pattern(node: exp.Expr) -> Choice:
    """The test of an operator that takes a pattern."""
    if node.args.get("flag") is not None or node.args.get("options") is not None:
        raise _undecided()
    text = _text(node.expression)
    found: Pattern | None
    if isinstance(node, (exp.Like, exp.ILike)):
        any_case = isinstance(node, exp.ILike)
        found = like(text, any_case=any_case)
    else:
        any_case = False
        found = glob(text) if isinstance(node, exp.Glob) else regular(text)
    if found is None:
        raise _beyond(text)
    test = found.found_in if isinstance(node, exp.RegexpLike) else found.matches
    negated = bool(node.args.get("negate"))

    def tested(name: str) -> bool:
        if any_case and not caseless(name):
            raise refused(
                msg("ILIKE over the column `{name}`", name=name), next=msg("Name the columns.")
            )
        return test(name) != negated

    return tested


def _beyond(pattern: str) -> Refused:
    return refused(
        msg("the pattern '{pattern}' for names of columns", pattern=pattern[:60]),
        why=msg("Which columns it means must be known before the engine runs."),
        next=msg(
            "Use letters, digits, `.`, `*`, `+`, `?`, `|`, `(…)`, `[…]`, `^` and `$`, or LIKE."
        ),
    )


def _undecided() -> Refused:
    return refused(
        msg("this condition over names of columns"),
        why=msg("Which columns it means must be known before the engine runs."),
        next=msg(
            "Compare the parameter with texts: =, <>, IN, LIKE, ILIKE, GLOB, SIMILAR TO, ~, "
            "starts_with, contains, joined by AND, OR, NOT."
        ),
    )
