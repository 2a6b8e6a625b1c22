"""Links that are used once: one that signs its actor in, one by which they choose a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from doumen.gate.desk import Desk
from doumen.model.fact import Fact
from doumen.model.identity import TICKET, holder
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Text
from doumen.rooms.protect.known import known
from doumen.rooms.protect.served import served
from doumen.rooms.protect.signin import sessions
from doumen.rooms.protect.signin.attempts import stamp
from doumen.rooms.protect.signin.entry import INVITE, LINK

MINUTES = 10
"""How long a link signs in."""
PATHS = {LINK: "/signin?ticket=", INVITE: "/invitation?ticket="}


def link(desk: Desk, *, actor: str | None = None, endpoint: str | None = None) -> Outcome:
    """Make a link that signs an actor in, once, within ten minutes.

    Raises:
        NotFound: there is no such actor.
        Refused: it is for another, and the asker is not the owner.
    """
    name = desk.actor.name if actor is None else known(desk.facts(), actor)
    return handed(desk, name, LINK, timedelta(minutes=MINUTES), endpoint)


def handed(
    desk: Desk, actor: str, kind: str, lasting: timedelta, endpoint: str | None = None
) -> Outcome:
    """Make a link of a kind, in place of those of its kind before; the one time that it is told.

    Raises:
        Invalid: the address is not one that the service may have.
        Refused: it is for another, and the asker is not the owner.
    """
    base, now = served(desk, endpoint), datetime.now(UTC)
    body = {
        "kind": kind,
        "made_by": desk.actor.name,
        "created": stamp(now),
        "expires": stamp(now + lasting),
    }
    text, fact = sessions.secret(TICKET, actor, body)
    gone = [
        Fact(TICKET, key, None)
        for key, kept in desk.facts().all(TICKET)
        if holder(key) == actor and (kept["kind"] == kind or kept["expires"] <= stamp(now))
    ]
    receipt = desk.amend([fact, *gone], subject=f"{kind} {actor}")
    address = f"{base}{PATHS[kind]}{text}"
    return Outcome(
        json={
            "actor": actor,
            "url": address,
            "expires": body["expires"],
            "receipt": receipt,
        },
        drawn=(Text(address),),
        said=(_told(kind, actor, body["expires"], receipt),),
    )


def _told(kind: str, actor: str, expires: str, receipt: str) -> Message:
    if kind == LINK:
        return msg(
            "Whoever opens it first is signed in as `{actor}`; until {expires}. Receipt {receipt}.",
            actor=actor,
            expires=expires,
            receipt=receipt,
        )
    return msg(
        "Give it to `{actor}` alone: whoever opens it first chooses the password; until {expires}. "
        "Receipt {receipt}.",
        actor=actor,
        expires=expires,
        receipt=receipt,
    )
