"""Mask method `partial`: the start and the end of a text are shown, the middle is covered.

Characters are Unicode code points. The covered part is as long as what it covers, so that the
length of a value shows; a value no longer than what would be shown is covered wholly.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from doumen.kits.policy.masks.interface import MaskForm, Options
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
            raise ValueError("one printable character is allowed")
        return filler

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if not self.keep_start and not self.keep_end:
            raise ValueError("keep_start or keep_end must be above 0; else use `method: null`")
        return self


class PartialMask:
    """Every value becomes text of the same length with its middle covered."""

    name: str = "partial"
    strength: int = 2
    form: type[MaskForm] = PartialForm

    def type(self, column: Column) -> str:
        """Text."""
        return "VARCHAR"

    def sql(self, value: str, column: Column, options: Options, keys: tuple[str, str]) -> str:
        """Start, covered middle and end of the value as text; NULL stays NULL."""
        text = f"CAST({value} AS VARCHAR)"
        start, end = int(options["keep_start"]), int(options["keep_end"])
        filler = "'" + str(options["with"]).replace("'", "''") + "'"
        return (
            f"CASE WHEN length({text}) <= {start + end} THEN repeat({filler}, length({text})) "
            f"ELSE left({text}, {start}) || repeat({filler}, length({text}) - {start + end}) "
            f"|| right({text}, {end}) END"
        )

    def words(self, options: Options) -> str:
        """Which characters are shown."""
        ends = (("keep_start", "first"), ("keep_end", "last"))
        kept = " and ".join(f"the {word} {options[key]}" for key, word in ends if options[key])
        return f"with only {kept} of its characters"
