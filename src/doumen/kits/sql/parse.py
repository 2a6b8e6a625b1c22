"""SQL text to a statement: one SELECT whose every node is on the allow-list.

Size and nesting are bounded before the parser runs, since the text is hostile. Nothing here
knows whether a dataset exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import TokenType

from doumen.kits.sql.allow import check_tree, refused
from doumen.kits.sql.bounds import check_depth, check_size, check_tokens, too_deep
from doumen.kits.sql.names import fold
from doumen.kits.sql.nodes import OPENINGS
from doumen.model.errors import DoumenError, Invalid
from doumen.model.ref import Ref

_DIALECT = sqlglot.Dialect.get_or_raise("duckdb")


@dataclass(frozen=True, slots=True)
class Statement:
    """One question, read and admitted.

    Attributes:
        text: As the user wrote it; this is what runs.
        tree: sqlglot's tree of it (DuckDB dialect). Not to be changed: work on a copy.
        tables: Datasets that it names.
        ordered: Whether the outermost query has an ORDER BY, so that the order of rows counts.
        parameters: How many values it takes: one per `?`, or the highest of `$1`, `$2` …
    """

    text: str
    tree: exp.Expr = field(compare=False)
    tables: frozenset[Ref]
    ordered: bool
    parameters: int


def parse(sql: str) -> Statement:
    """Read one SELECT in DuckDB's dialect.

    Raises:
        Invalid: a syntax error (with its place), no statement or several, or a table without
            its domain.
        Refused: a construct, function or type that is not on the list.
        OverBudget: longer than `LARGEST`.
    """
    tree = read_tree(sql, opening=OPENINGS)
    if not isinstance(tree, (exp.Query, exp.Values)):
        check_tree(tree)
        raise refused("something else than a query", next="Only SELECT statements run here.")
    check_tree(tree)
    return Statement(
        text=sql,
        tree=tree,
        tables=frozenset(_tables(tree)),
        ordered=_unwrapped(tree).args.get("order") is not None,
        parameters=_parameters(tree),
    )


def bare(sql: str) -> str:
    """An admitted statement without the semicolons and comments after it, to stand in brackets."""
    tokens = [t for t in _DIALECT.tokenize(sql) if t.token_type is not TokenType.SEMICOLON]
    return sql[: tokens[-1].end + 1]


def read_tree(sql: str, *, opening: frozenset[str] | None = None, prefix: str = "") -> exp.Expr:
    """The tree of a text, bounded in size and depth; nothing of it is admitted yet.

    Args:
        sql: The text.
        opening: Types of tokens that it may begin with; None: any.
        prefix: Put before the text, to make a statement of an expression.

    Raises:
        Invalid: a syntax error, no statement or several.
        Refused: nested too deeply, or a statement of another kind.
        OverBudget: longer than `LARGEST`.
    """
    check_size(sql)
    try:
        tokens = _DIALECT.tokenize(prefix + sql)
        while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
            tokens.pop()
        if opening is not None and tokens and tokens[0].token_type.name not in opening:
            raise refused(tokens[0].text.upper()[:40], next="Only SELECT statements run here.")
        check_tokens(tokens)
        trees = _DIALECT.parser().parse(tokens, prefix + sql)
    except ParseError as error:
        raise _syntax(error, len(prefix)) from None
    except TokenError:
        raise Invalid(
            "The statement cannot be split into words.",
            next="Look for a quote or a comment that is not closed.",
            detail="syntax",
        ) from None
    except RecursionError:
        raise too_deep() from None
    except DoumenError:
        raise
    except (SqlglotError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Invalid(
            "The statement cannot be read.", why=type(error).__name__, detail="syntax"
        ) from None
    found = [tree for tree in trees if tree is not None]
    if len(found) != 1:
        raise Invalid(
            "There is no statement." if not found else "There is more than one statement.",
            next="Give one SELECT at a time.",
            detail="syntax",
        )
    check_depth(found[0])
    return found[0]


def _syntax(error: ParseError, prefix: int) -> Invalid:
    place = error.errors[0] if error.errors else {}
    line, column = place.get("line"), place.get("col")
    near = str(place.get("highlight") or "")[:40]
    if line == 1 and column is not None:
        column = max(1, column - prefix)
    where = f" in line {line}, column {column}" if line is not None else ""
    return Invalid(
        f"The statement has a syntax error{where}" + (f", near `{near}`." if near else "."),
        why=str(place.get("description") or "") or None,
        detail="syntax",
    )


def _tables(tree: exp.Expr) -> Iterable[Ref]:
    for table in tree.find_all(exp.Table):
        if table.args.get("db") is not None:
            yield Ref.parse(f"{_part(table.args['db'])}.{_part(table.this)}")
        elif not _names_cte(table):
            raise Invalid(
                f"`{table.name}` names no dataset.",
                why="A dataset is named with its domain.",
                next=f"Write `domain.{table.name}`; the table `sys.datasets` lists them.",
                detail="name",
            )


def _part(identifier: exp.Expr) -> str:
    """The name itself; a dot inside a quoted name must not be read as a separator."""
    name = identifier.name
    if "." in name or "/" in name:
        raise Invalid(
            f"`{name}` is not a part of a dataset name.",
            next='Write `domain.name`, each part quoted by itself: `"domain"."name"`.',
            detail="name",
        )
    return name


def _names_cte(table: exp.Table) -> bool:
    """Whether a bare table name is that of a common table expression in scope."""
    child: exp.Expr = table
    node = table.parent
    while node is not None:
        if isinstance(node, exp.With):
            visible = node.expressions[: child.index]
        else:
            found = node.args.get("with_")
            visible = found.expressions if found is not None and child is not found else []
        if any(fold(cte.alias) == fold(table.name) for cte in visible):
            return True
        child, node = node, node.parent
    return False


def _unwrapped(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, exp.Subquery) and tree.args.get("order") is None:
        tree = tree.this
    return tree


def _parameters(tree: exp.Expr) -> int:
    found = [str(node.this or "") for node in tree.find_all(exp.Placeholder)]
    numbered = [int(number) for number in found if number]
    if numbered and len(numbered) != len(found):
        raise Invalid("The statement mixes `?` and `$1`.", next="Use one of them.", detail="syntax")
    if numbered and set(numbered) != set(range(1, max(numbered) + 1)):
        raise Invalid(
            "The numbers of the parameters have gaps.", next="Use `$1`, `$2` …", detail="syntax"
        )
    return max(numbered, default=0) or len(found)
