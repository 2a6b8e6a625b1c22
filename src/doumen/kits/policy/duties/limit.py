"""Duty `limit`: at most so many rows of the final result; the smallest of several holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any

from pydantic import Field

from doumen.model.message import Message, msg
from doumen.model.rule import Limit, Target
from doumen.model.schema import Schema


class LimitKind:
    """`- limit: 100000`. Zero is allowed: names and types of the result, but no row."""

    name: str = "limit"
    noun: type[Limit] = Limit
    form: Any = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]

    def read(self, form: int) -> Limit:
        """The duty from a number of rows."""
        return Limit(form)

    def write(self, duty: Limit) -> int:
        """The number of rows."""
        return duty.rows

    def join(self, duties: Collection[Limit]) -> tuple[Limit, ...]:
        """The smallest."""
        return (min(duties, key=lambda duty: duty.rows),)

    def words(self, duty: Limit, *, literals: bool) -> Message:
        """How many rows; a term that every reader must know, not a secret of the rule."""
        return msg("at most {rows} rows of the result", rows=duty.rows)

    def withheld(self, duty: Limit) -> Limit:
        """The duty itself."""
        return duty

    def faults(self, duty: Limit, on: Target, schema: Schema) -> Iterator[Message]:
        """None: a limit suits every dataset."""
        return iter(())
