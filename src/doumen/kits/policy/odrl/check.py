"""What an evaluation refuses: terms that are not understood and parts that say nothing.

Every fault is told with its place, `permission[0].constraint[1].operator`, and all at once:
nothing is ever left out of an evaluation in silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from doumen.kits.policy.odrl.policy import (
    Action,
    Agreement,
    Asset,
    Condition,
    Constraint,
    Duty,
    Logical,
    Offer,
    Party,
    Permission,
    Policy,
    Prohibition,
    Rule,
    nested,
)
from doumen.kits.policy.odrl.values import sound
from doumen.kits.policy.odrl.vocabulary import (
    LISTED,
    RIGHT,
    Connective,
    Operator,
    Strategy,
    Vocabulary,
)
from doumen.kits.policy.odrl.world import NOW, Request, World
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, plain, sentence

MAX_FAULTS = 50
MAX_FAULT = 600
"""Characters of one fault that are told: it may quote the policy."""
MAX_DEPTH = 32
_OPERAND = ".operand"
Fault = Message


def check(policy: Policy, request: Request, world: World, vocabulary: Vocabulary) -> None:
    """Hold all that is evaluated to what is understood.

    Raises:
        Invalid: there are faults.
    """
    found = list(_Checking(vocabulary).faults(policy, request, world))
    if not found:
        return
    more = [msg("… and {count} more", count=len(found) - MAX_FAULTS)]
    told = [f if len(f) <= MAX_FAULT else plain(f[:MAX_FAULT] + "…") for f in found[:MAX_FAULTS]]
    raise Invalid(
        msg("The policy `{uid}` cannot be evaluated.", uid=policy.uid),
        why=sentence([*told, *(more if len(found) > MAX_FAULTS else [])]),
        next=msg("Correct what is named; terms of a profile need the profile."),
        detail="odrl",
    )


def _at(place: str, words: Message) -> Fault:
    return msg("{place}: {words}", place=place, words=words)


class _Checking:
    """One check.

    Attributes:
        vocabulary: The terms that are understood.
        rules: Uid → the rule that has it.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.rules: dict[str, Rule] = {}

    def faults(self, policy: Policy, request: Request, world: World) -> Iterator[Fault]:
        if policy.conflict not in list(Strategy):
            yield self._unknown("conflict", policy.conflict)
        for number, profile in enumerate(policy.profiles):
            if profile not in self.vocabulary.profiles:
                yield self._unknown(f"profile[{number}]", profile)
        rules: list[tuple[str, Permission | Prohibition | Duty]] = [
            *[(f"permission[{n}]", rule) for n, rule in enumerate(policy.permissions)],
            *[(f"prohibition[{n}]", rule) for n, rule in enumerate(policy.prohibitions)],
            *[(f"obligation[{n}]", rule) for n, rule in enumerate(policy.obligations)],
        ]
        for place, rule in rules:
            yield from self._functions(place, policy, rule)
            yield from self._rule(place, rule)
        if not self.vocabulary.knows(request.action):
            yield self._unknown("request.action", request.action)
        if not sound(world.now) or not all(sound(time) for time in world.since.values()):
            yield _at("world.now", msg("a moment needs its zone"))
        if NOW in world.values:
            yield _at("world.values", msg("`odrl:dateTime` is the time of the world"))

    def _functions(self, place: str, policy: Policy, rule: Rule) -> Iterator[Fault]:
        """An offer has an assigner, an agreement an assignee too (Information Model 2.1)."""
        if isinstance(policy, Offer | Agreement) and rule.assigner is None:
            yield _at(place, msg("`{word}` is missing", word="assigner"))
        if isinstance(policy, Agreement) and rule.assignee is None:
            yield _at(place, msg("`{word}` is missing", word="assignee"))

    def _rule(self, place: str, rule: Permission | Prohibition | Duty) -> Iterator[Fault]:
        if self.rules.setdefault(rule.uid, rule) != rule:
            yield _at(place, msg("`{uid}` is another rule too", uid=rule.uid))
        if rule.action is not None:
            yield from self._action(f"{place}.action", rule.action)
        for word, thing in (
            ("assigner", rule.assigner),
            ("assignee", rule.assignee),
            ("target", rule.target),
        ):
            if thing is not None:
                yield from self._thing(f"{place}.{word}", thing)
        yield from self._conditions(f"{place}.constraint", rule.constraints)
        for word, duty in nested(rule):
            yield from self._nested(f"{place}.{word}", duty)

    def _nested(self, place: str, duty: Duty) -> Iterator[Fault]:
        """Only an obligation or a duty of a permission has consequences (2.6.3, 2.6.7)."""
        follows = place.rpartition(".")[2].startswith(("remedy", "consequence"))
        if follows and duty.consequences:
            yield _at(place, msg("a remedy or a consequence has no consequence"))
        else:
            yield from self._rule(place, duty)

    def _action(self, place: str, action: Action) -> Iterator[Fault]:
        if not self.vocabulary.knows(action.name):
            yield self._unknown(place, action.name)
        yield from self._conditions(f"{place}.refinement", action.refinements)

    def _thing(self, place: str, thing: Party | Asset) -> Iterator[Fault]:
        if thing.uid is None and thing.source is None and not thing.refinements:
            yield _at(place, msg("nothing is named"))
        yield from self._conditions(f"{place}.refinement", thing.refinements)

    def _conditions(self, place: str, conditions: tuple[Condition, ...]) -> Iterator[Fault]:
        for number, condition in enumerate(conditions):
            where = f"{place}[{number}]"
            if isinstance(condition, Logical):
                yield from self._logical(where, condition)
            else:
                yield from self._constraint(where, condition)

    def _logical(self, place: str, condition: Logical) -> Iterator[Fault]:
        if place.count(_OPERAND) >= MAX_DEPTH:
            outermost, *_ = place.partition(_OPERAND)
            yield _at(outermost, msg("constraints are nested too deeply"))
            return
        if condition.connective not in list(Connective):
            yield self._unknown(place, condition.connective)
        if not condition.operands:
            yield _at(place, msg("a constraint is empty"))
        yield from self._conditions(place + _OPERAND, condition.operands)

    def _constraint(self, place: str, condition: Constraint) -> Iterator[Fault]:
        if condition.left not in self.vocabulary.operands:
            yield self._unknown(f"{place}.leftOperand", condition.left)
        if condition.operator not in list(Operator):
            yield self._unknown(f"{place}.operator", condition.operator)
        where = f"{place}.rightOperand"
        count = len(condition.right)
        if not count or (count > 1 and condition.operator not in LISTED):
            words = msg("`{operator}` takes one value", operator=condition.operator)
            yield _at(where, words if count else msg("`{word}` is missing", word="rightOperand"))
        allowed = RIGHT.get(condition.left, (object,))
        for value in condition.right:
            fits = isinstance(value, allowed) and not (
                isinstance(value, bool) and condition.left in RIGHT
            )
            if not sound(value) or not fits:
                words = msg("`{value}` is no value of `{left}`", value=value, left=condition.left)
                yield _at(where, words)

    def _unknown(self, place: str, term: str) -> Fault:
        return _at(place, msg("`{term}` is not understood", term=term))
