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
from doumen.model.errors import NotFound
from doumen.model.message import Message, msg


class Form(Tolerant):
    """A code list.

    Attributes:
        code_list: Its key.
        codes: Its codes, which whoever runs the check puts in; none: there is no such list.
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
    counts = True
    summary = msg("values that are no code of a code list")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of text or whole numbers, and a list that has codes, once they are put in."""
        if options.codes == ():
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
        """Rows at fault.

        Raises:
            NotFound: nobody put the codes in.
        """
        if not options.codes:
            raise NotFound(
                msg("There is no code list `{key}`.", key=options.code_list), detail="code-list"
            )
        text = as_text(subject, stands_at(subject, options.column))
        marks = ", ".join("?" for _ in options.codes)
        return Rows(f"{text} NOT IN ({marks})", options.codes)
