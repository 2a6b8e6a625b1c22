"""One order for what has none: equal policies give equal reports, however they were written.

Rules, constraints, refinements and sets of values are sets (a set in JSON-LD keeps no order); of
all lists of a policy only the operands of `andSequence` have a meaning in their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from doumen.kits.policy.odrl.policy import (
    Action,
    Asset,
    Condition,
    Duty,
    Logical,
    Party,
    Policy,
    Rule,
)
from doumen.kits.policy.odrl.vocabulary import Connective

T = TypeVar("T")
R = TypeVar("R", bound=Rule)
Refined = TypeVar("Refined", Action, Party, Asset)


def ordered(policy: Policy) -> Policy:
    """The policy with everything in it in one order."""
    return replace(
        policy,
        permissions=_sorted(
            replace(_rule(one), duties=_duties(one.duties)) for one in policy.permissions
        ),
        prohibitions=_sorted(
            replace(_rule(one), remedies=_duties(one.remedies)) for one in policy.prohibitions
        ),
        obligations=_duties(policy.obligations),
    )


def _duties(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return _sorted(replace(_rule(one), consequences=_duties(one.consequences)) for one in duties)


def _rule(rule: R) -> R:
    return replace(
        rule,
        action=_refined(rule.action),
        assignee=_refined(rule.assignee),
        target=_refined(rule.target),
        constraints=_conditions(rule.constraints),
    )


def _refined(part: Refined | None) -> Refined | None:
    if part is None:
        return None
    return replace(part, refinements=_conditions(part.refinements))


def _conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return _sorted(_condition(one) for one in conditions)


def _condition(condition: Condition) -> Condition:
    if not isinstance(condition, Logical):
        return replace(condition, right=_sorted(condition.right))
    parts = tuple(_condition(one) for one in condition.operands)
    in_sequence = condition.connective == Connective.AND_SEQUENCE
    return replace(condition, operands=parts if in_sequence else _sorted(parts))


def _sorted(parts: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(parts, key=repr))
