"""The words of a refusal: which rule, and what to do next. Only for what may be discovered."""

from __future__ import annotations

from datetime import date

from doumen.kits.policy.standing import QUERIED, Standing
from doumen.model.errors import NotFound, Refused
from doumen.model.message import Message, either, msg
from doumen.model.ref import Ref
from doumen.model.rule import Effect
from doumen.model.schema import Schema

ASK: Message = msg("Ask a steward for a rule; `doumen rule list` shows those that speak of you.")


def denied(rule: str, ref: Ref, standing: Standing) -> Refused:
    """A rule denies the dataset as a whole."""
    return Refused(
        msg(
            "Rule `{rule}` denies `{ref}` to actor `{actor}` for purpose `{purpose}`.",
            rule=rule,
            ref=ref,
            actor=standing.actor.name,
            purpose=standing.purpose,
        )
        if standing.purpose
        else msg(
            "Rule `{rule}` denies `{ref}` to actor `{actor}`.",
            rule=rule,
            ref=ref,
            actor=standing.actor.name,
        ),
        next=msg("`doumen rule explain {rule}` says more; a steward may change it.", rule=rule),
        rule=rule,
        detail="denied",
    )


def all_denied(rule: str, ref: Ref) -> Refused:
    """Every column that a rule permits is denied by another."""
    return Refused(
        msg("Nothing is left of `{ref}`: rules deny all columns that others permit.", ref=ref),
        next=msg("`doumen rule explain {rule}` says more; a steward may change it.", rule=rule),
        rule=rule,
        detail="denied",
    )


def none_permits(ref: Ref, schema: Schema, standing: Standing) -> Refused:
    """No permit matches; a purpose that the actor could state may help."""
    hits = standing.hits(Effect.PERMIT, QUERIED, ref, schema)
    could = [hit.rule for hit in hits if standing.could_state(hit.rule)]
    purposes = sorted({p for rule in could for p in rule.purposes} & standing.actor.purposes)
    return Refused(
        _unpermitted(ref, standing, stated=bool(purposes)),
        why=msg("Rule `{id}` permits it for another purpose.", id=could[0].id) if could else None,
        next=msg("State a purpose: {purposes}.", purposes=either(f"`--for {p}`" for p in purposes))
        if purposes
        else ASK,
        rule=could[0].id if could else None,
        detail="purpose" if purposes else "permit",
    )


def quarantined(ref: Ref) -> Refused:
    """Rows that broke a contract are for owner and steward."""
    return Refused(
        msg(
            "`{ref}` holds rows that broke their contract: only owner and steward read it.", ref=ref
        ),
        next=msg("Ask a steward."),
        detail="quarantine",
    )


def drafted(ref: Ref) -> Refused:
    """A draft, for somebody who may know of it and is not named for drafts."""
    return Refused(
        msg("`{ref}` is a draft: only who is named for drafts reads it.", ref=ref),
        next=msg("Ask a steward: `doumen dataset readers draft` says who is named."),
        detail="draft",
    )


def retired(ref: Ref, reason: str, successor: str | None) -> Refused:
    """A dataset that was retired; what takes its place is told to who may know of it."""
    return Refused(
        msg("`{ref}` is retired and not read any more.", ref=ref),
        why=msg("The reason given: {reason}", reason=reason) if reason else None,
        next=msg("Read `{successor}`, which takes its place.", successor=successor)
        if successor
        else msg("Ask a steward what takes its place."),
        detail="retired",
    )


def source_closed(ref: Ref, source: Ref, cause: Refused | NotFound) -> Refused:
    """The actor made the dataset from one that they may no longer query."""
    if isinstance(cause, NotFound):
        why = msg("It was made from data that are no longer open to you.")
    else:
        why = msg("It was made from `{source}`. {what}", source=source, what=cause.what)
    return Refused(
        msg("`{ref}` may not be read as long as its sources may not.", ref=ref),
        why=why,
        next=cause.next if isinstance(cause, Refused) else ASK,
        rule=cause.rule,
        detail="source",
    )


def misfitting(rule: str, ref: Ref, duty: str) -> Refused:
    """A duty of a rule cannot be applied, so nothing is shown."""
    return Refused(
        msg(
            "The condition of rule `{rule}` does not fit `{ref}`, so no row of it can be shown.",
            rule=rule,
            ref=ref,
        )
        if duty == "filter"
        else msg(
            "The group of rule `{rule}` does not fit `{ref}`, so no row of it can be shown.",
            rule=rule,
            ref=ref,
        ),
        next=msg("Tell a steward: `doumen rule explain {rule}`.", rule=rule),
        rule=rule,
        detail=duty,
    )


def ungrouped(rule: str, k: int, ref: Ref) -> Refused:
    """A source may be read in groups only, and the dataset was made from it without."""
    return Refused(
        msg(
            "Rule `{rule}` asks for groups of at least {k} of what `{ref}` was made from.",
            rule=rule,
            k=k,
            ref=ref,
        ),
        why=msg("It did not ask for that when the dataset was derived."),
        next=msg("Derive it again: `doumen query … --into {ref}`.", ref=ref),
        rule=rule,
        detail="min_group",
    )


def over(rule: str | None, ref: Ref, day: date) -> Refused:
    """The last day of a derived dataset is over; the rule is named to those it speaks of."""
    named = msg("rule `{rule}`", rule=rule) if rule else msg("a rule")
    return Refused(
        msg("`{ref}` could be read until {day} and no longer.", ref=ref, day=day),
        why=msg("What it was made from may be kept for some days only, says {named}.", named=named),
        next=msg("Derive it again from its sources: `doumen query … --into {ref}`.", ref=ref),
        rule=rule,
        detail="expire",
    )


def _unpermitted(ref: Ref, standing: Standing, *, stated: bool) -> Message:
    actor = standing.actor.name
    if standing.purpose:
        return msg(
            "No rule permits actor `{actor}` to query `{ref}` for purpose `{purpose}`.",
            actor=actor,
            ref=ref,
            purpose=standing.purpose,
        )
    if stated:
        return msg(
            "No rule permits actor `{actor}` to query `{ref}` when no purpose is stated.",
            actor=actor,
            ref=ref,
        )
    return msg("No rule permits actor `{actor}` to query `{ref}`.", actor=actor, ref=ref)
