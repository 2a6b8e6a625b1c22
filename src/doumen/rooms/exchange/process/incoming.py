"""Messages that come from another participant: whom they are for, and where answers go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.rooms.exchange.process.state import P
from doumen.rooms.exchange.process.steps import Evidence

DeskOf = Callable[[str], Desk]
"""Name of an actor → the open gate with them before it."""


@dataclass(frozen=True, slots=True)
class Came:
    """A message that came.

    Attributes:
        sender: Who sent it.
        pid: Our identifier, of the address; None: it begins a process.
        message: What it says.
        evidence: As it came.
    """

    sender: Participant
    pid: str | None
    message: Any
    evidence: Evidence


def theirs(facts: Facts, of: type[P], sender: Participant, pid: str) -> P:
    """The process with this sender.

    Raises:
        NotFound: there is none, or it is with another: alike.
    """
    body = facts.body(of.kind.name, of.kind.name_of(pid))
    found = None if body is None else of.from_json(body)
    if found is None or (found.own, found.counterparty) != (pid, sender.id):
        raise NotFound(
            msg("There is no {process} `{pid}`.", process=of.kind.machine.process, pid=pid),
            next=msg("Begin one."),
            detail=of.kind.name,
        )
    return found


def base_of(sender: Participant, address: str) -> str:
    """Where the endpoints of a participant begin, below the address that is known of it.

    An address that is told in a message is called only there: nobody is sent elsewhere.

    Raises:
        Invalid: it is none, or lies elsewhere.
    """
    known = sender.address.rstrip("/")
    base = address.rstrip("/")
    if base == known or base.startswith(f"{known}/"):
        return base.removeprefix(known)
    raise Invalid(
        msg("The callback address lies elsewhere than the address that is known of the sender."),
        why=msg("Only what begins with `{known}` is called.", known=known),
        next=msg("Send an address below that, or let your new address be added here."),
        detail="dsp-address",
    )
