"""What a transfer comes to: whether its agreement may be used now, and whether it was ended.

Pure: from facts and a transfer to values. The agreement's fact says how its latest transfer
stands (`use`), for the gates look there at every read. What we have said binds us as we say it,
before the other side has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from doumen.kits import policy
from doumen.kits.standards.dsp import Role, TransferMove
from doumen.kits.standards.dsp.transfer import TransferState
from doumen.model.agreement import Agreement, Side, Use
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact, Facts
from doumen.model.participant import Participant
from doumen.rooms.exchange.transfer.state import KIND, Transfer

AGREEMENT = "agreement"
ENDED = "agreement-ended"
"""Code of a termination that tells the other side that the agreement itself is ended."""
_REACHED = {
    TransferMove.START: TransferState.STARTED,
    TransferMove.SUSPEND: TransferState.SUSPENDED,
    TransferMove.COMPLETE: TransferState.COMPLETED,
    TransferMove.TERMINATE: TransferState.TERMINATED,
}


def of_agreement(facts: Facts, key: str) -> list[Transfer]:
    """The transfers of an agreement, the latest first."""
    found = [Transfer.from_json(body) for _, body in facts.all(KIND) if body["agreement"] == key]
    return sorted(found, key=lambda one: (not one.over, one.begun), reverse=True)


def use_of(transfer: Transfer, before: Use | None, now: str) -> Use | None:
    """How the latest transfer of an agreement stands after a step of one of them."""
    moves = list(_moves(transfer))
    if not moves:
        return before
    move, role = moves[-1]
    ours = [m for m, by in moves if by is Role.PROVIDER]
    held = before is not None and before.held if not ours else ours[-1] is not TransferMove.START
    use = Use(transfer.key, _REACHED[move].value, Side(role.value), now, held)
    return before if before is not None and replace(use, since=before.since) == before else use


def noted(facts: Facts, transfer: Transfer, now: str, ended: Fact | None = None) -> list[Fact]:
    """What becomes true of the agreement with a step of a transfer.

    Args:
        facts: Before it.
        transfer: After it.
        now: RFC 3339.
        ended: The agreement's fact, if the step ended it too.
    """
    before = facts.body(AGREEMENT, transfer.agreement)
    body = dict((ended.body if ended is not None else before) or {})
    agreement = policy.agreement_from_json(transfer.agreement, body)
    use = use_of(transfer, agreement.use, now)
    if use is not None:
        body["use"] = {**asdict(use), "by": use.by.value}
    return [] if body == before else [Fact(AGREEMENT, transfer.agreement, body)]


def ended(facts: Facts, key: str, *, by: str, reason: str, now: str) -> Fact:
    """The fact of an agreement that somebody (DID) ended."""
    body = facts.body(AGREEMENT, key) or {}
    return Fact(AGREEMENT, key, {**body, "ended": now, "ended_by": by, "reason": reason})


def check_transferable(agreement: Agreement, consumer: Participant, now: datetime) -> None:
    """Check that an agreement is in force, whatever its transfers do.

    Raises:
        Refused: it was ended, has not begun, is over, or is not for where the consumer is.
    """
    purpose = next(iter(agreement.terms.purposes), None)
    policy.check_in_force(replace(agreement, use=None), consumer, purpose, now)


def wanted(agreement: Agreement, own: Participant, now: datetime) -> bool:
    """Whether we can ask for a transfer as its consumer.

    Where we are is for the provider to judge.
    """
    places = agreement.terms.places
    try:
        check_transferable(agreement, replace(own, place=places[0] if places else ""), now)
    except DoumenError:
        return False
    return agreement.side is Side.CONSUMER


def _moves(transfer: Transfer) -> Iterator[tuple[TransferMove, Role]]:
    """What both sides did, and what we say now; a start that was refused is none."""
    for one in transfer.said:
        if one.move in _REACHED:
            yield one.move, one.sender
    waiting = transfer.outgoing
    if waiting is None or (waiting.refused and waiting.move is TransferMove.START):
        return
    if waiting.move in _REACHED:
        yield waiting.move, transfer.role
