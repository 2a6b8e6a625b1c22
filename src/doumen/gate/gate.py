"""The one door. Data moves by `run`, facts change by `amend`.

Orchestration only: what a station does stands in the file of that name.
"""

from __future__ import annotations

from doumen.gate import (
    amend,
    attach,
    attest,
    collect,
    compact,
    derive,
    discard,
    handover,
    joined,
    query,
    remote,
    repair,
    taken,
    vacuum,
)
from doumen.gate.answer import RecordedAnswer
from doumen.gate.means import Means
from doumen.model.answer import Compacted, Explained, Made, Vacuumed
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.handed import Granted
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
    Vacuum,
)
from doumen.model.load import Examination
from doumen.model.loaded import Loaded
from doumen.model.message import msg
from doumen.model.participant import is_member
from doumen.model.plan import Progress
from doumen.model.receipt import Receipt
from doumen.model.retried import Discarded, Repaired

Done = (
    RecordedAnswer
    | Made
    | Compacted
    | Vacuumed
    | Granted
    | Examination
    | Loaded
    | Repaired
    | Discarded
    | Receipt
)
"""What comes of a job."""


class Gate:
    """The gate of one node. Safe for any number of threads."""

    def __init__(self, means: Means) -> None:
        self.means = means

    def run(self, job: Job, progress: Progress | None = None) -> Done:
        """Move data."""
        match job.step:
            case Query() as step:
                return self._ask(job, step)
            case Compact() | Vacuum() | HandOver() as step:
                return self._of_versions(job, step, progress)
            case Repair() | Discard() as step:
                return self._aside(job, step, progress)
            case Attest() as step:
                return attest.attest(self.means, job, step)
            case step:
                return self._bring(job, step, progress)

    def _bring(
        self, job: Job, step: Collect | Attach | Examine | Rehearse, progress: Progress | None
    ) -> Made | Examination | Loaded:
        """Files from outside: collected, governed where they lie, or only looked at."""
        if isinstance(step, Collect):
            return collect.collect(self.means, job, step, progress)
        if isinstance(step, Attach):
            return attach.attach(self.means, job, step, progress)
        if isinstance(step, Rehearse):
            return collect.rehearse(self.means, job, step, progress)
        return collect.examine(self.means, job, step, progress)

    def _of_versions(
        self, job: Job, step: Compact | Vacuum | HandOver, progress: Progress | None
    ) -> Compacted | Vacuumed | Granted:
        """What is done with the files of versions as they are."""
        if isinstance(step, Compact):
            return compact.compact(self.means, job, step, progress)
        if isinstance(step, Vacuum):
            return vacuum.vacuum(self.means, job, step)
        return handover.hand_over(self.means, job, step)

    def _ask(self, job: Job, step: Query) -> RecordedAnswer | Made:
        """A question: here, or under an agreement of another node; kept where `into` says so."""
        _here(job, step)
        if job.joins:
            if step.into is not None:
                return joined.keep(self.means, job, step, step.into)
            return joined.answer(self.means, job, step)
        if step.into is not None:
            keep = taken.derive if _goes_on(job) else derive.derive
            return keep(self.means, job, step, step.into)
        return (remote.answer if _goes_on(job) else query.answer)(self.means, job, step)

    def _aside(
        self, job: Job, step: Repair | Discard, progress: Progress | None
    ) -> Repaired | Discarded:
        """What is in quarantine: held against the contract anew, or given up."""
        if isinstance(step, Repair):
            return repair.repair(self.means, job, step, progress)
        return discard.discard(self.means, job, step, progress)

    def explain(self, job: Job) -> Explained:
        """Say what a query would do, without running or paying."""
        assert isinstance(job.step, Query)
        _here(job, job.step)
        if job.joins:
            return joined.explain(self.means, job, job.step)
        if _goes_on(job):
            return remote.explain(self.means, job, job.step)
        return query.explain(self.means, job, job.step)

    def amend(
        self, actor: str, facts: list[Fact], subject: str, seen: Facts | None = None
    ) -> Receipt:
        """Change what is true."""
        return amend.amend(self.means, actor, facts, subject, seen)


def _here(job: Job, step: Query) -> None:
    """Let a question pass that is of a moment of this node.

    Raises:
        Invalid: it goes to another node, which knows of no moment but what the statement says.
    """
    if step.as_of is not None and (job.joins or _goes_on(job)):
        raise Invalid(
            msg("A question to another node is not asked as of a moment."),
            next=msg("Write it into the statement: `AT (TIMESTAMP => TIMESTAMP '2026-01-31')`."),
            detail="as-of",
        )


def _goes_on(job: Job) -> bool:
    """Whether it is for the gate of another node: under an agreement, asked by somebody here."""
    return job.agreement is not None and not is_member(job.actor)
