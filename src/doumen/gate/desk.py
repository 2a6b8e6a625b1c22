"""The open gate with an actor before it: all that a room may ask.

A room receives a desk and nothing else: it never sees a store or an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

import pyarrow as pa

from doumen.gate.drawers import Exchange, Finding, Jobs, Scheduled
from doumen.kits.evidence.token import Claims
from doumen.kits.standards.dsp import Reach
from doumen.kits.standards.s3 import Signed
from doumen.model.actor import Actor
from doumen.model.answer import Answer, Compacted, Explained, Made, Replayed, Vacuumed
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.foreseen import Foreseen, Seer
from doumen.model.handed import Granted, Shelf
from doumen.model.happened import Happened, Recorded
from doumen.model.held import Which
from doumen.model.index import Index
from doumen.model.job import Request
from doumen.model.load import Examination, LoadSpec, Mode, Reading, SourceFile
from doumen.model.loaded import Loaded
from doumen.model.merge import Merge
from doumen.model.participant import Participant
from doumen.model.peer import Call, Heard, Reply
from doumen.model.plan import Progress, Scalar
from doumen.model.question import Asked
from doumen.model.receipt import Inclusion, Receipt
from doumen.model.ref import Ref
from doumen.model.retried import Discarded, Repaired
from doumen.model.source import Onward
from doumen.model.trial import Laboratory

MOST = 1 << 20
"""Bytes of an answer of another node, where it is not said otherwise."""


class Desk(Protocol):
    """One actor, one purpose, one gate."""

    actor: Actor
    purpose: str | None
    progress: Progress

    def facts(self) -> Facts:
        """The facts this actor may know, in force now; the same object while nothing changes."""

    def index(self) -> Index:
        """What was computed of texts and takes long; it knows of no actor and no dataset."""

    def history(self, kind: str, key: str) -> Sequence[FactRow]:
        """All versions of one fact that this actor may know, oldest first."""

    def query(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        request: Request | None = None,
        as_of: int | datetime | None = None,
        subject: str | None = None,
    ) -> Answer:
        """Ask. Raises Refused, NotFound, Invalid, Faulty, OverBudget, Conflict.

        Under an agreement, where one is named: the provider answers a statement over what it
        holds; any other joins what is fetched under each agreement. A request of another
        participant comes with what they signed. Datasets are read as they were at a moment
        (UTC, where it names no zone), or one of them at a version, where `as_of` says so. The
        events of it name the `subject` that it is asked for.
        """

    def asked(
        self, *, limit: int, before: str | None = None, subject: str | None = None
    ) -> Sequence[Asked]:
        """The questions that this actor asked, the latest first; see `doumen.gate.asked.asked`."""

    def explain(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Explained:
        """Say what `query` would do, without running or paying."""

    def explain_for(self, actor: str, purpose: str | None, sql: str) -> Explained:
        """Say what the gate would tell an actor of a question; of another, for who governs."""

    def derive(
        self,
        sql: str,
        into: Ref,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Made:
        """Write the answer of a query as a dataset with its labels, lineage and terms.

        Under an agreement the provider answers, and what was agreed goes with the data.
        """

    def examine(
        self, files: Sequence[SourceFile], reading: Reading, *, first: int = 0
    ) -> Examination:
        """Look at all rows of files from outside, in the sandbox; so many of them are given."""

    def rehearse(self, ref: Ref, spec: LoadSpec, merge: Merge | None = None) -> Loaded:
        """Count what would land of files from outside and what would not, and why; keep nothing."""

    def collect(
        self,
        ref: Ref,
        spec: LoadSpec,
        mode: Mode,
        contract: str,
        *,
        onward: Onward | None = None,
        merge: Merge | None = None,
    ) -> Made:
        """Bring files in under a contract (ODCS text), and a stream of a source on with them.

        Where the mode is one that merges, rows meet those that are there as `merge` says.
        """

    def attach(self, ref: Ref, spec: LoadSpec, contract: str, *, replace: bool) -> Made:
        """Govern files where they lie, under a contract (ODCS text); their paths are absolute."""

    def compact(self, ref: Ref, rows: int | None = None) -> Compacted:
        """Write the files of a dataset anew, with the same rows, in the order that it is to have.

        See `doumen.gate.compact` for what is raised; `rows` is about how many a file should have.
        """

    def vacuum(
        self, refs: Sequence[Ref] = (), *, receipts_before: date | None = None, dry: bool = False
    ) -> Vacuumed:
        """Give versions up that are not retained and that no receipt needs, and their files.

        Of these datasets, or of all; see `doumen.model.job.Vacuum`. `dry` only finds them.
        """

    def hand_over(self, ref: Ref, hours: int) -> Granted:
        """Grant the version in force of a dataset as files, with the keys to read them.

        See `doumen.gate.handover` for what is raised.
        """

    def shelf(self, signed: Signed) -> Shelf:
        """The files of a grant, for a request that was signed by its keys, whoever stands here.

        See `doumen.gate.handed.opened` for what is raised.
        """

    def repair(
        self, ref: Ref, file: tuple[SourceFile, Reading] | None = None, *, dry: bool = False
    ) -> Repaired:
        """Hold the rows of a quarantine, with values repaired, against the contract as it is now.

        See `doumen.gate.repair` for what is raised; `dry` only says what would come of it.
        """

    def discard(self, ref: Ref, reason: str, which: Which) -> Discarded:
        """Give rows of a quarantine up, and say why; see `doumen.gate.repair`."""

    def attest(
        self,
        ref: Ref,
        kind: str,
        document: Mapping[str, Any],
        data: Mapping[str, Any],
        receipts: Sequence[str],
    ) -> str:
        """Record what was found about a dataset; gives the id of the receipt that discloses it.

        See `doumen.model.job.Attest`, and `doumen.gate.attest` for what is raised.
        """

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        """Change what is true; gives the id of the receipt.

        Facts made from earlier ones say which state they `seen`: where another job changed one of
        them since, it is a conflict, and nothing is lost.
        """

    def seal(self, text: str, of: str, use: str) -> str:
        """A secret of an actor under a key of the node, to be kept as a fact.

        It is opened for the same actor and use alone; see `doumen.gate.sealed`.
        """

    def unseal(self, text: str, of: str, use: str) -> str:
        """What was sealed. Raises Refused (it is of another), Invalid (it was not sealed so)."""

    def rotate(self) -> str:
        """Put a new working key in force; gives the id of the receipt."""

    def replay(
        self, receipt: Receipt, delivered: Callable[[pa.Schema], pa.Table] | None = None
    ) -> Replayed:
        """Run the statement of a receipt again on its snapshots and compare the answers.

        `delivered` reads the result that was handed over, as a table of the given schema.
        """

    def happened(
        self,
        *,
        subject: str | None = None,
        types: Sequence[str] = (),
        by: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Happened:
        """Look back over the events that this actor may know; see `doumen.gate.back`."""

    def latest(self, type: str, datasets: Iterable[str]) -> Mapping[str, Recorded]:
        """Dataset → the latest finding about it that this actor may know, of those that have one.

        The type is `quality.checked` or `quality.scored`.
        """

    def uses(self, dataset: str | None = None) -> Mapping[str, int]:
        """Day → jobs that read a dataset, or any, as far as this actor may know of them."""

    def receipt(self, id: str) -> str:
        """The receipt (JWS JSON text) of an event that this actor may know."""

    def keys(self) -> dict[str, object]:
        """Root public key and the certificates of all working keys, retired ones included."""

    def checkpoint(self) -> str:
        """The latest checkpoint: a C2SP signed note."""

    def prove(self, event: str) -> Inclusion:
        """Inclusion of an event in the latest checkpoint."""

    def consistency(self, old: int, new: int | None = None) -> tuple[str, ...]:
        """Hashes (hex) that show that the ledger of size `old` is a prefix of size `new`."""

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Ledger entries as stored (RFC 8785 JSON); for those who audit."""

    def laboratory(self) -> AbstractContextManager[Laboratory]:
        """A place to try the gate over worlds made up; for owner and steward."""

    def foresee(self, rules: Sequence[Fact], ref: Ref, seer: Seer, rows: int) -> Foreseen:
        """What somebody would see under other rules; see `doumen.gate.foresee` for the rest."""

    def inspect(self) -> Sequence[Finding]:
        """Verify ledger and keys: all that does not hold."""

    def jobs(self) -> Jobs:
        """The queue of jobs, as this actor may see and use it."""

    def schedules(self) -> Scheduled:
        """The schedules of the node and what is told of them, as this actor may see and move."""

    def exchange(self) -> Exchange:
        """The agreements of the node, as this actor may see and use them."""

    def own(self) -> Participant:
        """This node as other participants know it."""

    def reach(self) -> Reach:
        """Where addresses that others name may lead."""

    def call(
        self,
        participant: str,
        method: str,
        path: str,
        document: Mapping[str, Any] | None = None,
        most: int = MOST,
    ) -> Heard:
        """Send a signed request to a participant (DID); for owner and steward.

        See `doumen.gate.peers.call` for what is raised.
        """

    def look(self, address: str, most: int = MOST) -> bytes:
        """A document at an address that is there for everybody; for owner and steward."""

    def ask(self, call: Call, most: int = MOST) -> Reply:
        """Send a request, unsigned, within `reach`; for the owner. Raises as `look` does."""

    def admit(
        self, token: str, method: str, path: str, body: bytes | None
    ) -> tuple[Participant, Claims]:
        """Who signed a request to this node, once all of it holds; for owner and steward.

        Without a body, which may not have come yet, all else is checked.
        """

    def replied(self, request: Claims, status: int, body: bytes) -> str:
        """The token of a reply to a signed request; for owner and steward."""
