"""Before rules are changed: what somebody sees of a dataset, and what they would see then.

Both are ruled on as a question of theirs is, and counted on the data as it is now. They are not
told and nothing is charged to them: it is a job of the owner or steward who asks, and an event of
theirs. Rows are shown only to who sees all of the dataset anyway, for a steward reads by rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from doumen.gate import counting, decide, execute, parse, query, record, rewrite, system
from doumen.gate.means import Means
from doumen.gate.resolve import listed
from doumen.gate.stages import Known, Planned
from doumen.kits import policy, sql
from doumen.kits.policy import DatasetRuling, exposure
from doumen.model.actor import Actor
from doumen.model.errors import DoumenError, NotFound, Refused
from doumen.model.exposure import Rows, Sight
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.foreseen import Foreseen, Outlook, Sample, Seer
from doumen.model.job import Job, Query
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.rule import Action
from doumen.model.snapshot import Snapshot
from doumen.model.terms import Terms
from doumen.model.values import json_rows

Ruled = DatasetRuling | DoumenError
SUBJECT = "preview of rules"
"""Of the events."""


def foresee(
    means: Means,
    actor: Actor,
    rules: Sequence[Fact],
    ref: Ref,
    seer: Seer,
    *,
    rows: int,
    purpose: str | None,
) -> Foreseen:
    """What somebody sees of a dataset now, and under other rules.

    Args:
        means: Of the node.
        actor: Who asks.
        rules: Rules that would be added or changed; those without a body are taken away.
        ref: The dataset.
        seer: Who would see it.
        rows: First rows that are shown, at most, to who may see them.
        purpose: As stated by who asks.

    Raises:
        Refused: only owner and steward may.
        NotFound: there is no such dataset.
        Invalid: the purpose is not on the list.
        Conflict, Unavailable, OverBudget: as any question.
    """
    if not actor.governs:
        raise Refused(
            msg("Only owner and steward may see what rules would show."),
            why=msg("It is counted over rows that rules may hide."),
            next=msg("Ask a steward."),
            detail="role",
        )
    facts = means.catalog.current()
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        raise policy.absent(ref)
    listed(seer.purpose, facts)
    here = _Case(means, Seer(actor, purpose), seer, snapshot, means.clock())
    return here.foreseen((facts, _changed(facts, rules)), rows)


def _changed(facts: Facts, rules: Sequence[Fact]) -> Facts:
    """The facts as they would be; the version stays, for nothing was changed."""
    return facts.extended([FactRow(facts.version, fact, "", "") for fact in rules])


@dataclass(frozen=True, slots=True)
class _Case:
    """One dataset before one who would see it.

    Attributes:
        asker: Owner or steward, with the purpose that they state.
        now: At which rules are in force.
    """

    means: Means
    asker: Seer
    seer: Seer
    snapshot: Snapshot
    now: datetime

    def foreseen(self, states: tuple[Facts, Facts], rows: int) -> Foreseen:
        """What is seen under the rules as they are, and as they would be."""
        ruled = [self._ruled(facts, self.seer) for facts in states]
        counts, receipts = self._counted(states[0], ruled)
        looks = [_outlook(one, states[0], n) for one, n in zip(ruled, counts, strict=True)]
        if rows and self._shows_rows(states[0]):
            for place, facts in enumerate(states):
                if looks[place].error is None:
                    sample, more = self._sample(facts, rows)
                    looks[place] = replace(looks[place], sample=sample)
                    receipts += more
        before, after = counts
        either = before or after
        return Foreseen(
            schema=self.snapshot.schema,
            before=looks[0],
            after=looks[1],
            all=either.all if either else None,
            gained=after.new if after else 0,
            lost=before.new if before else 0,
            receipts=tuple(receipts),
        )

    def _ruled(self, facts: Facts, seer: Seer) -> Ruled:
        """The ruling for somebody, or why there is none."""
        try:
            return policy.rule_dataset(
                policy.Asked(
                    actor=seer.actor,
                    purpose=seer.purpose,
                    action=Action.QUERY,
                    ref=self.snapshot.ref,
                    schema=self.snapshot.schema,
                    facts=facts,
                    now=self.now,
                )
            )
        except (Refused, NotFound) as error:
            return error

    def _shows_rows(self, facts: Facts) -> bool:
        """Whether who asks sees all of the dataset by the rules in force."""
        own = self._ruled(facts, self.asker)
        if isinstance(own, DoumenError):
            return False
        return own.whole and len(own.columns) == len(self.snapshot.schema)

    def _counted(self, facts: Facts, ruled: Sequence[Ruled]) -> tuple[list[Rows | None], list[str]]:
        """Rows that each shows, with those that the other does not; and the receipt."""
        sights = [_sight(one, facts) for one in ruled]
        gains = [
            exposure.compare(sight, [other] if other else [])
            for sight, other in zip(sights, reversed(sights), strict=True)
            if sight is not None
        ]
        if not gains:
            return [None, None], []
        done = counting.run(
            self.means,
            counting.Count(gains, (), self.seer.actor),
            self.asker.actor,
            facts,
            purpose=self.asker.purpose,
            subject=SUBJECT,
        )
        found = iter(done.gains)
        return [next(found).rows if sight else None for sight in sights], [done.receipt]

    def _sample(self, facts: Facts, rows: int) -> tuple[Sample, list[str]]:
        """The first rows as they would be answered, and the receipt of the look."""
        means, table = self.means, sql.table(self.snapshot.ref)
        step = Query(f"SELECT * FROM {table} LIMIT {rows:d}")  # noqa: S608 - a name of ours
        said = record.new_disclosure(step, means.entropy)
        try:
            planned = self._planned(facts, step)
        except Refused as error:
            return Sample(error=error), []
        known = replace(planned.ruled.known, actor=self.asker.actor)
        recorded = replace(planned, ruled=replace(planned.ruled, known=known))
        try:
            stream = execute.execute(planned, means)
            shown = tuple(tuple(r) for batch in stream for r in json_rows(batch, stream.schema))
        except DoumenError as error:
            query.failed(means, recorded, said, error, None)
            raise
        event = record.new_id(means.clock(), means.entropy)
        draft = record.answered(recorded, "query", event, said, subject=SUBJECT)
        receipt = means.commits.submit(lambda _: draft)
        return Sample(stream.schema, shown), [receipt.id]

    def _planned(self, facts: Facts, step: Query) -> Planned:
        """The plan for the one who would see it.

        Raises:
            Refused: a statement that asks for rows is not permitted.
        """
        job = Job(self.asker.actor.name, step, self.seer.purpose)
        asked = parse.parse(job, step, self.now)
        known = Known(asked, self.seer.actor, facts, {self.snapshot.ref: self.snapshot}, {})
        return rewrite.rewrite(
            decide.decide(known),
            paths=self.means.lake.path,
            system=partial(
                system.table, actor=self.seer.actor, visible=facts, now=self.now, entries=list
            ),
            mask_keys=self.means.mask_keys,
            bounds=self.means.bounds,
        )


def _sight(ruled: Ruled, facts: Facts) -> Sight | None:
    """What is seen by a ruling; None: nothing."""
    return exposure.ruled(ruled, Terms(()), "", facts) if isinstance(ruled, DatasetRuling) else None


def _outlook(ruled: Ruled, facts: Facts, rows: Rows | None) -> Outlook:
    if isinstance(ruled, DoumenError):
        return Outlook(error=ruled)
    return Outlook(
        columns=exposure.ruled(ruled, Terms(()), "", facts).columns,
        denied=ruled.denied,
        filters=ruled.filters,
        limit=ruled.limit,
        groups=ruled.groups,
        counts=ruled.counts,
        expires=ruled.expires,
        rules=ruled.rules,
        rows=rows.shown if rows else None,
    )
