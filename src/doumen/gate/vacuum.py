"""Versions given up: what is not retained and what no receipt needs, in the open.

A receipt that the node keeps can be replayed as long as its versions have their files, so they
have. `receipts_before` gives older receipts up, but none under an agreement in force: what was
delivered under it may still be disputed. The event names the versions and comes before the first
file goes: a file that is gone without an event would be a loss that nobody can tell from a
fault, while a file too many is swept by the next vacuum, or by the doctor.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import record
from doumen.gate.aside import DISCARDED, REPLAYED
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.gate.retained import Version, ended, loosened, versions
from doumen.kits import policy
from doumen.model.answer import Swept, Vacuumed
from doumen.model.errors import Conflict
from doumen.model.event import Event
from doumen.model.fact import Fact, Facts
from doumen.model.job import Job, Vacuum
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile
from doumen.model.upkeep import UPKEEP, VACUUMED, Upkeep, given_up, keeper

_UNREAD = frozenset({"compact", "vacuum", REPLAYED, DISCARDED})
"""Events whose receipts nobody replays: they name versions, and show no rows of them."""


def vacuum(means: Means, job: Job, step: Vacuum) -> Vacuumed:
    """Give versions up, and remove their files.

    Raises:
        NotFound: there is no such dataset.
        Conflict: what was to be given up came to be needed meanwhile.
    """
    facts = means.catalog.current()
    policy.may_keep(actor_of(job.actor, facts))
    for ref in step.refs:
        if facts.dataset(ref) is None:
            raise policy.absent(ref)
    work = _Vacuum(means, job, step)
    with means.database.read() as connection:
        found = work.found(connection, facts)
    if step.dry or not any(one.swept.versions for one in found):
        if not step.dry:
            _removed(means, found)
        return Vacuumed(tuple(one.swept for one in found))
    passing("vacuum.found")
    sure: list[_Found] = []

    def prepare(connection: Connection) -> Draft:
        sure[:] = work.found(connection, means.catalog.current(connection))
        if not any(one.swept.versions for one in sure):
            raise Conflict(
                msg("What was to be given up is needed since."),
                next=msg("Run the same command again."),
                detail="changed",
            )
        return work.draft(sure)

    receipt = means.commits.submit(prepare)
    passing("vacuum.recorded")
    _removed(means, sure)
    return Vacuumed(tuple(one.swept for one in sure), receipt.id)


def _removed(means: Means, found: list[_Found]) -> None:
    for one in found:
        means.lake.remove(one.files)


@dataclass(frozen=True, slots=True)
class _Found:
    """What of one dataset goes.

    Attributes:
        gone: Versions that were given up before, and when.
        files: Those that go, of versions given up before too, if they are still there.
    """

    swept: Swept
    gone: Mapping[int, str]
    files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One dataset with its versions.

    Attributes:
        gone: Those that were given up before, and when.
        over: Those that it does not retain any more.
    """

    ref: Ref
    kept: Sequence[Version]
    gone: Mapping[int, str]
    over: AbstractSet[int]


@dataclass(slots=True)
class _Vacuum:
    """One vacuum on its way.

    Attributes:
        named: Dataset and version → events that name it as used, with time and agreement.
        read: How many entries of the ledger were looked at.
        running: Keys of the agreements in force.
    """

    means: Means
    job: Job
    step: Vacuum
    named: dict[tuple[str, int], list[tuple[str, str, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    read: int = 0
    running: set[str] = field(default_factory=set)

    def found(self, connection: Connection, facts: Facts) -> list[_Found]:
        """What goes, by these facts and by all of the ledger that the connection sees."""
        now, seconds = self.means.clock(), self.means.bounds.seconds
        cases = []
        for ref in self._refs(facts):
            rows = self.means.catalog.history("dataset", str(ref), connection)
            kept, gone = versions(rows), given_up(facts, ref)
            upkeep = Upkeep.of_json(facts.body(UPKEEP, str(keeper(ref))))
            over = {v.number for v in ended(kept, upkeep, now, seconds)} - gone.keys()
            cases.append(_Case(ref, kept, gone, over))
        if any(case.over for case in cases):
            self._look(connection)
        self.running = {one.key for one in policy.agreements_in_force(facts, now.date())}
        return [self._of(connection, case) for case in cases]

    def _refs(self, facts: Facts) -> list[Ref]:
        """The datasets that are looked at, each with its quarantine."""
        own = {*self.step.refs, *(ref.quarantine for ref in self.step.refs)}
        known = [Ref.parse(key) for key, _ in facts.all("dataset")]
        return [ref for ref in known if ref in own or not own]

    def _look(self, connection: Connection) -> None:
        """Take in which versions the entries name that were not looked at yet."""
        size = self.means.ledger.size(connection)
        for entry in self.means.ledger.entries(connection, self.read, size):
            if b'"used":[]' not in entry:
                event = json.loads(entry)
                if event["type"] not in _UNREAD:
                    what = (event["id"], event["time"], event["agreement"])
                    for one in event["used"]:
                        self.named[one["dataset"], one["version"]].append(what)
        self.read = size

    def _of(self, connection: Connection, case: _Case) -> _Found:
        name = str(case.ref)
        spared = {
            number
            for number in case.over
            if any(self._lives(connection, *what) for what in self.named[name, number])
        }
        lost, files = loosened(case.kept, case.over - spared, case.gone)
        there = self.means.lake.present(files)
        numbers, room = tuple(one.number for one in lost), self.means.lake.freed(there)
        swept = Swept(case.ref, numbers, tuple(sorted(spared)), len(there), room)
        return _Found(swept, case.gone, there)

    def _lives(self, connection: Connection, id: str, time: str, agreement: str | None) -> bool:
        """Whether a receipt is one whose versions are needed: kept, and not given up."""
        before = self.step.receipts_before
        old = before is not None and time < before.isoformat()
        if old and agreement not in self.running:
            return False
        return self.means.ledger.receipt(connection, id) is not None

    def draft(self, found: list[_Found]) -> Draft:
        """The event that names what is given up, and the facts that say so."""
        now = self.means.clock()
        stamp, lost = record.stamp(now), [one for one in found if one.swept.versions]
        before = self.step.receipts_before
        event = Event(
            id=record.new_id(now, self.means.entropy),
            time=stamp,
            type="vacuum",
            actor=self.job.actor,
            subject=str(lost[0].swept.ref) if len(lost) == 1 else None,
            data={
                "versions": {str(one.swept.ref): list(one.swept.versions) for one in lost},
                "files": sum(one.swept.files for one in lost),
                "bytes": sum(one.swept.bytes for one in lost),
                "receipts_before": None if before is None else before.isoformat(),
            },
        )
        return Draft(event, [_fact(one, stamp) for one in lost])


def _fact(found: _Found, now: str) -> Fact:
    gone = {**found.gone, **dict.fromkeys(found.swept.versions, now)}
    body = {"versions": {str(number): time for number, time in sorted(gone.items())}}
    return Fact(VACUUMED, str(found.swept.ref), body)
