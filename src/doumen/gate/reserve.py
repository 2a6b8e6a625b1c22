"""Counted queries: one is reserved before it runs, on condition that there still is room.

A rule with `count` has an account per actor and UTC day, an agreement its own. The charge is
committed before the engine sees the statement, so that two jobs never spend the same query; a
job that fails keeps its charge, a refusal and an explanation have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from doumen.gate import agreed, record
from doumen.gate.commit import Within
from doumen.gate.means import Means
from doumen.gate.record import Disclosed
from doumen.gate.stages import Planned
from doumen.model.errors import OverBudget
from doumen.model.event import Charge
from doumen.model.message import msg

UNIT = "queries"


def reserve(means: Means, planned: Planned, said: Disclosed) -> str | None:
    """Charge one query under each rule that counts and under the agreement, if there is one.

    Returns:
        The id of the event; None where nothing counts.

    Raises:
        OverBudget: the queries of a rule, or of the agreement, are used up.
        Conflict: the request was answered before.
        Refused: the agreement was ended meanwhile.
    """
    counts = planned.ruled.counts
    agreed_charges, agreed_bounds = agreed.charges(planned)
    if not counts and not agreed_charges:
        return None
    event = record.new_id(means.clock(), means.entropy)
    bounds = tuple(
        Within(account(planned, rule), UNIT, most, _over(rule, most)) for most, rule in counts
    )
    charges = [Charge(bound.account, bound.unit, 1) for bound in bounds]
    charges += agreed_charges
    draft = record.reserved(planned, event, said, charges, (*bounds, *agreed_bounds))
    means.commits.submit(agreed.standing(means, planned, draft))
    return event


def left(means: Means, planned: Planned) -> Sequence[tuple[str, int]]:
    """Each rule that counts, and the queries that the day still has under it."""
    with means.database.read() as connection:
        return [
            (rule, most - means.ledger.balance(connection, account(planned, rule), UNIT))
            for most, rule in planned.ruled.counts
        ]


def account(planned: Planned, rule: str) -> str:
    """The account of a rule, the actor and the day of the job."""
    known = planned.ruled.known
    day = known.asked.now.astimezone(UTC).date()
    return f"rule:{rule}/actor:{known.actor.name}/day:{day}"


def _over(rule: str, most: int) -> OverBudget:
    return OverBudget(
        msg("Rule `{rule}` allows {most} queries a day, which are used up.", rule=rule, most=most),
        why=msg("Queries that were run count, failed ones too, until midnight UTC."),
        next=msg("Ask again tomorrow, or see `doumen rule explain {rule}`.", rule=rule),
        rule=rule,
        detail="count",
    )
