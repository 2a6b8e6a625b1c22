"""Datasets told of, to people and to machines, from what the asker may know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards import odcs
from doumen.model.fact import Facts
from doumen.model.life import ACTIVE, Life
from doumen.model.message import Message, joined, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.model.snapshot import ATTACHED
from doumen.rooms.discover.lookup import Held, held
from doumen.rooms.discover.states import state_words

SHOWN = 5
"""Files of an attached dataset that are drawn."""


def list_all(desk: Desk) -> Outcome:
    """The datasets that the asker may know."""
    facts = desk.facts()
    listed = [
        _line(Held(Ref.parse(key), body, facts))
        for key, body in facts.all("dataset")
        if body["kind"] != "quarantine"
    ]
    rows = tuple(
        (one["dataset"], one["description"] or "", _told(one["rows"]), one["columns"],
         tuple(one["labels"]))
        for one in listed
    )  # fmt: skip
    said = () if listed else (msg("There is no dataset that you may know of."),)
    return Outcome(
        json={"datasets": listed},
        drawn=(
            Table(
                (msg("dataset"), msg("description"), msg("rows"), msg("columns"), msg("labels")),
                rows,
            ),
        ),
        said=said,
    )


def describe(desk: Desk, dataset: str) -> Outcome:
    """All that the asker may know of a dataset, in one view.

    Raises:
        NotFound: there is no such dataset that the asker may know.
    """
    found = held(desk, dataset)
    contract = None if found.text is None else odcs.read_contract(found.text)
    told = _told_of(found, contract)
    return Outcome(json=told, drawn=_drawn(told))


def _line(found: Held) -> dict[str, Any]:
    contract = found.facts.body("contract", str(found.ref)) or {}
    return {
        "dataset": str(found.ref),
        "description": contract.get("description"),
        "contract": contract.get("version"),
        "rows": found.rows,
        "columns": len(found.dataset["columns"]),
        "labels": sorted(found.facts.labels(found.ref)),
        "state": found.life.state,
    }


def _told_of(found: Held, contract: odcs.Contract | None) -> dict[str, Any]:
    body, ref = found.dataset, found.ref
    lineage = (found.facts.body("lineage", str(ref)) or {}).get("columns", {})
    columns = [_column(c, found, contract, lineage) for c in body["columns"]]
    return {
        "dataset": str(ref),
        "name": contract.name if contract else None,
        "description": contract.description if contract else None,
        "contract": {"version": contract.version, "status": contract.status} if contract else None,
        **_life(found.life),
        "rows": found.rows,
        "snapshot": body["version"] if found.rows is not None else None,
        "labels": sorted(found.facts.labels(ref)),
        "columns": columns,
        "rules": [_report_words(report) for report in contract.reports] if contract else [],
        "quarantine": _quarantine(found.facts, ref),
        "attached": _attached(body),
        "derived": bool(body.get("derived")),
        "sources": list(body.get("sources", ())),
        "creator": body.get("creator"),
        "created": body.get("created"),
        "updated": body.get("updated"),
        "query": _query(ref, columns),
    }


def _life(life: Life) -> dict[str, Any]:
    return {
        "state": life.state,
        "successor": life.successor,
        "until": None if life.until is None else life.until.isoformat(),
    }


def _column(
    column: Mapping[str, str],
    found: Held,
    contract: odcs.Contract | None,
    lineage: Mapping[str, Mapping[str, Sequence[str]]],
) -> dict[str, Any]:
    promised = contract.property(column["name"]) if contract else None
    return {
        "name": column["name"],
        "type": column["type"],
        "description": promised.description or None if promised else None,
        "unit": promised.unit or None if promised else None,
        "labels": sorted(found.facts.labels(found.ref, column["name"])),
        "rules": [odcs.check_words(c) for c in promised.column.checks] if promised else [],
        "from": list(lineage.get(column["name"], {}).get("projection", ())),
    }


def _report_words(report: odcs.Report) -> str:
    columns = f"{', '.join(report.columns)}: " if report.columns else ""
    bounds = "" if report.expects == Expectation() else f" {report.expects}"  # none is understood
    return f"{columns}{report.name or report.kind}{bounds}"


def _quarantine(facts: Facts, ref: Ref) -> dict[str, Any] | None:
    body = facts.dataset(ref.quarantine)
    if body is None:
        return None
    return {"dataset": str(ref.quarantine), "rows": sum(f["rows"] for f in body["files"])}


def _attached(body: Mapping[str, Any]) -> list[str] | None:
    """The files of an attached dataset, named as far as the asker may know; None: it is not one."""
    return [f["path"] for f in body["files"]] if body["kind"] == ATTACHED else None


def _files(paths: Sequence[str] | None) -> Message | None:
    if not paths:
        return None
    more = msg("and {count} more", count=len(paths) - SHOWN)
    return joined("\n", (*map(plain, paths[:SHOWN]), *((more,) if len(paths) > SHOWN else ())))


def _query(ref: Ref, columns: Sequence[Mapping[str, Any]]) -> str:
    names = [c["name"] for c in columns[:3]]
    listed = ", ".join(n if n.isidentifier() and n.isascii() else f'\\"{n}\\"' for n in names)
    return f'doumen query "SELECT {listed or "*"} FROM {ref} LIMIT 10"'  # noqa: S608 - to be shown


def _drawn(told: Mapping[str, Any]) -> tuple[Fields | Table, ...]:
    contract, aside = told["contract"], told["quarantine"]
    pairs: list[tuple[Message, Any]] = [
        (msg("name"), told["name"]),
        (msg("description"), told["description"]),
        (msg("contract"), _standing(contract) if contract else None),
        (msg("state"), None if told["state"] == ACTIVE else state_words(told["state"])),
        (msg("successor"), told["successor"]),
        (msg("read until"), told["until"]),
        (msg("rows"), _told(told["rows"])),
        (msg("snapshot"), told["snapshot"]),
        (msg("labels"), tuple(told["labels"])),
        (msg("quarantine"), msg("{rows:,} rows in {dataset}", **aside) if aside else None),
        (msg("attached"), _files(told["attached"])),
        (msg("derived from"), tuple(told["sources"])),
        (msg("made by"), told["creator"]),
        (msg("updated"), told["updated"]),
        (msg("rules of the table"), "\n".join(told["rules"])),
        (msg("try"), told["query"]),
    ]
    filled = tuple((name, value) for name, value in pairs if value not in (None, "", ()))
    rows = tuple(
        (c["name"], c["type"] + (f" [{c['unit']}]" if c["unit"] else ""), tuple(c["labels"]),
         tuple(c["rules"]), c["description"] or tuple(c["from"]))
        for c in told["columns"]
    )  # fmt: skip
    table = Table(
        (msg("column"), msg("type"), msg("labels"), msg("rules"), msg("description")), rows
    )
    return Fields(filled, title=plain(told["dataset"])), table


def _standing(contract: Mapping[str, Any]) -> Message:
    return msg("version {version}, {status}", **contract)


def _told(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"
