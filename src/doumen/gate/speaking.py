"""What of a desk speaks to others over the network: other nodes, and providers of identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.gate import peers
from doumen.gate.desk import MOST
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.token import Claims
from doumen.model.actor import Actor
from doumen.model.fact import Facts
from doumen.model.participant import Participant
from doumen.model.peer import Call, Heard, Reply


class Speaking:
    """One actor who speaks for the node; see `doumen.gate.desk.Desk` for each request."""

    def __init__(self, means: Means, actor: str) -> None:
        self._means = means
        self.actor: Actor = actor_of(actor, means.catalog.current())

    def call(
        self,
        participant: str,
        method: str,
        path: str,
        document: Mapping[str, Any] | None = None,
        most: int = MOST,
    ) -> Heard:
        """Send a signed request to a participant."""
        policy.may_speak(self._standing())
        known = peers.of(self._means.catalog.current(), participant)
        body = None if document is None else canonical(document)
        return peers.call(self._means, known, method, path, body, most=most)

    def look(self, address: str, most: int = MOST) -> bytes:
        """A document at an address that is there for everybody."""
        policy.may_speak(self._standing())
        return peers.look(self._means, address, most)

    def ask(self, call: Call, most: int = MOST) -> Reply:
        """Send a request, unsigned."""
        policy.may_ask_elsewhere(self._standing())
        return self._means.peers.call(call, most)

    def admit(
        self, token: str, method: str, path: str, body: bytes | None
    ) -> tuple[Participant, Claims]:
        """Who signed a request to this node."""
        policy.may_speak(self._standing())
        return peers.admit(self._means, token, method, path, body)

    def replied(self, request: Claims, status: int, body: bytes) -> str:
        """The token of a reply to a signed request."""
        policy.may_speak(self._standing())
        return peers.replied(self._means, request, status, body)

    def _standing(self, facts: Facts | None = None) -> Actor:
        """The actor as of now: roles may have been taken back since the session was opened."""
        self.actor = actor_of(self.actor.name, facts or self._means.catalog.current())
        return self.actor
