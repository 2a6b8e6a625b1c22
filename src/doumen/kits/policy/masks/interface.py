"""What a mask method is: a name, a strength, its options, and the SQL that shows a column changed.

A method is total: its SQL gives a value for every value of every type, so that a mask never
raises an error that tells of a hidden value. NULL stays NULL under every method.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from doumen.model.schema import Column

Options = Mapping[str, str | int]


class MaskForm(BaseModel):
    """A mask in a document. A method adds `method: Literal[its name]` and its options."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column: str | None = None


class MaskMethod(Protocol):
    """One way of changing a value.

    Attributes:
        name: As written under `method`.
        strength: Of two masks on a column the one of greater strength is applied; two
            different ones of equal strength give `null`.
        form: The mask in a document.
    """

    name: str
    strength: int
    form: type[MaskForm]

    def type(self, column: Column) -> str:
        """Declared type, in the reference dialect, of what is shown."""
        ...

    def sql(self, value: str, column: Column, options: Options, keys: tuple[str, str]) -> str:
        """The expression shown.

        Args:
            value: The quoted name of the raw column.
            column: The raw column.
            options: Options of the mask, all of them present.
            keys: Names of the variables that hold the outer and the inner key (64
                hexadecimal characters each).
        """
        ...

    def words(self, options: Options) -> str:
        """What is shown in place of the value, as the end of `column … is shown`."""
        ...
