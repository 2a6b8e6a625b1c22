"""What a request has to fit for a rule to be active: action, party, asset and constraints."""

from __future__ import annotations

from doumen.kits.policy.odrl.constraint import judged
from doumen.kits.policy.odrl.policy import Action, Asset, Party, Prohibition, Rule
from doumen.kits.policy.odrl.report import PremiseKind, PremiseReport
from doumen.kits.policy.odrl.truth import every
from doumen.kits.policy.odrl.vocabulary import Vocabulary
from doumen.kits.policy.odrl.world import NOW, Request, Values, World, reached
from doumen.model.message import Message, enumerated, msg


def premises(
    rule: Rule, request: Request, world: World, vocabulary: Vocabulary
) -> list[PremiseReport]:
    """All premises of a permission or a prohibition; what the rule leaves open is none."""
    found = []
    if rule.target is not None:
        found.append(_thing(PremiseKind.TARGET, rule.target, request.asset, world))
    if rule.assignee is not None:
        found.append(_thing(PremiseKind.PARTY, rule.assignee, request.party, world))
    if rule.action is not None:
        asked = {request.action}
        if isinstance(rule, Prohibition):  # what an action implies is done along with it
            asked |= vocabulary.implied(request.action)
        fits = any(vocabulary.covers(rule.action.name, action) for action in asked)
        found.append(_action(rule.action, request, fits, world))
    return [*found, *terms(rule, world)]


def terms(rule: Rule, world: World) -> list[PremiseReport]:
    """The constraints of a rule alone, which is all that makes a duty active."""
    return judged(rule.constraints, _exercise(world), world)


def _exercise(world: World) -> Values:
    return {**world.values, NOW: (world.now,)}


def _action(action: Action, request: Request, fits: bool, world: World) -> PremiseReport:
    inner = judged(action.refinements, _exercise(world), world)
    return _refined(PremiseKind.ACTION, fits, _fitting(request.action, (action.name,), fits), inner)


def _thing(kind: PremiseKind, ruled: Party | Asset, asked: str, world: World) -> PremiseReport:
    names = tuple(name for name in (ruled.uid, ruled.source) if name is not None)
    fits = not names or not reached(world.part_of, asked).isdisjoint(names)
    reason = _fitting(asked, names, fits) if names else msg("Refinements alone choose here.")
    inner = judged(ruled.refinements, world.attributes.get(asked, {}), world)
    return _refined(kind, fits, reason, inner)


def _fitting(asked: str, names: tuple[str, ...], fits: bool) -> Message:
    ruled = enumerated(names)
    if fits:
        return msg("`{asked}` is {ruled} or part of it.", asked=asked, ruled=ruled)
    return msg("`{asked}` is neither {ruled} nor part of it.", asked=asked, ruled=ruled)


def _refined(
    kind: PremiseKind, fits: bool, reason: Message, inner: list[PremiseReport]
) -> PremiseReport:
    refined = every(one.holds for one in inner)
    if fits and refined is not True:
        reason = (
            msg("A refinement cannot be judged.")
            if refined is None
            else msg("A refinement does not hold.")
        )
    return PremiseReport(kind, every((fits, refined)), reason, premises=tuple(inner))
