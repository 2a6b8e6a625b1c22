"""What a mask method is: a name, a strength, its options, and the SQL that shows a column changed.

A method is total: its SQL gives a value for every value of every type that it suits, so that a
mask never raises an error that tells of a hidden value. NULL stays NULL under every method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from doumen.model.message import Message
from doumen.model.plan import Value
from doumen.model.rule import Option
from doumen.model.schema import Column

Options = Mapping[str, Option]

WITHHELD = "…"
"""Stands for what the reader of a rule may not know."""


@dataclass(slots=True)
class Binding:
    """The variables that the SQL of one mask reads.

    Attributes:
        prefix: Variables are named `prefix_1`, `prefix_2` …
        keys: Names of the variables that hold the outer and the inner key of hash masks (64
            hexadecimal characters each).
        values: Values of the variables that were bound.
    """

    prefix: str
    keys: tuple[str, str]
    values: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value, type: str) -> str:
        """The SQL that reads a new variable with this value, as this type."""
        name = f"{self.prefix}_{len(self.values) + 1}"
        self.values[name] = value
        return f"CAST(getvariable('{name}') AS {type})"


class MaskForm(BaseModel):
    """A mask in a document. A method adds `method: Literal[its name]` and its options."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column: str | None = None

    def options(self) -> dict[str, Any]:
        """All options, by the name that they have in a document."""
        return self.model_dump(by_alias=True, exclude={"column", "method"})


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

    def misfit(self, column: Column, options: Options) -> Message | None:
        """Why the method does not suit a column of this type; None where it does."""
        ...

    def type(self, column: Column, options: Options) -> str:
        """Declared type, in the reference dialect, of what is shown of a column that it suits."""
        ...

    def sql(self, value: str, column: Column, options: Options, binding: Binding) -> str:
        """The expression shown.

        Args:
            value: The quoted name of the raw column.
            column: The raw column, which the method suits.
            options: Options of the mask, all of them present.
            binding: Takes the values that the expression needs.
        """
        ...

    def words(self, options: Options) -> Message:
        """What is shown in place of the value, as the end of `column … is shown`."""
        ...

    def withheld(self, options: Options) -> Options:
        """The options as those may know them who do not govern rules."""
        ...
