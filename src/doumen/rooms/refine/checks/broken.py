"""The verb `quality broken`: what the last run of checks of each dataset found broken.

What a run found is read from its receipt: nothing is asked of data, and looking leaves no event.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import NotFound
from doumen.model.event import CHECKED
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.refine.checks.rules import rules_of
from doumen.rooms.refine.checks.verdicts import BROKEN
from doumen.rooms.refine.lookup import Held, held_of

_TOLD = ("key", "rule", "kind", "columns", "dimension", "severity", "owner", "count", "why")


def broken(desk: Desk, dataset: str | None = None) -> Outcome:
    """List what the last run of each dataset found broken.

    Args:
        desk: The actor at the gate; told of their own runs, of all where they audit.
        dataset: Only this one.

    Raises:
        NotFound: there is no such dataset that the asker may know.
    """
    facts = desk.facts()
    names = (
        [key for key, body in facts.all("dataset") if body["kind"] != "quarantine"]
        if dataset is None
        else [str(held_of(facts, dataset).ref)]
    )
    runs = desk.latest(CHECKED, names)
    faults = [
        {"dataset": name, "event": run.id, "time": run.time, **one}
        for name, run in runs.items()
        for one in _faults(desk, held_of(facts, name), run.id)
    ]
    rows = tuple((one["dataset"], one["rule"], tuple(one["columns"]), one["count"] or "",
                  one["severity"], one["time"][:19]) for one in faults)  # fmt: skip
    heads = (msg("dataset"), msg("rule"), msg("columns"), msg("count"), msg("severity"),
             msg("time"))  # fmt: skip
    return Outcome(
        json={"broken": faults, "checked": len(runs)},
        drawn=(Table(heads, rows),) if rows else (),
        said=(
            msg("{count} rules are broken, at the last runs of {checked} datasets.",
                count=len(faults), checked=len(runs)),
        ),
    )  # fmt: skip


def _faults(desk: Desk, found: Held, event: str) -> Iterator[dict[str, Any]]:
    """The rules that one run found broken, with the numbers that its receipt discloses."""
    document = json.loads(str(read_receipt(desk.receipt(event)).disclosed["statement"]))
    faults = [rule for rule in document["rules"] if rule["verdict"] == str(BROKEN)]
    words = _words(found, document["contract"]) if faults else {}
    for rule in faults:
        yield {
            **{name: rule[name] for name in _TOLD},
            "rule": words.get(rule["key"], rule["rule"]),
            **{name: document[name] for name in ("contract", "rows", "scope")},
        }


def _words(found: Held, version: str) -> Mapping[str, Message]:
    """Key of each rule → its words, where the contract in force is the one that was checked."""
    try:
        contract = found.contract()
    except NotFound:
        return {}
    if contract.version != version:
        return {}
    return {one.key: one.words for one in rules_of(contract, found.ref, found.types)}
