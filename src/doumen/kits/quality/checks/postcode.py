"""Postal codes: the form that a country gives them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import field_validator

from doumen.kits.quality.checks.interface import (
    Measure,
    Options,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.postcodes import FORMS
from doumen.kits.quality.checks.suits import as_text, misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, msg


class Form(Tolerant):
    """A country.

    Attributes:
        country: Two letters of ISO 3166.
        column: Where the rule does not stand at it.
    """

    check: Literal["postcode"]
    country: str
    column: str | None = None

    @field_validator("country")
    @classmethod
    def _known(cls, country: str) -> str:
        if country in FORMS:
            return country
        raise ValueError(
            msg(
                "`{country}` is no country whose postal codes are known, such as CN or DE",
                country=country,
            )
        )


class Postcode:
    """Values without the form of a postal code; whether one is in use is not known."""

    name = "postcode"
    form: type[Options] = Form
    dimension = "conformity"
    counts = True
    summary = msg("values without the form of a country's postal codes")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of text, or of whole numbers."""
        return misplaced(subject, options.column) or of_other_type(
            subject, stands_at(subject, options.column), {Family.TEXT}, whole=True
        )

    def words(self, options: Form) -> Message:
        """The country."""
        return msg("is a postal code of {country}", country=options.country)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault."""
        text = as_text(subject, stands_at(subject, options.column))
        return Rows(f"NOT regexp_full_match({text}, ?)", (FORMS[options.country],))
