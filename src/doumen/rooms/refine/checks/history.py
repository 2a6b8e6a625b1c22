"""The verb `quality history`: what earlier runs found, rule by rule, and where it goes.

Runs are read from `sys.quality`, so that everybody sees their own, and those who audit all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import NotFound
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.verdicts import ADVICE, BROKEN, HOLDS, UNCHECKED
from doumen.rooms.refine.lookup import held

BARS = "▁▂▃▄▅▆▇█"
"""From the smallest count to the largest of one rule."""
WIDTH = 16
"""Runs drawn of each rule, the latest ones."""
_SAID = {str(one): one for one in (HOLDS, BROKEN, ADVICE, UNCHECKED)}
_COLUMNS = (
    "dataset, event, time, actor, version, contract, scope, rows, rule, kind, dimension, "
    "severity, owner, count, verdict"
)


@dataclass(frozen=True, slots=True)
class Point:
    """What one run found of one rule; as `sys.quality` has it."""

    dataset: str
    event: str
    time: datetime
    actor: str
    version: int | None
    contract: str
    scope: str
    rows: int
    rule: str
    kind: str
    dimension: str
    severity: str
    owner: str | None
    count: float | None
    verdict: str


def history(desk: Desk, dataset: str, rule: str | None = None, limit: int = 20) -> Outcome:
    """Show what earlier runs of checks found.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name`.
        rule: Key of the one rule to show; None: all.
        limit: How many runs, the latest ones.

    Raises:
        NotFound: there is no such dataset that the asker may know, or no such rule was run.
    """
    found = held(desk, dataset)
    points = [one for one in points_of(desk, found.ref, limit) if rule in {None, one.rule}]
    if rule is not None and not points:
        raise NotFound(
            msg("No run has checked a rule `{rule}` of `{dataset}`.", rule=rule, dataset=dataset),
            next=msg("`doumen quality history {dataset}` lists those that were.", dataset=dataset),
            detail="rule",
        )
    return _outcome(str(found.ref), points)


def points_of(desk: Desk, ref: Ref, limit: int) -> list[Point]:
    """What the latest runs found, oldest first."""
    answer = desk.query(
        f"SELECT {_COLUMNS} FROM sys.quality WHERE dataset = ? AND event IN ("  # noqa: S608 - no name of others
        "SELECT event FROM sys.quality WHERE dataset = ? GROUP BY event "
        f"ORDER BY max(position) DESC LIMIT {limit:d}) ORDER BY position, rule",
        (str(ref), str(ref)),
    )
    return [Point(*row) for row in answer.rows()]


def _outcome(dataset: str, points: Sequence[Point]) -> Outcome:
    runs = [_run(list(of_run)) for _, of_run in groupby(points, attrgetter("event"))]
    ordered = sorted(points, key=lambda one: one.rule)
    rules = [_rule(list(of_rule)) for _, of_rule in groupby(ordered, attrgetter("rule"))]
    return Outcome(
        json={"dataset": dataset, "runs": runs, "rules": rules},
        drawn=(
            Table(
                (msg("rule"), msg("severity"), msg("trend"), msg("count"), msg("verdict")),
                tuple(_row(one) for one in rules),
            ),
        )
        if rules
        else (),
        said=(_summed(runs),),
    )


def _run(points: Sequence[Point]) -> dict[str, Any]:
    first = points[0]
    verdicts = [one.verdict for one in points]
    return {
        "event": first.event,
        "time": _stamp(first.time),
        "actor": first.actor,
        "version": first.version,
        "contract": first.contract,
        "scope": first.scope,
        "rows": first.rows,
        **{str(word): verdicts.count(str(word)) for word in (HOLDS, BROKEN, ADVICE, UNCHECKED)},
    }


def _rule(points: Sequence[Point]) -> dict[str, Any]:
    last = points[-1]
    return {
        "rule": last.rule,
        "kind": last.kind,
        "dimension": last.dimension,
        "severity": last.severity,
        "owner": last.owner,
        "verdict": last.verdict,
        "count": last.count,
        "points": [
            {"time": _stamp(one.time), "event": one.event, "version": one.version,
             "count": one.count, "verdict": one.verdict}
            for one in points
        ],
    }  # fmt: skip


def _row(rule: dict[str, Any]) -> tuple[Any, ...]:
    counts = [point["count"] for point in rule["points"]]
    count = rule["count"]
    whole = int(count) if count is not None and count == int(count) else count
    return (rule["rule"], rule["severity"], trend(counts), "" if whole is None else whole,
            _SAID.get(rule["verdict"], rule["verdict"]))  # fmt: skip


def trend(counts: Sequence[float | None]) -> str:
    """The latest counts as bars, from nothing to the largest; a run without one is a point.

    Example:
        >>> trend([0, 4, None, 8])
        '▁▅·█'
    """
    shown = counts[-WIDTH:]
    most = max((count for count in shown if count is not None), default=0)
    steps = len(BARS) - 1
    return "".join(
        "·" if count is None else BARS[round(max(count, 0) / most * steps) if most > 0 else 0]
        for count in shown
    )


def _stamp(time: datetime) -> str:
    """RFC 3339; times of the ledger are UTC."""
    return time.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")


def _summed(runs: Sequence[dict[str, Any]]) -> Message:
    if not runs:
        return msg("No run yet: `doumen contract test DATASET` makes one.")
    last = runs[-1]
    return msg(
        "{count} runs; at the last, over {rows:,} rows: {broken} broken, {open} not checked.",
        count=len(runs),
        rows=last["rows"],
        broken=last[str(BROKEN)],
        open=last[str(UNCHECKED)],
    )
