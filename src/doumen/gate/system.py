"""Catalogue and ledger as governed tables `sys.*`, made of what one actor may know.

Rows are filtered here, before the engine sees them: the catalogue through the visible facts,
the ledger to an actor's own events unless they audit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.event import CHECKED
from doumen.model.fact import Facts
from doumen.model.plan import GovernedColumn, GovernedTable
from doumen.model.ref import Ref
from doumen.model.system import SCHEMAS

Row = dict[str, Any]
Entry = tuple[int, Mapping[str, Any]]

_ARROW = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}


def table(
    ref: Ref, actor: Actor, visible: Facts, now: datetime, entries: Callable[[], Iterable[bytes]]
) -> GovernedTable:
    """One `sys.*` table with the rows that this actor may know.

    Args:
        ref: A name in `SCHEMAS`, in the domain `sys`.
        actor: Who asks.
        visible: The facts this actor may know.
        now: The time of the job.
        entries: Ledger entries from the first on, as stored; called only where needed.
    """
    schema = SCHEMAS[ref.name]
    if ref.name == "states":
        rows = list(_states(visible, now))
    elif ref.name in _FROM_FACTS:
        rows = list(_FROM_FACTS[ref.name](visible, actor))
    else:
        read = _FROM_LEDGER[ref.name]
        rows = [row for entry in _own(actor, entries()) for row in read(entry)]
    arrow = pa.schema([(column.name, _ARROW[column.type]) for column in schema])
    return GovernedTable(
        ref=ref,
        schema=schema,
        columns=tuple(GovernedColumn(c.name, c.type) for c in schema),
        inline=pa.Table.from_pylist(rows, schema=arrow),
    )


def _own(actor: Actor, entries: Iterable[bytes]) -> Iterator[Entry]:
    for position, body in enumerate(entries):
        event = json.loads(body)
        if actor.audits or event["actor"] == actor.name:
            yield position, event


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)


def _datasets(facts: Facts, actor: Actor) -> Iterator[Row]:
    for key, body in facts.all("dataset"):
        contract = facts.body("contract", key) or {}
        yield {
            "dataset": key,
            "kind": body.get("kind"),
            "description": contract.get("description"),
            "columns": len(body["columns"]),
            "version": body.get("version"),
            "rows": sum(f["rows"] for f in body["files"]) if body.get("files") else None,
            "contract": contract.get("version"),
            "labels": sorted(facts.labels(Ref.parse(key))),
            "derived": body.get("derived", False),
            "sources": list(body.get("sources", ())),
            "created": _time(body.get("created")),
            "updated": _time(body.get("updated")),
        }


def _states(facts: Facts, now: datetime) -> Iterator[Row]:
    for key, _ in facts.all("dataset"):
        stands = policy.life(facts, Ref.parse(key), now)
        yield {
            "dataset": key,
            "state": stands.state,
            "successor": stands.successor,
            "until": stands.until.isoformat() if stands.until else None,
            "reason": stands.reason or None,
        }


def _columns(facts: Facts, actor: Actor) -> Iterator[Row]:
    for key, body in facts.all("dataset"):
        ref = Ref.parse(key)
        for position, column in enumerate(body["columns"], start=1):
            yield {
                "dataset": key,
                "position": position,
                "column": column["name"],
                "type": column["type"],
                "labels": sorted(facts.labels(ref, column["name"])),
            }


def _rules(facts: Facts, actor: Actor) -> Iterator[Row]:
    for key, body in facts.all("rule"):
        rule = policy.rule_from_json(body)
        who = policy.who_words(rule.who).replace("`", "")
        yield {
            "rule": key,
            "effect": rule.effect.value,
            "action": rule.action.value,
            "who": who,
            "target": f"{rule.on.kind.value} {rule.on.value}",
            "purposes": list(rule.purposes),
            "until": rule.until.isoformat() if rule.until else None,
            "duties": [policy.duty_words(d, literals=actor.governs) for d in rule.duties],
        }


def _events(entry: Entry) -> Iterator[Row]:
    position, event = entry
    yield {
        "position": position,
        "id": event["id"],
        "time": _time(event["time"]),
        "type": event["type"],
        "actor": event["actor"],
        "purpose": event["purpose"],
        "agreement": event["agreement"],
        "subject": event["subject"],
        "used": [f"{u['dataset']}@{u['version']}" for u in event["used"]],
        "generated": [f"{u['dataset']}@{u['version']}" for u in event["generated"]],
        "rows": event["data"].get("result", {}).get("rows"),
        "code": event["data"].get("code"),
        "rule": event["data"].get("rule"),
        "data": json.dumps(event["data"], ensure_ascii=False, sort_keys=True),
    }


def _charges(entry: Entry) -> Iterator[Row]:
    position, event = entry
    for charge in event["charges"]:
        yield {
            "position": position,
            "event": event["id"],
            "time": _time(event["time"]),
            "actor": event["actor"],
            **charge,
        }


def _lineage(entry: Entry) -> Iterator[Row]:
    position, event = entry
    generated = event["generated"][0]["dataset"] if event["generated"] else None
    for at, output in enumerate(event["data"].get("lineage", ()), start=1):
        for kind in ("projection", "influence"):
            for source in output[kind]:
                domain, name, column = source.split(".", 2)
                yield {
                    "position": position,
                    "event": event["id"],
                    "output": generated,
                    "output_position": at,
                    "output_column": output["name"],
                    "source": f"{domain}.{name}",
                    "source_column": column,
                    "kind": kind,
                }


def _quality(entry: Entry) -> Iterator[Row]:
    position, event = entry
    if event["type"] != CHECKED:
        return
    data = event["data"]
    versions = {used["dataset"]: used["version"] for used in event["used"]}
    for rule in data["rules"]:
        yield {
            "position": position,
            "event": event["id"],
            "time": _time(event["time"]),
            "actor": event["actor"],
            "dataset": event["subject"],
            "version": versions.get(event["subject"]),
            "contract": data["contract"],
            "scope": data["scope"],
            "rows": data["rows"],
            **rule,
            "count": None if rule["count"] is None else float(rule["count"]),
        }


_FROM_FACTS: Mapping[str, Callable[[Facts, Actor], Iterator[Row]]] = {
    "datasets": _datasets,
    "columns": _columns,
    "rules": _rules,
}
_FROM_LEDGER: Mapping[str, Callable[[Entry], Iterator[Row]]] = {
    "events": _events,
    "charges": _charges,
    "lineage": _lineage,
    "quality": _quality,
}
