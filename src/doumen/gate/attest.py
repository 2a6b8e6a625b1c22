"""Findings about a dataset, made by questions of one actor, recorded and signed as one event.

What was found is a document: the ledger commits to it and the receipt discloses it, so that it
may hold what the ledger may not. That every question was asked by the same actor, and that all
read the same version of each dataset, is held here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from doumen.gate import evidence, record
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.disclosure import disclose
from doumen.model.actor import Actor
from doumen.model.errors import Conflict, Invalid
from doumen.model.event import CHECKED, Used
from doumen.model.job import Attest, Job
from doumen.model.message import msg
from doumen.model.receipt import Receipt

ASKED = frozenset({"query", "query.started", CHECKED})
"""Events of questions that were answered, and of findings that others may rest on."""


def attest(means: Means, job: Job, step: Attest) -> Receipt:
    """Record findings.

    Raises:
        NotFound: the actor may not know of the dataset, or a receipt is none of theirs.
        Invalid: a receipt is none of a question, or the document is no JSON.
        Conflict: the questions read a dataset at two versions; nothing was found then.
    """
    facts = means.catalog.current()
    actor, now = actor_of(job.actor, facts), means.clock()
    if policy.visible_facts(actor, facts, now, job.purpose).dataset(step.ref) is None:
        raise policy.absent(step.ref)
    with means.database.read() as connection:
        used = _used(_events(means, connection, actor, step.receipts))
    said = disclose(canonical(step.document).decode(), (), means.entropy(32))
    draft = record.attested(job, step, record.new_id(now, means.entropy), now, used=used, said=said)
    return means.commits.submit(lambda _: draft)


def _events(
    means: Means, connection: Connection, actor: Actor, receipts: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    for id in receipts:
        event = json.loads(evidence.event(means, connection, actor, id))
        if event["type"] not in ASKED or event["actor"] != actor.name:
            raise Invalid(
                msg("`{id}` is no receipt of a question of yours.", id=id), detail="receipt"
            )
        yield event


def _used(events: Iterator[Mapping[str, Any]]) -> tuple[Used, ...]:
    """The version of each dataset that was read.

    Raises:
        Conflict: there are two of one.
    """
    versions: dict[str, int] = {}
    for event in events:
        for used in event["used"]:
            if versions.setdefault(used["dataset"], used["version"]) != used["version"]:
                raise Conflict(
                    msg("`{dataset}` changed while it was looked at.", dataset=used["dataset"]),
                    next=msg("Run the same command again."),
                    detail="versions",
                )
    return tuple(Used(*pair) for pair in sorted(versions.items()))
