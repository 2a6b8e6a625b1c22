"""Rules evaluated: premises and what happened before give each rule its four states.

The deontic state follows from activation and performance by the table of the compliance report
model; the Information Model (2.6) adds that all remedies undo an infringed prohibition, and that a
duty once violated is fulfilled by its late performance and all its consequences together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doumen.kits.policy.odrl.policy import Duty, Permission, Prohibition, Rule
from doumen.kits.policy.odrl.premise import premises, terms
from doumen.kits.policy.odrl.report import (
    Activation,
    Attempt,
    Deontic,
    Finding,
    Performance,
    PremiseReport,
    RuleKind,
    RuleReport,
)
from doumen.kits.policy.odrl.truth import Truth, every
from doumen.kits.policy.odrl.vocabulary import Vocabulary
from doumen.kits.policy.odrl.world import Earlier, Request, World
from doumen.model.message import Message, msg

_A, _I = Activation.ACTIVE, Activation.INACTIVE
_P, _U = Performance.PERFORMED, Performance.UNPERFORMED
_TABLE: Mapping[tuple[RuleKind, Activation, Performance], Deontic] = {
    (RuleKind.PERMISSION, _A, _P): Deontic.FULFILLED,
    (RuleKind.PERMISSION, _I, _P): Deontic.VIOLATED,
    (RuleKind.PERMISSION, _I, _U): Deontic.FULFILLED,
    (RuleKind.PROHIBITION, _A, _P): Deontic.VIOLATED,
    (RuleKind.PROHIBITION, _A, _U): Deontic.FULFILLED,
    (RuleKind.DUTY, _A, _P): Deontic.FULFILLED,
    (RuleKind.DUTY, _A, _U): Deontic.VIOLATED,
}
"""Whatever is missing is not set."""


def permission(
    rule: Permission, request: Request, world: World, vocabulary: Vocabulary
) -> RuleReport:
    """A permission: active where all premises hold and no duty is violated, or may be."""
    duties = [obligation(duty, world) for duty in rule.duties]
    found = premises(rule, request, world, vocabulary)
    blocked = next((_block(duty) for duty in duties if _violated(duty) is not False), None)
    return _report(RuleKind.PERMISSION, rule, found, world, duties, blocked=blocked)


def _violated(duty: RuleReport) -> Truth:
    if duty.deontic.state is Deontic.VIOLATED:
        return True
    undone = duty.performance.state is Performance.UNPERFORMED
    return None if undone and duty.holds is None else False


def _block(duty: RuleReport) -> Message:
    if _violated(duty):
        return msg("Duty `{uid}` is violated.", uid=duty.rule)
    return msg("Duty `{uid}` may be violated: not enough is known.", uid=duty.rule)


def prohibition(
    rule: Prohibition, request: Request, world: World, vocabulary: Vocabulary
) -> RuleReport:
    """A prohibition; its remedies are due once it is violated."""
    found = premises(rule, request, world, vocabulary)
    report = _report(RuleKind.PROHIBITION, rule, found, world)
    infringed = report.deontic.state is Deontic.VIOLATED
    remedies = [_due(duty, world, infringed) for duty in rule.remedies]
    if infringed and remedies and _all_fulfilled(remedies):
        undone = Finding(
            Deontic.FULFILLED, msg("It was infringed, and all remedies are fulfilled.")
        )
        report = replace(report, deontic=undone)
    return replace(report, duties=tuple(remedies))


def obligation(duty: Duty, world: World) -> RuleReport:
    """A duty with its consequences, which are due once it was violated."""
    before = world.earlier.get(duty.uid, Earlier())
    late = msg("It was violated, and is still to be fulfilled.") if before.violated else None
    report = _report(RuleKind.DUTY, duty, terms(duty, world), world, forced=late)
    violated = before.violated or report.deontic.state is Deontic.VIOLATED
    consequences = [_due(one, world, violated) for one in duty.consequences]
    done = report.deontic.state is Deontic.FULFILLED and _all_fulfilled(consequences)
    if violated and not done:
        owed = msg("It was violated, and not all that is due since is fulfilled.")
        report = replace(report, deontic=Finding(Deontic.VIOLATED, owed))
    return replace(report, duties=tuple(consequences))


def _due(duty: Duty, world: World, due: bool) -> RuleReport:
    """A remedy or a consequence: nothing is owed before what it answers has happened."""
    blocked = None if due else msg("It is not due: what it follows from is not violated.")
    return _report(RuleKind.DUTY, duty, terms(duty, world), world, blocked=blocked)


def _report(
    kind: RuleKind,
    rule: Rule,
    found: Sequence[PremiseReport],
    world: World,
    duties: Sequence[RuleReport] = (),
    *,
    blocked: Message | None = None,
    forced: Message | None = None,
) -> RuleReport:
    """The report of a rule.

    Args:
        kind: What it is.
        rule: The rule.
        found: Its premises.
        world: What is known from before.
        duties: Duties of a permission.
        blocked: Why it is inactive whatever its premises.
        forced: Why it is active whatever its premises.
    """
    before = world.earlier.get(rule.uid, Earlier())
    activation = _activation(found, blocked, forced)
    asked = before.attempted or kind is not RuleKind.DUTY
    state = _TABLE.get((kind, activation.state, before.performance), Deontic.NON_SET)
    deontic = msg(
        "A rule of kind `{kind}` that is `{activation}` and `{performance}` is `{state}`.",
        kind=kind.removesuffix("Report"),
        activation=activation.state,
        performance=before.performance,
        state=state,
    )
    return RuleReport(
        kind=kind,
        rule=rule.uid,
        holds=every(one.holds for one in found),
        attempt=Finding(Attempt.ATTEMPTED, msg("It was asked for."))
        if asked
        else Finding(Attempt.NOT_ATTEMPTED, msg("Nobody asked for it.")),
        activation=activation,
        performance=Finding(before.performance, _performed(before.performance)),
        deontic=Finding(state, deontic),
        premises=tuple(found),
        duties=tuple(duties),
    )


def _activation(
    found: Sequence[PremiseReport], blocked: Message | None, forced: Message | None
) -> Finding[Activation]:
    failing = [one.reason for one in found if one.holds is not True]
    if blocked is not None:
        return Finding(Activation.INACTIVE, blocked)
    if forced is not None:
        return Finding(Activation.ACTIVE, forced)
    if failing:
        return Finding(Activation.INACTIVE, failing[0])
    return Finding(Activation.ACTIVE, msg("All premises are satisfied."))


def _performed(performance: Performance) -> Message:
    if performance is Performance.PERFORMED:
        return msg("Its action was performed.")
    if performance is Performance.UNPERFORMED:
        return msg("Its action was not performed, and no longer can be.")
    return msg("Nothing is known of its action.")


def _all_fulfilled(duties: Sequence[RuleReport]) -> bool:
    return all(one.deontic.state is Deontic.FULFILLED for one in duties)
