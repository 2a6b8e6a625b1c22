"""The answer of another node kept as a dataset, with the terms and the labels that it came under.

What was agreed goes with the data: the dataset names the agreement and the datasets there, its
columns bear the labels that the provider signed for, and its lineage leads on to the other node
by name. From then on it is a dataset as any, and what is derived from it carries all of that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from doumen.failpoint import passing
from doumen.gate import counterpart, record, remote
from doumen.gate.commit import Draft
from doumen.gate.derive import contract, free, label, put, storable_schema
from doumen.gate.means import Means
from doumen.gate.query import refusing
from doumen.gate.resolve import actor_of
from doumen.kits import policy
from doumen.kits.sql import quoted
from doumen.model.answer import Made
from doumen.model.event import Used
from doumen.model.fact import Fact, Facts
from doumen.model.job import Job, Query
from doumen.model.plan import GovernedColumn, GovernedTable, QueryPlan
from doumen.model.receipt import Receipt
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile

_ANSWER = Ref("answer", "taken")
"""Name under which the engine gets the rows; no statement of a user meets it."""


def derive(means: Means, job: Job, step: Query, into: Ref) -> Made:
    """Ask the provider, and keep the answer as the dataset `into`.

    Raises:
        DoumenError: as the question is refused here or there; or the name is not free.
    """
    facts = means.catalog.current()
    actor = actor_of(job.actor, facts)
    with refusing(means, job, record.new_disclosure(step, means.entropy)):
        policy.may_derive(actor, into)
    free(facts, into, actor.name, None)
    with refusing(means, job, record.new_disclosure(step, means.entropy)):
        policy.check_written(facts, into, actor, means.clock())
    answer = remote.answer(means, job, Query(step.sql, step.parameters))
    rows = answer.arrow()
    own, signed = counterpart.both(means, answer.receipt)
    passing("taken.answered")
    schema = storable_schema(answer.schema)
    files = _written(means, rows, (answer.schema, schema), into, actor.name)
    taken = _Taken(job, into, schema, files, own, signed)
    passing("taken.settled")
    return put(
        means,
        actor.name,
        into,
        schema=schema,
        files=files,
        draft=lambda version, now: taken.draft(means, version, now),
    )


def _written(
    means: Means, rows: pa.Table, schemas: tuple[Schema, Schema], into: Ref, actor: str
) -> tuple[DataFile, ...]:
    """The rows as files in the lake, written in the sandbox, not yet visible.

    Args:
        means: Of the node.
        rows: As they came.
        schemas: As they came, and as they are kept.
        into: The dataset.
        actor: Whose worker writes.
    """
    came, schema = schemas
    outputs = ", ".join(f"CAST({quoted(c.name)} AS {c.type}) AS {quoted(c.name)}" for c in schema)
    table = str(into)
    stage = means.lake.stage(table)
    plan = QueryPlan(
        statement=f"SELECT {outputs} FROM {_ANSWER}",  # noqa: S608
        tables=(
            GovernedTable(
                ref=_ANSWER,
                schema=came,
                columns=tuple(GovernedColumn(c.name, c.type) for c in came),
                inline=rows,
            ),
        ),
        now=means.clock().replace(tzinfo=None),
        into=str(stage),
        bounds=means.bounds,
    )
    deque(means.engine.query(plan, actor), maxlen=0)
    return tuple(means.lake.settle(stage, table))


@dataclass(frozen=True, slots=True)
class _Taken:
    """An answer whose files are written.

    Attributes:
        own: Our receipt of the question.
        signed: The provider's.
    """

    job: Job
    into: Ref
    schema: Schema
    files: Sequence[DataFile]
    own: Receipt
    signed: Receipt

    def draft(self, means: Means, version: int, facts: Facts) -> Draft:
        """What becomes true, and the event of it."""
        now, lineage = means.clock(), self._lineage()
        return record.made(
            self.job,
            "derive",
            record.new_id(now, means.entropy),
            now,
            ref=self.into,
            generated=(Used(str(self.into), version),),
            data={
                "rows": sum(f.rows for f in self.files),
                "taken": self.own.id,
                "remote": dict(self.own.event["data"]["remote"]),
                **counterpart.notices(self.signed),
                "lineage": lineage,
            },
            facts=self._facts(version, facts, lineage, record.stamp(now)),
        )

    def _facts(
        self, version: int, facts: Facts, lineage: Sequence[Mapping[str, Any]], now: str
    ) -> list[Fact]:
        key, before = str(self.into), facts.dataset(self.into)
        sources = tuple(str(one["dataset"]) for one in self.signed.event["used"])
        came = policy.Came(str(self.job.agreement), sources, self._last())
        dataset: dict[str, Any] = {
            "kind": "table",
            "columns": [{"name": c.name, "type": c.type} for c in self.schema],
            "version": version,
            "files": [file.as_json() for file in self.files],
            "creator": self.job.actor,
            "derived": True,
            "sources": [],
            "terms": self._terms(),
            **policy.carries(facts, (self.into,), (came,)),
            "created": before["created"] if before else now,
            "updated": now,
        }
        columns = {
            one["name"]: {kind: one[kind] for kind in ("projection", "influence")}
            for one in lineage
        }
        return [
            Fact("dataset", key, dataset),
            *([] if before else [contract(self.into, self.schema)]),
            Fact("lineage", key, {"columns": columns}),
            *self._labels(facts),
        ]

    def _terms(self) -> dict[str, Any]:
        """The last day on which it may be read, where the agreement asks for its end."""
        day, rule = self._last(), str(self.job.agreement)
        return {} if day is None else {"expires": [{"day": day.isoformat(), "rule": rule}]}

    def _last(self) -> date | None:
        day = self.signed.event["data"].get("expires")
        return None if day is None else date.fromisoformat(day)

    def _lineage(self) -> list[dict[str, Any]]:
        """The provider's, with its columns by the name of its node."""
        node = self.own.event["data"]["remote"]["participant"]
        told: Sequence[Mapping[str, Any]] = self.signed.event["data"]["lineage"]
        return [
            {
                "name": column.name,
                **{
                    kind: [f"{node}/{place}" for place in output[kind]]
                    for kind in ("projection", "influence")
                },
            }
            for column, output in zip(self.schema, told, strict=True)
        ]

    def _labels(self, facts: Facts) -> Iterator[Fact]:
        told: Sequence[Sequence[str]] = self.signed.event["data"]["labels"]
        for column, labels in zip(self.schema, told, strict=True):
            key = f"{self.into}.{column.name}"
            before = facts.body("label", key)
            body = label(before, sorted(labels))
            if labels and body != before:
                yield Fact("label", key, body)
