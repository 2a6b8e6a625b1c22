"""Identifiers of a scheme: form and check digits, such as those of an IBAN."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import field_validator

from doumen.kits.quality.checks.interface import (
    Judged,
    Measure,
    Options,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.suits import as_text, misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.quality.identifiers import BY_NAME, MODULES, PREFIX, judge
from doumen.kits.sql import quoted
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, enumerated, msg, plain


class Form(Tolerant):
    """A scheme of the shelf, or `stdnum:` and a module of python-stdnum.

    Attributes:
        column: Where the rule does not stand at it.
    """

    check: Literal["identifier"]
    scheme: str
    column: str | None = None

    @field_validator("scheme")
    @classmethod
    def _known(cls, scheme: str) -> str:
        if scheme in BY_NAME or (
            scheme.startswith(PREFIX) and scheme.removeprefix(PREFIX) in MODULES
        ):
            return scheme
        raise ValueError(
            msg(
                "`{scheme}` is no scheme that is known; it is one of {known}, or `stdnum:` and a "
                "module of python-stdnum",
                scheme=scheme,
                known=enumerated(BY_NAME),
            )
        )


class Identifier:
    """Values that are no identifier of the scheme."""

    name = "identifier"
    form: type[Options] = Form
    dimension = "conformity"
    counts = True
    summary = msg("values that are no identifier of a scheme")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of text, or of whole numbers."""
        return misplaced(subject, options.column) or of_other_type(
            subject, stands_at(subject, options.column), {Family.TEXT}, whole=True
        )

    def words(self, options: Form) -> Message:
        """The scheme by its name for people."""
        scheme = BY_NAME.get(options.scheme)
        title = scheme.title if scheme else plain(options.scheme)
        return msg("is a valid {title}", title=title)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault; by a library, values."""
        column = stands_at(subject, options.column)
        scheme = BY_NAME.get(options.scheme)
        if scheme is None:
            return Judged(column, judge(options.scheme.removeprefix(PREFIX)))
        invalid = scheme.invalid(as_text(subject, column))
        return Rows(f"{quoted(column)} IS NOT NULL AND {invalid}")
