"""The desk as the gate serves it: one actor, one purpose, every request a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from doumen.gate import amend, evidence, replay, trial
from doumen.gate.gate import Gate
from doumen.gate.inspect import Fault, inspect
from doumen.gate.jobs import Jobs
from doumen.gate.means import Means
from doumen.gate.parse import scalars
from doumen.gate.replay import Delivered
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.answer import Answer, Explained, Made, Replayed
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.job import Attach, Collect, Examine, Job, Query, Step
from doumen.model.load import Examination, LoadSpec, Mode, Reading, SourceFile
from doumen.model.plan import Progress, Scalar
from doumen.model.receipt import Inclusion, Receipt
from doumen.model.ref import Ref
from doumen.model.trial import Laboratory


class Counter:
    """One actor before the gate; see `doumen.gate.desk.Desk` for what each request means."""

    def __init__(self, gate: Gate, actor: str, purpose: str | None, progress: Progress) -> None:
        self._gate = gate
        self._means: Means = gate.means
        self.actor: Actor = actor_of(actor, self._means.catalog.current())
        self.purpose = purpose
        self.progress = progress

    def facts(self) -> Facts:
        """The facts this actor may know, at the version in force now."""
        facts = self._means.catalog.current()
        actor = self._standing(facts)
        return policy.visible_facts(actor, facts, self._means.clock(), self.purpose)

    def history(self, kind: str, key: str) -> Sequence[FactRow]:
        """All versions of one fact as the actor may know them, if they may know the one in force.

        Those who oversee the node also know the versions of a fact that was taken back.
        """
        means, facts = self._means, self._means.catalog.current()
        actor = self._standing(facts)
        if not actor.oversees and self.facts().body(kind, key) is None:
            return ()
        versions = (
            policy.visible_version(
                actor,
                facts,
                row,
                then=facts if actor.oversees else means.catalog.at(row.seq),
                now=means.clock(),
                purpose=self.purpose,
            )
            for row in means.catalog.history(kind, key)
        )
        return [row for row in versions if row is not None]

    def query(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Ask."""
        answer = self._gate.run(self._job(Query(sql, scalars(parameters))), self.progress)
        assert not isinstance(answer, Made | Examination)
        return answer

    def explain(self, sql: str, parameters: Sequence[Scalar] = ()) -> Explained:
        """Say what `query` would do."""
        return self._gate.explain(self._job(Query(sql, scalars(parameters))))

    def derive(self, sql: str, into: Ref, parameters: Sequence[Scalar] = ()) -> Made:
        """Write the answer of a query as a dataset."""
        made = self._gate.run(self._job(Query(sql, scalars(parameters), into)), self.progress)
        assert isinstance(made, Made)
        return made

    def examine(self, files: Sequence[SourceFile], reading: Reading) -> Examination:
        """Look at all rows of files from outside."""
        seen = self._gate.run(self._job(Examine(tuple(files), reading)), self.progress)
        assert isinstance(seen, Examination)
        return seen

    def collect(self, ref: Ref, spec: LoadSpec, mode: Mode, contract: str) -> Made:
        """Bring files in under a contract."""
        made = self._gate.run(self._job(Collect(ref, spec, mode, contract)), self.progress)
        assert isinstance(made, Made)
        return made

    def attach(self, ref: Ref, spec: LoadSpec, contract: str, *, replace: bool) -> Made:
        """Govern files where they lie, under a contract."""
        made = self._gate.run(self._job(Attach(ref, spec, replace, contract)), self.progress)
        assert isinstance(made, Made)
        return made

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        """Change what is true."""
        return self._gate.amend(self.actor.name, list(facts), subject, seen).id

    def rotate(self) -> str:
        """Put a new working key in force; gives the id of the receipt."""
        return amend.rotate(self._means, self.actor.name).id

    def replay(self, receipt: Receipt, delivered: Delivered | None = None) -> Replayed:
        """Run the statement of a receipt again and compare."""
        return replay.replay(self._means, self.actor.name, receipt, delivered)

    def receipt(self, id: str) -> str:
        """The receipt of an event that this actor may know."""
        with self._read() as connection:
            return evidence.receipt(self._means, connection, self._standing(), id)

    def keys(self) -> dict[str, object]:
        """Root public key and the certificates of all working keys."""
        return dict(self._means.keys().key_file())

    def checkpoint(self) -> str:
        """The latest checkpoint."""
        with self._read() as connection:
            return evidence.head(self._means, connection)

    def prove(self, event: str) -> Inclusion:
        """Inclusion of an event in the latest checkpoint."""
        with self._read() as connection:
            return evidence.inclusion(self._means, connection, self._standing(), event)

    def consistency(self, old: int, new: int | None = None) -> tuple[str, ...]:
        """Hashes that show that the ledger of size `old` is a prefix of size `new`."""
        with self._read() as connection:
            return evidence.consistency(self._means, connection, old, new)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Ledger entries as stored."""
        evidence.may_audit(self._standing())
        with self._read() as connection:
            yield from self._means.ledger.entries(connection, start, stop)

    def laboratory(self) -> AbstractContextManager[Laboratory]:
        """A place to try the gate over worlds made up."""
        return trial.laboratory(self._means, self._standing())

    def inspect(self) -> Sequence[Fault]:
        """Verify ledger and keys."""
        return inspect(self._means, self._standing())

    def jobs(self) -> Jobs:
        """The queue before this actor."""
        return Jobs(self._means, self._standing(), self.purpose)

    def _standing(self, facts: Facts | None = None) -> Actor:
        """The actor as of now: roles may have been taken back since the session was opened."""
        self.actor = actor_of(self.actor.name, facts or self._means.catalog.current())
        return self.actor

    def _read(self) -> AbstractContextManager[Connection]:
        return self._means.database.read()

    def _job(self, step: Step) -> Job:
        return Job(self.actor.name, step, self.purpose)
