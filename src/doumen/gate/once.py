"""A request ends once on each side: an answer and a settling at one time cannot both be kept.

Its end is a charge of its own, on an account that may hold one. Whoever comes second fails, and
nothing of it is kept; what is closed before it was begun is never begun.
"""

from __future__ import annotations

from dataclasses import replace

from doumen.gate.commit import Draft, Within
from doumen.model.errors import Conflict
from doumen.model.event import Charge
from doumen.model.message import msg

ENDED = "ended"


def account_of(request: str, participant: str = "") -> str:
    """The account of a request: of ours, or of another participant."""
    return f"request:{participant}/{request}" if participant else f"request:{request}"


def ending(draft: Draft, account: str, request: str) -> Draft:
    """The draft of what ends a request."""
    event = replace(draft.event, charges=(*draft.event.charges, Charge(account, ENDED, 1)))
    return replace(draft, event=event, within=(*draft.within, _within(account, 1, request)))


def unended(draft: Draft, account: str, request: str) -> Draft:
    """The draft of a step of a request that must not have ended."""
    return replace(draft, within=(*draft.within, not_ended(account, request)))


def not_ended(account: str, request: str) -> Within:
    """The bound by which a request has not ended."""
    return _within(account, 0, request)


def _within(account: str, most: int, request: str) -> Within:
    over = Conflict(
        msg("Request `{request}` is over.", request=request),
        why=msg("It was answered or settled meanwhile; neither is done twice."),
        next=msg("Ask anew."),
        detail="ended",
    )
    return Within(account, ENDED, most, over)
