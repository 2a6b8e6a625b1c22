"""The same question again, on the snapshots, facts and time of its receipt.

Exact columns are compared by digest. Floating sums depend on the order of threads, so they
are compared with the delivered result, where it is given, within 1e-9. The rows themselves
are not given out: a replay answers whether they are the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa

from doumen.gate import execute, query, record
from doumen.gate.commit import Draft
from doumen.gate.evidence import may_audit
from doumen.gate.means import Means
from doumen.gate.past import check_kept
from doumen.gate.resolve import actor_of
from doumen.gate.stages import Planned
from doumen.kits.evidence.closeness import close_enough
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.kits.evidence.disclosure import asked, committed
from doumen.model.actor import Actor
from doumen.model.answer import Replayed
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.event import Event
from doumen.model.job import Job, Query
from doumen.model.message import msg
from doumen.model.receipt import Receipt

Delivered = Callable[[pa.Schema], pa.Table]
"""Reads the delivered result as a table of this schema."""


def replay(means: Means, actor: str, receipt: Receipt, delivered: Delivered | None) -> Replayed:
    """Run the statement of a receipt again and compare.

    Raises:
        Invalid: the receipt is not of an answered query.
        NotFound: a snapshot or the event is not on this node any more; it says which.
        Conflict: the receipt says something else than the ledger.
        Tampered: what it discloses has another form.
    """
    who = actor_of(actor, means.catalog.current())
    if receipt.event["actor"] != who.name:
        may_audit(who)
    if "result" not in receipt.event["data"]:
        raise Invalid(
            msg(
                "Receipt `{receipt}` is of `{type}`, which has no answer.",
                receipt=receipt.id,
                type=receipt.event["type"],
            ),
            next=msg("Replay the receipt of an answered query."),
            detail="receipt",
        )
    if "remote" in receipt.event["data"]:
        raise Invalid(
            msg("Receipt `{receipt}` is of a question that another node answered.",
                receipt=receipt.id),
            next=msg("Replay it there, by the receipt that it shows of that node."),
            detail="receipt",
        )  # fmt: skip
    index = _own_entry(means, receipt)
    planned = _planned(means, receipt, index)
    salt = bytes.fromhex(receipt.disclosed["salt"])
    digest, table = _run(means, planned, salt, keep=delivered is not None)
    said = receipt.event["data"]["result"]
    outcome = Replayed(
        receipt=receipt.id,
        rows=digest.rows,
        exact=digest.exact == said["exact"] and digest.rows == said["rows"],
        sequence=None if said["sequence"] is None else digest.sequence == said["sequence"],
        floating=_floating(digest, said, table, delivered),
        event=record.new_id(means.clock(), means.entropy),
    )
    means.commits.submit(lambda _: _draft(means, who, outcome))
    return outcome


def _own_entry(means: Means, receipt: Receipt) -> int:
    """Index of the event; the receipt must say what the ledger says, its statement included.

    A statement put in the place of the one committed to would run under rules of the past.
    """
    with means.database.read() as connection:
        found = means.ledger.find(connection, receipt.id)
    if found is None:
        raise NotFound(
            msg("Event `{receipt}` is not in the ledger of this node.", receipt=receipt.id),
            next=msg("Replay it at the node that issued the receipt."),
            detail="receipt",
        )
    index, body = found
    said = receipt.event["data"].get("statement")
    if json.loads(body) != receipt.event or committed(receipt.disclosed) != said:
        raise Conflict(
            msg("Receipt `{receipt}` says something else than the ledger.", receipt=receipt.id),
            next=msg("`doumen receipt verify` says what does not hold."),
            detail="receipt",
        )
    return index


def _planned(means: Means, receipt: Receipt, index: int) -> Planned:
    event = receipt.event
    statement, parameters, _ = asked(receipt.disclosed)
    step = Query(statement, parameters, as_of=record.as_of(event["data"]))
    job = Job(
        actor=event["actor"],
        step=step,
        purpose=event["purpose"],
        agreement=event["agreement"],
    )
    facts = means.catalog.at(event["data"]["facts"])
    at = datetime.fromisoformat(event["data"]["now"])
    planned = query.plan(means, job, step, facts, now=at, until=index)
    now = means.catalog.current()
    for snapshot in planned.ruled.known.snapshots.values():
        check_kept(now, snapshot.ref, snapshot.version)
        missing = [] if snapshot.form is not None else means.lake.missing(snapshot)
        if missing:
            raise NotFound(
                msg(
                    "Version {version} of `{snapshot}` is not in the lake any more.",
                    version=snapshot.version,
                    snapshot=snapshot.ref,
                ),
                why=msg("{count} of its files are missing.", count=len(missing)),
                next=msg("Restore them from a backup to replay this receipt."),
                detail="snapshot",
            )
    return planned


def _run(
    means: Means, planned: Planned, salt: bytes, *, keep: bool
) -> tuple[AnswerDigest, pa.Table | None]:
    stream = execute.execute(planned, means)
    digester = Digester(stream.schema, planned.ruled.known.asked.statement.ordered, salt)
    batches = []
    for batch in stream:
        digester.update(batch)
        if keep:
            batches.append(batch)
    return digester.finish(), pa.Table.from_batches(batches, stream.arrow) if keep else None


def _floating(
    digest: AnswerDigest, said: dict[str, Any], table: pa.Table | None, delivered: Delivered | None
) -> str:
    """`none` (no such columns), `equal`, `close`, `differs` or `unknown` (no result given)."""
    if said["floating"] is None:
        return "none"
    if digest.floating == said["floating"]:
        return "equal"
    if table is None or delivered is None:
        return "unknown"
    return "close" if close_enough(table, delivered(table.schema)) else "differs"


def _draft(means: Means, who: Actor, outcome: Replayed) -> Draft:
    now = means.clock()
    return Draft(
        Event(
            id=outcome.event,
            time=record.stamp(now),
            type="replay",
            actor=who.name,
            subject=outcome.receipt,
            data={"exact": outcome.exact, "floating": outcome.floating},
        )
    )
