"""The drawers of a desk: agreements, jobs and schedules, each before one actor."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, Protocol

from doumen.model.agreement import Settled, Usage
from doumen.model.alert import Condition, Notice, Outbox, Told
from doumen.model.exposure import Exposure
from doumen.model.plan import Progress
from doumen.model.queued import Queued, State
from doumen.model.schedule import Move, Position
from doumen.model.terms import Terms

Files = Generator[tuple[str, Iterator[bytes]], None, None]
"""Names of files and their contents, each to be read before the next is asked for."""


class Exchange(Protocol):
    """Agreements before one actor; what is raised is in `doumen.gate.settle`, or where it says."""

    def usage(self, key: str) -> Usage:
        """What was used under an agreement, as this side counts it."""

    def reconcile(self, key: str) -> Settled:
        """Settle with the provider what broke in between; at the consumer."""

    def charged(self, request: str) -> bool:
        """Whether a request of the participant that asks was charged for."""

    def outcomes(self, key: str, requests: Sequence[str]) -> list[dict[str, Any]]:
        """What came of requests of the participant that asks."""

    def unsigned(self, key: str) -> list[str]:
        """Receipts that the participant that asks has not signed."""

    def countersigned(self, certificate: Mapping[str, Any], texts: Sequence[str]) -> int:
        """Keep receipts that the participant signed too; how many."""

    def cosign(
        self, certificate: Mapping[str, Any], issued: int, text: str, old: int, proof: Sequence[str]
    ) -> dict[str, Any]:
        """Cosign the head of the participant that asks; see `doumen.gate.witness.cosign`."""

    def ask_witness(self, participant: str) -> Mapping[str, Any]:
        """Show our head to a participant (DID) to be cosigned; see `doumen.gate.witness.ask`."""

    def witness_due(self, participant: str) -> bool:
        """Whether a participant (DID) should see our head now."""

    def bundle(self, key: str, sizes: Sequence[int], progress: Progress) -> Files:
        """All that this side can show of an agreement; see `doumen.gate.dispute.bundle`."""

    def diff(self, terms: Terms, consumer: str, subject: str) -> Exposure:
        """What a participant (DID) would see more under terms, counted; for owner and steward.

        See `doumen.gate.diff.diff` for what is raised; `subject` names what the terms are of.
        """


class Jobs(Protocol):
    """The queue before one actor; see `doumen.gate.jobs.Jobs` for what is raised."""

    def new_id(self) -> str:
        """An id for a job that is about to be queued."""

    def submit(
        self, id: str, operation: str, inputs: Mapping[str, Any], token: str | None = None
    ) -> Queued:
        """Queue a job; it is durable when this returns."""

    def one(self, id: str) -> Queued:
        """A job that the actor may know."""

    def all(
        self, states: Sequence[State] = (), limit: int = 100, schedule: str | None = None
    ) -> list[Queued]:
        """Jobs that the actor may know, the latest first; of one schedule, where it is named."""

    def cancel(self, id: str, reason: str | None = None) -> Queued:
        """Ask for the end of a job; one that waits is over at once."""

    def retry(self, id: str, reason: str) -> Queued:
        """Queue again what failed or was cancelled, as a job of its own."""


class Scheduled(Protocol):
    """The schedules before one actor; see `doumen.gate.schedules` for what is raised."""

    def positions(self) -> Mapping[str, Position]:
        """Name → how far it is done; of those at which a worker looked."""

    def run(self, job: str) -> Queued | None:
        """A run of a schedule, whosever it is; None: it is forgotten."""

    def conditions(self) -> Mapping[Condition, str]:
        """What is wrong and was told, each since when."""

    def move(self, move: Move, told: Sequence[Told] = ()) -> bool:
        """Make one step, and tell what comes of it; False where it is not to be made any more."""

    def tell(self, told: Sequence[Told]) -> None:
        """Tell what became another, without a step."""

    def notices(self, alert: str, limit: int = 20) -> list[Notice]:
        """What an alert told, and is to tell; the latest first."""

    def outbox(self) -> Outbox:
        """What is to be sent."""

    def tidy(self, before: str) -> None:
        """Forget old notices, and what is told of alerts that are gone."""


class Finding(Protocol):
    """One fault that `inspect` found: where, and what."""

    @property
    def where(self) -> str:
        """`ledger` or `keys`, with the place."""

    @property
    def what(self) -> str:
        """What is wrong with it."""
