"""Rules: who may do what with which data, for which purposes, until when, on which duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Effect(StrEnum):
    """What a rule does. A deny beats every permit."""

    PERMIT = "permit"
    DENY = "deny"


class Action(StrEnum):
    """What a rule is about: rows (`query`) or names, descriptions and labels (`discover`)."""

    QUERY = "query"
    DISCOVER = "discover"


class TargetKind(StrEnum):
    """What the target of a rule names."""

    DATASET = "dataset"
    COLUMN = "column"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a rule speaks of: exactly one of a role and an actor."""

    role: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule is on.

    Attributes:
        kind: dataset, column or label.
        value: A folded dataset name or pattern (`transport.*`), `domain.name.column`, or a label.
    """

    kind: TargetKind
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows for which `expression`, over the dataset's own columns, is true."""

    expression: str


@dataclass(frozen=True, slots=True)
class Mask:
    """A column is shown changed.

    Attributes:
        method: `null`, `hash` or `partial`.
        column: Name of the column; absent where the rule's target is a column or a label.
        options: Sorted pairs, for `partial`: keep_start, keep_end (characters), with (filler).
    """

    method: str
    column: str | None = None
    options: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `rows` rows of the final result."""

    rows: int


Duty = Filter | Mask | Limit


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the node.

    Attributes:
        purposes: The rule matches only these purposes, stated and assigned; empty: any.
        until: Last day (UTC) on which the rule matches; None: no end.
        duties: What a permit asks for; empty on a deny.
    """

    id: str
    effect: Effect
    action: Action
    who: Who
    on: Target
    purposes: tuple[str, ...] = ()
    until: date | None = None
    duties: tuple[Duty, ...] = ()
