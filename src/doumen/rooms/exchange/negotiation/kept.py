"""Negotiations as facts of a node."""

from __future__ import annotations

from doumen.model.fact import Facts
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.process.kept import found, keep, new_pid, pid_for, stamp

__all__ = ["keep", "negotiation", "new_pid", "pid_for", "stamp"]


def negotiation(facts: Facts, key: str) -> Negotiation:
    """The negotiation of this name.

    Raises:
        NotFound: there is none that the asker may know.
    """
    return found(facts, Negotiation, key)
