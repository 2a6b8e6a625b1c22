"""A question through the six stations: answered, explained, or written as a derived dataset."""

from __future__ import annotations

from datetime import datetime

from doumen.failpoint import passing
from doumen.gate import decide, execute, parse, record, resolve, rewrite, system
from doumen.gate.answer import RecordedAnswer
from doumen.gate.means import Means
from doumen.gate.record import Disclosed
from doumen.gate.stages import Planned
from doumen.kits import policy
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.model.answer import Explained
from doumen.model.errors import DoumenError, NotFound, Refused
from doumen.model.fact import Facts
from doumen.model.job import Job, Query
from doumen.model.plan import GovernedTable, Stream
from doumen.model.receipt import Receipt
from doumen.model.ref import Ref


def answer(means: Means, job: Job, query: Query) -> RecordedAnswer:
    """Answer a question; what is refused is recorded too."""
    said = record.new_disclosure(query, means.entropy)
    planned = admit(means, job, query, said)
    passing("gate.planned")
    stream = _run(means, planned, said)
    passing("gate.executed")
    started: list[str] = []

    def note(kind: str, digest: AnswerDigest | None, truncated: bool, code: str | None) -> Receipt:
        event = record.new_id(means.clock(), means.entropy)
        data = {"code": code} if code else {"started": started[0]} if started else {}
        draft = record.answered(
            planned, kind, event, said, digest=digest, truncated=truncated, data=data
        )
        receipt = means.commits.submit(lambda _: draft)
        if kind == "query.started":
            started.append(event)
        passing("gate.recorded")
        return receipt

    ordered = planned.ruled.known.asked.statement.ordered
    digester = Digester(stream.schema, ordered, bytes.fromhex(said["salt"]))
    return RecordedAnswer(stream, digester, note, means.small)


def admit(means: Means, job: Job, query: Query, said: Disclosed) -> Planned:
    """The first four stations. A refusal is an event, free of charge."""
    try:
        return plan(means, job, query, means.catalog.current())
    except (Refused, NotFound) as error:
        refuse(means, job, error, said)
        raise


def plan(
    means: Means,
    job: Job,
    query: Query,
    facts: Facts,
    *,
    now: datetime | None = None,
    until: int | None = None,
) -> Planned:
    """The first four stations: parse → resolve → decide → rewrite.

    Args:
        means: Of the node.
        job: The job.
        query: Its step.
        facts: The one version of the facts that the job reads.
        now: The job's time; on a replay that of the first run.
        until: On a replay, the entries of the ledger that `sys.*` may show.
    """
    asked = parse.parse(job, query, now or means.clock())
    passing("gate.parsed")
    known = resolve.resolve(asked, facts)
    passing("gate.resolved")
    ruled = decide.decide(known)
    passing("gate.decided")

    def sys_table(ref: Ref) -> GovernedTable:
        visible = policy.visible_facts(known.actor, known.facts, asked.now, job.purpose)
        with means.database.read() as connection:
            return system.table(
                ref, known.actor, visible, lambda: means.ledger.entries(connection, 0, until)
            )

    return rewrite.rewrite(
        ruled,
        paths=means.lake.path,
        system=sys_table,
        mask_keys=means.mask_keys,
        bounds=means.bounds,
    )


def refuse(means: Means, job: Job, error: DoumenError, said: Disclosed) -> None:
    """Record a refusal."""
    now = means.clock()
    draft = record.refused(job, error, record.new_id(now, means.entropy), now, said)
    means.commits.submit(lambda _: draft)


def _run(means: Means, planned: Planned, said: Disclosed) -> Stream:
    job = planned.ruled.known.asked.job
    try:
        return execute.execute(planned, means.engine)
    except Refused as error:
        refuse(means, job, error, said)
        raise
    except DoumenError as error:
        event = record.new_id(means.clock(), means.entropy)
        draft = record.answered(planned, "query.failed", event, said, data={"code": error.code})
        means.commits.submit(lambda _: draft)
        raise


def explain(means: Means, job: Job, query: Query) -> Explained:
    """Ruling, statement and cost of a question, without running or recording it."""
    planned = plan(means, job, query, means.catalog.current())
    told = record.told_rules(planned)
    governs = planned.ruled.known.actor.governs
    tables = tuple(
        {
            "dataset": str(ref),
            "columns": [
                {
                    "name": c.column.name,
                    "type": (
                        policy.mask_expression(c.mask, c.column).type if c.mask else c.column.type
                    ),
                    "shown": "as it is" if c.mask is None else policy.duty_words(c.mask),
                }
                for c in ruling.columns
            ],
            "rows": "filtered" if ruling.filters else "all",
            "rules": [
                {
                    "id": rule,
                    "duties": [policy.duty_words(duty, literals=governs) for duty in told[rule]],
                }
                for rule in ruling.rules
            ],
        }
        for ref, ruling in sorted(planned.ruled.rulings.items())
    )
    account = f"actor:{planned.ruled.known.actor.name}"
    return Explained(
        statement=planned.plan.statement,
        tables=tables,
        charges=(
            {"account": account, "unit": "queries", "amount": 1},
            {"account": account, "unit": "rows", "amount": None},
        ),
        columns=execute.describe(planned, means.engine),
    )
