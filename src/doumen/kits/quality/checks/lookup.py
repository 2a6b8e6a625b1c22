"""Cross-table: a column beside the sum or count of the rows of another dataset, by keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from doumen.kits.quality.checks.interface import (
    Measure,
    Options,
    Own,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.suits import absent, misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted, table
from doumen.kits.sql.literal import Family
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.ref import Ref


class Form(Tolerant):
    """The other dataset, how its rows belong to one here, and what is made of them.

    Attributes:
        dataset: Its name; without a domain, one of the same domain.
        on: Columns here to columns there.
        aggregate: `count` of the rows, or the `sum` of a column.
        of: The column that is summed.
        within: So far they may be apart.
        column: The column here, where the rule does not stand at it.
    """

    check: Literal["lookup"]
    dataset: str
    on: Mapping[str, str] = Field(min_length=1)
    aggregate: Literal["count", "sum"]
    of: str | None = None
    within: Decimal = Field(default=Decimal(0), ge=0)
    column: str | None = None

    @field_validator("dataset")
    @classmethod
    def _named(cls, dataset: str) -> str:
        try:
            Ref.parse(dataset if "." in dataset else f"any.{dataset}")
        except Invalid:
            raise ValueError(msg("`{dataset}` is no name of a dataset", dataset=dataset)) from None
        return dataset

    @model_validator(mode="after")
    def _summed(self) -> Self:
        if (self.of is not None) != (self.aggregate == "sum"):
            raise ValueError(msg("`of` names the column that is summed, and goes with `sum`"))
        return self


class Lookup:
    """Rows whose number is not that of the other dataset; where nothing belongs to one, 0."""

    name = "lookup"
    form: type[Options] = Form
    dimension = "consistency"
    counts = True
    summary = msg("rows whose number is not the sum, or count, of rows of another dataset")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The number and the keys; what is read of the other dataset is not told."""
        return (stands_at(subject, options.column), *options.on)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of numbers, and keys that are there."""
        return (
            misplaced(subject, options.column)
            or absent(subject, options.on)
            or of_other_type(subject, stands_at(subject, options.column), {Family.NUMBER})
        )

    def words(self, options: Form) -> Message:
        """What it must equal."""
        if options.of is None:
            return msg("equals the count of rows of {dataset}", dataset=options.dataset)
        return msg(
            "equals the sum of {column} of {dataset}", column=options.of, dataset=options.dataset
        )

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """A statement of its own."""
        name = options.dataset
        there = Ref.parse(name if "." in name else f"{subject.ref.domain}.{name}")
        free = _free(subject.types)
        keys = {f"{free}_key_{n}": pair for n, pair in enumerate(options.on.items(), 1)}
        # Qualified: a name that is not there would else be that of a column here.
        row = f"{free}_row"
        made = "count(*)" if options.of is None else f"sum({row}.{quoted(options.of)})"
        listed = ", ".join(f"{row}.{quoted(other)} AS {key}" for key, (_, other) in keys.items())
        grouped = ", ".join(f"{row}.{quoted(other)}" for _, other in keys.values())
        same = " AND ".join(f"{free}.{key} = {quoted(own)}" for key, (own, _) in keys.items())
        source = f"{table(there)} AS {row}"
        sums = f"SELECT {listed}, {made} AS {free}_total FROM {source} GROUP BY {grouped}"  # noqa: S608 - names are quoted
        found = f"SELECT {free}.{free}_total FROM ({sums}) AS {free} WHERE {same}"  # noqa: S608 - names are quoted
        condition = _apart(
            quoted(stands_at(subject, options.column)), f"coalesce(({found}), 0)", options.within
        )
        statement = f"SELECT coalesce(count_if({condition}), 0) FROM {table(subject.ref)}"  # noqa: S608 - names are quoted
        return Own(statement, failing=Rows(condition))


def _apart(left: str, right: str, within: Decimal) -> str:
    if not within:
        return f"{left} <> {right}"
    apart = f"CAST({left} AS DOUBLE) - CAST({right} AS DOUBLE)"
    return f"abs({apart}) > CAST({format(within, 'f')} AS DOUBLE)"


def _free(types: Mapping[str, str]) -> str:
    """A name that no column begins with: the keys here are named bare within the statement."""
    name = "there"
    while any(column.casefold().startswith(name) for column in types):
        name += "_"
    return name
