"""Bounds of a hostile text, held before the parser runs: size, brackets, joins and numbers.

The parser retries what follows a JOIN without ON as a nested join, so that its work doubles
with each; that of all other constructs is linear in the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from doumen.kits.sql.allow import refused
from doumen.model.errors import DoumenError, OverBudget
from doumen.model.message import msg

LARGEST = 1_000_000
"""Most characters of a statement."""

DEEPEST_BRACKETS = 64
"""Most brackets and CASEs open at one place of a statement."""

DEEPEST_TREE = 900
"""Longest path in the tree of a statement; the engine itself stops at 1,000."""

MOST_RETRIES = 200_000
"""Most tokens that the parser may read again, each counted as often as it may be."""

LONGEST_CHAIN = 200
"""Most dots and indices that follow one value: the parser copies all before for each."""

LONGEST_NUMBER = 1_000
"""Most characters of a number, and of the text of an INTERVAL: the parser's work on that grows
with the square of its length.
"""

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_APART = {
    *(TokenType.COMMA, TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH),
    *(TokenType.DPIPE, TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.GT, TokenType.LTE),
    *(TokenType.GTE, TokenType.AND, TokenType.OR, TokenType.SELECT, TokenType.FROM),
    *(TokenType.WHERE, TokenType.JOIN, TokenType.ON, TokenType.UNION, TokenType.SEMICOLON),
}
"""Tokens after which a new value begins."""

_JOINED = {TokenType.ON, TokenType.USING}


def check_size(sql: str) -> None:
    """Let a text pass if it is no longer than `LARGEST`.

    Raises:
        OverBudget: it is longer.
    """
    if len(sql) > LARGEST:
        raise OverBudget(
            msg(
                "The statement has {count:,} characters; {largest:,} are allowed.",
                count=len(sql),
                largest=LARGEST,
            ),
            detail="size",
        )


def check_tokens(tokens: Sequence[Token]) -> None:
    """Let a text pass if the parser can read it in bounded depth and time.

    Raises:
        Refused: too many brackets are open at once, too many joins wait for their ON, or a
            number is too long.
    """
    _check_chains(tokens)
    waiting = [0]
    retries = 0
    before = None
    for token in tokens:
        type = token.token_type
        if type is TokenType.NUMBER or before is TokenType.INTERVAL:
            _check_number(token)
        if type in _OPEN:
            waiting.append(waiting[-1])
        elif type in _CLOSE and len(waiting) > 1:
            waiting.pop()
        elif type is TokenType.JOIN and before is not TokenType.CROSS:
            waiting[-1] += 1
        elif type in _JOINED and before is not TokenType.DISTINCT:
            outside = waiting[-2] if len(waiting) > 1 else 0
            waiting[-1] = max(outside, waiting[-1] - 1)
        retries += (1 << min(waiting[-1], 32)) - 1
        before = type
        if len(waiting) > DEEPEST_BRACKETS:
            raise too_deep()
        if retries > MOST_RETRIES:
            raise refused(
                msg("too many joins before their ON"),
                next=msg("Write ON or USING after each JOIN."),
            )


def _check_chains(tokens: Sequence[Token]) -> None:
    """Let a text pass in which few methods, fields and indices follow one another."""
    lengths = [0]
    before = None
    for token in tokens:
        type = token.token_type
        if type in {TokenType.DOT, TokenType.L_BRACKET}:
            lengths[-1] += 1
        elif type in _APART and before is not TokenType.DOT:
            lengths[-1] = 0
        if lengths[-1] > LONGEST_CHAIN:
            raise refused(
                msg(
                    "more than {longest_chain} methods, fields or indices after one another",
                    longest_chain=LONGEST_CHAIN,
                ),
                next=msg("Compute in steps, with WITH."),
            )
        if type in _OPEN:
            lengths.append(0)
        elif type in _CLOSE and len(lengths) > 1:
            lengths.pop()
        before = type


def _check_number(token: Token) -> None:
    if len(token.text) > LONGEST_NUMBER:
        raise refused(
            msg(
                "a number or an interval of more than {longest_number:,} characters",
                longest_number=LONGEST_NUMBER,
            ),
            next=msg("Write it shorter, as in 1e400."),
        )


def check_depth(tree: exp.Expr, deepest: int = DEEPEST_TREE) -> None:
    """Let a tree pass if no path in it is longer than `deepest`.

    Raises:
        Refused: one is.
    """
    level: list[exp.Expr] = [tree]
    for _ in range(deepest):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return
    raise too_deep()


def too_deep() -> DoumenError:
    """The refusal of a statement that is nested deeper than is read."""
    return refused(
        msg("nesting deeper than is read"),
        why=msg(
            "At most {deepest_brackets} brackets may be open at once.",
            deepest_brackets=DEEPEST_BRACKETS,
        ),
        next=msg("Split it with WITH; write long chains of OR as IN (…)."),
    )
