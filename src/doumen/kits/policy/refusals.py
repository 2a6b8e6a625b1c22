"""The words of a refusal: which rule, and what to do next. Only for what may be discovered."""

from __future__ import annotations

from datetime import date

from doumen.kits.policy.standing import QUERIED, Standing
from doumen.model.errors import NotFound, Refused
from doumen.model.ref import Ref
from doumen.model.rule import Effect
from doumen.model.schema import Schema

ASK = "Ask a steward for a rule; `doumen rule list` shows those that speak of you."


def denied(rule: str, ref: Ref, standing: Standing) -> Refused:
    """A rule denies the dataset as a whole."""
    return Refused(
        f"Rule `{rule}` denies `{ref}` to actor `{standing.actor.name}`{_purpose(standing)}.",
        next=f"`doumen rule explain {rule}` says more; a steward may change it.",
        rule=rule,
        detail="denied",
    )


def all_denied(rule: str, ref: Ref) -> Refused:
    """Every column that a rule permits is denied by another."""
    return Refused(
        f"Nothing is left of `{ref}`: rules deny all columns that others permit.",
        next=f"`doumen rule explain {rule}` says more; a steward may change it.",
        rule=rule,
        detail="denied",
    )


def none_permits(ref: Ref, schema: Schema, standing: Standing) -> Refused:
    """No permit matches; a purpose that the actor could state may help."""
    hits = standing.hits(Effect.PERMIT, QUERIED, ref, schema)
    could = [hit.rule for hit in hits if standing.could_state(hit.rule)]
    purposes = sorted({p for rule in could for p in rule.purposes} & standing.actor.purposes)
    stated = _purpose(standing) or " when no purpose is stated"
    return Refused(
        f"No rule permits actor `{standing.actor.name}` to query `{ref}`"
        f"{stated if purposes or standing.purpose else ''}.",
        why=f"Rule `{could[0].id}` permits it for another purpose." if could else None,
        next=f"State a purpose: {' or '.join(f'`--for {p}`' for p in purposes)}."
        if purposes
        else ASK,
        rule=could[0].id if could else None,
        detail="purpose" if purposes else "permit",
    )


def quarantined(ref: Ref) -> Refused:
    """Rows that broke a contract are for owner and steward."""
    return Refused(
        f"`{ref}` holds rows that broke their contract: only owner and steward read it.",
        next="Ask a steward.",
        detail="quarantine",
    )


def source_closed(ref: Ref, source: Ref, cause: Refused | NotFound) -> Refused:
    """The actor made the dataset from one that they may no longer query."""
    if isinstance(cause, NotFound):
        why = "It was made from data that are no longer open to you."
    else:
        why = f"It was made from `{source}`. {cause.what}"
    return Refused(
        f"`{ref}` may not be read as long as its sources may not.",
        why=why,
        next=cause.next if isinstance(cause, Refused) else ASK,
        rule=cause.rule,
        detail="source",
    )


def misfitting(rule: str, ref: Ref, duty: str) -> Refused:
    """A duty of a rule cannot be applied, so nothing is shown."""
    what = {"filter": "condition", "min_group": "group"}[duty]
    return Refused(
        f"The {what} of rule `{rule}` does not fit `{ref}`, so no row of it can be shown.",
        next=f"Tell a steward: `doumen rule explain {rule}`.",
        rule=rule,
        detail=duty,
    )


def ungrouped(rule: str, k: int, ref: Ref) -> Refused:
    """A source may be read in groups only, and the dataset was made from it without."""
    return Refused(
        f"Rule `{rule}` asks for groups of at least {k} of what `{ref}` was made from.",
        why="It did not ask for that when the dataset was derived.",
        next=f"Derive it again: `doumen query … --into {ref}`.",
        rule=rule,
        detail="min_group",
    )


def over(rule: str | None, ref: Ref, day: date) -> Refused:
    """The last day of a derived dataset is over; the rule is named to those it speaks of."""
    named = f"rule `{rule}`" if rule else "a rule"
    return Refused(
        f"`{ref}` could be read until {day} and no longer.",
        why=f"What it was made from may be kept for some days only, says {named}.",
        next=f"Derive it again from its sources: `doumen query … --into {ref}`.",
        rule=rule,
        detail="expire",
    )


def _purpose(standing: Standing) -> str:
    return f" for purpose `{standing.purpose}`" if standing.purpose else ""
