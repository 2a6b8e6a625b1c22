"""SQL text to a statement: one SELECT whose every node is on the allow-list.

Size and nesting are bounded before the parser runs, since the text is hostile. Nothing here
knows whether a dataset exists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from doumen.kits.sql.allow import check_tree, refused
from doumen.kits.sql.bounds import check_depth, check_size, check_tokens, too_deep
from doumen.kits.sql.forms import check_forms
from doumen.kits.sql.names import fold
from doumen.kits.sql.nodes import OPENINGS, WORDS
from doumen.kits.sql.past import AsOf, Past, held_at, past_of, splices_of
from doumen.kits.sql.recursion import reads_recursion, recursive
from doumen.kits.sql.splice import Splice, spliced
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg, plain
from doumen.model.ref import Ref

# It logs texts that it cannot parse; a logger that is disabled comes back with any configuration.
logging.getLogger("sqlglot").addFilter(lambda record: False)
_DIALECT = sqlglot.Dialect.get_or_raise("duckdb")
_OTHERS = """
    ABORT BEGIN CALL CHECKPOINT COMMENT DEALLOCATE END EXECUTE EXPLAIN EXPORT FORCE GRANT IMPORT
    INSTALL KILL LOAD PREPARE RESET REVOKE START TRUNCATE UPDATE VACUUM
"""
_STATEMENTS = frozenset(_OTHERS.split())
"""Words that begin statements of other kinds and have no hint of their own."""
_DIGITS = 9
"""Most digits of the number of a parameter."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One question, read and admitted.

    Attributes:
        text: As the user wrote it; this is what runs.
        tree: sqlglot's tree of it (DuckDB dialect). Not to be changed: work on a copy.
        tables: Datasets that it reads as they are now.
        ordered: Whether the outermost query has an ORDER BY, so that the order of rows counts.
        parameters: How many values it takes: one per `?`, or the highest of `$1`, `$2` …
        past: Earlier versions of datasets that it reads.
        splices: Changes that make `runs` of `text`: stand-ins in the place of AT.
        as_of: The version or moment at which all datasets are read that do not say AT.
    """

    text: str
    tree: exp.Expr = field(compare=False)
    tables: frozenset[Ref]
    ordered: bool
    parameters: int
    past: tuple[Past, ...] = ()
    splices: tuple[Splice, ...] = ()
    as_of: AsOf | None = None

    @property
    def runs(self) -> str:
        """The text for the engine."""
        return spliced(self.text, self.splices)


def parse(sql: str, as_of: AsOf | None = None) -> Statement:
    """Read one SELECT in DuckDB's dialect.

    Args:
        sql: The text.
        as_of: Read datasets at this version or moment where the text does not say AT.

    Raises:
        Invalid: a syntax error (with its place), no statement or several, or a table without
            its domain.
        Refused: a construct, function or type that is not on the list.
        OverBudget: longer than `LARGEST`.
    """
    tree = read_tree(sql, opening=OPENINGS)
    check_tree(tree)
    check_forms(tree)
    if not isinstance(tree, (exp.Query, exp.Values, exp.Pivot)):
        raise refused(
            msg("something else than a query"), next=msg("Only SELECT statements run here.")
        )
    if as_of is not None:
        held_at(tree, as_of)
    past = past_of(tree)
    return Statement(
        text=sql,
        tree=tree,
        tables=frozenset(_tables(tree)),
        ordered=_unwrapped(tree).args.get("order") is not None,
        parameters=_parameters(tree),
        past=past,
        splices=splices_of(sql, tree, words(sql), past) if past else (),
        as_of=as_of,
    )


def bare(sql: str) -> str:
    """An admitted statement without the semicolons and comments after it, to stand in brackets."""
    return sql[: words(sql)[-1].end + 1]


def words(sql: str) -> list[Token]:
    """The tokens of an admitted statement, without its semicolons."""
    return [t for t in _DIALECT.tokenize(sql) if t.token_type is not TokenType.SEMICOLON]


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
            raise _other(tokens[0].text.upper()[:40])
        check_tokens(tokens)
        trees = _DIALECT.parser().parse(tokens, prefix + sql)
    except ParseError as error:
        raise _syntax(error, len(prefix)) from None
    except TokenError:
        raise Invalid(
            msg("The statement cannot be split into words."),
            next=msg("Look for a quote or a comment that is not closed."),
            detail="syntax",
        ) from None
    except RecursionError:
        raise too_deep() from None
    except DoumenError:
        raise
    except (SqlglotError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Invalid(
            msg("The statement cannot be read."), why=plain(type(error).__name__), detail="syntax"
        ) from None
    found = [tree for tree in trees if tree is not None]
    if len(found) != 1:
        raise Invalid(
            msg("There is no statement.")
            if not found
            else msg("There is more than one statement."),
            next=msg("Give one SELECT at a time."),
            detail="syntax",
        )
    check_depth(found[0])
    return found[0]


def _other(word: str) -> DoumenError:
    """The refusal of a statement that begins with this word; a word of no statement is a slip."""
    hints = {words.upper(): hint for words, hint in WORDS.values()}
    if word in hints or word in _STATEMENTS:
        return refused(plain(word), next=hints.get(word) or msg("Only SELECT statements run here."))
    return Invalid(
        msg("The statement begins with `{word}`.", word=word),
        why=msg("Statements begin with SELECT, WITH, FROM, VALUES, PIVOT, UNPIVOT or TABLE."),
        detail="syntax",
    )


def _syntax(error: ParseError, prefix: int) -> Invalid:
    place = error.errors[0] if error.errors else {}
    line, column = place.get("line"), place.get("col")
    near, said = str(place.get("highlight") or "")[:40], str(place.get("description") or "")
    if column is not None:  # the parser tells the last character of the word
        column = max(1, column - max(0, len(str(place.get("highlight") or "")) - 1))
        column = max(1, column - prefix) if line == 1 else column
    return Invalid(
        _misspelled(line, column, near),
        why=plain(said) if said and "<class" not in said else None,
        detail="syntax",
    )


def _misspelled(line: object, column: object, near: str) -> Message:
    if line is None and not near:
        return msg("The statement has a syntax error.")
    if line is None:
        return msg("The statement has a syntax error, near `{near}`.", near=near)
    if not near:
        return msg(
            "The statement has a syntax error in line {line}, column {column}.",
            line=line,
            column=column,
        )
    return msg(
        "The statement has a syntax error in line {line}, column {column}, near `{near}`.",
        line=line,
        column=column,
        near=near,
    )


def _tables(tree: exp.Expr) -> Iterable[Ref]:
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            continue
        if table.args.get("db") is not None:
            ref = Ref.parse(f"{_part(table.args['db'])}.{_part(table.this)}")
            if reads_recursion(table):
                continue
            if table.args.get("when") is None:
                yield ref
        elif not _names_cte(table):
            _check_recursion(table)
            raise Invalid(
                msg("`{table}` names no dataset.", table=table.name),
                why=msg("A dataset is named with its domain."),
                next=msg(
                    "Write `domain.{table}`; the table `sys.datasets` lists them.", table=table.name
                ),
                detail="name",
            )


def _part(identifier: exp.Expr) -> str:
    """The name itself; a dot inside a quoted name must not be read as a separator."""
    name = identifier.name
    if "." in name or "/" in name:
        raise Invalid(
            msg("`{name}` is not a part of a dataset name.", name=name),
            next=msg('Write `domain.name`, each part quoted by itself: `"domain"."name"`.'),
            detail="name",
        )
    return name


def _names_cte(table: exp.Table) -> bool:
    """Whether a bare table name is that of a common table expression in scope."""
    before: exp.Expr | None = None
    child: exp.Expr = table
    node = table.parent
    while node is not None:
        if isinstance(node, exp.With):
            visible = node.expressions[: child.index]
        elif isinstance(node, exp.CTE):
            second = recursive(node) and before is node.this.args["expression"]
            visible = [node] if second else []
        else:
            found = node.args.get("with_")
            visible = found.expressions if found is not None and child is not found else []
        if any(fold(cte.alias) == fold(table.name) for cte in visible):
            return True
        before, child, node = child, node, node.parent
    return False


def _check_recursion(table: exp.Table) -> None:
    """Say why a common table expression that reads itself is no recursion to the engine."""
    cte = table.find_ancestor(exp.CTE)
    while cte is not None:
        clause = cte.parent
        if (
            fold(cte.alias) == fold(table.name)
            and clause is not None
            and clause.args.get("recursive")
        ):
            raise refused(
                msg("a recursion `{alias}` of another form", alias=cte.alias),
                next=msg(
                    "Write `first UNION ALL second`, of which the second reads it; ORDER BY and "
                    "LIMIT stand in the query around it."
                ),
            )
        cte = cte.find_ancestor(exp.CTE)


def _unwrapped(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, exp.Subquery) and tree.args.get("order") is None:
        tree = tree.this
    return tree


def _parameters(tree: exp.Expr) -> int:
    found = [str(node.this or "") for node in tree.find_all(exp.Placeholder)]
    if any(len(number) > _DIGITS for number in found):
        raise Invalid(msg("The number of a parameter is too large."), detail="syntax")
    numbered = [int(number) for number in found if number]
    if numbered and len(numbered) != len(found):
        raise Invalid(
            msg("The statement mixes `?` and `$1`."), next=msg("Use one of them."), detail="syntax"
        )
    if numbered and (min(numbered) < 1 or max(numbered) != len(set(numbered))):
        raise Invalid(
            msg("The numbers of the parameters have gaps."),
            next=msg("Use `$1`, `$2` …"),
            detail="syntax",
        )
    return max(numbered, default=0) or len(found)
