"""A question whose answer becomes a dataset, with its labels, its lineage and its terms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.gate import execute, query, record
from doumen.gate.commit import Draft
from doumen.gate.means import Means
from doumen.gate.resolve import actor_of
from doumen.gate.stages import Planned
from doumen.kits import policy, sql
from doumen.kits.standards import odcs
from doumen.model.answer import Made
from doumen.model.errors import Conflict, DoumenError, Invalid
from doumen.model.event import Used
from doumen.model.fact import Fact, Facts
from doumen.model.job import Job, Query
from doumen.model.life import Notice
from doumen.model.load import LoadColumn
from doumen.model.message import enumerated, msg
from doumen.model.plan import QueryPlan
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile
from doumen.stores.lake import storable


def derive(means: Means, job: Job, step: Query, into: Ref) -> Made:
    """Write the answer of a question as the dataset `into`."""
    said = record.new_disclosure(step, means.entropy)
    planned = query.admit(means, job, step, said)
    known = planned.ruled.known
    with query.refusing(means, job, said):
        policy.may_derive(known.actor, into)
    free(known.facts, into, known.actor.name, None)
    with query.refusing(means, job, said):
        policy.check_written(known.facts, into, known.actor, known.asked.now)
    schema = storable_schema(execute.describe(planned, means))
    free(known.facts, into, known.actor.name, schema)
    table = str(into)
    stage = means.lake.stage(table)
    planned = replace(planned, plan=replace(_cast(planned, schema), into=str(stage)))
    stream, reserved = query.run(means, planned, said)
    try:
        deque(stream, maxlen=0)
    except DoumenError as error:
        query.failed(means, planned, said, error, reserved)
        raise
    files = means.lake.settle(stage, table)
    derived = _Derived(planned, into, schema, files)
    passing("derive.settled")
    event = record.new_id(means.clock(), means.entropy)

    def draft(version: int, facts: Facts) -> Draft:
        return record.answered(
            planned,
            "derive",
            event,
            said,
            data={"rows": sum(f.rows for f in files)}
            | ({"reserved": reserved} if reserved else {}),
            subject=table,
            facts=derived.facts(version, facts, record.stamp(means.clock())),
            generated=(Used(table, version),),
        )

    return put(means, known.actor.name, into, schema=schema, files=files, draft=draft)


def put(
    means: Means,
    actor: str,
    into: Ref,
    *,
    schema: Schema,
    files: Sequence[DataFile],
    draft: Callable[[int, Facts], Draft],
) -> Made:
    """Make files that lie in the lake the dataset `into`, in one commit with what is true then.

    Args:
        means: Of the node.
        actor: Who derives.
        into: The dataset; its name must still be free.
        schema: Of the files.
        files: Its rows.
        draft: The event and the facts, by the version and the facts in force at the commit.
    """
    version = 0

    def prepare(connection: Connection) -> Draft:
        nonlocal version
        facts = means.catalog.current(connection)
        free(facts, into, actor, schema)
        policy.check_written(facts, into, actor_of(actor, facts), means.clock())
        before = facts.dataset(into)
        version = means.lake.commit(
            str(into),
            schema=schema,
            files=files,
            mode="replace",
            expected=None if before is None else before["version"],
        )
        return draft(version, facts)

    receipt = means.commits.submit(prepare)
    rows = sum(f.rows for f in files)
    told = tuple(map(Notice.of_json, receipt.event["data"].get("notices", ())))
    return Made(into, rows, rows, 0, (), version, receipt.id, notices=told)


def free(facts: Facts, into: Ref, actor: str, schema: Schema | None) -> None:
    """Check that the name is free, or that of a dataset that this actor derived before."""
    before = facts.dataset(into)
    if before is None:
        return
    if not before.get("derived") or before.get("creator") != actor:
        raise Conflict(
            msg(
                "`{into}` is there already and was not derived by `{actor}`.",
                into=into,
                actor=actor,
            ),
            next=msg("Choose another name for `--into`."),
            detail="exists",
        )
    old = [(c["name"], c["type"]) for c in before["columns"]]
    if schema is not None and old != [(c.name, c.type) for c in schema]:
        raise Conflict(
            msg("`{into}` is there already with other columns.", into=into),
            why=msg(
                "It has {columns}.", columns=enumerated((" ".join(pair) for pair in old), mark="")
            ),
            next=msg("Choose another name for `--into`."),
            detail="columns",
        )


def storable_schema(schema: Schema) -> Schema:
    """The columns as the lake can keep them.

    Raises:
        Invalid: two outputs share a name, or one has none that a column can bear.
    """
    folded = [name.casefold() for name in schema.names]
    twice = sorted({n for n, f in zip(schema.names, folded, strict=True) if folded.count(f) > 1})
    if twice:
        raise Invalid(
            msg("Output columns share the name {twice}.", twice=enumerated(twice)),
            next=msg("Give each output its own name: `SELECT a.id AS a_id, b.id AS b_id …`."),
            detail="columns",
        )
    return Schema(tuple(Column(c.name, storable(c.type)) for c in schema))


def _cast(planned: Planned, schema: Schema) -> QueryPlan:
    """The plan with its outputs cast to what the lake keeps, where that differs."""
    outputs = ", ".join(
        f"CAST({sql.quoted(c.name)} AS {c.type}) AS {sql.quoted(c.name)}" for c in schema
    )
    statement = sql.bare(planned.plan.statement)
    opening = f"SELECT {outputs} FROM (\n"  # noqa: S608
    return replace(
        planned.plan,
        statement=f"{opening}{statement}\n)",
        written=planned.ruled.known.asked.statement.text,
        splices=((0, 0, opening), *planned.plan.splices),
    )


@dataclass(frozen=True, slots=True)
class _Derived:
    """A derived dataset whose files are written."""

    planned: Planned
    into: Ref
    schema: Schema
    files: tuple[DataFile, ...]

    def facts(self, version: int, facts: Facts, now: str) -> list[Fact]:
        """What becomes true with it: the dataset, its contract, its lineage, its labels.

        Args:
            version: Of the dataset in the lake.
            facts: Those in force at the commit; labels may have been set since the job began.
            now: The time of the commit.
        """
        known, key = self.planned.ruled.known, str(self.into)
        before = facts.dataset(self.into)
        lineage = {
            column.name: {
                "projection": self._places(output.projection),
                "influence": self._places(output.influence),
            }
            for column, output in zip(self.schema, self.planned.ruled.lineage.outputs, strict=True)
        }
        dataset = {
            "kind": "table",
            "columns": [{"name": c.name, "type": c.type} for c in self.schema],
            "version": version,
            "files": [file.as_json() for file in self.files],
            "creator": known.actor.name,
            "derived": True,
            "sources": sorted({str(s.ref) for s in known.snapshots.values()}),
            "terms": self._terms(),
            "created": before["created"] if before else now,
            "updated": now,
        }
        came = (
            policy.Came(one.agreement, (str(one.ref),), one.expires)
            for one in known.asked.query.fetched
        )
        sources = (snapshot.ref for snapshot in known.snapshots.values())
        dataset |= policy.carries(facts, (self.into, *sources), came)
        return [
            Fact("dataset", key, dataset),
            *([] if before else [contract(self.into, self.schema)]),
            Fact("lineage", key, {"columns": lineage}),
            *self._labels(facts, lineage),
        ]

    def _places(self, columns: Iterable[ColumnRef]) -> list[str]:
        """Columns by name; those that were fetched by that of their node too."""
        nodes = {one.ref: one.node for one in self.planned.ruled.known.asked.query.fetched}
        return sorted(
            str(ColumnRef(replace(place.ref, node=nodes.get(place.ref)), place.column))
            for place in columns
        )

    def _terms(self) -> dict[str, Any]:
        """What was in force when it was derived, for those who read it later."""
        ruled = self.planned.ruled
        outputs = zip(self.schema, ruled.lineage.outputs, strict=True)
        return policy.terms(
            ruled.known.actor,
            ruled.known.facts,
            purpose=ruled.known.asked.job.purpose,
            now=ruled.known.asked.now,
            rulings=tuple(ruled.rulings.values()),
            projections={column.name: output.projection for column, output in outputs},
        )

    def _labels(
        self, facts: Facts, lineage: Mapping[str, Mapping[str, list[str]]]
    ) -> Iterator[Fact]:
        """Each derived column bears every label of every column that shaped it.

        The labels of a source as a whole flow to all columns: a count of its rows names none.
        """
        known = self.planned.ruled.known
        refs = {snapshot.ref for snapshot in known.snapshots.values()}
        whole = {one for ref in refs for one in facts.labels(ref)}
        theirs = {
            f"{one.node}/{one.ref}.{column.name}": labels
            for one in known.asked.query.fetched
            for column, labels in zip(one.schema, one.labels, strict=True)
        }
        for column, shaping in lineage.items():
            names = (*shaping["projection"], *shaping["influence"])
            places = [ColumnRef.parse(name) for name in names]
            labels = whole | {one for s in places for one in facts.labels(s.ref, s.column)}
            labels |= {one for name in names for one in theirs.get(name, ())}
            key = f"{self.into}.{column}"
            before = facts.body("label", key)
            body = label(before, sorted(labels))
            if labels and body != before:
                yield Fact("label", key, body)


def label(before: Mapping[str, Any] | None, derived: list[str]) -> Mapping[str, Any]:
    """The label of a column that is derived again: what people or a contract gave it stays."""
    if before is None or before == {"labels": before["labels"], "origin": "derived"}:
        return {"labels": derived, "origin": "derived"}
    return {**before, "labels": sorted({*before["labels"], *derived}), "derived": derived}


def contract(into: Ref, schema: Schema) -> Fact:
    """The first contract of a derived dataset; later ones are for people to write."""
    columns = [LoadColumn(c.name, c.name, c.type) for c in schema]
    made = odcs.read_contract(odcs.infer_contract(into, columns))
    body = {"version": made.version, "text": made.text, "hash": odcs.fingerprint(made)}
    return Fact("contract", str(into), body)
