"""Files from outside into a dataset: looked at, loaded in the sandbox, made visible at once.

Conservation: rows in = rows landed + rows quarantined, counted apart and asserted here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import aside, meet, record
from doumen.gate.commit import Draft
from doumen.gate.landing import Landing, Written, sources
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.answer import Made
from doumen.model.errors import Conflict, Faulty, Invalid
from doumen.model.fact import Facts
from doumen.model.job import Collect, Examine, Job, Rehearse
from doumen.model.load import Drift, Examination, LoadColumn, LoadSpec, Mode, SourceFile
from doumen.model.loaded import Loaded
from doumen.model.message import Message, joined, msg
from doumen.model.plan import Bounds, ExaminePlan, LoadPlan, Progress
from doumen.model.ref import RESERVED_DOMAINS, Ref
from doumen.model.snapshot import ATTACHED
from doumen.model.source import STREAM
from doumen.stores.lake import storable

DAY = 24 * 3600.0
"""Seconds that a collection may take."""


def examine(means: Means, job: Job, step: Examine, progress: Progress | None) -> Examination:
    """Look at files from outside. Nothing is kept, so nothing is recorded."""
    policy.may_collect(actor_of(job.actor, means.catalog.current()))
    plan = ExaminePlan(step.files, step.reading, unhurried(means), step.first)
    return means.engine.examine(plan, progress)


def rehearse(means: Means, job: Job, step: Rehearse, progress: Progress | None) -> Loaded:
    """Count what would land and what would be set aside. Nothing is kept, so nothing is recorded.

    Raises:
        Invalid: the name is reserved, or the lake cannot keep a type.
        Faulty: the files cannot be read.
    """
    policy.may_collect(actor_of(job.actor, means.catalog.current()))
    check_target(step.ref, step.spec)
    with aside.staged(means, step.ref) as (into, apart):
        spec = meet.keyed(step.spec, step.merge)
        plan = LoadPlan(spec, str(into), str(apart), unhurried(means))
        loaded = means.engine.load(plan, progress)
    _add_up(loaded, loaded.landed, loaded.quarantined)
    return replace(loaded, files=(), quarantine_files=())


def collect(means: Means, job: Job, step: Collect, progress: Progress | None) -> Made:
    """Bring files in under a contract."""
    facts = means.catalog.current()
    actor = actor_of(job.actor, facts)
    policy.may_collect(actor)
    step = replace(step, spec=meet.keyed(step.spec, step.merge))
    check_target(step.ref, step.spec)
    _not_attached(facts, step)
    policy.check_written(facts, step.ref, actor, means.clock())
    passing("collect.decided")
    fresh = _fresh(facts, step)
    if not fresh:
        return _unchanged(facts, step)
    check_terms(facts, step.ref, step.contract)
    written = _load(means, facts, step, fresh, progress)
    passing("collect.settled")
    if _idle(step, written):
        return _as_before(facts, step, written)
    landing = Landing(
        job, step, record.new_id(means.clock(), means.entropy), actor.name, fresh, written
    )
    versions: dict[Ref, int] = {}

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        policy.check_written(now, step.ref, actor, means.clock())
        onward = step.onward
        moved = onward is not None and now.body(STREAM, onward.key) != onward.seen
        met = step.merge is not None and _version(now, step.ref) != _version(facts, step.ref)
        if moved or met or _relearned(now, step) or _fresh(now, step) != fresh:
            raise Conflict(
                msg("Another job changed `{step}` while this one was reading.", step=step.ref),
                next=msg("Run the same command again."),
                detail="changed",
            )
        versions.update(landing.register(means.lake, now))
        return landing.draft(means.clock(), now, versions)

    receipt = means.commits.submit(prepare)
    loaded = written.loaded
    return Made(
        step.ref,
        loaded.rows_in,
        loaded.landed,
        loaded.quarantined,
        loaded.reasons,
        versions.get(step.ref, _version(facts, step.ref)),
        receipt.id,
        merged=None if written.merged is None else written.merged.counts,
        drift=step.spec.drift,
    )


def _relearned(now: Facts, step: Collect) -> bool:
    """Whether the contract that took columns is no longer the one that it was."""
    drift, body = step.spec.drift, now.body("contract", str(step.ref))
    if drift is None or drift.does is not Drift.TAKE or body is None:
        return False
    return bool(body["text"] != drift.base)


def unhurried(means: Means) -> Bounds:
    """The bounds of a job whose time goes with the size of its files."""
    return replace(means.bounds, seconds=DAY)


def _not_attached(facts: Facts, step: Collect) -> None:
    """Files that lie elsewhere and files of the lake are not mixed in one dataset."""
    body = facts.dataset(step.ref)
    if body is not None and body["kind"] == ATTACHED and step.mode is not Mode.REPLACE:
        raise Conflict(
            msg("`{ref}` is attached: its files stay where they lie.", ref=step.ref),
            next=msg(
                "Collect into another dataset, or say `--replace` to put collected rows in the "
                "place of the attached files, which are left as they are."
            ),
            detail="attached",
        )


def check_target(ref: Ref, spec: LoadSpec) -> None:
    """Check that a dataset of this name and these columns can be brought in.

    Raises:
        Invalid: the name is reserved, or the lake cannot keep a type.
    """
    if ref.domain in RESERVED_DOMAINS or ref.is_quarantine or ref.node:
        raise Invalid(
            msg("`{ref}` cannot be collected into.", ref=ref),
            why=msg("The name is reserved, is a quarantine, or lies on another node."),
            next=msg("Choose another `domain.name`."),
            detail="name",
        )
    kept = [c for c in spec.columns if storable(c.type) != c.type]
    if kept:
        raise Invalid(
            msg("The lake cannot keep {columns}.", columns=_typed(kept, lambda type: type)),
            next=msg("Declare {columns} in the contract.", columns=_typed(kept, storable)),
            detail="type",
        )


def _typed(columns: Sequence[LoadColumn], type: Callable[[str], str]) -> Message:
    return joined(
        msg(", "),
        [msg("`{column}` as {type}", column=c.name, type=type(c.type)) for c in columns],
    )


def _fresh(facts: Facts, step: Collect) -> tuple[SourceFile, ...]:
    """The files that this dataset does not hold yet under this contract.

    Raises:
        Conflict: the path was collected with other content, or under another contract, and
            the job says neither append nor replace.
    """
    if step.mode is Mode.REPLACE or step.onward is not None:
        return step.spec.files
    meaning = odcs.fingerprint(odcs.read_contract(step.contract))
    known = dict(sources(facts, step.ref))
    fresh = [f for f in step.spec.files if known.get(f.sha256, {}).get("contract") != meaning]
    if step.mode is not Mode.NEW:
        return tuple(fresh)
    paths = {body["path"] for body in known.values()}
    for file in fresh:
        if file.sha256 in known:
            _conflict(step.ref, file, msg("was collected under another contract"))
        if file.name in paths:
            _conflict(step.ref, file, msg("was collected before with other content"))
    return tuple(fresh)


def _conflict(ref: Ref, file: SourceFile, what: Message) -> None:
    raise Conflict(
        msg("`{file}` {what} into `{ref}`.", file=file.name, what=what, ref=ref),
        next=msg(
            "Say `--replace` to put the new content in place of all that is there, or "
            "`--append` to keep both."
        ),
        detail="content",
    )


def check_terms(facts: Facts, ref: Ref, contract: str) -> None:
    """A contract that breaks the users of the one in force needs the version that says so.

    Raises:
        Conflict: it has none.
    """
    body = facts.body("contract", str(ref))
    if body is None or body["text"] == contract:
        return
    old, new = odcs.read_contract(body["text"]), odcs.read_contract(contract)
    changes = odcs.compare(old, new)
    breaking = [change.words for change in changes if change.breaking]
    due = odcs.next_version(old.version, changes)
    if breaking and (odcs.version_key(new.version) or ()) < (odcs.version_key(due) or ()):
        raise Conflict(
            msg(
                "The contract given breaks users of the contract of `{ref}` that is in force.",
                ref=ref,
            ),
            why=joined("\n", breaking),
            next=msg(
                "Leave `--contract` out to use the one in force, or give the new one "
                "the version {due}.",
                due=due,
            ),
            detail="breaking",
        )


def _unchanged(facts: Facts, step: Collect) -> Made:
    known = dict(sources(facts, step.ref))
    last = max(known[f.sha256]["event"] for f in step.spec.files)
    body = facts.dataset(step.ref) or {}
    return Made(step.ref, 0, 0, 0, (), body["version"], last, unchanged=True)


def _version(facts: Facts, ref: Ref) -> int:
    """The version of a dataset in force; 0: it is not there."""
    body = facts.dataset(ref)
    return 0 if body is None else int(body["version"])


def _idle(step: Collect, written: Written) -> bool:
    """Whether rows of a source met what is there already, and brought its stream no further."""
    onward = step.onward
    if onward is None or onward.seen is None or onward.arrived or written.merged is None:
        return False
    changes = written.landed or written.touched or written.quarantined
    return not changes and onward.seen.get("mark") == onward.then.get("mark")


def _as_before(facts: Facts, step: Collect, written: Written) -> Made:
    """What is told of a collection that changed nothing: nothing is recorded anew."""
    assert step.onward is not None
    assert written.merged is not None
    loaded, last = written.loaded, facts.rows[STREAM][step.onward.key].event
    return Made(
        step.ref, loaded.rows_in, loaded.landed, loaded.quarantined, loaded.reasons,
        _version(facts, step.ref), last, unchanged=True, merged=written.merged.counts,
    )  # fmt: skip


def _load(
    means: Means,
    facts: Facts,
    step: Collect,
    fresh: Sequence[SourceFile],
    progress: Progress | None,
) -> Written:
    into = means.lake.stage(str(step.ref))
    apart = means.lake.stage(str(step.ref.quarantine))
    spec = replace(step.spec, files=tuple(fresh))
    bounds = unhurried(means)
    loaded = means.engine.load(LoadPlan(spec, str(into), str(apart), bounds), progress)
    passing("collect.loaded")
    if step.merge is None:
        landed = means.lake.settle(into, str(step.ref))
        quarantined = means.lake.settle(apart, str(step.ref.quarantine))
        _add_up(loaded, sum(f.rows for f in landed), sum(f.rows for f in quarantined))
        return Written(loaded, landed, quarantined)
    _add_up(loaded, loaded.landed, loaded.quarantined)
    merged = meet.meet(means, facts, step, loaded, (into, apart), bounds=bounds, progress=progress)
    return Written(loaded, merged.files, merged.aside, merged)


def _add_up(loaded: Loaded, landed: int, quarantined: int) -> None:
    """Hold what came in against what is there now.

    Raises:
        Faulty: a row was lost, or came twice.
    """
    counted = landed, quarantined
    if loaded.rows_in != sum(counted) or counted != (loaded.landed, loaded.quarantined):
        raise Faulty(
            msg(
                "{rows_in} rows came in, {landed} landed and {aside} were quarantined: "
                "the numbers do not add up, so nothing was kept.",
                rows_in=loaded.rows_in,
                landed=landed,
                aside=quarantined,
            ),
            next=msg("Please report this with the file that caused it."),
            detail="miscounted",
        )
