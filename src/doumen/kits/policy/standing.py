"""Who asks, why and when: which rules speak of that, and which columns of a dataset they hit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from doumen.kits.policy.document import rule_from_json
from doumen.kits.policy.target import covered
from doumen.kits.policy.words import attributes
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Facts
from doumen.model.message import enumerated, msg
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, Rule
from doumen.model.schema import Schema

QUERIED = frozenset({Action.QUERY})
DISCOVERED = frozenset({Action.DISCOVER})
FILED = frozenset({Action.FILES})
EITHER = QUERIED | DISCOVERED
EACH = EITHER | FILED


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule and the columns of one dataset that it covers; there is at least one."""

    rule: Rule
    columns: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """An actor with a purpose, at a time, before the facts of the node.

    Not slotted: the rules are read from the facts once, when first needed.
    """

    actor: Actor
    purpose: str | None
    facts: Facts
    now: datetime

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force that speak of this actor, by id."""
        day = self.now.astimezone(UTC).date()
        rules = (
            rule_from_json(body) for _, body in self.facts.all("rule") if concerns(self.actor, body)
        )
        return tuple(rule for rule in rules if in_force(rule, day))

    @cached_property
    def permits(self) -> tuple[Rule, ...]:
        """The permits to query that match actor, purpose and day, by id."""
        return tuple(
            rule
            for rule in self.rules
            if rule.effect is Effect.PERMIT and rule.action is Action.QUERY and self.states(rule)
        )

    def states(self, rule: Rule) -> bool:
        """Whether the rule is for any purpose, or for the one that is stated and assigned."""
        return not rule.purposes or (
            self.purpose in rule.purposes and self.purpose in self.actor.purposes
        )

    def could_state(self, rule: Rule) -> bool:
        """Whether the rule is for any purpose, or for one that the actor could state."""
        return not rule.purposes or not self.actor.purposes.isdisjoint(rule.purposes)

    def permitting(self, ref: Ref) -> Iterator[Rule]:
        """The permits to query that match and are on this dataset or on columns of it."""
        snapshot = self.facts.snapshot(ref)
        if snapshot is not None:
            for hit in self.hits(Effect.PERMIT, QUERIED, ref, snapshot.schema):
                if self.states(hit.rule):
                    yield hit.rule

    def hits(
        self, effect: Effect, actions: Collection[Action], ref: Ref, schema: Schema
    ) -> Iterator[Hit]:
        """Rules of this effect and of one of these actions on a dataset, whatever their purpose."""
        for rule in self.rules:
            if rule.effect is effect and rule.action in actions:
                columns = covered(rule.on, ref, schema, self.facts)
                if columns:
                    yield Hit(rule, columns)


def concerns(actor: Actor, body: Mapping[str, Any]) -> bool:
    """Whether a rule, in its JSON form, speaks of the actor: name or role, and every claim."""
    who = body["who"]
    if who.get("actor") != actor.name and who.get("role") not in actor.roles:
        return False
    claims = who.get("claims", {})
    known = attributes(actor) if claims else {}
    return all(known.get(name) in values for name, values in claims.items())


def in_force(rule: Rule, day: date) -> bool:
    """Whether the rule holds on this day (UTC); its last day is included."""
    return rule.until is None or day <= rule.until


def check_purpose(actor: Actor, purpose: str | None) -> None:
    """Check that the actor may state this purpose; the owner may state any.

    Raises:
        Refused: it is not assigned to them.
    """
    if purpose is None or actor.is_owner or purpose in actor.purposes:
        return
    assigned = enumerated(sorted(actor.purposes)) if actor.purposes else msg("none")
    raise Refused(
        msg(
            "Purpose `{purpose}` is not assigned to actor `{actor}`.",
            purpose=purpose,
            actor=actor.name,
        ),
        why=msg("Assigned: {assigned}.", assigned=assigned),
        next=msg(
            "State one of these, or ask the owner: `doumen actor add {actor} --purpose {purpose}`.",
            actor=actor.name,
            purpose=purpose,
        ),
        detail="purpose",
    )
