"""Duty `mask`: a column is shown changed, before anything else of a statement sees its values.

Strongest mask: null, then partial, generalise and bucket, then hash. Two different masks of
equal strength give null, whatever else is asked beside them: so the order of rules does not
matter and a further mask never shows more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from doumen.kits.policy.masks import BY_NAME, METHODS, Binding, MaskForm, MaskMethod
from doumen.kits.policy.target import exact
from doumen.kits.sql import quoted
from doumen.model.message import Message, joined, msg
from doumen.model.plan import GovernedColumn, Value
from doumen.model.ref import ColumnRef
from doumen.model.rule import Mask, Option, Target, TargetKind
from doumen.model.schema import Column, Schema

MASK_KEYS = ("mask_outer", "mask_inner")
"""Names of the variables that hold the outer and the inner key of hash masks."""

NULL = "null"


def mask_expression(
    mask: Mask, column: Column, prefix: str, key_variables: tuple[str, str] = MASK_KEYS
) -> tuple[GovernedColumn, Mapping[str, Value]]:
    """The column as its mask shows it, and the values of the variables that this reads.

    A mask that does not suit the type of the column shows nothing of it.

    Args:
        mask: What is asked.
        column: The raw column.
        prefix: Variables are named `prefix_1`, `prefix_2` …
        key_variables: Names of the variables of outer and inner key, each of them 64
            hexadecimal characters; they are not among the values.
    """
    options, method = dict(mask.options), _suited(mask, column)
    binding = Binding(prefix, key_variables)
    expression = method.sql(quoted(column.name), column, options, binding)
    return GovernedColumn(column.name, method.type(column, options), expression), binding.values


def shown_type(mask: Mask | None, column: Column) -> str:
    """The type of a column as it is shown, under a mask or as it is."""
    return column.type if mask is None else _suited(mask, column).type(column, dict(mask.options))


def _suited(mask: Mask, column: Column) -> MaskMethod:
    """The method asked for; null where it does not suit the column."""
    method = BY_NAME[mask.method]
    return method if method.misfit(column, dict(mask.options)) is None else BY_NAME[NULL]


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
        method = form.model_dump(include={"method"})["method"]
        return Mask(method, form.column, tuple(sorted(form.options().items())))

    def write(self, duty: Mask) -> dict[str, Any]:
        """Column, method and options."""
        column = {} if duty.column is None else {"column": duty.column}
        options = {name: _as_json(option) for name, option in duty.options}
        return {**column, "method": duty.method, **options}

    def join(self, duties: Collection[Mask]) -> tuple[Mask, ...]:
        """The strongest; null where two of equal strength differ. The column is left out."""
        masks = {Mask(duty.method, None, duty.options) for duty in duties}
        by_strength: dict[int, Mask] = {}
        for mask in masks:
            if by_strength.setdefault(BY_NAME[mask.method].strength, mask) != mask:
                return (Mask(NULL),)
        return (by_strength[max(by_strength)],)

    def words(self, duty: Mask, *, literals: bool) -> Message:
        """Which column is shown how."""
        shown = BY_NAME[duty.method].words(dict(duty.options))
        if duty.column is None:
            return msg("the column is shown {shown}", shown=shown)
        return msg("column `{column}` is shown {shown}", column=duty.column, shown=shown)

    def withheld(self, duty: Mask) -> Mask:
        """The duty without options that may hold values of rows."""
        options = BY_NAME[duty.method].withheld(dict(duty.options))
        return Mask(duty.method, duty.column, tuple(sorted(options.items())))

    def faults(self, duty: Mask, on: Target, schema: Schema) -> Iterator[Message]:
        """A column that is not there or that the mask does not suit, of the dataset named.

        A mask on a pattern or a label shows nothing where it does not suit.
        """
        if not exact(on):
            return
        name = ColumnRef.parse(on.value).column if on.kind is TargetKind.COLUMN else duty.column
        column = None if name is None else schema.find(name)
        if column is None:
            yield msg(
                "there is no column `{name}`; there are {names}",
                name=name,
                names=joined(msg(", "), schema.names),
            )
            return
        misfit = BY_NAME[duty.method].misfit(column, dict(duty.options))
        if misfit is not None:
            yield msg("mask `{method}`: {misfit}", method=duty.method, misfit=misfit)


def _as_json(option: Option) -> Any:
    """A pair of each in a tuple is a mapping; any other tuple a list."""
    if not isinstance(option, tuple):
        return option
    pairs: list[Any] = [each for each in option if isinstance(each, tuple)]
    return dict(pairs) if pairs else list(option)
