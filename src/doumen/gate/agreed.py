"""A job under an agreement, at the provider: in force when it is planned and when it is recorded.

Its quotas, and the request that it answers, are reserved as charges before it runs: neither
two jobs at once nor a request sent twice can spend the same.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC

from sqlalchemy import Connection

from doumen.gate import once
from doumen.gate.commit import Draft, Prepare, Within
from doumen.gate.means import Means
from doumen.gate.stages import Asked, Planned
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, OverBudget
from doumen.model.event import Charge
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.terms import Per

QUERIES, REQUESTS = "queries", "requests"


def agreement(asked: Asked, actor: Actor, facts: Facts) -> Agreement | None:
    """The agreement that a job is done under; None: it names none.

    Raises:
        NotFound: there is no such agreement with the participant of the actor, or nothing of
            ours is in it.
        Refused: it is not in force, or its transfer rests or was ended.
    """
    key = asked.job.agreement
    if key is None:
        return None
    body = facts.body("participant", actor.participant)
    found = policy.agreement_of(facts, key, actor.participant)
    if body is None or found.side is not Side.PROVIDER:
        raise policy.agreement_absent(key)
    participant = Participant.from_json(body)
    policy.check_in_force(found, participant, asked.job.purpose, asked.now)
    return found


def charges(planned: Planned) -> tuple[tuple[Charge, ...], tuple[Within, ...]]:
    """What a read under an agreement reserves, and what it may come to."""
    found, job = planned.ruled.known.agreement, planned.ruled.known.asked.job
    if found is None:
        return (), ()
    day = planned.ruled.known.asked.now.astimezone(UTC).date()
    places = {Per.AGREEMENT: found.account, Per.DAY: found.account_on(day)}
    most = {quota.per: quota.queries for quota in found.terms.quotas}
    charged = [
        Charge(places[per], QUERIES, 1) for per in Per if per is Per.AGREEMENT or per in most
    ]
    bounds = [Within(places[per], QUERIES, n, _over(found, per, n)) for per, n in most.items()]
    if job.request is not None:
        account = once.account_of(job.request.id, found.counterparty)
        charged.append(Charge(account, REQUESTS, 1))
        bounds.append(Within(account, REQUESTS, 1, _repeated(job.request.id)))
        bounds.append(once.not_ended(account, job.request.id))
    return tuple(charged), tuple(bounds)


def step(planned: Planned, kind: str, draft: Draft) -> Draft:
    """The draft of a step of a request, which ends once; of another question as it is."""
    found, request = planned.ruled.known.agreement, planned.ruled.known.asked.job.request
    if found is None or request is None:
        return draft
    account = once.account_of(request.id, found.counterparty)
    bound = once.unended if kind == "query.started" else once.ending
    return bound(draft, account, request.id)


def standing(means: Means, planned: Planned, draft: Draft) -> Prepare:
    """The preparation of a draft, which holds only while the agreement does.

    Raises:
        Refused: when it is called, the agreement or its transfer was ended meanwhile, or rests;
            or a dataset was retired.
        NotFound: it was taken away, or a dataset was made a draft.
    """
    found = planned.ruled.known.agreement

    def prepare(connection: Connection) -> Draft:
        if found is not None:
            facts = means.catalog.current(connection)
            policy.check_stands(policy.agreement_of(facts, found.key))
            refs = {snapshot.ref for snapshot in planned.ruled.known.snapshots.values()}
            policy.check_delivered(facts, sorted(refs), means.clock())
        return draft

    return prepare


def _over(found: Agreement, per: Per, most: int) -> OverBudget:
    told = {"key": found.key, "most": most}
    return OverBudget(
        msg("Agreement `{key}` allows {most} queries, which are used up.", **told)
        if per is Per.AGREEMENT
        else msg("Agreement `{key}` allows {most} queries a day, which are used up.", **told),
        why=msg("Queries that were run count, failed ones too."),
        next=msg("Negotiate anew: `doumen negotiation start`.")
        if per is Per.AGREEMENT
        else msg("Ask again tomorrow (UTC)."),
        detail="quota",
    )


def _repeated(id: str) -> Conflict:
    return Conflict(
        msg("Request `{id}` was answered before.", id=id),
        why=msg("The same request is never run twice."),
        next=msg("Ask anew, with an id of its own."),
        detail="request",
    )


def mask_keys(means: Means, found: Agreement | None) -> tuple[str, str]:
    """Outer and inner key (hex) of hash masks: of an agreement its own, else those of the node.

    So what two agreements show of one column does not join.
    """
    if found is None:
        return means.mask_keys
    outer, inner = (
        hmac.new(bytes.fromhex(key), found.id.encode(), hashlib.sha256).hexdigest()
        for key in means.mask_keys
    )
    return outer, inner
