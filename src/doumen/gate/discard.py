"""Rows of a quarantine given up for good: what is left takes the place of what was there.

The event tells how many, why, and by whom; earlier versions hold them until they are vacuumed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import record
from doumen.gate.aside import DISCARDED, add_up, aside_of, fact, paths, put, staged, unmoved
from doumen.gate.collect import unhurried
from doumen.gate.commit import Draft
from doumen.gate.landing import QUARANTINE
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.model.event import Used
from doumen.model.held import Which
from doumen.model.job import Discard, Job
from doumen.model.plan import DiscardPlan, Progress
from doumen.model.retried import Discarded


def discard(means: Means, job: Job, step: Discard, progress: Progress | None) -> Discarded:
    """Give rows of a quarantine up.

    Raises:
        As `repair`.
    """
    facts = means.catalog.current()
    policy.may_repair(actor_of(job.actor, facts))
    aside = aside_of(facts, step.ref)
    if aside is None:
        return Discarded(step.ref, 0, 0)
    passing("discard.decided")
    with staged(means, step.ref) as (_, stage):
        plan = DiscardPlan(paths(means, aside), step.which, str(stage), unhurried(means))
        gone, stayed = means.engine.discard(plan, progress)
        files = means.lake.settle(stage, str(step.ref.quarantine)) if gone else ()
    add_up(aside, gone, (stayed, sum(file.rows for file in files) if gone else stayed))
    passing("discard.settled")
    if not gone:
        return Discarded(step.ref, 0, stayed)

    def prepare(connection: Connection) -> Draft:
        now = means.catalog.current(connection)
        unmoved(aside, now)
        version = put(means, aside, files)
        moment = means.clock()
        return record.made(
            job,
            DISCARDED,
            record.new_id(moment, means.entropy),
            moment,
            ref=step.ref,
            used=[Used(str(aside.ref), aside.version)],
            generated=[Used(str(aside.ref), version)],
            data={
                "discarded": gone,
                "remaining": stayed,
                "reason": step.reason,
                "which": _asked(step.which),
            },
            facts=[fact(now, aside.ref, QUARANTINE, version=version, files=files, moment=moment)],
        )

    receipt = means.commits.submit(prepare)
    return Discarded(step.ref, gone, stayed, receipt.id)


def _asked(which: Which) -> dict[str, Any]:
    """What the ledger keeps of which rows were given up: no value of any."""
    asked = {"ids": len(which.ids) or None, "column": which.column, "rule": which.reason}
    return {name: value for name, value in asked.items() if value is not None}
