"""Duty `mask`: a column is shown changed, before anything else of a statement sees its values.

Strongest mask: null, then partial (with it later bucket and generalise), then hash. Two
different masks of equal strength give null, whatever else is asked beside them: so the order
of rules does not matter and a further mask never shows more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from doumen.kits.policy.masks import BY_NAME, METHODS, MaskForm
from doumen.model.plan import GovernedColumn
from doumen.model.rule import Mask, Target, TargetKind
from doumen.model.schema import Column, Schema

MASK_KEYS = ("mask_outer", "mask_inner")
"""Names of the variables that hold the outer and the inner key of hash masks."""

NULL = "null"


def mask_expression(
    mask: Mask, column: Column, key_variables: tuple[str, str] = MASK_KEYS
) -> GovernedColumn:
    """The column as its mask shows it.

    Args:
        mask: What is asked.
        column: The raw column.
        key_variables: Names of the variables of outer and inner key, each of them 64
            hexadecimal characters.
    """
    method = BY_NAME[mask.method]
    value = '"' + column.name.replace('"', '""') + '"'
    expression = method.sql(value, column, dict(mask.options), key_variables)
    return GovernedColumn(column.name, method.type(column), expression)


def _null_is_a_name(value: Any) -> Any:
    """YAML reads `method: null` as nothing; here it is the name of a method."""
    if isinstance(value, Mapping) and "method" in value and value["method"] is None:
        return {**value, "method": NULL}
    return value


class MaskKind:
    """`- mask: {column: tailnum, method: hash}`."""

    name: str = "mask"
    noun: type[Mask] = Mask
    form: Any = Annotated[
        reduce(or_, (method.form for method in METHODS)),
        Field(discriminator="method"),
        BeforeValidator(_null_is_a_name),
    ]

    def read(self, form: MaskForm) -> Mask:
        """The duty from its form; options that are not given take their default."""
        fields = form.model_dump(by_alias=True)
        method, column = fields.pop("method"), fields.pop("column")
        return Mask(method, column, tuple(sorted(fields.items())))

    def write(self, duty: Mask) -> dict[str, str | int]:
        """Column, method and options."""
        column = {} if duty.column is None else {"column": duty.column}
        return {**column, "method": duty.method, **dict(duty.options)}

    def join(self, duties: Collection[Mask]) -> Mask:
        """The strongest; null where two of equal strength differ. The column is left out."""
        masks = {Mask(duty.method, None, duty.options) for duty in duties}
        by_strength: dict[int, Mask] = {}
        for mask in masks:
            if by_strength.setdefault(BY_NAME[mask.method].strength, mask) != mask:
                return Mask(NULL)
        return by_strength[max(by_strength)]

    def words(self, duty: Mask, *, literals: bool) -> str:
        """Which column is shown how."""
        which = "the column" if duty.column is None else f"column `{duty.column}`"
        return f"{which} is shown {BY_NAME[duty.method].words(dict(duty.options))}"

    def withheld(self, duty: Mask) -> Mask:
        """The duty itself: its options show in what it leaves."""
        return duty

    def faults(self, duty: Mask, on: Target, schema: Schema) -> Iterator[str]:
        """A column that the one dataset named by the rule does not have."""
        exact = on.kind is TargetKind.DATASET and "*" not in on.value
        if exact and duty.column is not None and schema.find(duty.column) is None:
            yield f"there is no column `{duty.column}`; there are {', '.join(schema.names)}"
