"""Duty `min_group`: only groups of at least k units; per unit the largest k of several holds.

Which statements a dataset under this duty admits, and how groups are left out, is said where
statements are read and rewritten; here stand only its terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from doumen.kits.policy.masks import WITHHELD
from doumen.kits.policy.target import exact, folded
from doumen.model.message import Message, joined, msg
from doumen.model.rule import MinGroup, Target
from doumen.model.schema import Schema


class MinGroupForm(BaseModel):
    """`{k: 5, unit: person}`, or `5` alone."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    k: int = Field(ge=1, le=2**31 - 1)
    unit: str | None = Field(default=None, min_length=1)


def _spelt_out(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"k": value}
    return value


class MinGroupKind:
    """`- min_group: {k: 5, unit: person}`, or `- min_group: 5`, which counts rows."""

    name: str = "min_group"
    noun: type[MinGroup] = MinGroup
    form: Any = Annotated[MinGroupForm, BeforeValidator(_spelt_out)]

    def read(self, form: MinGroupForm) -> MinGroup:
        """The duty from its form."""
        return MinGroup(form.k, form.unit)

    def write(self, duty: MinGroup) -> int | dict[str, Any]:
        """The number alone where rows count; else number and unit."""
        return duty.k if duty.unit is None else {"k": duty.k, "unit": duty.unit}

    def join(self, duties: Collection[MinGroup]) -> tuple[MinGroup, ...]:
        """For each unit the largest k; units are columns, named without regard to case."""
        largest: dict[str | None, MinGroup] = {}
        for duty in sorted(duties, key=lambda duty: (duty.k, duty.unit or "")):
            largest[None if duty.unit is None else folded(duty.unit)] = duty
        return tuple(sorted(largest.values(), key=lambda duty: duty.unit or ""))

    def words(self, duty: MinGroup, *, literals: bool) -> Message:
        """How large, and of what; a term that every reader must know."""
        if duty.unit is None:
            units = msg("row") if duty.k == 1 else msg("rows")
        elif duty.unit == WITHHELD:
            units = msg("different values of a column")
        else:
            units = msg("different values of `{column}`", column=duty.unit)
        return msg(
            "only statements that group, and groups of at least {k} {units}", k=duty.k, units=units
        )

    def withheld(self, duty: MinGroup) -> MinGroup:
        """The duty itself; where its unit may not be known, `visible` takes the name out."""
        return duty

    def faults(self, duty: MinGroup, on: Target, schema: Schema) -> Iterator[Message]:
        """A unit that is no column of the one dataset named; a pattern or label may reach others.

        Where it does, the dataset is refused.
        """
        if exact(on) and duty.unit is not None and schema.find(duty.unit) is None:
            yield msg(
                "there is no column `{unit}` to count; there are {names}",
                unit=duty.unit,
                names=joined(msg(", "), schema.names),
            )
