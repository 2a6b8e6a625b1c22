"""Mask method `partial`: the start and the end of a text are shown, the middle is covered.

Characters are Unicode code points. The covered part is as long as what it covers, so that the
length of a value shows; a value no longer than what would be shown is covered wholly.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from doumen.kits.policy.masks.interface import Binding, MaskForm, Options
from doumen.model.message import Message, msg
from doumen.model.schema import Column


class PartialForm(MaskForm):
    """`{column: NAME, method: partial, keep_start: 2, keep_end: 2, with: "*"}`."""

    method: Literal["partial"]
    keep_start: int = Field(default=0, ge=0, le=1000)
    keep_end: int = Field(default=0, ge=0, le=1000)
    filler: str = Field(default="*", alias="with")

    @field_validator("filler")
    @classmethod
    def _one_character(cls, filler: str) -> str:
        if len(filler) != 1 or not filler.isprintable():
            raise ValueError(msg("one printable character is allowed"))
        return filler

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if not self.keep_start and not self.keep_end:
            raise ValueError(msg("keep_start or keep_end must be above 0; else use `method: null`"))
        return self


def _kept(options: Options) -> tuple[int, int]:
    """Characters shown at the start and at the end."""
    start, end = options["keep_start"], options["keep_end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    return start, end


class PartialMask:
    """Every value becomes text of the same length with its middle covered."""

    name: str = "partial"
    strength: int = 2
    form: type[MaskForm] = PartialForm

    def misfit(self, column: Column, options: Options) -> Message | None:
        """None: it suits every type."""
        return None

    def type(self, column: Column, options: Options) -> str:
        """Text."""
        return "VARCHAR"

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """Start, covered middle and end of the value as text; NULL stays NULL."""
        text = f"CAST({value} AS VARCHAR)"
        start, end = _kept(options)
        filler = "'" + str(options["with"]).replace("'", "''") + "'"
        return (
            f"CASE WHEN length({text}) <= {start + end} THEN repeat({filler}, length({text})) "
            f"ELSE left({text}, {start}) || repeat({filler}, length({text}) - {start + end}) "
            f"|| right({text}, {end}) END"
        )

    def words(self, options: Options) -> Message:
        """Which characters are shown."""
        start, end = options["keep_start"], options["keep_end"]
        if start and end:
            return msg(
                "with only the first {start} and the last {end} of its characters",
                start=start,
                end=end,
            )
        if start:
            return msg("with only the first {start} of its characters", start=start)
        return msg("with only the last {end} of its characters", end=end)

    def withheld(self, options: Options) -> Options:
        """The options themselves: they show in what they leave."""
        return options
