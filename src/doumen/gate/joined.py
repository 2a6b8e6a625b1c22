"""A join over data of several participants, at the consumer: fetched first, then joined here.

Each dataset of another participant is fetched by a first question of its own, under its agreement,
of the columns that the statement can name and no more; that question passes both gates and has its
receipt signed by both. Then the statement runs here, over what came and over what the rules of
this node leave of our own datasets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import pyarrow as pa
from sqlglot import exp

from doumen.gate import counterpart, derive, parse, query, record, remote
from doumen.gate.answer import RecordedAnswer
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.policy.target import folded
from doumen.kits.sql import Statement, quoted, table
from doumen.model.agreement import Agreement
from doumen.model.answer import Explained, Made
from doumen.model.errors import Invalid, Refused
from doumen.model.fact import Facts
from doumen.model.job import Fetched, Job, Query, Step
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.schema import Schema


@dataclass(frozen=True, slots=True)
class First:
    """A first question: of one dataset, under one agreement."""

    ref: Ref
    agreement: Agreement
    sql: str

    def job(self, job: Job) -> Job:
        """The job of it, for the same actor and purpose."""
        return replace(job, step=Query(self.sql), agreement=self.agreement.key, joins=())


def whole(means: Means, step: Step, keys: Sequence[str]) -> bool:
    """Whether a statement is one that a single provider answers: over its agreement alone.

    So is one that cannot be asked at all: what is wrong with it is said, and recorded, there.
    """
    if len(keys) > 1 or not isinstance(step, Query):
        return False
    body = means.catalog.current().body("agreement", keys[0])
    if body is None:
        return True
    held = {str(grant.ref) for grant in policy.agreement_from_json(keys[0], body).terms.grants}
    try:
        tables = parse.parse(Job("", step), step, means.clock()).statement.tables
    except Refused:
        return True
    return not any(str(ref) in held for ref in tables) or all(str(ref) in held for ref in tables)


def answer(means: Means, job: Job, step: Query) -> RecordedAnswer:
    """Fetch, then answer.

    Raises:
        DoumenError: as a first question, or the statement itself, is refused.
    """
    return query.answer(means, job, replace(step, fetched=_fetched(means, job, step)))


def keep(means: Means, job: Job, step: Query, into: Ref) -> Made:
    """Fetch, then write the answer as the dataset `into`; the terms of all go with it."""
    with query.refusing(means, job, record.new_disclosure(step, means.entropy)):
        policy.may_derive(actor_of(job.actor, means.catalog.current()), into)
    step = replace(step, fetched=_fetched(means, job, step))
    return derive.derive(means, job, step, into)


def explain(means: Means, job: Job, step: Query) -> Explained:
    """The first questions, as their providers explain them, and the statement over them."""
    tables: list[Mapping[str, Any]] = []
    charges: list[Mapping[str, Any]] = []
    fetched = []
    for first, schema in _firsts(means, job, step):
        told = remote.explain(means, first.job(job), Query(first.sql))
        under = {"agreement": first.agreement.key, "first": first.sql}
        tables += ({**one, **under} for one in told.tables)
        charges += told.charges
        node, key = first.agreement.counterparty, first.agreement.key
        rows = pa.table({name: pa.nulls(0) for name in schema.names})  # for a look at the statement
        fetched.append(Fetched(first.ref, node, key, schema, rows))
    here = query.explain(means, job, replace(step, fetched=tuple(fetched)))
    return replace(here, tables=(*tables, *here.tables), charges=(*charges, *here.charges))


def _fetched(means: Means, job: Job, step: Query) -> tuple[Fetched, ...]:
    """The rows of all first questions, of which none is asked before all may be."""
    with query.refusing(means, job, record.new_disclosure(step, means.entropy)):
        firsts = [first for first, _ in _firsts(means, job, step)]
    return tuple(_fetch(means, job, first) for first in firsts)


def _fetch(means: Means, job: Job, first: First) -> Fetched:
    """The rows of one dataset, by a question with a receipt of its own."""
    came = remote.answer(means, first.job(job), Query(first.sql))
    rows = came.arrow()
    own, theirs = counterpart.both(means, came.receipt)
    signed = theirs.event
    return Fetched(
        ref=first.ref,
        node=first.agreement.counterparty,
        agreement=first.agreement.key,
        schema=derive.storable_schema(came.schema),
        rows=rows,
        receipt=own.id,
        version=max((one["version"] for one in signed["used"]), default=0),
        labels=tuple(map(tuple, signed["data"]["labels"])),
        expires=came.expires,
    )


def _firsts(means: Means, job: Job, step: Query) -> Iterator[tuple[First, Schema]]:
    """The first questions of a statement, with the columns that each gives.

    Raises:
        NotFound, Refused: an agreement is not there, not in force, or not for this actor.
        Invalid: a name is that of a dataset here and there, or of two agreements.
    """
    facts, now = means.catalog.current(), means.clock()
    asked = parse.parse(job, step, now)
    actor = actor_of(job.actor, facts)
    agreements = [
        remote.usable(actor, facts, replace(job, agreement=key), now) for key in job.joins
    ]
    for ref in sorted(asked.statement.tables):
        holding = [a for a in agreements if ref in {grant.ref for grant in a.terms.grants}]
        if not holding:
            continue
        _one_meaning(ref, holding, facts)
        every = First(ref, holding[0], f"SELECT * FROM {table(ref)}")  # noqa: S608
        told = remote.explain(means, every.job(job), Query(every.sql)).columns
        schema = derive.storable_schema(told)  # types are text that the engine will read
        names = _named(asked.statement, schema.names)
        kept = Schema(tuple(c for c in schema if c.name in names))
        listed = ", ".join(map(quoted, kept.names))
        yield replace(every, sql=f"SELECT {listed} FROM {table(ref)}"), kept  # noqa: S608


def _one_meaning(ref: Ref, holding: Sequence[Agreement], facts: Facts) -> None:
    places = [a.key for a in holding] + (["this node"] if facts.dataset(ref) else [])
    if len(places) > 1:
        raise Invalid(
            msg("`{ref}` is in several places: {places}.", ref=ref, places=", ".join(places)),
            why=msg("A name in a statement means one dataset."),
            next=msg("Name fewer agreements, or derive one of them under another name first."),
            detail="agreement",
        )


def _named(statement: Statement, names: Sequence[str]) -> frozenset[str]:
    """The columns that a statement can mean: those it names, all where it does not name any.

    A star or a natural join means columns without naming them; `count(*)` means none.
    """
    tree = statement.tree
    stars = (one for one in tree.find_all(exp.Star) if not isinstance(one.parent, exp.Count))
    natural = (j for j in tree.find_all(exp.Join) if j.args.get("method") == "NATURAL")
    if any(True for _ in chain(stars, natural, tree.find_all(exp.Columns))):
        return frozenset(names)
    said = {folded(one.name) for one in tree.find_all(exp.Identifier)}
    found = frozenset(name for name in names if folded(name) in said)
    return found or frozenset(names[:1])
