"""Files outside of the lake as a dataset: every row held against the contract once, none copied.

What breaks the contract cannot be set aside where it lies, so a file with one such row is not
attached. In the Delta log of the dataset each version is there and empty: numbers of versions
stay those of the log, whether a version is collected or attached.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import record
from doumen.gate.collect import check_target, check_terms, unhurried
from doumen.gate.commit import Draft
from doumen.gate.landing import QUARANTINE, brought_in, contract_facts, forgotten
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.answer import Made
from doumen.model.errors import Conflict, Faulty, Invalid
from doumen.model.event import Used
from doumen.model.fact import Fact, Facts
from doumen.model.job import Attach, Job
from doumen.model.load import Reason
from doumen.model.loaded import Surveyed
from doumen.model.message import Message, joined, msg
from doumen.model.plan import Progress, SurveyPlan
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import ATTACHED, DataFile, Form, Snapshot

SHOWN = 10
"""Reasons that a refusal names."""


def attach(means: Means, job: Job, step: Attach, progress: Progress | None) -> Made:
    """Attach files under a contract."""
    facts = means.catalog.current()
    actor = actor_of(job.actor, facts)
    policy.may_collect(actor)
    check_target(step.ref, step.spec)
    policy.check_written(facts, step.ref, actor, means.clock())
    _outside(means, step)
    passing("attach.decided")
    sealed = _sealed(means, step)
    same = _unchanged(facts, step, sealed)
    if same is not None:
        return same
    _free(facts, step)
    check_terms(facts, step.ref, step.contract)
    surveyed = means.engine.survey(SurveyPlan(step.spec, unhurried(means)), progress)
    _clean(step, surveyed)
    passing("attach.surveyed")
    files = tuple(replace(f, rows=n) for f, n in zip(sealed, surveyed.rows, strict=True))
    form = Form(step.spec.reading, surveyed.columns)
    attaching = _Attaching(job, step, record.new_id(means.clock(), means.entropy), files, form)
    before = facts.dataset(step.ref)
    versions: dict[Ref, int] = {}

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        policy.check_written(now, step.ref, actor, means.clock())
        if now.dataset(step.ref) != before:
            raise Conflict(
                msg("Another job changed `{ref}` while this one was reading.", ref=step.ref),
                next=msg("Run the same command again."),
                detail="changed",
            )
        means.attached.check(attaching.snapshot, names=True)
        versions.update(attaching.register(means, now))
        return attaching.draft(means.clock(), now, versions)

    receipt = means.commits.submit(prepare)
    rows = attaching.snapshot.rows
    return Made(step.ref, rows, rows, 0, (), versions[step.ref], receipt.id)


@dataclass(frozen=True, slots=True)
class _Attaching:
    """An attachment whose files were surveyed.

    Attributes:
        event: Id of the event to be.
    """

    job: Job
    step: Attach
    event: str
    files: tuple[DataFile, ...]
    form: Form

    @property
    def snapshot(self) -> Snapshot:
        """The version to be; its number is not known yet."""
        return Snapshot(self.step.ref, 0, self.step.spec.schema, self.files, self.form)

    def register(self, means: Means, facts: Facts) -> dict[Ref, int]:
        """Empty versions in the Delta logs; a quarantine of what was collected goes with it."""
        tables: list[tuple[Ref, Schema]] = [(self.step.ref, self.step.spec.schema)]
        if facts.dataset(self.step.ref.quarantine) is not None:
            tables.append((self.step.ref.quarantine, QUARANTINE))
        versions = {}
        for ref, schema in tables:
            before = facts.dataset(ref)
            versions[ref] = means.lake.commit(
                str(ref),
                schema=schema,
                files=(),
                mode="replace",
                expected=None if before is None else before["version"],
            )
        return versions

    def draft(self, now: datetime, facts: Facts, versions: dict[Ref, int]) -> Draft:
        """The event, and what becomes true with it."""
        ref, contract = self.step.ref, odcs.read_contract(self.step.contract)
        return record.made(
            self.job,
            "attach",
            self.event,
            now,
            ref=ref,
            generated=[Used(str(one), version) for one, version in versions.items()],
            data={
                "rows_in": self.snapshot.rows,
                "mode": "replace" if self.step.replace else "new",
                "files": len(self.files),
                "contract": contract.version,
            },
            facts=[
                *(self._dataset(one, facts, v, record.stamp(now)) for one, v in versions.items()),
                *contract_facts(ref, self.step.contract, facts),
                *forgotten(facts, ref),
                *odcs.label_facts(contract, ref, facts),
            ],
        )

    def _dataset(self, ref: Ref, facts: Facts, version: int, now: str) -> Fact:
        own = {"version": version, "creator": self.job.actor, "updated": now}
        if ref != self.step.ref:
            own |= {"kind": "quarantine", "files": []}
            return brought_in(ref, QUARANTINE, facts.dataset(ref), own)
        files = [file.as_json() for file in self.files]
        own |= {"kind": ATTACHED, "files": files, "form": self.form.as_json()}
        return brought_in(ref, self.step.spec.schema, facts.dataset(ref), own)


def _outside(means: Means, step: Attach) -> None:
    """Files of the lake are governed as what they are, and swept when nothing names them."""
    lake = means.lake.root.resolve()
    within = [f.name for f in step.spec.files if Path(f.path).resolve().is_relative_to(lake)]
    if within:
        raise Invalid(
            msg("`{file}` is a file of this node's lake.", file=within[0]),
            next=msg("Query the dataset that it belongs to: `doumen dataset list` shows them."),
            detail="file",
        )


def _sealed(means: Means, step: Attach) -> tuple[DataFile, ...]:
    """The files as they are now; the room saw the same.

    Raises:
        Conflict: one changed since.
    """
    sealed = []
    for file in step.spec.files:
        one = means.attached.seal(Path(file.path), file.name)
        if one.identity is None or one.identity.sha256 != file.sha256:
            raise Conflict(
                msg("`{file}` was changed while it was being attached.", file=file.name),
                next=msg("Wait until it is written, then run the same command again."),
                detail="changed",
            )
        sealed.append(one)
    return tuple(sealed)


def _unchanged(facts: Facts, step: Attach, sealed: Sequence[DataFile]) -> Made | None:
    """The answer where the dataset is these very files, read the same, under the same contract."""
    row = facts.rows.get("dataset", {}).get(str(step.ref))
    there = facts.snapshot(step.ref)
    if step.replace or row is None or there is None or there.form is None:
        return None
    held = facts.body("contract", str(step.ref)) or {}
    meaning = odcs.fingerprint(odcs.read_contract(step.contract))
    same = (held.get("hash"), there.form.reading) == (meaning, step.spec.reading)
    if not same or _contents(there.files) != _contents(sealed):
        return None
    return Made(step.ref, 0, 0, 0, (), there.version, row.event, unchanged=True)


def _contents(files: Sequence[DataFile]) -> list[tuple[str, str | None]]:
    return [(f.path, f.identity.sha256 if f.identity else None) for f in files]


def _free(facts: Facts, step: Attach) -> None:
    """A dataset that is there is not put aside unasked."""
    if facts.dataset(step.ref) is not None and not step.replace:
        raise Conflict(
            msg(
                "`{ref}` is there already, and holds something else than these files.", ref=step.ref
            ),
            next=msg(
                "Say `--replace` to put the files in the place of what it holds, or choose another "
                "name."
            ),
            detail="exists",
        )


def _clean(step: Attach, surveyed: Surveyed) -> None:
    """Rows that break the contract cannot be set aside where they lie."""
    if surveyed.reasons:
        raise Faulty(
            msg(
                "Rows that break the contract of `{ref}`: {rows}. Nothing was attached.",
                rows=sum(one.rows for one in surveyed.reasons),
                ref=step.ref,
            ),
            why=joined(msg("; "), _told(surveyed.reasons)),
            next=msg(
                "Collect the files, which sets such rows aside (`{command}`), or give a contract "
                "that they keep: `--contract`.",
                command=f"doumen collect PATH --as-dataset {step.ref}",
            ),
            detail="rows",
        )


def _told(reasons: Sequence[Reason]) -> Iterator[Message]:
    for one in sorted(reasons, key=lambda reason: -reason.rows)[:SHOWN]:
        if one.column:
            yield msg(
                "`{column}`: {reason}, {rows} rows",
                column=one.column,
                reason=one.reason,
                rows=one.rows,
            )
        else:
            yield msg("{reason}: {rows} rows", reason=one.reason, rows=one.rows)
    if len(reasons) > SHOWN:
        yield msg("and {more} more reasons", more=len(reasons) - SHOWN)
