"""SQL text for the engine: names, literals and types, quoted so that they can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doumen.model.errors import Invalid
from doumen.model.message import msg

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*(\(\d+(,\s*\d+)?\))?(\[\d*\])*")
_NESTED = re.compile(r'[A-Za-z0-9_ ,()\[\]"]+')


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """A list of quoted strings."""
    return "[" + ", ".join(literal(text) for text in texts) + "]"


def type_name(text: str) -> str:
    """A type, checked to be nothing else.

    Raises:
        Invalid: the text is not one that a type has.
    """
    nested = text.upper().startswith(("STRUCT(", "MAP(")) and _NESTED.fullmatch(text)
    if not nested and not _TYPE.fullmatch(text):
        raise Invalid(
            msg("A column has a type that the engine does not know."),
            next=msg("Use types such as BIGINT, DECIMAL(12,2), VARCHAR, DATE, TIMESTAMP."),
            detail="type",
        )
    return text
