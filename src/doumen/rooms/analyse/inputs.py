"""Inputs that several verbs of this room take alike."""

from __future__ import annotations

from doumen.model.operation import Param

SQL = Param(
    "sql",
    "One SELECT over datasets named `domain.name`; `-` reads it from standard input.",
    positional=True,
    required=True,
    metavar="SQL",
)
VALUE = Param(
    "param",
    "Value of the next `?` of the statement; may be given several times.",
    "scalar",
    repeat=True,
    metavar="VALUE",
)
AGREEMENT = Param(
    "agreement",
    "Ask the provider of this agreement; may be given several times.",
    repeat=True,
    metavar="A-…",
)
AS_OF = Param(
    "as_of",
    "Read datasets as they were then: a moment (UTC), or a version of one dataset.",
    metavar="TIME|VERSION",
)
