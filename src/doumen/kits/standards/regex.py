"""Regular expressions of other tools as the engine reads them (RE2), or why it cannot."""

from __future__ import annotations

import re

from doumen.model.message import Message, msg

_REGEX_NEEDS = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\(\?P[=>]|\\k<|[*+?}]\+")


def pattern_fault(pattern: str) -> Message | None:
    """Why the engine (RE2) cannot run a regular expression; None where it can."""
    if _REGEX_NEEDS.search(pattern):
        return msg("look-around, back-references and possessive repeats are not supported (RE2)")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return msg("it is not a regular expression")
    return None


def anywhere(pattern: str) -> str:
    """A pattern that matches a whole text where `pattern` matches somewhere in it."""
    closed = pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")
    if closed and "|" not in pattern:
        return pattern[1:-1]
    return f"(?s:.*)(?:{pattern})(?s:.*)"
