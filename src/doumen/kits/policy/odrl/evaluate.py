"""A policy held against a request and a state of the world: the report, and one decision. Pure.

A prohibition that might be active stands in the way like one that is: what is not known of the
world permits nothing. Obligations of the policy are reported and decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.kits.policy.odrl.check import check
from doumen.kits.policy.odrl.order import ordered
from doumen.kits.policy.odrl.policy import Offer, Policy
from doumen.kits.policy.odrl.report import ComplianceReport, Decision, Deontic, RuleReport
from doumen.kits.policy.odrl.rule import obligation, permission, prohibition
from doumen.kits.policy.odrl.vocabulary import ODRL, Strategy, Vocabulary
from doumen.kits.policy.odrl.world import Request, World
from doumen.model.message import msg


def evaluate(
    policy: Policy, request: Request, world: World, vocabulary: Vocabulary = ODRL
) -> ComplianceReport:
    """Evaluate a policy.

    Args:
        policy: A Set, an Offer or an Agreement.
        request: What is asked for.
        world: What is known at that moment.
        vocabulary: The terms that are understood.

    Raises:
        Invalid: something is not understood; all of it at once, with places.
    """
    check(policy, request, world, vocabulary)
    policy = ordered(policy)
    permissions = [permission(r, request, world, vocabulary) for r in policy.permissions]
    prohibitions = [prohibition(r, request, world, vocabulary) for r in policy.prohibitions]
    obligations = [obligation(r, world) for r in policy.obligations]
    return ComplianceReport(
        policy=policy.uid,
        request=request.uid,
        created=world.now,
        rules=(*permissions, *prohibitions, *obligations),
        decision=_decision(policy, permissions, prohibitions),
    )


def _decision(
    policy: Policy, permissions: Sequence[RuleReport], prohibitions: Sequence[RuleReport]
) -> Decision:
    permits = [one for one in permissions if one.active]
    denies = [one for one in prohibitions if one.active]
    doubts = [one for one in prohibitions if one.holds is None]
    against = denies or doubts
    uids = tuple(one.rule for one in permits)
    if isinstance(policy, Offer):
        return Decision(False, msg("An offer permits nothing before it is agreed."))
    if against and permits and policy.conflict == Strategy.INVALID:
        conflict = msg(
            "`{permission}` and `{prohibition}` conflict, which makes the policy void.",
            permission=uids[0],
            prohibition=against[0].rule,
        )
        return Decision(False, conflict, tuple(sorted((*uids, *(o.rule for o in against)))))
    if against and not (permits and policy.conflict == Strategy.PERM):
        return _denied(denies, doubts)
    if not permits:
        return Decision(False, msg("No permission is active."))
    due = {
        duty.rule
        for one in permits
        for duty in one.duties
        if duty.deontic.state is Deontic.NON_SET and (duty.active or duty.holds is None)
    }
    reason = msg("`{rule}` permits it.", rule=uids[0])
    return Decision(True, reason, uids, tuple(sorted(due)))


def _denied(denies: Sequence[RuleReport], doubts: Sequence[RuleReport]) -> Decision:
    if denies:
        reason = msg("`{rule}` prohibits it.", rule=denies[0].rule)
        return Decision(False, reason, tuple(one.rule for one in denies))
    reason = msg("`{rule}` may prohibit it: not enough is known.", rule=doubts[0].rule)
    return Decision(False, reason, tuple(one.rule for one in doubts))
