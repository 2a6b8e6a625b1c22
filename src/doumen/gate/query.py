"""A question through the six stations: answered, explained, or written as a derived dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from doumen.failpoint import passing
from doumen.gate import agreed, decide, execute, parse, record, reserve, resolve, rewrite, system
from doumen.gate.answer import RecordedAnswer
from doumen.gate.means import Means
from doumen.gate.record import Disclosed
from doumen.gate.stages import Planned
from doumen.gate.watched import Watch
from doumen.kits import policy
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.kits.sql import quoted
from doumen.model.answer import AS_IT_IS, Explained
from doumen.model.errors import (
    Conflict,
    DoumenError,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
)
from doumen.model.fact import Facts
from doumen.model.job import Fetched, Job, Query
from doumen.model.plan import GovernedColumn, GovernedTable, Stream
from doumen.model.receipt import Receipt
from doumen.model.ref import Ref

Kinds = tuple[type[DoumenError], ...]
REFUSALS: Kinds = (Refused, NotFound)


def answer(means: Means, job: Job, query: Query) -> RecordedAnswer:
    """Answer a question; what is refused is recorded too."""
    said = record.new_disclosure(query, means.entropy, job.request)
    planned = admit(means, job, query, said)
    passing("gate.planned")
    stream, reserved = run(means, planned, said)
    passing("gate.executed")
    started: list[str] = []

    def note(kind: str, digest: AnswerDigest | None, truncated: bool, code: str | None) -> Receipt:
        event = record.new_id(means.clock(), means.entropy)
        data = {"code": code} if code else {"started": started[0]} if started else {}
        data |= {"reserved": reserved} if reserved else {}
        draft = record.answered(
            planned, kind, event, said, digest=digest, truncated=truncated, data=data
        )
        draft = agreed.step(planned, kind, draft)
        begun = kind in {"query", "query.started"}
        try:
            receipt = means.commits.submit(
                agreed.standing(means, planned, draft) if begun else lambda _: draft
            )
        except Refused as error:
            refuse(means, job, error, said)
            raise
        if kind == "query.started":
            started.append(event)
        passing("gate.recorded")
        return receipt

    ordered = planned.ruled.known.asked.statement.ordered
    digester = Digester(stream.schema, ordered, bytes.fromhex(said["salt"]))
    return RecordedAnswer(
        stream,
        digester,
        note,
        settling=means.settling,
        small=means.small,
        expires=planned.ruled.expires,
    )


def admit(means: Means, job: Job, query: Query, said: Disclosed) -> Planned:
    """The first four stations, both readings agreed, attached files seen to be what they were.

    A refusal is an event, free of charge.
    """
    with refusing(means, job, said):
        planned = plan(means, job, query, means.catalog.current())
        execute.agree(planned, means.engine)
    with refusing(means, job, said, (Conflict, Unavailable)):
        Watch(planned, means.attached)
    return planned


def plan(
    means: Means,
    job: Job,
    query: Query,
    facts: Facts,
    *,
    now: datetime | None = None,
    until: int | None = None,
) -> Planned:
    """The first four stations: parse → resolve → decide → rewrite, unless they went before.

    Args:
        means: Of the node.
        job: The job.
        query: Its step.
        facts: The one version of the facts that the job reads.
        now: The job's time; on a replay that of the first run, which is planned anew.
        until: On a replay, the entries of the ledger that `sys.*` may show.
    """
    asked = parse.parse(job, query, now or means.clock())
    passing("gate.parsed")
    key = means.plans.key(asked, facts.version)
    planned = means.plans.find(key, asked) if now is None else None
    if planned is not None:
        return planned
    known = resolve.resolve(asked, facts, lambda ref: means.catalog.history("dataset", str(ref)))
    passing("gate.resolved")
    ruled = decide.decide(known)
    passing("gate.decided")

    def with_plan(ref: Ref) -> GovernedTable:
        for one in query.fetched:
            if one.ref == ref:
                return _fetched(one)
        visible = policy.visible_facts(known.actor, known.facts, asked.now, job.purpose)
        with means.database.read() as connection:
            entries = partial(means.ledger.entries, connection, 0, until)
            return system.table(ref, known.actor, visible, asked.now, entries)

    planned = rewrite.rewrite(
        ruled,
        paths=means.lake.path,
        system=with_plan,
        mask_keys=agreed.mask_keys(means, known.agreement),
        bounds=means.bounds,
    )
    if now is None:
        means.plans.keep(key, planned)
    return planned


def _fetched(one: Fetched) -> GovernedTable:
    """A table of another participant, as it came, of the types that it was told to have."""
    columns = tuple(
        GovernedColumn(c.name, c.type, f"CAST({quoted(c.name)} AS {c.type})") for c in one.schema
    )
    return GovernedTable(one.ref, one.schema, columns, inline=one.rows)


@contextmanager
def refusing(means: Means, job: Job, said: Disclosed, kinds: Kinds = REFUSALS) -> Iterator[None]:
    """Record what is refused within: errors of these kinds."""
    try:
        yield
    except kinds as error:
        refuse(means, job, error, said)
        raise


def refuse(means: Means, job: Job, error: DoumenError, said: Disclosed) -> None:
    """Record a refusal; under an agreement, if it is one of this node."""
    if job.agreement and means.catalog.current().body("agreement", job.agreement) is None:
        job = replace(job, agreement=None)
    now = means.clock()
    draft = record.refused(job, error, record.new_id(now, means.entropy), now, said)
    means.commits.submit(lambda _: draft)


def run(means: Means, planned: Planned, said: Disclosed) -> tuple[Stream, str | None]:
    """The fifth station, what is counted reserved before; the id of the reservation, if any."""
    job = planned.ruled.known.asked.job
    with refusing(means, job, said, (OverBudget, Conflict, Refused)):
        reserved = reserve.reserve(means, planned, said)
    try:
        return execute.execute(planned, means), reserved
    except Refused as error:
        refuse(means, job, error, said)
        raise
    except DoumenError as error:
        failed(means, planned, said, error, reserved)
        raise


def failed(
    means: Means, planned: Planned, said: Disclosed, error: DoumenError, reserved: str | None
) -> None:
    """Record that a query was run and failed."""
    data = {"code": error.code} | ({"reserved": reserved} if reserved else {})
    event = record.new_id(means.clock(), means.entropy)
    draft = record.answered(planned, "query.failed", event, said, data=data)
    draft = agreed.step(planned, "query.failed", draft)
    means.commits.submit(lambda _: draft)


def explain(means: Means, job: Job, query: Query) -> Explained:
    """Ruling, statement and cost of a question, without running or recording it."""
    planned = plan(means, job, query, means.catalog.current())
    told = planned.ruled.told
    governs = planned.ruled.known.actor.governs
    tables = tuple(
        {
            "dataset": str(ruling.ref),
            "version": planned.ruled.known.snapshots[ref].version,
            "columns": [
                {
                    "name": c.column.name,
                    "type": policy.shown_type(c.mask, c.column),
                    "shown": AS_IT_IS if c.mask is None else policy.duty_words(c.mask),
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
            "view": policy.view_text(ruling, literals=governs),
        }
        for ref, ruling in sorted(planned.ruled.rulings.items())
    )
    account = f"actor:{planned.ruled.known.actor.name}"
    counted = reserve.left(means, planned) if planned.ruled.counts else ()
    expires = planned.ruled.expires
    return Explained(
        statement=planned.plan.statement,
        tables=tables,
        charges=(
            {"account": account, "unit": "queries", "amount": 1},
            {"account": account, "unit": "rows", "amount": None},
            *(
                {"account": f"rule:{rule}", "unit": "queries", "amount": 1, "left": left}
                for rule, left in counted
            ),
            *(
                {"account": charge.account, "unit": charge.unit, "amount": charge.amount}
                for charge in agreed.charges(planned)[0]
            ),
        ),
        columns=execute.describe(planned, means),
        expires=None if expires is None else expires.isoformat(),
    )
