"""Code lists: values that are no code of a list that the node keeps under a key."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field

from doumen.kits.quality.checks.interface import (
    Measure,
    Options,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.suits import as_text, misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, msg


class Form(Tolerant):
    """A code list.

    Attributes:
        code_list: Its key.
        codes: Its codes, put in by whoever runs the check; a contract does not write them.
        column: Where the rule does not stand at it.
    """

    check: Literal["code_list"]
    code_list: str = Field(min_length=1)
    codes: tuple[str, ...] | None = None
    column: str | None = None


class CodeList:
    """Values that are no code of the list."""

    name = "code_list"
    form: type[Options] = Form
    dimension = "conformity"
    summary = msg("values that are no code of a code list")

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of text or whole numbers, and a list that is known."""
        if not options.codes:
            return msg("there is no code list `{key}` with codes", key=options.code_list)
        return misplaced(subject, options.column) or of_other_type(
            subject, stands_at(subject, options.column), {Family.TEXT}, whole=True
        )

    def words(self, options: Form) -> Message:
        """The list."""
        return msg("is a code of {list}", list=options.code_list)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault."""
        text, codes = as_text(subject, stands_at(subject, options.column)), options.codes or ()
        return Rows(f"{text} NOT IN ({', '.join('?' for _ in codes)})", codes)
