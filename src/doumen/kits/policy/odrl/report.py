"""What an evaluation answers: for each rule its states and the reason of each, and one decision.

States and kinds are named as in the compliance report vocabulary (https://w3id.org/force,
compliance-report), which the ODRL test suite is written in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from doumen.kits.policy.odrl.policy import Condition
from doumen.kits.policy.odrl.truth import Truth
from doumen.model.message import Message


class Attempt(StrEnum):
    """Whether there is a request."""

    ATTEMPTED = "Attempted"
    NOT_ATTEMPTED = "NotAttempted"


class Activation(StrEnum):
    """Whether a rule is in effect."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"


class Performance(StrEnum):
    """Whether the action of a rule was performed; Unperformed: nor can it be any more."""

    PERFORMED = "Performed"
    UNPERFORMED = "Unperformed"
    UNKNOWN = "Unknown"


class Deontic(StrEnum):
    """Whether what happened is what the rule asks."""

    FULFILLED = "Fulfilled"
    VIOLATED = "Violated"
    NON_SET = "NonSet"


class Satisfaction(StrEnum):
    """Whether a premise holds; what cannot be judged does not."""

    SATISFIED = "Satisfied"
    UNSATISFIED = "Unsatisfied"


class PremiseKind(StrEnum):
    """What a premise is about."""

    ACTION = "ActionReport"
    PARTY = "PartyReport"
    TARGET = "TargetReport"
    CONSTRAINT = "ConstraintReport"


class RuleKind(StrEnum):
    """What a rule is."""

    PERMISSION = "PermissionReport"
    PROHIBITION = "ProhibitionReport"
    DUTY = "DutyReport"


State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Finding(Generic[State]):
    """A state and why it is so."""

    state: State
    reason: Message


@dataclass(frozen=True, slots=True)
class PremiseReport:
    """Whether a premise of a rule holds.

    Attributes:
        holds: None where the world does not say enough.
        condition: The constraint, of a ConstraintReport.
        premises: Refinements of an action, a party or an asset; parts of a logical constraint.
    """

    kind: PremiseKind
    holds: Truth
    reason: Message
    condition: Condition | None = None
    premises: tuple[PremiseReport, ...] = ()

    @property
    def satisfaction(self) -> Satisfaction:
        """The state of the vocabulary, which knows no doubt."""
        return Satisfaction.SATISFIED if self.holds else Satisfaction.UNSATISFIED


@dataclass(frozen=True, slots=True)
class RuleReport:
    """The states of a rule.

    Attributes:
        rule: Its uid.
        holds: Whether all premises hold; None where that is in doubt.
        duties: Of a permission its duties, of a prohibition its remedies, of a duty its
            consequences.
    """

    kind: RuleKind
    rule: str
    holds: Truth
    attempt: Finding[Attempt]
    activation: Finding[Activation]
    performance: Finding[Performance]
    deontic: Finding[Deontic]
    premises: tuple[PremiseReport, ...] = ()
    duties: tuple[RuleReport, ...] = ()

    @property
    def active(self) -> bool:
        """Whether the rule is in effect."""
        return self.activation.state is Activation.ACTIVE


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether what is asked for is permitted.

    Attributes:
        rules: Uids of the rules that decided, sorted.
        due: Uids of the duties of these that are neither fulfilled nor violated, sorted: a
            permission stands while its duties can still be fulfilled.
    """

    permitted: bool
    reason: Message
    rules: tuple[str, ...] = ()
    due: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplianceReport:
    """A policy held against a request and a state of the world.

    Attributes:
        created: The moment of the world.
        rules: Permissions, prohibitions, then obligations, each by uid.
    """

    policy: str
    request: str | None
    created: datetime
    rules: tuple[RuleReport, ...]
    decision: Decision
