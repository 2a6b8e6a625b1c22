"""Duty `expire`: what is obtained may be kept so many days; the fewest of several hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any

from pydantic import Field

from doumen.model.message import Message, msg
from doumen.model.rule import Expire, Target
from doumen.model.schema import Schema

_LONGEST = 36_525
"""Days of a century."""


class ExpireKind:
    """`- expire: 30`. The day of the job is not counted: 0 is until the end of that day (UTC)."""

    name: str = "expire"
    noun: type[Expire] = Expire
    form: Any = Annotated[int, Field(strict=True, ge=0, le=_LONGEST)]

    def read(self, form: int) -> Expire:
        """The duty from a number of days."""
        return Expire(form)

    def write(self, duty: Expire) -> int:
        """The number of days."""
        return duty.days

    def join(self, duties: Collection[Expire]) -> tuple[Expire, ...]:
        """The fewest days."""
        return (min(duties, key=lambda duty: duty.days),)

    def words(self, duty: Expire, *, literals: bool) -> Message:
        """How long; a term that every reader must know."""
        if duty.days == 0:
            return msg("what is obtained may be kept until the end of the day (UTC)")
        if duty.days == 1:
            return msg("what is obtained may be kept 1 day")
        return msg("what is obtained may be kept {days} days", days=duty.days)

    def withheld(self, duty: Expire) -> Expire:
        """The duty itself."""
        return duty

    def faults(self, duty: Expire, on: Target, schema: Schema) -> Iterator[Message]:
        """None: an end suits every dataset."""
        return iter(())
