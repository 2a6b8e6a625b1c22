"""The evidence of a score, collected from facts and `sys` tables, as the asker may know them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, NotFound
from doumen.model.event import CHECKED
from doumen.model.fact import Facts
from doumen.model.life import STATE, Life
from doumen.model.meaning import LINK
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.rooms.evaluate.score.evidence import BROKEN, Evidence, Result

UNCHECKED = "unchecked"
_RULES = """
    SELECT rule, max_by(kind, position), max_by(columns, position), max_by(count, position),
           max_by(verdict, position)
    FROM sys.quality
    WHERE dataset = ? AND actor = ? AND scope = ? AND verdict <> 'unchecked'
    GROUP BY rule ORDER BY rule
"""
_RUN = """
    SELECT id, used, data FROM sys.events
    WHERE type = ? AND subject = ? AND actor = ? ORDER BY position DESC LIMIT 1
"""
_GIVEN_UP = """
    SELECT data FROM sys.events
    WHERE subject = ? AND (type = 'quarantine.discarded' OR contains(data, '"mode": "replace"'))
    ORDER BY position
"""
_ASKED = """
    SELECT count_if(type IN ('query', 'query.ended')), count_if(type = 'query.failed')
    FROM sys.events
    WHERE time > now()::TIMESTAMP - INTERVAL 30 DAYS
      AND contains(concat(' ', array_to_string(used, ' ')), ?)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """The run of checks that a score rests on.

    Attributes:
        event: Its receipt.
        version: Of the dataset; None: it asked nothing.
        contract: Version of the contract.
        verdicts: Key of each rule → what was found.
    """

    event: str
    version: int | None
    contract: str
    scope: str
    rows: int
    verdicts: Mapping[str, str]

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Keys of the rules that could not be checked."""
        return tuple(rule for rule, verdict in self.verdicts.items() if verdict == UNCHECKED)


def gather(desk: Desk, ref: Ref, retired: Mapping[str, str]) -> tuple[Run, Evidence]:
    """The last run of the asker, and all that a score is made of.

    Args:
        desk: The actor at the gate.
        ref: The dataset.
        retired: Rules that were broken and count no longer.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Conflict: nothing was checked under the contract in force.
    """
    facts = desk.facts()
    body, text = facts.dataset(ref), facts.body("contract", str(ref))
    if body is None:
        raise policy.absent(ref)
    if text is None:
        raise NotFound(
            msg("`{ref}` has no contract that you may read.", ref=ref),
            why=msg("Without one there is nothing that its quality could be held against."),
            detail="contract",
        )
    contract = odcs.read_contract(str(text["text"]))
    who = desk.actor.name
    run = _run(desk, ref, who)
    if run is None or run.contract != contract.version:
        raise Conflict(
            msg("`{ref}` was not checked under its contract {version}.", ref=ref,
                version=contract.version),
            next=msg("Check it: `doumen contract test {ref}`.", ref=ref),
            detail="unchecked",
        )  # fmt: skip
    columns = tuple(Column(one["name"], one["type"]) for one in body["columns"])
    links = {one.name: facts.body(LINK, f"{ref}.{one.name}") or {} for one in columns}
    aside = facts.dataset(ref.quarantine)
    state = facts.body(STATE, str(ref))
    (asked,) = desk.query(_ASKED, (f" {ref}@",)).rows()
    return run, Evidence(
        landed=run.rows,
        aside=sum(file["rows"] for file in aside["files"]) if aside else 0,
        discarded=_given_up(desk, ref),
        columns=columns,
        contract=contract,
        results=tuple(_results(desk, ref, who, run, retired)),
        elements={name: link["element"] for name, link in links.items() if link.get("element")},
        codelists={name: link["codelist"] for name, link in links.items() if link.get("codelist")},
        terms=frozenset(name for name, link in links.items() if link.get("term")),
        labelled=frozenset(one.name for one in columns if facts.labels(ref, one.name)),
        rules=sum(1 for _ in _about(facts, ref, columns)),
        answered=int(asked[0] or 0),
        failed=int(asked[1] or 0),
        state=None if state is None else Life.of_json(state).on(datetime.now(UTC).date()).state,
    )


def _run(desk: Desk, ref: Ref, who: str) -> Run | None:
    rows = desk.query(_RUN, (CHECKED, str(ref), who)).rows()
    if not rows:
        return None
    event, used, data = rows[0]
    versions = dict(one.rsplit("@", 1) for one in used)
    version, told = versions.get(str(ref)), json.loads(data)
    return Run(
        event,
        None if version is None else int(version),
        told["contract"],
        told["scope"],
        told["rows"],
        {rule["rule"]: rule["verdict"] for rule in told["rules"]},
    )


def _given_up(desk: Desk, ref: Ref) -> int:
    """Rows of its quarantine that were given up since it was last replaced, as the asker knows."""
    rows = 0
    for (data,) in desk.query(_GIVEN_UP, (str(ref),)).rows():
        told = json.loads(data)
        rows = 0 if told.get("mode") == "replace" else rows + int(told["discarded"])
    return rows


def _results(
    desk: Desk, ref: Ref, who: str, run: Run, retired: Mapping[str, str]
) -> Iterator[Result]:
    """What was last found of each rule.

    Of those that are gone, and of those that the run could not check, only what was broken: that
    a rule held once says nothing of the rows that are there now.
    """
    for rule, kind, columns, count, verdict in _last(desk, ref, who, run.scope):
        gone = rule not in run.verdicts
        past = gone or run.verdicts[rule] == UNCHECKED
        if past and not (verdict in BROKEN or (count and counts(kind))):
            continue
        if gone and rule in retired:
            continue
        known = "primary" if rule.endswith(f".{odcs.PRIMARY}") else kind
        whole = int(count) if count is not None and counts(kind) else None
        yield Result(rule, known, tuple(columns), whole, verdict, gone)


def counts(kind: str) -> bool:
    """Whether the number of a rule of this kind counts rows at fault."""
    return kind != "row_count"


def _last(desk: Desk, ref: Ref, who: str, scope: str) -> Sequence[tuple[Any, ...]]:
    return desk.query(_RULES, (str(ref), who, scope)).rows()


def _about(facts: Facts, ref: Ref, columns: Sequence[Column]) -> Iterator[str]:
    """Rules of the node that say who may read this dataset, or columns of it."""
    schema = Schema(tuple(columns))
    for key, body in facts.all("rule"):
        if policy.covered(policy.rule_from_json(body).on, ref, schema, facts):
            yield key
