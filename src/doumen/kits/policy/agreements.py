"""Agreements as the gate reads them: from a fact, and as the rules of a job that names one.

A job under an agreement sees a node whose only rules are those of the agreement, made for the
one who asks. Everything that decides, from discovery to refusals, then holds for it as for any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from doumen.kits.policy.document import rule_as_json
from doumen.kits.policy.offers import (
    clause_of,
    not_in_force,
    rules_of,
    terms_as_json,
    terms_from_json,
)
from doumen.kits.policy.standing import Standing
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side, Use
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.rule import Action, Effect, Target, TargetKind
from doumen.model.terms import Grant


def agreement_as_json(agreement: Agreement) -> dict[str, Any]:
    """What the fact `agreement` says of it, beside what was signed and the reason of its end."""
    return {
        "id": agreement.id,
        "side": agreement.side.value,
        "counterparty": agreement.counterparty,
        "product": agreement.product,
        "terms": terms_as_json(agreement.terms),
        "signed": agreement.signed,
        **({} if agreement.ended is None else {"ended": agreement.ended}),
        **({} if agreement.ended_by is None else {"ended_by": agreement.ended_by}),
        **({} if agreement.use is None else {"use": asdict(agreement.use)}),
    }


def agreement_from_json(key: str, body: Mapping[str, Any]) -> Agreement:
    """Read what `agreement_as_json` wrote; other members of the fact are left alone."""
    use = body.get("use")
    return Agreement(
        key=key,
        id=body["id"],
        side=Side(body["side"]),
        counterparty=body["counterparty"],
        product=body["product"],
        terms=terms_from_json(body["terms"]),
        signed=body["signed"],
        ended=body.get("ended"),
        ended_by=body.get("ended_by"),
        use=None if use is None else Use(**{**use, "by": Side(use["by"])}),
    )


def agreement_of(facts: Facts, key: str, counterparty: str | None = None) -> Agreement:
    """The agreement of this name.

    Args:
        facts: Of the node.
        key: Its name.
        counterparty: The participant who asks, if it is not us: then those of others are as
            good as absent.

    Raises:
        NotFound: there is none, or it is not theirs.
    """
    body = facts.body("agreement", key)
    if body is None or counterparty not in (None, body["counterparty"]):
        raise agreement_absent(key)
    return agreement_from_json(key, body)


def agreed_clause(facts: Facts, id: str) -> tuple[Agreement, Grant] | None:
    """The agreement and the clause of it that bears this name; None: there is no such clause.

    Args:
        facts: Those that the asker may know.
        id: As errors and receipts name it: `A-7F3KQ2AB-1`, that of a column `A-7F3KQ2AB-1-2`.
    """
    key = "-".join(id.split("-", 2)[:2])
    body = facts.body("agreement", key)
    if body is None:
        return None
    agreement = agreement_from_json(key, body)
    grant = clause_of(key, agreement.terms, id)
    return None if grant is None else (agreement, grant)


def agreements_in_force(facts: Facts, day: date) -> Iterator[Agreement]:
    """The agreements that were not ended, have begun and are not over on a day."""
    for key, body in facts.all("agreement"):
        agreement = agreement_from_json(key, body)
        terms = agreement.terms
        begun = terms.since is None or terms.since <= day
        over = terms.until is not None and terms.until < day
        if agreement.ended is None and begun and not over:
            yield agreement


def agreement_absent(key: str) -> NotFound:
    """There is none of this name, as far as the asker may know."""
    return NotFound(
        msg("There is no agreement `{key}`.", key=key),
        next=msg("`doumen agreement list` shows them."),
        detail="agreement",
    )


def may_use(actor: Actor, facts: Facts, key: str, purpose: str | None, now: datetime) -> None:
    """Check that an actor of the consumer may use an agreement: the owner, and by rules on it.

    Raises:
        NotFound: no rule on it speaks of them.
        Refused: a rule denies it, or none permits it for this purpose.
    """
    if actor.is_owner:
        return
    standing = Standing(actor, purpose, facts, now)
    on = Target(TargetKind.AGREEMENT, key)
    rules = [rule for rule in standing.rules if rule.on == on and rule.action is Action.QUERY]
    denial = next((r for r in rules if r.effect is Effect.DENY and standing.states(r)), None)
    permits = [rule for rule in rules if rule.effect is Effect.PERMIT]
    if not permits and not actor.oversees:
        raise agreement_absent(key)
    if denial is not None:
        raise Refused(
            msg("Rule `{rule}` denies agreement `{key}`.", rule=denial.id, key=key),
            next=msg("Ask the steward, or see `doumen rule explain {rule}`.", rule=denial.id),
            rule=denial.id,
            detail="agreement",
        )
    if not any(standing.states(rule) for rule in permits):
        raise Refused(
            msg(
                "No rule lets `{actor}` use agreement `{key}` for this.", actor=actor.name, key=key
            ),
            why=msg("A rule on it asks for a purpose that is stated and assigned.")
            if permits
            else None,
            next=msg("Ask the owner or a steward for a rule on `{{agreement: {key}}}`.", key=key),
            detail="agreement",
        )


def check_in_force(
    agreement: Agreement, participant: Participant, purpose: str | None, now: datetime
) -> None:
    """Check that an agreement can be used.

    Args:
        agreement: The agreement.
        participant: The consumer, as it is known here.
        purpose: The purpose stated.
        now: The time of the job.

    Raises:
        Refused: it was ended, has not begun, is over, or is not for this place or purpose; its
            transfer rests or was ended.
    """
    check_stands(agreement)
    error = not_in_force(
        agreement.terms,
        participant=participant.id,
        place=participant.place or None,
        purpose=purpose,
        now=now,
    )
    if error is not None:
        raise error


def check_stands(agreement: Agreement) -> None:
    """Check that neither side has ended an agreement or its transfer, or laid that to rest.

    One of which no transfer was ever started can be used: the consumer's service may not run.

    Raises:
        Refused: one of them has.
    """
    if agreement.ended is not None:
        raise _ended(agreement)
    if agreement.use is not None and not agreement.use.runs:
        raise _rests(agreement, agreement.use)


def _ended(agreement: Agreement) -> Refused:
    """The refusal of an agreement that was ended before its time."""
    why = msg("It has not been in force since {time}.", time=agreement.ended)
    if agreement.ended_by is not None:
        why = msg("`{who}` ended it; it has not been in force since {time}.",
                  who=agreement.ended_by, time=agreement.ended)  # fmt: skip
    return Refused(
        msg("Agreement `{key}` was ended.", key=agreement.key),
        why=why,
        next=msg("Negotiate anew: `doumen negotiation start`."),
        detail="agreement",
    )


def _rests(agreement: Agreement, use: Use) -> Refused:
    """The refusal of an agreement whose transfer does not run."""
    side = msg("provider") if use.by is Side.PROVIDER else msg("consumer")
    told = {"key": agreement.key, "side": side, "time": use.since}
    if use.state == "SUSPENDED":
        what = msg("The transfer of agreement `{key}` rests.", **told)
        why = msg("The {side} suspended it at {time}.", **told)
    else:
        what = msg("The transfer of agreement `{key}` was ended.", **told)
        why = msg("The {side} ended it at {time}.", **told)
    return Refused(
        what,
        why=why,
        next=msg("The provider can let it go on: `doumen transfer resume {key}` there.", **told)
        if use.held
        else msg("Let it go on: `doumen transfer resume {key}`.", **told),
        detail="agreement",
    )


def governed(facts: Facts, agreement: Agreement, actor: str) -> Facts:
    """The facts of the node, with the rules of an agreement in place of its own.

    Args:
        facts: Of the node.
        agreement: In which it is the provider.
        actor: Who asks.
    """
    rules = {
        rule.id: FactRow(facts.version, Fact("rule", rule.id, rule_as_json(rule)), "", "")
        for rule in rules_of(agreement.key, agreement.terms, actor)
    }
    return replace(facts, rows={**facts.rows, "rule": rules})
