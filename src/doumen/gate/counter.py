"""The desk as the gate serves it: one actor, one purpose, every request a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from doumen.gate import amend, asked, back, evidence, handed, replay, sealed, trial
from doumen.gate.answer import RecordedAnswer
from doumen.gate.exchange import Exchange
from doumen.gate.foresee import foresee
from doumen.gate.gate import Gate
from doumen.gate.inspect import Fault, inspect
from doumen.gate.jobs import Jobs
from doumen.gate.joined import whole
from doumen.gate.parse import scalars, zoned
from doumen.gate.replay import Delivered
from doumen.gate.schedules import Scheduled
from doumen.gate.speaking import Speaking
from doumen.kits import policy
from doumen.kits.standards.dsp import Reach
from doumen.kits.standards.s3 import Signed
from doumen.model.answer import Answer, Compacted, Explained, Made, Replayed, Vacuumed
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.foreseen import Foreseen, Seer
from doumen.model.handed import Granted, Shelf
from doumen.model.happened import Happened, Recorded
from doumen.model.held import Which
from doumen.model.index import Index
from doumen.model.job import (
    Attach,
    Attest,
    Collect,
    Compact,
    Discard,
    Examine,
    HandOver,
    Job,
    Query,
    Rehearse,
    Repair,
    Request,
    Step,
    Vacuum,
)
from doumen.model.load import Examination, LoadSpec, Mode, Reading, SourceFile
from doumen.model.loaded import Loaded
from doumen.model.merge import Merge
from doumen.model.participant import Participant, is_member
from doumen.model.plan import Progress, Scalar
from doumen.model.question import Asked
from doumen.model.receipt import Inclusion, Receipt
from doumen.model.ref import Ref
from doumen.model.retried import Discarded, Repaired
from doumen.model.source import Onward
from doumen.model.trial import Laboratory


class Counter(Speaking):
    """One actor before the gate; see `doumen.gate.desk.Desk` for what each request means."""

    def __init__(self, gate: Gate, actor: str, purpose: str | None, progress: Progress) -> None:
        super().__init__(gate.means, actor)
        self._gate = gate
        self.purpose = purpose
        self.progress = progress

    def facts(self) -> Facts:
        """The facts this actor may know, at the version in force now."""
        facts = self._means.catalog.current()
        actor = self._standing(facts)
        return self._means.views.of(actor, facts, self._means.clock(), self.purpose)

    def index(self) -> Index:
        """What was computed of texts."""
        return self._means.index

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
        """Ask."""
        step = Query(sql, scalars(parameters), as_of=zoned(as_of))
        job = replace(self._job(step, agreement, request), subject=subject)
        answer = self._gate.run(job, self.progress)
        assert isinstance(answer, RecordedAnswer)
        return answer

    def asked(
        self, *, limit: int, before: str | None = None, subject: str | None = None
    ) -> Sequence[Asked]:
        """The questions that the actor asked, the latest first."""
        with self._read() as connection:
            return asked.asked(
                self._means, connection, self._standing(),
                limit=limit, before=before, subject=subject,
            )  # fmt: skip

    def explain(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Explained:
        """Say what `query` would do."""
        step = Query(sql, scalars(parameters), as_of=zoned(as_of))
        return self._gate.explain(self._job(step, agreement))

    def explain_for(self, actor: str, purpose: str | None, sql: str) -> Explained:
        """Say what the gate would tell an actor of a question."""
        policy.may_foresee(self._standing(), actor)
        return self._gate.explain(Job(actor, Query(sql), purpose))

    def derive(
        self,
        sql: str,
        into: Ref,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Made:
        """Write the answer of a query as a dataset."""
        step = Query(sql, scalars(parameters), into, as_of=zoned(as_of))
        job = self._job(step, agreement)
        made = self._gate.run(job, self.progress)
        assert isinstance(made, Made)
        return made

    def examine(
        self, files: Sequence[SourceFile], reading: Reading, *, first: int = 0
    ) -> Examination:
        """Look at all rows of files from outside."""
        seen = self._gate.run(self._job(Examine(tuple(files), reading, first)), self.progress)
        assert isinstance(seen, Examination)
        return seen

    def rehearse(self, ref: Ref, spec: LoadSpec, merge: Merge | None = None) -> Loaded:
        """Count what would come of a collection, and keep nothing."""
        loaded = self._gate.run(self._job(Rehearse(ref, spec, merge)), self.progress)
        assert isinstance(loaded, Loaded)
        return loaded

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
        """Bring files in under a contract."""
        step = Collect(ref, spec, mode, contract, onward, merge)
        made = self._gate.run(self._job(step), self.progress)
        assert isinstance(made, Made)
        return made

    def attach(self, ref: Ref, spec: LoadSpec, contract: str, *, replace: bool) -> Made:
        """Govern files where they lie, under a contract."""
        made = self._gate.run(self._job(Attach(ref, spec, replace, contract)), self.progress)
        assert isinstance(made, Made)
        return made

    def compact(self, ref: Ref, rows: int | None = None) -> Compacted:
        """Write the files of a dataset anew, with the same rows."""
        done = self._gate.run(self._job(Compact(ref, rows)), self.progress)
        assert isinstance(done, Compacted)
        return done

    def vacuum(
        self, refs: Sequence[Ref] = (), *, receipts_before: date | None = None, dry: bool = False
    ) -> Vacuumed:
        """Give versions up that are not retained, and remove their files."""
        step = Vacuum(tuple(refs), receipts_before, dry)
        done = self._gate.run(self._job(step), self.progress)
        assert isinstance(done, Vacuumed)
        return done

    def hand_over(self, ref: Ref, hours: int) -> Granted:
        """All of a dataset as files."""
        done = self._gate.run(self._job(HandOver(ref, hours)), self.progress)
        assert isinstance(done, Granted)
        return done

    def shelf(self, signed: Signed) -> Shelf:
        """What the keys of a grant let in to."""
        return handed.opened(self._means, signed)

    def repair(
        self, ref: Ref, file: tuple[SourceFile, Reading] | None = None, *, dry: bool = False
    ) -> Repaired:
        """Hold the rows of a quarantine against the contract as it is now."""
        done = self._gate.run(self._job(Repair(ref, file, dry)), self.progress)
        assert isinstance(done, Repaired)
        return done

    def discard(self, ref: Ref, reason: str, which: Which) -> Discarded:
        """Give rows of a quarantine up."""
        done = self._gate.run(self._job(Discard(ref, reason, which)), self.progress)
        assert isinstance(done, Discarded)
        return done

    def attest(
        self,
        ref: Ref,
        kind: str,
        document: Mapping[str, Any],
        data: Mapping[str, Any],
        receipts: Sequence[str],
    ) -> str:
        """Record what was found about a dataset."""
        step = Attest(ref, kind, document, data, tuple(receipts))
        done = self._gate.run(self._job(step))
        assert isinstance(done, Receipt)
        return done.id

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        """Change what is true."""
        return self._gate.amend(self.actor.name, list(facts), subject, seen).id

    def seal(self, text: str, of: str, use: str) -> str:
        """A secret of an actor under a key of the node."""
        return sealed.seal(self._means, self._standing(), text, of=of, use=use)

    def unseal(self, text: str, of: str, use: str) -> str:
        """What was sealed."""
        return sealed.unseal(self._means, self._standing(), text, of=of, use=use)

    def rotate(self) -> str:
        """Put a new working key in force; gives the id of the receipt."""
        return amend.rotate(self._means, self.actor.name).id

    def replay(self, receipt: Receipt, delivered: Delivered | None = None) -> Replayed:
        """Run the statement of a receipt again and compare."""
        return replay.replay(self._means, self.actor.name, receipt, delivered)

    def happened(
        self,
        *,
        subject: str | None = None,
        types: Sequence[str] = (),
        by: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Happened:
        """Look back over the events that the actor may know."""
        return back.happened(
            self._means, self._standing(),
            subject=subject, types=types, by=by, before=before, limit=limit,
        )  # fmt: skip

    def latest(self, type: str, datasets: Iterable[str]) -> Mapping[str, Recorded]:
        """Dataset → the latest finding about it that the actor may know."""
        return self._means.almanac.latest(self._standing(), type, datasets)

    def uses(self, dataset: str | None = None) -> Mapping[str, int]:
        """Day → jobs that read a dataset, or any, as far as the actor may know of them."""
        return self._means.almanac.uses(self._standing(), dataset)

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

    def foresee(self, rules: Sequence[Fact], ref: Ref, seer: Seer, rows: int) -> Foreseen:
        """What somebody would see under other rules."""
        means, actor = self._means, self._standing()
        return foresee(means, actor, rules, ref, seer, rows=rows, purpose=self.purpose)

    def inspect(self) -> Sequence[Fault]:
        """Verify ledger and keys."""
        return inspect(self._means, self._standing())

    def jobs(self) -> Jobs:
        """The queue before this actor."""
        return Jobs(self._means, self._standing(), self.purpose)

    def schedules(self) -> Scheduled:
        """The schedules of the node before this actor."""
        return Scheduled(self._means, self._standing())

    def exchange(self) -> Exchange:
        """The agreements of the node before this actor."""
        return Exchange(self._means, self._standing(), self.facts, self.purpose)

    def own(self) -> Participant:
        """This node as other participants know it."""
        return self._means.own()

    def reach(self) -> Reach:
        """Where addresses that others name may lead."""
        return self._means.reach

    def _read(self) -> AbstractContextManager[Connection]:
        return self._means.database.read()

    def _job(
        self,
        step: Step,
        agreement: str | Sequence[str] | None = None,
        request: Request | None = None,
    ) -> Job:
        """The job; under one agreement that holds all of a statement, it is the provider's."""
        keys = (agreement,) if isinstance(agreement, str) else tuple(dict.fromkeys(agreement or ()))
        job = Job(self.actor.name, step, self.purpose, request=request)
        if not keys:
            return job
        if is_member(self.actor.name) or whole(self._means, step, keys):
            return replace(job, agreement=keys[0])
        return replace(job, joins=keys)
