"""What a collection makes true: the tables with their new files, the contract, labels, sources.

Called under the store's write transaction, with files that are in the lake and not yet seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doumen.gate import meet, record
from doumen.gate.commit import Draft
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.event import Used
from doumen.model.fact import Fact, Facts
from doumen.model.job import Collect, Job
from doumen.model.load import Mode, SourceFile
from doumen.model.loaded import Loaded
from doumen.model.merge import MERGE, Merged, widened
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile
from doumen.model.source import ARRIVAL, STREAM, arrival_key
from doumen.stores.lake import Lake

QUARANTINE = Schema.of(
    _source="VARCHAR",
    _row="BIGINT",
    _column="VARCHAR",
    _reason="VARCHAR",
    _raw="VARCHAR",
    _id="VARCHAR",
    _fields="VARCHAR",
)
"""Columns of every quarantine."""


@dataclass(frozen=True, slots=True)
class Written:
    """Files that are in the lake and not yet visible.

    Attributes:
        merged: How rows met those that were there; None: they were not merged.
    """

    loaded: Loaded
    landed: tuple[DataFile, ...]
    quarantined: tuple[DataFile, ...]
    merged: Merged | None = None

    @property
    def touched(self) -> tuple[DataFile, ...]:
        """Files of the version before that are not part of the new one."""
        return () if self.merged is None else self.merged.touched


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that a collection may change, with the files that are new and those that go."""

    ref: Ref
    kind: str
    schema: Schema
    files: tuple[DataFile, ...]
    removed: tuple[DataFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Landing:
    """A collection whose files are written.

    Attributes:
        event: Id of the event to be.
        actor: Name of the one who collects.
        fresh: The files that the dataset did not hold yet.
    """

    job: Job
    step: Collect
    event: str
    actor: str
    fresh: Sequence[SourceFile]
    written: Written

    def register(self, lake: Lake, facts: Facts) -> dict[Ref, int]:
        """Register the files with their tables; gives the version of each that changed."""
        versions = {}
        for table in self._tables():
            before = facts.dataset(table.ref)
            aside = table.kind == "quarantine"
            if aside and not table.files and (before is None or not self._replaces):
                continue
            if self.step.merge and before and not (table.files or table.removed):
                continue
            versions[table.ref] = lake.commit(
                str(table.ref),
                schema=self._schema(table, facts),
                files=table.files,
                mode="replace" if self._replaces or before is None else "append",
                expected=None if before is None else before["version"],
                removed=table.removed,
            )
        return versions

    def draft(self, now: datetime, facts: Facts, versions: Mapping[Ref, int]) -> Draft:
        """The event, and what becomes true with it."""
        loaded, contract = self.written.loaded, odcs.read_contract(self.step.contract)
        return record.made(
            self.job,
            "collect",
            self.event,
            now,
            ref=self.step.ref,
            generated=[Used(str(ref), version) for ref, version in versions.items()],
            data={
                "rows_in": loaded.rows_in,
                "landed": loaded.landed,
                "quarantined": loaded.quarantined,
                "mode": self.step.mode.value,
                "files": len(self.fresh),
                "contract": contract.version,
                **({"stream": self.step.onward.key} if self.step.onward else {}),
                **self._merged(),
                **self._drifted(),
                "reasons": [
                    {"column": r.column, "reason": r.reason, "rows": r.rows} for r in loaded.reasons
                ],
            },
            facts=[
                *(
                    self._dataset(table, versions[table.ref], facts, record.stamp(now))
                    for table in self._tables()
                    if table.ref in versions
                ),
                *contract_facts(self.step.ref, self.step.contract, facts),
                *self._sources(facts, odcs.fingerprint(contract)),
                *odcs.label_facts(contract, self.step.ref, facts),
            ],
        )

    @property
    def _replaces(self) -> bool:
        return self.step.mode is Mode.REPLACE

    def _tables(self) -> tuple[_Table, _Table]:
        ref, written = self.step.ref, self.written
        schema = widened(self.step.spec.schema, self.step.merge)
        return (
            _Table(ref, "table", schema, written.landed, written.touched),
            _Table(ref.quarantine, "quarantine", QUARANTINE, written.quarantined),
        )

    def _dataset(self, table: _Table, version: int, facts: Facts, now: str) -> Fact:
        before = facts.dataset(table.ref)
        gone = {file.path for file in table.removed}
        there = [] if before is None or self._replaces else before["files"]
        kept = [file for file in there if file["path"] not in gone]
        added = [file.as_json() for file in table.files]
        own = {"kind": table.kind, "version": version, "files": kept + added}
        own |= {"creator": self.actor, "updated": now}
        if table.kind == "table" and self.step.merge is not None:
            own[MERGE] = self.step.merge.as_json()
        return brought_in(table.ref, self._schema(table, facts), before, own)

    def _schema(self, table: _Table, facts: Facts) -> Schema:
        """The columns of a table from now on: a new one is there once a file has it."""
        before = facts.snapshot(table.ref)
        if table.files or before is None or not before.files or self._replaces:
            return table.schema
        return before.schema

    def _merged(self) -> dict[str, Any]:
        merged = self.written.merged
        return {} if merged is None else {"merged": meet.as_json(merged.counts, self.step.mode)}

    def _drifted(self) -> dict[str, Any]:
        drift = self.step.spec.drift
        if drift is None:
            return {}
        return {"drift": {"does": drift.does.value, "columns": list(drift.columns)}}

    def _sources(self, facts: Facts, meaning: str) -> Iterator[Fact]:
        ref, onward = self.step.ref, self.step.onward
        if self._replaces:
            yield from forgotten(facts, ref)
        if onward is not None:
            yield Fact(STREAM, onward.key, onward.then)
            for name, what in onward.arrived.items():
                body = None if what is None else {**what, "event": self.event}
                yield Fact(ARRIVAL, arrival_key(onward.key, name), body)
            return
        for file in self.fresh:
            body = {"path": file.name, "contract": meaning, "event": self.event}
            yield Fact("source", f"{ref}#{file.sha256}", body)


def brought_in(
    ref: Ref, schema: Schema, before: Mapping[str, Any] | None, own: Mapping[str, Any]
) -> Fact:
    """A dataset that came from outside.

    Args:
        ref: Its name.
        schema: Its columns.
        before: What was true of it, if it was there.
        own: What is new: kind, version, files, creator, updated, and more by the kind.
    """
    body = {
        "columns": [{"name": c.name, "type": c.type} for c in schema],
        "derived": False,
        "sources": [],
        "created": before["created"] if before else own["updated"],
        **policy.kept(before),
        **own,
    }
    return Fact("dataset", str(ref), body)


def contract_facts(ref: Ref, text: str, facts: Facts) -> Iterator[Fact]:
    """The contract that a dataset is brought in under, where it is not in force already."""
    if (facts.body("contract", str(ref)) or {}).get("text") != text:
        contract = odcs.read_contract(text)
        body = {
            "version": contract.version,
            "description": contract.description,
            "text": text,
            "hash": odcs.fingerprint(contract),
        }
        yield Fact("contract", str(ref), body)


def forgotten(facts: Facts, ref: Ref) -> Iterator[Fact]:
    """What is no longer true of a dataset all of whose content is replaced: where it came from."""
    for digest, _ in sources(facts, ref):
        yield Fact("source", f"{ref}#{digest}", None)


def sources(facts: Facts, ref: Ref) -> list[tuple[str, Mapping[str, Any]]]:
    """What a dataset was collected from: digest of the content, and the fact about it."""
    prefix = f"{ref}#"
    return [
        (key.removeprefix(prefix), body)
        for key, body in facts.all("source")
        if key.startswith(prefix)
    ]
