"""Constraints judged: a premise that holds, does not hold, or cannot be judged, and why."""

from __future__ import annotations

from doumen.kits.policy.odrl.policy import Condition, Constraint, Logical, Value
from doumen.kits.policy.odrl.report import PremiseKind, PremiseReport
from doumen.kits.policy.odrl.truth import Truth, every, one, some
from doumen.kits.policy.odrl.values import compared
from doumen.kits.policy.odrl.vocabulary import Connective
from doumen.kits.policy.odrl.world import Values, World
from doumen.model.message import Message, enumerated, msg


def judged(conditions: tuple[Condition, ...], given: Values, world: World) -> list[PremiseReport]:
    """Each of several constraints.

    Args:
        conditions: Constraints of a rule, or refinements.
        given: What is known of that which they constrain.
        world: Its relations, and since when constraints hold.
    """
    return [_judged(condition, given, world) for condition in conditions]


def _judged(condition: Condition, given: Values, world: World) -> PremiseReport:
    if isinstance(condition, Logical):
        return _joined(condition, given, world)
    known = given.get(condition.operand, ())
    holds = compared(condition.operator, known, condition.right, world)
    reason = _reason(condition, known, holds)
    return PremiseReport(PremiseKind.CONSTRAINT, holds, reason, condition)


def _reason(condition: Constraint, known: tuple[Value, ...], holds: Truth) -> Message:
    told = {
        "left": condition.left,
        "known": enumerated(known),
        "operator": condition.operator,
        "right": enumerated(condition.right),
    }
    if not known:
        return msg("Nothing is known of `{left}`.", left=condition.left)
    if holds is None:
        return msg("`{left}` is {known}, of which `{operator}` {right} cannot be judged.", **told)
    if holds:
        return msg("`{left}` is {known}, as `{operator}` {right} asks.", **told)
    return msg("`{left}` is {known}; `{operator}` {right} is asked.", **told)


def _joined(condition: Logical, given: Values, world: World) -> PremiseReport:
    ordered = condition.connective == Connective.AND_SEQUENCE
    premises = judged(condition.operands, given, world)
    found = [premise.holds for premise in premises]
    match condition.connective:
        case Connective.OR:
            holds = some(found)
        case Connective.XONE:
            holds = one(found)
        case _:
            holds = every(found)
    reason = msg(
        "Of {count} constraints under `{connective}`, {held} hold and {open} cannot be judged.",
        count=len(found),
        connective=condition.connective,
        held=found.count(True),
        open=found.count(None),
    )
    if ordered and holds and not _in_order(condition, world):
        holds, reason = False, msg("The constraints hold, but not since times in their order.")
    return PremiseReport(PremiseKind.CONSTRAINT, holds, reason, condition, tuple(premises))


def _in_order(condition: Logical, world: World) -> bool:
    """Whether each constraint holds since no earlier than the one before it."""
    times = [world.since.get(part.uid or "", world.now) for part in condition.operands]
    return times == sorted(times)
