"""Rules in words, for people; the expressions of filters only for those who govern rules."""

from __future__ import annotations

from collections.abc import Mapping

from doumen.kits.policy.duties import BY_NOUN
from doumen.model.actor import Actor
from doumen.model.message import Message, either, enumerated, joined, msg
from doumen.model.rule import Action, Duty, Effect, Rule, Target, TargetKind, Who
from doumen.model.schema import Schema

_DOES: Mapping[tuple[Effect, Action], Message] = {
    (Effect.PERMIT, Action.QUERY): msg("permits reading rows"),
    (Effect.DENY, Action.QUERY): msg("denies reading rows"),
    (Effect.PERMIT, Action.DISCOVER): msg("permits knowing names, descriptions, labels"),
    (Effect.DENY, Action.DISCOVER): msg("denies knowing names, descriptions, labels"),
    (Effect.PERMIT, Action.FILES): msg("permits taking all of it as files"),
    (Effect.DENY, Action.FILES): msg("denies taking all of it as files"),
}


def duty_words(duty: Duty, *, literals: bool = False) -> Message:
    """One duty as a phrase.

    Args:
        duty: The duty.
        literals: Whether the reader may know the expression of a filter.
    """
    return BY_NOUN[type(duty)].words(duty, literals=literals)


def duty_faults(duty: Duty, on: Target, schema: Schema) -> tuple[Message, ...]:
    """Why a duty of a rule on `on` cannot hold over a dataset of this schema; none: it can."""
    return tuple(BY_NOUN[type(duty)].faults(duty, on, schema))


def rule_words(rule: Rule, *, literals: bool = False) -> tuple[tuple[Message, Message], ...]:
    """A rule as pairs of a heading and what stands under it: does, who, on, for, until, duties.

    Args:
        rule: The rule.
        literals: Whether the reader may know the expressions of its filters.
    """
    return (
        (msg("does"), _DOES[rule.effect, rule.action]),
        (msg("who"), who_words(rule.who)),
        (msg("on"), target_words(rule.on)),
        (msg("for"), enumerated(rule.purposes, mark="") if rule.purposes else msg("any purpose")),
        (
            msg("until"),
            msg("{until}, that day (UTC) included", until=rule.until)
            if rule.until
            else msg("no end"),
        ),
        *((msg("duty"), duty_words(duty, literals=literals)) for duty in rule.duties),
    )


def who_words(who: Who) -> Message:
    """Whom a rule speaks of, as a phrase."""
    named = (
        msg("role `{role}`", role=who.role)
        if who.role is not None
        else msg("actor `{actor}`", actor=who.actor)
    )
    claims = [
        msg("{claim} {values}", claim=name, values=either(f"`{v}`" for v in values))
        for name, values in who.claims
    ]
    if not claims:
        return named
    return msg("{who} with {claims}", who=named, claims=joined(msg(" and "), claims))


def target_words(target: Target) -> Message:
    """What a rule is on, as a phrase."""
    if target.kind is TargetKind.COLUMN:
        return msg("column `{target}`", target=target.value)
    if target.kind is TargetKind.LABEL:
        return msg("every column labelled `{target}`", target=target.value)
    if target.kind is TargetKind.AGREEMENT:
        return msg("what agreement `{key}` holds", key=target.value)
    if "*" in target.value:
        return msg("every dataset that fits `{pattern}`", pattern=target.value)
    return msg("dataset `{ref}`", ref=target.value)


def attributes(actor: Actor) -> dict[str, str | None]:
    """What `actor.NAME` gives in a filter: the claims; `name` and `participant` are fixed."""
    return {**dict(actor.claims), "name": actor.name, "participant": actor.participant}
