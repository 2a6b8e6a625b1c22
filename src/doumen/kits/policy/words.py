"""Rules in words, for people; the expressions of filters only for those who govern rules."""

from __future__ import annotations

from doumen.kits.policy.duties import BY_NOUN
from doumen.model.actor import Actor
from doumen.model.rule import Action, Duty, Effect, Rule, Target, TargetKind, Who
from doumen.model.schema import Schema


def duty_words(duty: Duty, *, literals: bool = False) -> str:
    """One duty as a phrase.

    Args:
        duty: The duty.
        literals: Whether the reader may know the expression of a filter.
    """
    return BY_NOUN[type(duty)].words(duty, literals=literals)


def duty_faults(duty: Duty, on: Target, schema: Schema) -> tuple[str, ...]:
    """Why a duty of a rule on `on` cannot hold over a dataset of this schema; none: it can."""
    return tuple(BY_NOUN[type(duty)].faults(duty, on, schema))


def rule_words(rule: Rule, *, literals: bool = False) -> tuple[tuple[str, str], ...]:
    """A rule as pairs of a heading and what stands under it: does, who, on, for, until, duties.

    Args:
        rule: The rule.
        literals: Whether the reader may know the expressions of its filters.
    """
    does = {Action.QUERY: "reading rows", Action.DISCOVER: "knowing names, descriptions, labels"}
    effect = "permits" if rule.effect is Effect.PERMIT else "denies"
    return (
        ("does", f"{effect} {does[rule.action]}"),
        ("who", who_words(rule.who)),
        ("on", target_words(rule.on)),
        ("for", ", ".join(rule.purposes) or "any purpose"),
        ("until", f"{rule.until}, that day (UTC) included" if rule.until else "no end"),
        *(("duty", duty_words(duty, literals=literals)) for duty in rule.duties),
    )


def who_words(who: Who) -> str:
    """Whom a rule speaks of, as a phrase."""
    named = f"role `{who.role}`" if who.role is not None else f"actor `{who.actor}`"
    claims = [f"{name} {' or '.join(f'`{v}`' for v in values)}" for name, values in who.claims]
    return f"{named} with {' and '.join(claims)}" if claims else named


def target_words(target: Target) -> str:
    """What a rule is on, as a phrase."""
    if target.kind is TargetKind.COLUMN:
        return f"column `{target.value}`"
    if target.kind is TargetKind.LABEL:
        return f"every column labelled `{target.value}`"
    kind = "every dataset that fits" if "*" in target.value else "dataset"
    return f"{kind} `{target.value}`"


def attributes(actor: Actor) -> dict[str, str | None]:
    """What `actor.NAME` gives in a filter: the claims; `name` and `participant` are fixed."""
    return {**dict(actor.claims), "name": actor.name, "participant": actor.participant}
