"""Mask method `null`: nothing is shown; the column keeps its type. The strongest mask."""

from __future__ import annotations

from typing import Literal

from doumen.kits.policy.masks.interface import Binding, MaskForm, Options
from doumen.model.message import Message, msg
from doumen.model.schema import Column


class NullForm(MaskForm):
    """`{column: NAME, method: null}`."""

    method: Literal["null"]


class NullMask:
    """Every value becomes NULL of the column's own type."""

    name: str = "null"
    strength: int = 3
    form: type[MaskForm] = NullForm

    def misfit(self, column: Column, options: Options) -> Message | None:
        """None: it suits every type."""
        return None

    def type(self, column: Column, options: Options) -> str:
        """The type of the raw column."""
        return column.type

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """A typed NULL, which does not read the column."""
        return f"CAST(NULL AS {column.type})"

    def words(self, options: Options) -> Message:
        """Empty."""
        return msg("empty")

    def withheld(self, options: Options) -> Options:
        """None: it has none."""
        return options
