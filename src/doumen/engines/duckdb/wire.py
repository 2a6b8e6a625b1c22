"""Plans as JSON and Arrow bytes, for the way into a worker; both sides use this module.

A frame of kind `J` holds the job, then one `A` frame follows per inline table. A worker
answers `S` (schema, JSON) and `A` (schema, Arrow), `B` (one batch each, an Arrow stream of its
own, so that dictionaries travel), `P` (progress), and at the end `T` (trailer) or `E` (error).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa

from doumen.engines.sandbox import arrow
from doumen.model.errors import (
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
)
from doumen.model.held import Which
from doumen.model.load import Check, Drift, Drifted, LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.merge import Merge, Vanished
from doumen.model.message import packed, plain, unpacked
from doumen.model.plan import (
    Bounds,
    CompactPlan,
    DiscardPlan,
    ExaminePlan,
    GovernedColumn,
    GovernedTable,
    LoadPlan,
    MergePlan,
    QueryPlan,
    RepairPlan,
    Scalar,
    SurveyPlan,
    Value,
)
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import Form

JOB, ARROW, SCHEMA, BATCH, PROGRESS, TRAILER, ERROR = b"J", b"A", b"S", b"B", b"P", b"T", b"E"

SMALL = 1 << 24
"""Longest frame of JSON that either side takes, in bytes."""

_SAID = ("what", "why", "next")
_ERRORS = {e.kind: e for e in (Faulty, Invalid, NotFound, OverBudget, Refused, Unavailable)}


def read_json(payload: bytearray) -> dict[str, Any]:
    """The object in a frame of JSON."""
    body: dict[str, Any] = json.loads(payload)
    return body


def pack_scalar(value: Scalar) -> Any:
    """A scalar as JSON that `unpack_scalar` reads back exactly."""
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    return value


def unpack_scalar(body: Any) -> Scalar:
    """What `pack_scalar` wrote."""
    if isinstance(body, dict):
        if "time" in body:
            return datetime.fromisoformat(body["time"])
        return float(body["float"])
    scalar: Scalar = body
    return scalar


def pack_value(value: Value) -> Any:
    """The value of a variable as JSON that `unpack_value` reads back exactly."""
    return list(value) if isinstance(value, tuple) else pack_scalar(value)


def unpack_value(body: Any) -> Value:
    """What `pack_value` wrote."""
    return tuple(body) if isinstance(body, list) else unpack_scalar(body)


def pack_query(plan: QueryPlan) -> tuple[dict[str, Any], list[pa.Buffer]]:
    """A query plan as JSON, and its inline tables as Arrow streams in the order of the tables."""
    body = {
        "statement": plan.statement,
        "tables": [_pack_table(table) for table in plan.tables],
        "now": plan.now.isoformat(),
        "parameters": [pack_scalar(value) for value in plan.parameters],
        "variables": {name: pack_value(value) for name, value in plan.variables.items()},
        "limit": plan.limit,
        "written": plan.written,
        "splices": [list(splice) for splice in plan.splices],
        "into": plan.into,
        "sized": plan.sized,
        "copied": plan.copied,
        "whole": plan.whole,
        "bounds": asdict(plan.bounds),
    }
    return body, [arrow.written(t.inline) for t in plan.tables if t.inline is not None]


def unpack_query(body: Mapping[str, Any], inline: Sequence[bytearray]) -> QueryPlan:
    """What `pack_query` wrote."""
    rest = iter(inline)
    return QueryPlan(
        statement=body["statement"],
        tables=tuple(_unpack_table(table, rest) for table in body["tables"]),
        now=datetime.fromisoformat(body["now"]),
        parameters=tuple(unpack_scalar(value) for value in body["parameters"]),
        variables={name: unpack_value(value) for name, value in body["variables"].items()},
        limit=body["limit"],
        written=body["written"],
        splices=tuple((start, end, text) for start, end, text in body["splices"]),
        into=body["into"],
        sized=body["sized"],
        copied=body["copied"],
        whole=body["whole"],
        bounds=Bounds(**body["bounds"]),
    )


def unpack_load(body: Mapping[str, Any]) -> LoadPlan:
    """A load plan from what `dataclasses.asdict` made of it."""
    return LoadPlan(_spec(body["spec"]), body["into"], body["quarantine"], Bounds(**body["bounds"]))


def pack_merge(plan: MergePlan) -> dict[str, Any]:
    """A merge plan as JSON."""
    body = asdict(plan)
    schema = [[column.name, column.type] for column in plan.schema]
    return {**body, "schema": schema, "moment": plan.moment.isoformat()}


def unpack_merge(body: Mapping[str, Any]) -> MergePlan:
    """What `pack_merge` wrote."""
    merge = body["merge"]
    return MergePlan(
        base=tuple(body["base"]),
        fresh=tuple(body["fresh"]),
        schema=Schema(tuple(Column(name, type_) for name, type_ in body["schema"])),
        merge=Merge(
            Mode(merge["mode"]),
            tuple(merge["key"]),
            merge["order"],
            Vanished(merge["vanished"]),
            merge["gone"],
        ),
        moment=datetime.fromisoformat(body["moment"]),
        into=body["into"],
        aside_base=tuple(body["aside_base"]),
        aside_fresh=tuple(body["aside_fresh"]),
        aside_into=body["aside_into"],
        bounds=Bounds(**body["bounds"]),
        whole=body["whole"],
    )


def unpack_repair(body: Mapping[str, Any]) -> RepairPlan:
    """A repair plan from what `dataclasses.asdict` made of it."""
    repaired = body["repaired"]
    return RepairPlan(
        files=tuple(body["files"]),
        columns=_columns(body["columns"]),
        strict=body["strict"],
        repaired=None if repaired is None else (SourceFile(**repaired[0]), _reading(repaired[1])),
        into=body["into"],
        aside=body["aside"],
        bounds=Bounds(**body["bounds"]),
    )


def unpack_discard(body: Mapping[str, Any]) -> DiscardPlan:
    """A discard plan from what `dataclasses.asdict` made of it."""
    which = Which(**{**body["which"], "ids": tuple(body["which"]["ids"])})
    return DiscardPlan(tuple(body["files"]), which, body["aside"], Bounds(**body["bounds"]))


def unpack_survey(body: Mapping[str, Any]) -> SurveyPlan:
    """A survey plan from what `dataclasses.asdict` made of it."""
    return SurveyPlan(_spec(body["spec"]), Bounds(**body["bounds"]))


def _spec(spec: Mapping[str, Any]) -> LoadSpec:
    files, reading = _sources(spec)
    drift = spec["drift"]
    drifted = drift and Drifted(Drift(drift["does"]), tuple(drift["columns"]), drift["base"])
    return LoadSpec(files, reading, _columns(spec["columns"]), drifted)


def _columns(columns: Sequence[Mapping[str, Any]]) -> tuple[LoadColumn, ...]:
    return tuple(
        LoadColumn(
            source=c["source"],
            name=c["name"],
            type=c["type"],
            formats=tuple(c["formats"]),
            checks=tuple(Check(k["kind"], _value(k["value"])) for k in c["checks"]),
        )
        for c in columns
    )


def unpack_examine(body: Mapping[str, Any]) -> ExaminePlan:
    """An examine plan from what `dataclasses.asdict` made of it."""
    files, reading = _sources(body)
    return ExaminePlan(files, reading, Bounds(**body["bounds"]), body["first"])


def unpack_compact(body: Mapping[str, Any]) -> CompactPlan:
    """A compact plan from what `dataclasses.asdict` made of it."""
    return CompactPlan(
        files=tuple((path, rows) for path, rows in body["files"]),
        schema=Schema(tuple(Column(**one) for one in body["schema"]["columns"])),
        by=tuple(body["by"]),
        rows=body["rows"],
        into=body["into"],
        aside=body["aside"],
        bounds=Bounds(**body["bounds"]),
    )


def pack_error(error: DoumenError) -> dict[str, Any]:
    """An error as JSON; its sentences still know their templates."""
    said = {name: packed(getattr(error, name)) for name in _SAID}
    return {"kind": error.kind, **error.as_json(), **said}


def unpack_error(body: Mapping[str, Any]) -> DoumenError:
    """What `pack_error` wrote."""
    detail = body["code"].partition(".")[2] or None
    what, why, next = (unpacked(body[name]) for name in _SAID)
    return _ERRORS[body["kind"]](what or plain(""), why=why, next=next, detail=detail)


def _pack_table(table: GovernedTable) -> dict[str, Any]:
    return {
        "domain": table.ref.domain,
        "name": table.ref.name,
        "schema": [[c.name, c.type] for c in table.schema],
        "columns": [[c.name, c.type, c.expression] for c in table.columns],
        "files": list(table.files),
        "where": list(table.where),
        "inline": table.inline is not None,
        "form": None if table.form is None else table.form.as_json(),
        "stamps": list(table.stamps),
    }


def _unpack_table(body: Mapping[str, Any], inline: Any) -> GovernedTable:
    table = None
    if body["inline"]:
        with pa.ipc.open_stream(pa.py_buffer(next(inline))) as reader:
            table = reader.read_all()
    return GovernedTable(
        ref=Ref(body["domain"], body["name"]),
        schema=Schema(tuple(Column(name, type_) for name, type_ in body["schema"])),
        columns=tuple(GovernedColumn(*column) for column in body["columns"]),
        files=tuple(body["files"]),
        where=tuple(body["where"]),
        inline=table,
        form=None if body["form"] is None else Form.of_json(body["form"]),
        stamps=tuple(body["stamps"]),
    )


def _sources(body: Mapping[str, Any]) -> tuple[tuple[SourceFile, ...], Reading]:
    return tuple(SourceFile(**file) for file in body["files"]), _reading(body["reading"])


def _reading(body: Mapping[str, Any]) -> Reading:
    return Reading(**{**body, "columns": tuple(body["columns"])})


def _value(value: Any) -> str | int | tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) else value
