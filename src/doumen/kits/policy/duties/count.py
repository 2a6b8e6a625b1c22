"""Duty `count`: at most so many queries per actor, rule and UTC day; each rule counts its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any

from pydantic import Field

from doumen.model.message import Message, msg
from doumen.model.rule import Count, Target
from doumen.model.schema import Schema


class CountKind:
    """`- count: 100`. Queries that were executed count, failed ones too; refusals do not."""

    name: str = "count"
    noun: type[Count] = Count
    form: Any = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]

    def read(self, form: int) -> Count:
        """The duty from a number of queries."""
        return Count(form)

    def write(self, duty: Count) -> int:
        """The number of queries."""
        return duty.queries

    def join(self, duties: Collection[Count]) -> tuple[Count, ...]:
        """Of those of one rule the smallest; those of different rules all hold."""
        return (min(duties, key=lambda duty: duty.queries),)

    def words(self, duty: Count, *, literals: bool) -> Message:
        """How many queries; a term that every reader must know."""
        if duty.queries == 1:
            return msg("at most 1 query a day (UTC)")
        return msg("at most {queries} queries a day (UTC)", queries=duty.queries)

    def withheld(self, duty: Count) -> Count:
        """The duty itself."""
        return duty

    def faults(self, duty: Count, on: Target, schema: Schema) -> Iterator[Message]:
        """None: a count suits every dataset."""
        return iter(())
