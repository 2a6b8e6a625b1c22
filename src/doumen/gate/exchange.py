"""Agreements before one actor: what was used, what is settled, what both have signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from doumen.gate import diff, dispute, outcomes, peers, settle, witness
from doumen.gate.drawers import Files
from doumen.gate.means import Means
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.agreement import Settled, Usage
from doumen.model.exposure import Exposure
from doumen.model.fact import Facts
from doumen.model.participant import Participant
from doumen.model.plan import Progress
from doumen.model.terms import Terms


class Exchange:
    """The agreements of the node before one actor; see `doumen.gate.desk.Exchange`."""

    def __init__(
        self,
        means: Means,
        actor: Actor,
        visible: Callable[[], Facts],
        purpose: str | None = None,
    ) -> None:
        self._means = means
        self._actor = actor
        self._visible = visible
        self._purpose = purpose

    def usage(self, key: str) -> Usage:
        """What was used under an agreement."""
        policy.agreement_of(self._visible(), key)
        with self._means.database.read() as connection:
            return settle.usage(self._means, connection, key)

    def reconcile(self, key: str) -> Settled:
        """Settle with the provider what broke in between."""
        return settle.reconcile(self._means, self._actor.name, key)

    def charged(self, request: str) -> bool:
        """Whether a request of this participant was charged for."""
        return outcomes.charged(self._means, self._actor.participant, request)

    def outcomes(self, key: str, requests: Sequence[str]) -> list[dict[str, Any]]:
        """What came of requests of this participant."""
        return outcomes.outcomes(self._means, self._participant(), key, requests)

    def unsigned(self, key: str) -> list[str]:
        """Receipts that this participant has not signed."""
        return outcomes.unsigned(self._means, self._participant(), key)

    def countersigned(self, certificate: Mapping[str, Any], texts: Sequence[str]) -> int:
        """Keep receipts that this participant signed too."""
        return outcomes.countersigned(self._means, self._participant(), certificate, texts)

    def cosign(
        self, certificate: Mapping[str, Any], issued: int, text: str, old: int, proof: Sequence[str]
    ) -> dict[str, Any]:
        """Cosign the head of this participant, and keep it."""
        shown = witness.Shown(text, certificate, issued, old, tuple(proof))
        return witness.cosign(self._means, self._participant(), self._actor.name, shown)

    def ask_witness(self, participant: str) -> Mapping[str, Any]:
        """Show our head to a participant, and keep it with their cosignature."""
        policy.may_speak(self._actor)
        known = peers.of(self._means.catalog.current(), participant)
        return witness.ask(self._means, self._actor.name, known)

    def witness_due(self, participant: str) -> bool:
        """Whether a participant should see our head now."""
        return witness.due(self._means, participant)

    def bundle(self, key: str, sizes: Sequence[int], progress: Progress) -> Files:
        """All that this side can show of an agreement, file by file."""
        policy.agreement_of(self._visible(), key)
        return dispute.bundle(self._means, self._actor, key, sizes, progress)

    def diff(self, terms: Terms, consumer: str, subject: str) -> Exposure:
        """What a participant would see more under terms, counted."""
        return diff.diff(
            self._means, self._actor, terms, consumer, purpose=self._purpose, subject=subject
        )

    def _participant(self) -> Participant:
        return peers.of(self._means.catalog.current(), self._actor.participant)
