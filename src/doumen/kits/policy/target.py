"""What a rule is on: reading a target, writing it, and the columns of a dataset that it covers.

A dataset is named or meant by a pattern, in which `*` stands for any letters of one part:
`transport.*`, `*.flights`, `*.*`. Names and labels are compared without regard to case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic_core import PydanticCustomError

from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.ref import RESERVED_DOMAINS, ColumnRef, Ref
from doumen.model.rule import Target, TargetKind
from doumen.model.schema import Schema

_PATTERN_PART = re.compile(r"[\w*]{1,63}")
_AGREEMENT = re.compile(r"A-[A-Z2-7]{8}")
LABEL = re.compile(r"[^\W_](?:[\w .:/-]{0,62}[\w])?")
"""A label: letters of any script, digits and `_ - . : /` or blanks inside, 64 at most."""


def folded(text: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFC", text).casefold()


def read_target(value: Any) -> Target:
    """The target from its written form.

    Raises:
        PydanticCustomError: a fault, for the list of all faults of a document.
    """
    try:
        return _target(value)
    except Invalid as error:
        words = f"{error.what} {error.why}".rstrip(".")
        raise PydanticCustomError("target", "{words}", {"words": words}) from None


def _target(value: Any) -> Target:
    if isinstance(value, str):
        return Target(TargetKind.DATASET, _dataset(value))
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, text),) = value.items()
        if kind == TargetKind.COLUMN and isinstance(text, str):
            column = ColumnRef.parse(text)
            _governable(column.ref.domain)
            return Target(TargetKind.COLUMN, str(column))
        if kind == TargetKind.LABEL and isinstance(text, str):
            return Target(TargetKind.LABEL, read_label(text))
        if kind == TargetKind.AGREEMENT and isinstance(text, str) and _AGREEMENT.fullmatch(text):
            return Target(TargetKind.AGREEMENT, text)
    raise Invalid(
        msg("This is not a target."),
        why=msg(
            "Write `domain.name`, `domain.*`, {{column: domain.name.column}}, {{label: LABEL}} or "
            "{{agreement: A-…}}."
        ),
    )


def read_label(text: str) -> str:
    """A label as it is kept: without blanks around it, in NFC.

    Raises:
        Invalid: it is no label.
    """
    label = unicodedata.normalize("NFC", text.strip())
    if not LABEL.fullmatch(label):
        raise Invalid(
            msg("`{text}` is not a label.", text=text),
            why=msg(
                "Letters, digits, blanks and `_ - . : /` are allowed, a letter or a digit first "
                "and last, 64 characters at most."
            ),
            detail="label",
        )
    return label


def _dataset(text: str) -> str:
    if "*" not in text:
        ref = Ref.parse(text)
        _governable(ref.domain)
        return str(ref)
    parts = folded(text).split(".")
    if len(parts) != 2 or not all(_PATTERN_PART.fullmatch(part) for part in parts):
        raise Invalid(
            msg("`{text}` is not a pattern of datasets.", text=text),
            why=msg("Write `domain.*`, `*.name` or `*.*`; `*` stands for any letters of one part."),
        )
    _governable(parts[0])
    return ".".join(parts)


def _governable(domain: str) -> None:
    if domain in RESERVED_DOMAINS:
        raise Invalid(
            msg("`{domain}` holds no datasets of the node.", domain=domain),
            why=msg("What an actor sees of `sys.*` follows from roles and from the other rules."),
        )


def write_target(target: Target) -> str | dict[str, str]:
    """The written form."""
    if target.kind is TargetKind.DATASET:
        return target.value
    return {target.kind.value: target.value}


def means(target: Target, ref: Ref) -> bool:
    """Whether a target that is a dataset or a pattern means this dataset."""
    return target.kind is TargetKind.DATASET and bool(
        _pattern(target.value).fullmatch(f"{ref.domain}.{ref.name}")
    )


def exact(target: Target) -> bool:
    """Whether a target names one dataset, or one column of one."""
    if target.kind is TargetKind.DATASET:
        return "*" not in target.value
    return target.kind is TargetKind.COLUMN


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(re.escape(value).replace(r"\*", r"\w*"))


def names(target: Target, ref: Ref, column: str) -> bool:
    """Whether a target is this one column."""
    return target.kind is TargetKind.COLUMN and folded(target.value) == folded(f"{ref}.{column}")


def covered(target: Target, ref: Ref, schema: Schema, facts: Facts) -> frozenset[str]:
    """Names of the columns of a dataset that a target covers; empty: none of it."""
    if target.kind is TargetKind.DATASET:
        return frozenset(schema.names) if means(target, ref) else frozenset()
    if target.kind is TargetKind.COLUMN:
        return frozenset(name for name in schema.names if names(target, ref, name))
    if target.kind is TargetKind.AGREEMENT:
        return frozenset()
    label = folded(target.value)
    return frozenset(
        name
        for name in schema.names
        if any(folded(other) == label for other in facts.labels(ref, name))
    )
