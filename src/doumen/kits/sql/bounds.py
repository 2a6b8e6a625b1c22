"""Bounds of a hostile text, held before the parser runs: size, brackets and the work of joins.

The parser retries what follows a JOIN without ON as a nested join, so that its work doubles
with each; that of all other constructs is linear in the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from doumen.kits.sql.allow import refused
from doumen.model.errors import DoumenError, OverBudget

LARGEST = 1_000_000
"""Most characters of a statement."""

DEEPEST_BRACKETS = 64
"""Most brackets and CASEs open at one place of a statement."""

DEEPEST_TREE = 900
"""Longest path in the tree of a statement; the engine itself stops at 1,000."""

MOST_RETRIES = 200_000
"""Most tokens that the parser may read again, each counted as often as it may be."""

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_JOINED = {TokenType.ON, TokenType.USING}


def check_size(sql: str) -> None:
    """Let a text pass if it is no longer than `LARGEST`.

    Raises:
        OverBudget: it is longer.
    """
    if len(sql) > LARGEST:
        raise OverBudget(
            f"The statement has {len(sql):,} characters; {LARGEST:,} are allowed.", detail="size"
        )


def check_tokens(tokens: Sequence[Token]) -> None:
    """Let a text pass if the parser can read it in bounded depth and time.

    Raises:
        Refused: too many brackets are open at once, or too many joins wait for their ON.
    """
    waiting = [0]
    retries = 0
    before = None
    for token in tokens:
        type = token.token_type
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
                "too many joins before their ON", next="Write ON or USING after each JOIN."
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
        "nesting deeper than is read",
        why=f"At most {DEEPEST_BRACKETS} brackets may be open at once.",
        next="Split it with WITH; write long chains of OR as IN (…).",
    )
